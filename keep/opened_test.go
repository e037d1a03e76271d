//go:build unix

package keep

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What was looked at is kept, and nothing else that has come to have its name.
func TestAddAt(t *testing.T) {
	for name, inPlace := range map[string]bool{"linked": false, "copied": true} {
		t.Run(name, func(t *testing.T) {
			store, err := Open(t.TempDir(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "file")
			if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
				t.Fatal(err)
			}
			fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(fd)
			var st unix.Stat_t
			if err := unix.Lstat(path, &st); err != nil {
				t.Fatal(err)
			}
			seen := &Opened{Dir: fd, Path: path, Dev: uint64(st.Dev), Ino: st.Ino}
			w := store.Begin(Step{})
			if err := w.AddAt(seen, inPlace); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+".new", []byte("another"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
			if err := w.AddAt(seen, inPlace); err == nil {
				t.Error("another file of the name was kept")
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := w.AddAt(seen, inPlace); err == nil {
				t.Error("a file that has gone counts as kept")
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			list, err := store.List(Filter{})
			if err != nil || len(list) != 1 || list[0].Files != 1 || list[0].Bytes == 0 {
				t.Errorf("%+v, %v; want the one file", list, err)
			}
		})
	}
}

// Nothing can be written through links that lead in a circle, so nothing goes.
func TestCircleOfLinks(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	do(t, os.Symlink("b", dir+"/a"))
	do(t, os.Symlink("a", dir+"/b"))
	for _, path := range []string{dir + "/a", dir + "/a/below"} {
		if r, err := s.Keep(t.Context(), Step{}, []Item{{Path: path, InPlace: true}}); r.ID != "" || err != nil && !errors.As(err, new(*NotKept)) {
			t.Errorf("%s: %+v, %v", path, r, err)
		}
	}
	kept := keepAll(t, s, Item{Path: dir + "/a"})
	do(t, os.Remove(dir+"/a"))
	restore(t, s, kept.ID)
	if to, err := os.Readlink(dir + "/a"); to != "b" {
		t.Errorf("%q, %v", to, err)
	}
}
