package intercept

import (
	"path/filepath"
	"slices"
	"testing"
)

// What is written beside a file of a spared directory and then takes its place,
// as installers do, is not told.
func TestFilesWrittenOverInSpared(t *testing.T) {
	dir := oldFiles(t, "out/a", "out/b", "out/c", "src/a")
	w := fromNow(t)
	w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
	const line = `import os
for to in ("out/a", "out/b", "out/c", "src/a"):
    open(to + ".tmp", "w").write("new")
    os.rename(to + ".tmp", to)`
	if out, status := runFiles(t, w, dir, "python3", "-c", line); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	if got := w.told(dir); !slices.Equal(got, []string{"rename new src/a"}) {
		t.Errorf("told %q, want what is outside the spared directory alone", got)
	}
}

// A directory that is renamed within spared ones takes its new path along.
func TestFilesBelowDirectoryMovedInSpared(t *testing.T) {
	dir := oldFiles(t, "out/a", "out/old/b", "out/old/c")
	w := fromNow(t)
	w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
	const line = `import os
os.unlink("out/a")
os.unlink("out/old/b")
os.rename("out/old", "out/new")
os.unlink("out/new/c")`
	if out, status := runFiles(t, w, dir, "python3", "-c", line); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	if got := w.told(dir); !slices.Equal(got, []string{"unlink out/new/c", "unlink out/old/b"}) {
		t.Errorf("told %q, want each file by where it is", got)
	}
}
