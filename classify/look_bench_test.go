package classify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"restrain/shellparse"
)

// What lines cost in a repository of 20,000 files: as the shell door sees them,
// which is started for every command, and as a supervisor does, which knows the
// index already.
func BenchmarkLine(b *testing.B) {
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
	write(b, filepath.Join(dir, ".gitignore"), "*.log\ndist/\n")
	gitIn(b, dir, "add", "-A")
	gitIn(b, dir, "-c", "gc.auto=0", "commit", "-q", "-m", "first")
	gitIn(b, dir, "-c", "gc.auto=0", "repack", "-adq")
	settle(b, dir)
	write(b, filepath.Join(dir, "pkg/notes.txt"), "not in git\n")
	write(b, filepath.Join(dir, "pkg/g4/d401/file1.go"), "changed\n")
	for _, c := range []struct{ name, line string }{
		{"nothing", "ls pkg"}, {"clean-directory", "rm -rf pkg/g3/d301"}, {"clean-file", "rm pkg/g3/d302/file0.go"},
		{"untracked", "rm pkg/notes.txt"}, {"changed", "rm pkg/g4/d401/file1.go"}, {"overwrite", "echo > pkg/notes.txt"},
		{"checkout", "git checkout -- pkg/g4/d401/file1.go"},
	} {
		script := shellparse.Parse(c.line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
		judge := func() { Shipped().Classify(script, NewLive(dir, func(string) (string, bool) { return "", false })) }
		b.Run(c.name+"/first", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				indexes = indexCache{}
				judge()
			}
		})
		b.Run(c.name+"/again", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				judge()
			}
		})
	}
}
