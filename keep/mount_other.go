//go:build !linux && unix

package keep

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mountOf tells file systems apart.
func mountOf(fd int) (uint64, error) {
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	return uint64(st.Dev), err
}

// birthOf is when an open file was made, which tells it from another that has
// got its number.
func birthOf(fd int) instant {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return instant{}
	}
	return newInstant(st.Btim)
}

// openDir opens a directory to reach what is in it, and gives its path without
// symbolic links.
func openDir(path string) (fd int, real string, err error) {
	if real, err = filepath.EvalSymlinks(path); err != nil {
		return -1, "", err
	}
	if real, err = filepath.Abs(real); err != nil {
		return -1, "", err
	}
	fd, err = unix.Open(real, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return fd, real, err
}

// searchFlags open a directory to reach what is in it.
const searchFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC

// setTimesOf sets the times of an open file.
func setTimesOf(fd int, st *stat) error {
	return unix.Futimes(fd, []unix.Timeval{
		unix.NsecToTimeval(unix.TimespecToNsec(st.atime.timespec())), unix.NsecToTimeval(unix.TimespecToNsec(st.mtime.timespec())),
	})
}
