//go:build unix

package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// OpenFile is [os.OpenFile] that follows no link in the last name of the path,
// and does not wait for the other end of a pipe. A link is [ErrLink].
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	file, err := os.OpenFile(path, flag|unix.O_NOFOLLOW|unix.O_NONBLOCK, perm)
	if errors.Is(err, unix.ELOOP) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrLink}
	}
	return file, err
}

// IsPipeAlone reports the error of opening a pipe that nobody reads.
func IsPipeAlone(err error) bool { return errors.Is(err, unix.ENXIO) }

// Lock waits for the lock of a file, which keeps out all others.
func Lock(file *os.File) error { return flock(file, unix.LOCK_EX) }

// TryLock takes the lock of a file, or fails with [ErrLocked].
func TryLock(file *os.File) error { return flock(file, unix.LOCK_EX|unix.LOCK_NB) }

// TryShare takes a share in the lock of a file, or fails with [ErrLocked] when
// somebody has it alone.
func TryShare(file *os.File) error { return flock(file, unix.LOCK_SH|unix.LOCK_NB) }

// Unlock gives a lock back; closing the file does too.
func Unlock(file *os.File) error { return flock(file, unix.LOCK_UN) }

func flock(file *os.File, how int) error {
	for {
		switch err := unix.Flock(int(file.Fd()), how); {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrLocked
		default:
			return err
		}
	}
}

// Private fails unless an open file is this user's own and closed to all others.
func Private(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	switch perm := info.Mode().Perm(); {
	case !ok:
		return errors.New("whose it is cannot be told: use another file system")
	case int(st.Uid) != os.Geteuid():
		return fmt.Errorf("belongs to user %d: remove it, or run as its owner", st.Uid)
	case perm&0o077 != 0:
		return fmt.Errorf("mode %#o lets others in: run chmod 600 on it", perm)
	}
	return nil
}

// OnlyOurs reports that what lies at a path is this user's own, and that nobody
// else can write it.
func OnlyOurs(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}

// Identify tells which file one is that os.Lstat or os.Stat described, and how
// many names it has.
func Identify(_ string, info fs.FileInfo) (id FileID, links uint64, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return FileID{}, 0, false
	}
	return FileID{uint64(st.Dev), st.Ino}, uint64(st.Nlink), true //nolint:unconvert // differs between systems
}

// Removed reports that an open file has no name any more.
func Removed(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink == 0
}

// Truncate cuts an open file, which may be open to append only.
func Truncate(file *os.File, size int64) error { return file.Truncate(size) }

// GiveTo makes an open file belong to whom another belongs to.
func GiveTo(file *os.File, like fs.FileInfo) error {
	owner, ok := like.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) == os.Geteuid() && int(owner.Gid) == os.Getegid() {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}

// Getenv is [os.Getenv].
func Getenv(name string) string { return os.Getenv(name) }
