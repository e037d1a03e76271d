package gate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"restrain/classify"
)

// manyFiles makes a tree of files of a project's shape, some with secrets.
func manyFiles(t testing.TB, files int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range files {
		below := filepath.Join(dir, fmt.Sprintf("pkg%d/part%d", i/200, i%200/20))
		if i%20 == 0 {
			if err := os.MkdirAll(below, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		name, text := fmt.Sprintf("file%d.go", i), "package x\n"
		if i%400 == 0 {
			name, text = ".env", fmt.Sprintf("A_TOKEN=rw_Fe26dead0c4a9b8e77%d\n", i)
		}
		if err := os.WriteFile(filepath.Join(below, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What it costs to look for what a step could print below 20,000 files: at first,
// and for the steps that follow.
func BenchmarkLookup(b *testing.B) {
	const files = 18_000 // with their directories 20,000 names
	dir := manyFiles(b, files)
	var took []time.Duration
	known := NewSurroundings()
	look := func() {
		l := lookup{set: classify.Shipped(), known: known}
		if l.below(dir); len(l.values) != files/400 {
			b.Fatalf("%d secrets were found", len(l.values))
		}
	}
	look()
	time.Sleep(2 * freshTime)
	for b.Loop() {
		began := time.Now()
		look()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[0].Microseconds())/1000, "min-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
