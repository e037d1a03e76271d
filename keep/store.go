//go:build unix

package keep

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// A Store is a directory of kept steps. It is safe for several goroutines, and
// with other processes' Stores of the same directory.
type Store struct {
	dir    string // real
	limits Limits
	// write is write(2) on a manifest; tests put a full disk in its place.
	write func(fd int, p []byte) (int, error)
	now   func() time.Time
}

// Open opens the store in the directory kept of stateDir, and creates it when
// it is not there. It refuses a store that is a symbolic link, belongs to
// another user, or that others can enter.
func Open(stateDir string, limits Limits) (*Store, error) {
	if !filepath.IsAbs(stateDir) {
		return nil, fmt.Errorf("store of kept files: %q is no absolute path: set HOME or XDG_STATE_HOME to one", stateDir)
	}
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return nil, fmt.Errorf("store of kept files: %w: nothing can be kept until it can be created", err)
	}
	real, err := filepath.EvalSymlinks(stateDir)
	if err != nil {
		return nil, fmt.Errorf("store of kept files: %w: check the state directory", err)
	}
	dir := filepath.Join(real, StoreName)
	if err := makePrivate(dir); err != nil {
		return nil, err
	}
	return &Store{dir: dir, limits: limits.withDefaults(), write: unix.Write, now: time.Now}, nil
}

// Dir is the store's directory.
func (s *Store) Dir() string { return s.dir }

// Limits are the bounds in force.
func (s *Store) Limits() Limits { return s.limits }

// makePrivate makes a directory that only its user can enter, or checks that
// the one that is there is so.
func makePrivate(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("store of kept files: %w: nothing can be kept until it can be created", err)
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return fmt.Errorf("store of kept files: stat %s: %w: check the disk", dir, err)
	}
	switch perm := uint32(st.Mode) & 0o777; {
	case st.Mode&unix.S_IFMT == unix.S_IFLNK:
		return fmt.Errorf("store of kept files: %s is a symbolic link: remove it", dir)
	case st.Mode&unix.S_IFMT != unix.S_IFDIR:
		return fmt.Errorf("store of kept files: %s is no directory: remove it", dir)
	case int(st.Uid) != os.Geteuid():
		return fmt.Errorf("store of kept files: %s belongs to user %d: remove it, or run as its owner", dir, st.Uid)
	case perm&0o077 != 0:
		return fmt.Errorf("store of kept files: mode %#o of %s lets others in: run chmod 700 on it", perm, dir)
	}
	return nil
}

// idLen makes an id that a person can type, and that a store hardly has twice.
const idLen = 6

func newID() string {
	const alphabet = "23456789abcdefghjkmnpqrstuvwxyz"
	var b [idLen]byte
	rand.Read(b[:]) // never fails: crypto/rand
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b[:])
}

// isID reports a name that newID can give.
func isID(name string) bool {
	if len(name) != idLen {
		return false
	}
	for _, c := range []byte(name) {
		if (c < '2' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func (s *Store) manifest(id string) string { return filepath.Join(s.dir, id, "manifest") }
