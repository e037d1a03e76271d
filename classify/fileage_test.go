package classify

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"restrain/shellparse"
)

// What is younger than the step that acts is the step's own.
func TestMadeByTheStep(t *testing.T) {
	dir := repo(t)
	old := filepath.Join(dir, "draft")
	file, err := statFile(old)
	if err != nil || file.born.IsZero() {
		t.Skip("this file system does not say when a file was made")
	}
	began := time.Now()
	for time.Since(began) <= 2*clockLag || !younger(t, dir, file.born) { // until the file system's clock ticks
	}
	began = time.Now()
	for _, name := range []string{"scratch/deep", "mixed"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "scratch/deep/file"), "text")
	write(t, filepath.Join(dir, "mixed/file"), "text")
	if err := os.Rename(filepath.Join(dir, "draft"), filepath.Join(dir, "mixed/draft")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line, want string
		since      time.Time
	}{
		{"rm -rf scratch", "delete-inside none", began},
		{"rm -rf scratch", "delete-inside high", time.Time{}},
		{"rm -rf mixed", "delete-inside high", began},
		{"rm -rf scratch mixed", "delete-inside high", began},
		{"rm -rf src scratch", "delete-inside none", began},
	} {
		l := live(dir)
		l.Since(tt.since)
		script := shellparse.Parse(tt.line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
		if got := rules(testSet(t).Classify(script, l)); got != tt.want {
			t.Errorf("%s since %v: got %q, want %q", tt.line, tt.since, got, tt.want)
		}
	}
}

// younger reports that a file which is made now is told from an older one.
func younger(t *testing.T, dir string, than time.Time) bool {
	t.Helper()
	probe := filepath.Join(dir, "probe")
	write(t, probe, "")
	defer os.Remove(probe)
	file, err := statFile(probe)
	return err == nil && file.born.After(than.Add(2*clockLag))
}
