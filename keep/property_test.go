//go:build unix

package keep

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever tree is kept and destroyed in whatever way comes back as it was,
// byte for byte, with modes, times and links.
func TestAnyTreeComesBack(t *testing.T) {
	base := realTemp(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(base, "")
		do(t, err)
		defer os.RemoveAll(dir)
		s, err := Open(dir+"/state", Limits{})
		do(t, err)
		work := dir + "/work"
		do(t, os.Mkdir(work, 0o755))
		names := grow(t, work)
		before := treeOf(t, work)
		items := choose(t, work, names)
		kept, err := s.Keep(t.Context(), Step{}, items)
		do(t, err)
		for i := range items {
			destroy(t, &items[i])
		}
		if rapid.Bool().Draw(t, "settle") && kept.ID != "" {
			_, left, err := s.Settle(t.Context(), kept.ID)
			do(t, err)
			if !left {
				kept.ID = ""
			}
		}
		if kept.ID != "" {
			report, err := s.Restore(t.Context(), []string{kept.ID}, nil, Options{})
			do(t, err)
			if report.Count(Refused) > 0 {
				t.Errorf("%+v", report)
			}
		}
		after := treeOf(t, work)
		for path := range before {
			if before[path] != after[path] {
				t.Errorf("%s:\nwas %s\nis  %s", path, before[path], after[path])
			}
		}
		if len(before) != len(after) {
			t.Errorf("%d paths, and now %d", len(before), len(after))
		}
	})
}

// treeOf is tree without the times of directories that were no part of what was
// kept, which giving back must change.
func treeOf(t *rapid.T, dir string) map[string]string {
	t.Helper()
	all := tree(t, dir)
	for path, text := range all {
		if strings.HasPrefix(text, "40") {
			mode, rest, _ := strings.Cut(text, " ")
			_, rest, _ = strings.Cut(rest, "} ")
			all[path] = mode + " " + rest
		}
	}
	return all
}

// grow makes a random tree and gives its names, parents first.
func grow(t *rapid.T, work string) []string {
	dirs := []string{work}
	var names, plain []string
	for i := range rapid.IntRange(1, 25).Draw(t, "size") {
		up := rapid.SampledFrom(dirs).Draw(t, "in")
		path := filepath.Join(up, rapid.SampledFrom([]string{"a", "b c", "\xff", "-rf", ".d", "é\n", "x"}).Draw(t, "name")+fmt.Sprint(i))
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			do(t, os.Mkdir(path, 0o755))
			do(t, os.Chmod(path, os.FileMode(0o700|rapid.IntRange(0, 0o77).Draw(t, "mode"))))
			dirs = append(dirs, path)
		case 1:
			do(t, os.Symlink(rapid.SampledFrom([]string{"a0", ".", "/nowhere", path}).Draw(t, "target"), path))
		case 2:
			if len(plain) > 0 {
				do(t, os.Link(rapid.SampledFrom(plain).Draw(t, "of"), path))
				break
			}
			fallthrough
		default:
			do(t, os.WriteFile(path, rapid.SliceOfN(rapid.Byte(), 0, 9000).Draw(t, "content"), 0o600))
			do(t, os.Chmod(path, os.FileMode(0o600|rapid.IntRange(0, 0o77).Draw(t, "mode"))))
			at := time.Unix(rapid.Int64Range(-1e9, 4e9).Draw(t, "sec"), rapid.Int64Range(0, 999_999_999).Draw(t, "nsec"))
			do(t, os.Chtimes(path, at, at))
			plain = append(plain, path)
		}
		names = append(names, path)
	}
	return names
}

// choose gives some of the paths as items.
func choose(t *rapid.T, work string, names []string) []Item {
	var items []Item
	if rapid.IntRange(0, 4).Draw(t, "all") == 0 {
		return []Item{{Path: work}}
	}
	for _, path := range names {
		if rapid.Bool().Draw(t, "taken") {
			info, err := os.Lstat(path)
			do(t, err)
			items = append(items, Item{Path: path, InPlace: info.Mode().IsRegular() && rapid.Bool().Draw(t, "in place")})
		}
	}
	return items
}

// destroy does to an item what a step may do, or nothing.
func destroy(t *rapid.T, item *Item) {
	if rapid.IntRange(0, 3).Draw(t, "spared") == 0 {
		return
	}
	if _, err := os.Lstat(item.Path); err != nil {
		return // with a directory that it was in
	}
	if !item.InPlace {
		do(t, os.RemoveAll(item.Path))
		if rapid.Bool().Draw(t, "another") {
			if _, err := os.Stat(filepath.Dir(item.Path)); err == nil && !strings.HasSuffix(item.Path, "/work") {
				do(t, os.Symlink("something else", item.Path))
			}
		}
		return
	}
	do(t, os.WriteFile(item.Path, []byte(rapid.StringN(0, 20, -1).Draw(t, "new")), 0o600))
}
