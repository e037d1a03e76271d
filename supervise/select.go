//go:build unix

package supervise

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const noTimeout time.Duration = -1

// readable waits until one of two descriptors can be read, and returns it; when
// both can, the first; after the timeout, -1. It is select, for poll knows no
// terminals on macOS.
func readable(a, b int, timeout time.Duration) (ready int, err error) {
	if max(a, b) >= unix.FD_SETSIZE {
		return -1, errors.New("too many open files")
	}
	for {
		var set unix.FdSet
		set.Set(a)
		set.Set(b)
		var limit *unix.Timeval
		if timeout >= 0 {
			t := unix.NsecToTimeval(int64(timeout))
			limit = &t
		}
		n, err := unix.Select(max(a, b)+1, &set, nil, nil, limit)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return -1, err
		case n == 0:
			return -1, nil
		case set.IsSet(a):
			return a, nil
		}
		return b, nil
	}
}

// readableNow reports whether f has something to read right now.
func readableNow(f *os.File) bool {
	fd := int(f.Fd())
	ready, err := readable(fd, fd, 0)
	return err == nil && ready == fd
}

// writable waits until fd can be written, or reports false when wake has closed.
func writable(fd, wake int) (ok bool, err error) {
	if max(fd, wake) >= unix.FD_SETSIZE {
		return false, errors.New("too many open files")
	}
	for {
		var in, out unix.FdSet
		in.Set(wake)
		out.Set(fd)
		_, err := unix.Select(max(fd, wake)+1, &in, &out, nil, nil)
		if err != unix.EINTR {
			return err == nil && !in.IsSet(wake), err
		}
	}
}
