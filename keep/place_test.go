//go:build unix

package keep

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file on another mount is linked in a directory of that mount.
func TestOtherMount(t *testing.T) {
	mount := tinyDisk(t, 4<<20)
	s := newStore(t, Limits{})
	richTree(t, mount+"/work")
	before := tree(t, mount+"/work")
	kept := keepAll(t, s, Item{Path: mount + "/work"})
	var st unix.Stat_t
	do(t, unix.Lstat(mount+"/work/run.sh", &st))
	if st.Nlink != 2 {
		t.Error("it was not linked")
	}
	do(t, os.RemoveAll(mount+"/work"))
	restore(t, s, kept.ID)
	sameTree(t, before, tree(t, mount+"/work"))
	do(t, s.Drop(kept.ID))
	key, err := s.key()
	do(t, err)
	if list, err := os.ReadDir(filepath.Join(mount, placesDir(), key)); len(list) != 0 || err != nil {
		t.Errorf("left on the mount: %v, %v", list, err)
	}
}

// In a working tree the directory is git's own, which git clean spares; and it
// is never in what is taken away.
func TestPlaceOnOtherMount(t *testing.T) {
	mount := tinyDisk(t, 4<<20)
	s := newStore(t, Limits{})
	write(t, mount+"/.git/HEAD", "ref: refs/heads/main\n")
	write(t, mount+"/f", "f")
	keepAll(t, s, Item{Path: mount + "/f"})
	if !isPlainDir(filepath.Join(mount, ".git", placesDir())) || isPlainDir(filepath.Join(mount, placesDir())) {
		t.Error("it is not in the repository's directory")
	}
	_, err := s.Keep(t.Context(), Step{}, []Item{{Path: mount + "/.git"}})
	do(t, err)
	if !isPlainDir(filepath.Join(mount, placesDir())) {
		t.Error("it is in what is taken away")
	}
}

// Somebody else's directory of that name is not used.
func TestPlaceIsPrivate(t *testing.T) {
	mount := tinyDisk(t, 4<<20)
	s := newStore(t, Limits{})
	write(t, mount+"/f", "f")
	do(t, os.Mkdir(filepath.Join(mount, placesDir()), 0o700))
	do(t, os.Chmod(filepath.Join(mount, placesDir()), 0o777))
	kept := keepAll(t, s, Item{Path: mount + "/f"})
	if contents(t, s, kept.ID) != 1 {
		t.Error("it was not copied to the store")
	}
	if list, _ := os.ReadDir(filepath.Join(mount, placesDir())); len(list) != 0 {
		t.Errorf("used: %v", list)
	}
}
