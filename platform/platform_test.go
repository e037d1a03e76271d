package platform

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func create(t *testing.T, name string, perm fs.FileMode) *os.File {
	t.Helper()
	file, err := OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, perm)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func TestLinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	create(t, filepath.Join(dir, "file"), 0o600)
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "file"), link); err != nil {
		t.Skip("links cannot be made here:", err)
	}
	for _, flag := range []int{os.O_RDONLY, os.O_RDWR | os.O_CREATE} {
		if file, err := OpenFile(link, flag, 0o600); !errors.Is(err, ErrLink) {
			t.Errorf("flags %#x: %v, %v", flag, file, err)
		}
	}
	dangling := filepath.Join(dir, "dangling")
	if err := os.Symlink(filepath.Join(dir, "none"), dangling); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(dangling, os.O_RDWR|os.O_CREATE, 0o600); !errors.Is(err, ErrLink) {
		t.Errorf("a link to nothing: %v", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "none")); err == nil {
		t.Error("a file was made behind the link")
	}
}

func TestPrivate(t *testing.T) {
	dir := t.TempDir()
	if file := create(t, filepath.Join(dir, "own"), 0o600); Private(file) != nil || !OnlyOurs(file.Name()) {
		t.Errorf("our own file: %v", Private(file))
	}
	if file := create(t, filepath.Join(dir, "shown"), 0o644); Private(file) == nil {
		t.Error("a file that others can read is private")
	}
	if OnlyOurs(filepath.Join(dir, "none")) {
		t.Error("a file that is not there is ours")
	}
}

func TestLock(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	one, two := create(t, name, 0o600), create(t, name, 0o600)
	if err := Lock(one); err != nil {
		t.Fatal(err)
	}
	if err := TryLock(two); !errors.Is(err, ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	if err := TryShare(two); !errors.Is(err, ErrLocked) {
		t.Errorf("a share of what is locked: %v", err)
	}
	if _, err := one.WriteString("text"); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "text" {
		t.Errorf("what is locked reads as %q, %v", text, err)
	}
	if err := Unlock(one); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(TryShare(one), TryShare(two)); err != nil {
		t.Errorf("shares: %v", err)
	}
}

func TestTruncateWhatIsAppendedTo(t *testing.T) {
	file := create(t, filepath.Join(t.TempDir(), "file"), 0o600)
	_, err := file.WriteString("whole\nhal")
	if err = errors.Join(err, Truncate(file, 6)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file.Name()); err != nil || string(text) != "whole\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestIdentify(t *testing.T) {
	dir := t.TempDir()
	file, other := filepath.Join(dir, "file"), filepath.Join(dir, "other")
	create(t, file, 0o600)
	create(t, other, 0o600)
	name := filepath.Join(dir, "name")
	if err := os.Link(file, name); err != nil {
		t.Skip("files have one name here:", err)
	}
	ids := map[FileID]int{}
	for _, path := range []string{file, name, other} {
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		id, links, ok := Identify(path, info)
		if want := map[string]uint64{file: 2, name: 2, other: 1}[path]; !ok || links != want {
			t.Errorf("%s has %d names, %v", path, links, ok)
		}
		ids[id]++
	}
	if len(ids) != 2 {
		t.Errorf("%d files of two", len(ids))
	}
}
