package classify

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A clone on the same disk shares its objects with where it came from: these are
// older than it. Other files with a second name are judged by their age.
func TestMadeSinceOfAClone(t *testing.T) {
	dir := repo(t)
	if made, ok := birthTime(dir); !ok || made.IsZero() {
		t.Skip("the file system does not say when a file was made")
	}
	// The clock of the file system is behind, and what is older than a step has
	// to be so by more than that.
	for deadline := time.Now().Add(3 * clockLag); time.Now().Before(deadline); {
	}
	began := time.Now()
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, dir, "clone", "-q", "--local", dir, clone)
	if l := live(dir); !l.MadeSince(clone, began) {
		t.Error("a clone that was made since is not known")
	}
	if err := os.Link(filepath.Join(dir, "src/a.go"), filepath.Join(clone, "a.go")); err != nil {
		t.Fatal(err)
	}
	if l := live(dir); l.MadeSince(clone, began) {
		t.Error("a file that is older counts as made since")
	}
}
