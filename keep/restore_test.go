//go:build unix

package keep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRestoreSomePaths(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/d/one", "1")
	write(t, dir+"/d/two", "2")
	write(t, dir+"/d/more/three", "3")
	kept := keepAll(t, s, Item{Path: dir + "/d"})
	do(t, os.RemoveAll(dir+"/d"))
	restore(t, s, kept.ID, dir+"/d/more")
	if _, err := os.Stat(dir + "/d/one"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one: %v", err)
	}
	if text, err := os.ReadFile(dir + "/d/more/three"); string(text) != "3" {
		t.Errorf("three: %q, %v", text, err)
	}
	if k, _ := s.Get(kept.ID); !k.GivenBack.IsZero() || k.Files != 2 {
		t.Errorf("after a part: %+v", k)
	}
	restore(t, s, kept.ID)
	if text, _ := os.ReadFile(dir + "/d/two"); string(text) != "2" {
		t.Errorf("two: %q", text)
	}
	if _, err := s.Restore(t.Context(), []string{kept.ID}, []string{dir + "/nothing"}, Options{}); err == nil {
		t.Error("a path of which nothing is kept is no error")
	}
}

// What stands in a place now is kept before it is replaced, and comes back by
// undoing the undo.
func TestRestoreKeepsWhatIsThere(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	path := dir + "/f"
	write(t, path, "first")
	kept := keepAll(t, s, Item{Path: path})
	do(t, os.Remove(path))
	write(t, path, "newer")
	report := restore(t, s, kept.ID)
	if text, _ := os.ReadFile(path); string(text) != "first" || report.Count(Replaced) != 1 || report.Undo == "" {
		t.Fatalf("%q, %+v", text, report)
	}
	k, err := s.Get(report.Undo)
	do(t, err)
	if k.Kind != Undo || k.Session != "s1" {
		t.Errorf("the undo is kept as %+v", k)
	}
	restore(t, s, report.Undo)
	if text, _ := os.ReadFile(path); string(text) != "newer" {
		t.Errorf("after undoing the undo: %q", text)
	}
}

func TestRestoreInPlaceKeepsNamesTogether(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/a", "before")
	do(t, os.Link(dir+"/a", dir+"/b"))
	before := tree(t, dir)
	kept := keepAll(t, s, Item{Path: dir + "/a", InPlace: true})
	do(t, os.WriteFile(dir+"/a", []byte("x"), 0o644))
	restore(t, s, kept.ID)
	delete(before, ".") // its time has changed
	after := tree(t, dir)
	delete(after, ".")
	sameTree(t, before, after)
}

func TestRestoreRefuses(t *testing.T) {
	tests := []struct {
		name, want string
		change     func(t *testing.T, dir string)
	}{
		{"a directory in its place", "a directory stands there", func(t *testing.T, dir string) { do(t, os.MkdirAll(dir+"/d/f/x", 0o755)) }},
		{"a link on the way", "no directory any more", func(t *testing.T, dir string) {
			do(t, os.Mkdir(dir+"/elsewhere", 0o755))
			do(t, os.Symlink(dir+"/elsewhere", dir+"/d"))
		}},
		{"a file on the way", "no directory any more", func(t *testing.T, dir string) { write(t, dir+"/d", "") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, dir := newStore(t, Limits{}), realTemp(t)
			write(t, dir+"/d/f", "text")
			kept := keepAll(t, s, Item{Path: dir + "/d/f"})
			do(t, os.RemoveAll(dir+"/d"))
			test.change(t, dir)
			before := tree(t, dir)
			report, err := s.Restore(t.Context(), []string{kept.ID}, nil, Options{})
			do(t, err)
			if report.Count(Refused) != 1 || !strings.Contains(report.Changes[0].Why, test.want) {
				t.Errorf("%+v", report)
			}
			sameTree(t, before, tree(t, dir))
			if k, _ := s.Get(kept.ID); k.Files != 1 || contents(t, s, kept.ID) != 1 {
				t.Errorf("what was refused is not kept any more: %+v", k)
			}
		})
	}
}

func TestRestoreElsewhere(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	richTree(t, dir+"/work")
	before := tree(t, dir+"/work")
	kept := keepAll(t, s, Item{Path: dir + "/work"})
	out := filepath.Join(dir, "not", "yet", "there")
	for _, dry := range []bool{true, false} {
		report, err := s.Restore(t.Context(), []string{kept.ID}, nil, Options{To: out, DryRun: dry})
		do(t, err)
		if report.Count(Created) != len(before) {
			t.Errorf("created %d of %d: %+v", report.Count(Created), len(before), report.Changes)
		}
		if _, err := os.Stat(out); dry && err == nil {
			t.Error("a dry run wrote")
		}
	}
	sameTree(t, before, tree(t, out+"/work"))
	if k, _ := s.Get(kept.ID); k.Files != kept.Files || !k.GivenBack.IsZero() {
		t.Errorf("writing elsewhere took it out of the store: %+v", k)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/d/a", "a")
	write(t, dir+"/d/b", "b")
	kept := keepAll(t, s, Item{Path: dir + "/d"})
	do(t, os.RemoveAll(dir+"/d"))
	write(t, dir+"/d/b", "newer")
	before := tree(t, dir)
	report, err := s.Restore(t.Context(), []string{kept.ID}, nil, Options{DryRun: true})
	do(t, err)
	if report.Count(Created) != 1 || report.Count(Replaced) != 1 || report.Count(Unchanged) != 1 {
		t.Errorf("%+v", report)
	}
	sameTree(t, before, tree(t, dir))
	if list, _ := s.List(Filter{}); len(list) != 1 {
		t.Errorf("%d steps", len(list))
	}
}

// Several kept steps of one step are given back as what was there first.
func TestRestoreFirstOfSeveral(t *testing.T) {
	s, path := newStore(t, Limits{}), realTemp(t)+"/f"
	var ids []string
	for i := range 3 {
		write(t, path, fmt.Sprint("version ", i))
		r, err := s.Keep(t.Context(), Step{Session: "s", Number: 7, Time: time.Unix(int64(1000+i), 0)}, []Item{{Path: path}})
		do(t, err)
		do(t, os.Remove(path))
		ids = append(ids, r.ID)
	}
	slices.Reverse(ids)
	_, err := s.Restore(t.Context(), ids, nil, Options{})
	do(t, err)
	if text, _ := os.ReadFile(path); string(text) != "version 0" {
		t.Errorf("%q", text)
	}
	if left, _ := s.List(Filter{Waiting: true}); len(left) != 0 {
		t.Errorf("still waiting: %+v", left)
	}
}
