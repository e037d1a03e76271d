package setup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"restrain/platform"
)

// MaxFile bounds an agent's configuration file, in bytes.
const MaxFile = 4 << 20

// backupSuffix is added to the name of a file that is kept as it was.
const backupSuffix = ".restrain-backup"

// A Change is what is to become of one file.
type Change struct {
	Path          string // the file itself, behind all links
	Before, After []byte
	Existed       bool // there was a file
	Removes       bool // there will be none
	undoes        bool // it takes restrain out
	again         bool // restrain is in Before, and the backup is older than that
	mode          fs.FileMode
}

// Plan works out the change that brings restrain into a target's file, or with
// remove takes it out. Nothing is written. Errors are about the file: it cannot
// be read, is not what it should be, or holds what must not be replaced.
func (t *Target) Plan(remove bool) (*Change, error) {
	path, err := behindLinks(t.Path)
	if err != nil {
		return nil, err
	}
	remove = remove || t.Unused
	c := &Change{Path: path, mode: t.Mode}
	c.Before, c.Existed, err = readFile(path)
	if err != nil {
		return nil, err
	}
	switch {
	case !remove:
		if left, gone, err := t.Without(c.Before, nil); err == nil {
			c.again = gone || !bytes.Equal(left, c.Before)
		}
		c.After, err = t.With(c.Before)
	case c.Existed:
		c.undoes = true
		text := string(c.Before)
		for i := range t.Forgets {
			text = withoutTable(text, t.Forgets[i].table())
		}
		backup := c.backedUp()
		c.After, c.Removes, err = t.Without([]byte(text), backup)
		// What held nothing but restrain's tables was made for them.
		c.Removes = c.Removes || t.Tables != "" && backup == nil && len(c.Before) > 0 && len(c.After) == 0
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Needed reports whether the change changes anything.
func (c *Change) Needed() bool {
	return c.Removes || !bytes.Equal(c.Before, c.After) || c.Existed && c.modeDiffers()
}

func (c *Change) modeDiffers() bool {
	info, err := os.Stat(c.Path)
	return err == nil && c.mode != 0 && info.Mode().Perm()&0o111 != c.mode&0o111
}

// Diff is the change as a unified diff.
func (c *Change) Diff() string {
	before, after := c.Path, c.Path
	if !c.Existed {
		before = "/dev/null"
	}
	if c.Removes {
		after = "/dev/null"
	}
	_, text, _ := strings.Cut(string(diff.Diff(before, c.Before, after, c.After)), "\n")
	return text // without the line that names both files once more
}

// Backup is where the file is kept as it was; empty when there is none to keep.
func (c *Change) Backup() string {
	if !c.Existed || c.undoes {
		return ""
	}
	return c.Path + backupSuffix
}

// backedUp is the file as it was when restrain came into it; nil when that is
// not known.
func (c *Change) backedUp() []byte {
	text, there, err := readFile(c.Path + backupSuffix)
	if err != nil || !there {
		return nil
	}
	return append([]byte{}, text...) // an empty file is a backup too
}

// Apply writes the change: all of it or nothing. The file keeps its mode and
// owner. A file that somebody changed since Plan is left alone.
func (c *Change) Apply() error {
	now, exists, err := readFile(c.Path)
	if err != nil {
		return err
	}
	if exists != c.Existed || !bytes.Equal(now, c.Before) {
		return fmt.Errorf("%s: somebody else has changed it meanwhile; try again", c.Path)
	}
	if c.Removes {
		if err := os.Remove(c.Path); err != nil {
			return fmt.Errorf("cannot remove it: %w; remove it by hand", err)
		}
		os.Remove(c.Path + backupSuffix) // there may be none
		c.removePlugin()
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o755); err != nil {
		return fmt.Errorf("cannot make its directory: %w; make it by hand", err)
	}
	if backup := c.Backup(); backup != "" && !(c.again && c.backedUp() != nil) {
		if err := c.write(backup, c.Before); err != nil {
			return fmt.Errorf("cannot keep a backup: %w; make the directory writable", err)
		}
	}
	if err := c.write(c.Path, c.After); err != nil {
		return fmt.Errorf("cannot write it: %w; make the directory writable", err)
	}
	if backup := c.backedUp(); c.undoes && backup != nil && bytes.Equal(backup, c.After) {
		os.Remove(c.Path + backupSuffix) // the file is the backup now
	}
	return nil
}

// removePlugin removes the directory of a plugin of ours with its last file.
func (c *Change) removePlugin() {
	before, _, ours := strings.Cut(c.Path, "/plugins/restrain/")
	for dir := filepath.Dir(c.Path); ours && len(dir) > len(before+"/plugins"); dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			return // it has something in it
		}
	}
}

// write replaces a file in one step.
func (c *Change) write(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".restrain-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone after the rename
	mode := c.mode
	if info, err := os.Stat(c.Path); err == nil {
		mode |= info.Mode().Perm()
		if err := platform.GiveTo(file, info); err != nil {
			return errors.Join(err, file.Close())
		}
	} else if mode == 0 {
		mode = 0o600
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// behindLinks gives the file that a path leads to. The file itself need not be
// there, what a link leads to must be.
func behindLinks(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real, nil
	}
	if _, lerr := os.Lstat(path); lerr == nil {
		return "", fmt.Errorf("%s: a link that leads nowhere; repair it", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w; make its directory readable", path, errors.Unwrap(err))
	}
	return path, nil
}

// readFile reads a regular file of at most MaxFile bytes.
func readFile(path string) (text []byte, exists bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("%w; make it readable", err)
	case info.IsDir():
		return nil, false, fmt.Errorf("%s: it is a directory", path)
	case !info.Mode().IsRegular():
		return nil, false, fmt.Errorf("%s: it is no regular file", path)
	case info.Size() > MaxFile:
		return nil, false, fmt.Errorf("%s: it has %d bytes, and more than %d are not read", path, info.Size(), MaxFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, false, fmt.Errorf("%w; make it readable", err)
	}
	defer file.Close()
	text, err = io.ReadAll(io.LimitReader(file, MaxFile))
	if err != nil {
		return nil, false, fmt.Errorf("%w; make it readable", err)
	}
	return text, true, nil
}
