//go:build unix

package keep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// newStore opens a store of its own, on the file system of the files.
func newStore(t testing.TB, limits Limits) *Store {
	t.Helper()
	s, err := Open(filepath.Join(realTemp(t), "state"), limits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func realTemp(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A failer is a test, also a rapid one.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func do(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tree describes all below dir: types, modes, times, content, links.
func tree(t failer, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names := map[[2]uint64]string{}
	do(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var raw unix.Stat_t
		if err := unix.Lstat(path, &raw); err != nil {
			return err
		}
		st := newStat(&raw)
		rel, _ := filepath.Rel(dir, path)
		text := fmt.Sprintf("%o %v %d:%d", st.mode, st.mtime, st.uid, st.gid)
		switch {
		case st.isRegular():
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			first, known := names[st.inode()]
			if !known {
				names[st.inode()], first = rel, rel
			}
			text += fmt.Sprintf(" %q same as %s", content, first)
		case st.isSymlink():
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			text += " -> " + target
		}
		if !st.isSymlink() && (st.isRegular() || st.isDir()) {
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			list, err := readXattrs(int(file.Fd()))
			if err != nil {
				return err
			}
			text += fmt.Sprint(" ", list)
		}
		all[rel] = text
		return nil
	}))
	return all
}

func sameTree(t testing.TB, want, got map[string]string) {
	t.Helper()
	if maps.Equal(want, got) {
		return
	}
	keys := map[string]bool{}
	for k := range want {
		keys[k] = true
	}
	for k := range got {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if want[k] != got[k] {
			t.Errorf("%s:\nwas %s\nis  %s", k, want[k], got[k])
		}
	}
}

func keepAll(t testing.TB, s *Store, items ...Item) Result {
	t.Helper()
	r, err := s.Keep(t.Context(), Step{Session: "s1", Number: 1, Command: "rm"}, items)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func restore(t testing.TB, s *Store, id string, paths ...string) Report {
	t.Helper()
	r, err := s.Restore(t.Context(), []string{id}, paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Changes {
		if c.Action == Refused {
			t.Errorf("refused %s %s: %s", c.Path, c.Ref, c.Why)
		}
	}
	return r
}

// contents counts the stored files of a step.
func contents(t testing.TB, s *Store, id string) int {
	t.Helper()
	n := 0
	do(t, filepath.WalkDir(filepath.Join(s.dir, id), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && entry.Name() != "manifest" {
			n++
		}
		return err
	}))
	return n
}

// richTree makes one of everything.
func richTree(t testing.TB, dir string) {
	t.Helper()
	write(t, dir+"/a.txt", "content of a")
	write(t, dir+"/sub/deep/b.bin", strings.Repeat("\x00\xff", 5000))
	write(t, dir+"/sub/empty", "")
	write(t, dir+"/bytes \xff\n\"'", "a name that is no UTF-8")
	do(t, os.Mkdir(dir+"/hollow", 0o711))
	do(t, os.Symlink("a.txt", dir+"/link"))
	do(t, os.Symlink("loop", dir+"/loop"))
	do(t, os.Symlink("/nowhere/at/all", dir+"/dangling"))
	do(t, os.Link(dir+"/a.txt", dir+"/sub/second"))
	do(t, os.Chmod(dir+"/sub/empty", 0o400))
	write(t, dir+"/run.sh", "#!/bin/sh\n")
	do(t, os.Chmod(dir+"/run.sh", 0o4751))
	_ = unix.Setxattr(dir+"/a.txt", "user.note", []byte("x\x00y"), 0) // where the file system can
	_ = unix.Setxattr(dir+"/hollow", "user.note", []byte("dir"), 0)
	old := time.Date(2001, 2, 3, 4, 5, 6, 789, time.UTC)
	for _, path := range []string{"/a.txt", "/hollow", "/sub/deep", "/sub"} {
		do(t, os.Chtimes(dir+path, old, old))
	}
}

func TestKeepAndRestore(t *testing.T) {
	for _, inPlace := range []bool{false, true} {
		t.Run(fmt.Sprint("in place ", inPlace), func(t *testing.T) {
			s, dir := newStore(t, Limits{}), realTemp(t)+"/work"
			richTree(t, dir)
			before := tree(t, dir)
			kept := keepAll(t, s, Item{Path: dir, InPlace: inPlace})
			do(t, os.RemoveAll(dir))
			report := restore(t, s, kept.ID)
			sameTree(t, before, tree(t, dir))
			if report.Undo != "" || report.Count(Created) != len(before) {
				t.Errorf("created %d of %d, undo %q", report.Count(Created), len(before), report.Undo)
			}
			k, err := s.Get(kept.ID)
			do(t, err)
			if k.GivenBack.IsZero() || k.Files != 0 || k.Bytes != 0 || contents(t, s, kept.ID) != 0 {
				t.Errorf("not marked as given back: %+v, %d stored", k, contents(t, s, kept.ID))
			}
		})
	}
}

func TestSettle(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/stays", "stays")
	write(t, dir+"/goes", "goes")
	write(t, dir+"/edited", "edited")
	write(t, dir+"/spared", "spared")
	do(t, os.Symlink("x", dir+"/link"))
	kept := keepAll(t, s, Item{Path: dir + "/stays"}, Item{Path: dir + "/goes"}, Item{Path: dir + "/link"},
		Item{Path: dir + "/edited", InPlace: true}, Item{Path: dir + "/spared", InPlace: true})
	do(t, os.Remove(dir+"/goes"))
	do(t, os.WriteFile(dir+"/edited", []byte("different"), 0o644))
	left, ok, err := s.Settle(t.Context(), kept.ID)
	do(t, err)
	if !ok || left.Files != 2 || contents(t, s, kept.ID) != 2 {
		t.Errorf("left %+v, %d stored", left, contents(t, s, kept.ID))
	}
	var st unix.Stat_t
	do(t, unix.Lstat(dir+"/stays", &st))
	if st.Nlink != 1 {
		t.Errorf("a file that stays has %d links", st.Nlink)
	}
	restore(t, s, kept.ID)
	for _, name := range []string{"goes", "edited"} {
		if text, _ := os.ReadFile(dir + "/" + name); string(text) != name {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestSettleRemovesWhatLostNothing(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	richTree(t, dir+"/d")
	kept := keepAll(t, s, Item{Path: dir + "/d"})
	if _, ok, err := s.Settle(t.Context(), kept.ID); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if _, err := s.Get(kept.ID); !errors.Is(err, errNoStep) {
		t.Errorf("still there: %v", err)
	}
}

func TestAdd(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	w := s.Begin(Step{Session: "s", Number: 3})
	do(t, w.Add(dir+"/never there", false))
	if w.ID() != "" {
		t.Error("nothing was kept, and a step was begun")
	}
	for i := range 600 {
		write(t, fmt.Sprintf("%s/d/%d", dir, i), fmt.Sprint("content ", i))
	}
	before := tree(t, dir+"/d")
	for i := range 600 {
		path := fmt.Sprintf("%s/d/%d", dir, i)
		do(t, w.Add(path, false))
		do(t, os.Remove(path))
	}
	do(t, w.Add(dir+"/d", false))
	do(t, os.Remove(dir+"/d"))
	if k, err := s.Get(w.ID()); err != nil || !k.Running || k.Files != 600 || k.Unfinished {
		t.Errorf("%+v, %v", k, err)
	}
	id := w.ID()
	do(t, w.Close())
	restore(t, s, id)
	after := tree(t, dir+"/d")
	delete(before, ".")
	delete(after, ".")
	sameTree(t, before, after)
}

func TestResume(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/a", "a")
	write(t, dir+"/b", "b")
	kept := keepAll(t, s, Item{Path: dir + "/a"})
	w, err := s.Resume(kept.ID)
	do(t, err)
	do(t, w.Add(dir+"/b", false))
	do(t, w.Close())
	do(t, os.RemoveAll(dir))
	restore(t, s, kept.ID)
	if got := tree(t, dir); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

// A path below /proc, and one through links, is the file that it leads to.
func TestPathsAreResolved(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/real/f", "text")
	do(t, os.Symlink("real", dir+"/short"))
	do(t, os.Symlink("short/f", dir+"/file"))
	for _, test := range []struct {
		path    string
		inPlace bool
		want    string
	}{
		{dir + "/short/f", false, dir + "/real/f"},
		{dir + "/short/../real//f", false, dir + "/real/f"},
		{dir + "/file", true, dir + "/real/f"},
		{dir + "/file", false, dir + "/file"},
		{dir + "/real/.", false, dir + "/real"},
	} {
		kept := keepAll(t, s, Item{Path: test.path, InPlace: test.inPlace})
		entries, err := s.entries(kept.ID)
		do(t, err)
		if entries[0].path != test.want {
			t.Errorf("%s: %s, want %s", test.path, entries[0].path, test.want)
		}
	}
}

func TestList(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/f", "12345")
	var ids []string
	for i := range 3 {
		r, err := s.Keep(t.Context(), Step{Session: fmt.Sprint("s", i%2), Number: i + 1, Time: time.Unix(int64(i), 0), Command: "rm \"f\" \u202e"}, []Item{{Path: dir + "/f"}})
		do(t, err)
		ids = append(ids, r.ID)
	}
	list, err := s.List(Filter{})
	do(t, err)
	if len(list) != 3 || list[0].ID != ids[2] || list[0].Bytes == 0 || list[0].Command != "rm \"f\" \u202e" {
		t.Errorf("%+v", list)
	}
	if list, _ := s.List(Filter{Session: "s0", Number: 3}); len(list) != 1 || list[0].ID != ids[2] {
		t.Errorf("filtered: %+v", list)
	}
	if k, err := s.Get(ids[0][:5]); err != nil || k.ID != ids[0] {
		t.Errorf("by a prefix: %+v, %v", k, err)
	}
	for _, id := range []string{"", "zzzzzz", "../../", "ZZ"} {
		if _, err := s.Get(id); !errors.Is(err, errNoStep) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if n, size, err := s.Size(); n != 3 || size == 0 || err != nil {
		t.Errorf("%d steps of %d bytes, %v", n, size, err)
	}
}

func TestPrune(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/f", "f")
	now := time.Now()
	keepAt := func(at time.Time) string {
		r, err := s.Keep(t.Context(), Step{Time: at}, []Item{{Path: dir + "/f"}})
		do(t, err)
		return r.ID
	}
	old, young := keepAt(now.Add(-15*24*time.Hour)), keepAt(now.Add(-13*24*time.Hour))
	for _, dry := range []bool{true, false} {
		dropped, err := s.Prune(t.Context(), dry)
		do(t, err)
		if len(dropped) != 1 || dropped[0].ID != old {
			t.Errorf("dropped %+v", dropped)
		}
	}
	if list, _ := s.List(Filter{}); len(list) != 1 || list[0].ID != young {
		t.Errorf("left %+v", list)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, prepare := range map[string]func(kept string) error{
		"symbolic link": func(kept string) error { return os.Symlink(filepath.Dir(kept), kept) },
		"no directory":  func(kept string) error { return os.WriteFile(kept, nil, 0o600) },
		"others in": func(kept string) error {
			return errors.Join(os.Mkdir(kept, 0o700), os.Chmod(kept, 0o770))
		},
		"belongs to user": func(kept string) error {
			if os.Geteuid() != 0 {
				return errors.ErrUnsupported
			}
			return errors.Join(os.Mkdir(kept, 0o700), os.Chown(kept, 1234, 1234))
		},
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			if err := prepare(filepath.Join(state, "kept")); errors.Is(err, errors.ErrUnsupported) {
				t.Skip("only root can give a directory to another user")
			} else if err != nil {
				t.Fatal(err)
			}
			if _, err := Open(state, Limits{}); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestManifestLines(t *testing.T) {
	st := stat{mode: 0o100644, uid: 1, gid: 2, nlink: 3, dev: 4, ino: 5, size: 6, blocks: 7, mtime: instant{-8, 9}, atime: instant{10, 11}, ctime: instant{12, 13}}
	records := []record{
		{kind: lineFile, n: 3, how: asLink, place: 1, st: st, path: "/a b\xff\n\"", xattrs: []xattr{{"user.a", "\x00 \""}, {"user.b", ""}}},
		{kind: lineLink, n: 4, how: asNothing, st: st, path: "/l", target: "to \\"},
		{kind: linePlace, place: 2, path: "/mnt x"},
		{kind: lineMissed, path: "/m", target: "why"},
		{kind: lineDropped, n: 3, last: 5},
		{kind: lineRef, n: 9, st: stat{size: 10}, path: "/repo", ref: Ref{Stash, "", strings.Repeat("a", 40), "", "WIP on main", 9}},
		{kind: lineEnd, sums: sums{1, 2, 3, 4, 5, time.Unix(5, 6), 7}},
	}
	for _, r := range records {
		line := appendRecord(nil, &r)
		if bytes.Count(line, []byte{'\n'}) != 1 {
			t.Errorf("%q is more than a line", line)
		}
		got, err := parseRecord(strings.TrimSuffix(string(line), "\n"))
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", r) {
			t.Errorf("%q:\n%+v\n%+v, %v", line, r, got, err)
		}
		for cut := range len(line) - 2 { // no part of a line says something else
			if got, err := parseRecord(string(line[:cut])); err == nil && got.kind == r.kind && r.kind != lineFile && r.kind != lineDropped && r.kind != lineEnd {
				t.Errorf("%q is taken for %+v", line[:cut], got)
			}
		}
	}
}

func TestCancelled(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/f", "f")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := s.Keep(ctx, Step{}, []Item{{Path: dir + "/f"}})
	var missed *NotKept
	if !errors.As(err, &missed) || r.Files != 0 || len(missed.Missed) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
