package intercept

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// asksOf are the directories below dir that the witness was asked about.
func (r *fileRecorder) asksOf(dir string) (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, path := range r.asked {
		list = append(list, within(dir, File{Path: path}))
	}
	return list
}

// What goes from a spared directory is not told when a plain path names it;
// everything beside it is, whatever leads there.
func TestFilesSparedDirectory(t *testing.T) {
	for name, line := range map[string]string{
		"relative":  "rm out/a out/b src/a",
		"absolute":  "rm $PWD/out/a $PWD/out/b $PWD/src/a",
		"inside":    "(cd out && rm a b); cd src && rm a",
		"tree":      "rm -r out; rm src/a",
		"link away": "ln -s $PWD/src out/to; rm out/to/a out/a out/b",
		"replaced":  "mv out/a out/b; rm src/a",
		"emptied":   ": > out/a; : > out/b; : > src/a",
		"through":   "ln -s $PWD/src/a out/to; : > out/to; : > out/a",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := oldFiles(t, "out/a", "out/b", "src/a")
			w := fromNow(t)
			w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
			out, status := runFiles(t, w, dir, "bash", "-c", line)
			got := w.told(dir)
			// The directory itself is not in a spared one.
			got = slices.DeleteFunc(got, func(s string) bool { return s == "rmdir out" })
			if status != 0 || len(got) != 1 || got[0] != "unlink src/a" && got[0] != "truncate src/a" {
				t.Errorf("status %d, output %q, told %q; want what is done to src/a alone", status, out, got)
			}
		})
	}
}

// What moves between a spared directory and another is told.
func TestFilesMovedFromSpared(t *testing.T) {
	dir := oldFiles(t, "out/a", "src/b")
	w := fromNow(t)
	w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
	if out, status := runFiles(t, w, dir, "mv", "-f", "src/b", "out/a"); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	if got := w.told(dir); !slices.Equal(got, []string{"rename src/b out/a"}) {
		t.Errorf("told %q, want the rename", got)
	}
}

// In bulk the witness is asked once for a directory; but what it said does not
// hold for a directory that has come to be elsewhere, nor after an exec.
func TestFilesSparedAgain(t *testing.T) {
	dir := oldFiles(t, "out/a", "out/b", "out/c", "out/d", "out/e")
	w := fromNow(t)
	w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
	const line = `import os
os.chdir("out")
for name in "ab": os.unlink(name)
os.rename("../out", "../kept")
os.unlink("c")
os.rename("../kept", "../out")
os.execvp("rm", ["rm", "d"])`
	if out, status := runFiles(t, w, dir, "python3", "-c", line); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	if got := w.told(dir); !slices.Contains(got, "unlink kept/c") || slices.Contains(got, "unlink out/a") || slices.Contains(got, "unlink out/b") || slices.Contains(got, "unlink out/d") {
		t.Errorf("told %q, want what was in the directory while it was elsewhere", got)
	}
	asked := w.asksOf(dir)
	if n := len(asked); n < 3 || asked[n-1] != "out" {
		t.Errorf("asked about %q, want out again after the rename and after the exec", asked)
	}
}

// The number of a descriptor, or the name of a directory on the way, means
// nothing: the directory behind it is looked at for each call.
func TestFilesSparedIsTheDirectory(t *testing.T) {
	dir := oldFiles(t, "out/a", "src/b", "src/c", "src/d")
	w := fromNow(t)
	w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
	const line = `import os
out, src = os.open("out", os.O_RDONLY), os.open("src", os.O_RDONLY)
os.unlink("a", dir_fd=out)
os.dup2(src, out)
os.unlink("b", dir_fd=out)
os.chdir("src")
os.unlink("c")
os.symlink("src", "../to")
os.unlink("../to/d")`
	if out, status := runFiles(t, w, dir, "python3", "-c", line); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	if got := w.told(dir); !slices.Equal(got, []string{"unlink src/b", "unlink src/c", "unlink src/d"}) {
		t.Errorf("told %q, want what was in src", got)
	}
}

// A path that led to a spared directory may lead elsewhere at the next call.
func TestFilesSparedByName(t *testing.T) {
	dir := oldFiles(t, "out/a", "out/b", "src/a")
	w := fromNow(t)
	w.spares = func(path string) bool { return path == filepath.Join(dir, "out") }
	const line = `import os
os.mkdir("to")
os.rename("out/a", "to/a")
os.unlink("to/a")
os.rmdir("to")
os.symlink("src", "to")
os.unlink("to/a")
os.unlink("out/b")`
	if out, status := runFiles(t, w, dir, "python3", "-c", line); status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	got := slices.DeleteFunc(w.told(dir), func(s string) bool { return s[:6] == "rename" || s[:5] == "rmdir" })
	if !slices.Equal(got, []string{"unlink src/a", "unlink to/a"}) {
		t.Errorf("told %q, want all but out/b", got)
	}
}

// An open directory keeps a file system mounted, so none is held that is not in use.
func TestOpenDirsAreLetGo(t *testing.T) {
	var o openDirs
	var dirs []string
	c := &fileCall{tid: uint32(unix.Gettid()), dirs: &o}
	home, err := rootOf(unix.AT_FDCWD, "/proc/self/root")
	if err != nil {
		t.Fatal(err)
	}
	c.home = home
	for range maxOpenDirs + 2 {
		dir := t.TempDir()
		dirs = append(dirs, dir)
		e := &fileEnd{dirfd: unix.AT_FDCWD, fd: -1}
		e.size = copy(e.room[prefixRoom:], dir+"/x")
		d := o.of(c, e)
		if d == nil || len(o.list) > maxOpenDirs {
			t.Fatalf("%v with %d held, want the directory", d, len(o.list))
		}
		o.release(d)
	}
	held := func() (n int) {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && slices.Contains(dirs, to) {
				n++
			}
		}
		return n
	}
	if n := held(); n != maxOpenDirs {
		t.Errorf("%d directories held, want %d", n, maxOpenDirs)
	}
	if o.forget(); held() != 0 {
		t.Errorf("%d directories held after they were forgotten", held())
	}
}
