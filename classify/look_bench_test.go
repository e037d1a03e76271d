package classify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"restrain/shellparse"
)

// What it costs to see that a clean directory of 8 files in a repository of
// 20,000 can be deleted: as the shell door sees it, which is started for every
// command, and as a supervisor does, which knows the index already.
func BenchmarkDeleteTracked(b *testing.B) {
	if gitProgram() == "" {
		b.Skip("git is not installed")
	}
	dir := b.TempDir()
	for i := range 2500 {
		at := filepath.Join(dir, fmt.Sprintf("pkg/g%d/d%d", i/100, i))
		if err := os.MkdirAll(at, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range 8 {
			if err := os.WriteFile(filepath.Join(at, fmt.Sprintf("file%d.go", j)), fmt.Appendf(nil, "package d%d // %d\n", i, j), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	gitIn(b, dir, "init", "-q")
	gitIn(b, dir, "add", "-A")
	gitIn(b, dir, "commit", "-q", "-m", "first")
	settle(b, dir)
	script := shellparse.Parse("rm -rf pkg/g3/d301", shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
	delete := func(b *testing.B) {
		l := NewLive(dir, func(string) (string, bool) { return "", false })
		if step := Shipped().Classify(script, l); step.Severity != None {
			b.Fatalf("%s: %v", step.Severity, step.Actions[0].Target)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			indexes = indexCache{}
			delete(b)
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			delete(b)
		}
	})
}
