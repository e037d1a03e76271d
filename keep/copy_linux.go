package keep

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// copyRange lets the kernel copy, which shares blocks where the file system can.
func copyRange(dst, src *os.File, at, n int64) (int64, error) {
	from, to := at, at
	for {
		got, err := unix.CopyFileRange(int(src.Fd()), &from, int(dst.Fd()), &to, int(n), 0)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EINVAL), errors.Is(err, unix.EOPNOTSUPP),
			errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM), err == nil && got == 0:
			return copyBytes(dst, src, at, n) // some pseudo file systems say 0
		}
		return int64(got), err
	}
}
