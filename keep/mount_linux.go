package keep

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// mountOf tells mounts apart, also two of one file system.
func mountOf(fd int) (uint64, error) {
	var st unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_MNT_ID, &st); err != nil {
		return 0, err
	}
	if st.Mask&unix.STATX_MNT_ID == 0 { // before Linux 5.8
		return unix.Mkdev(st.Dev_major, st.Dev_minor), nil
	}
	return st.Mnt_id, nil
}

// birthOf is when an open file was made, which tells it from another that has
// got its number.
func birthOf(fd int) instant {
	var st unix.Statx_t
	if unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_BTIME, &st) != nil || st.Mask&unix.STATX_BTIME == 0 {
		return instant{}
	}
	return instant{st.Btime.Sec, int64(st.Btime.Nsec)}
}

// openDir opens a directory to reach what is in it, also one that cannot be
// listed, and gives its path without symbolic links.
func openDir(path string) (fd int, real string, err error) {
	fd, err = unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, "", err
	}
	var link [unix.PathMax]byte
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), link[:])
	if err == nil && (n == len(link) || link[0] != '/') {
		err = unix.ENAMETOOLONG
	}
	if err != nil {
		unix.Close(fd)
		return -1, "", err
	}
	return fd, string(link[:n]), nil
}

// searchFlags open a directory to reach what is in it.
const searchFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC

// setTimesOf sets the times of an open file.
func setTimesOf(fd int, st *stat) error {
	return unix.UtimesNanoAt(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), []unix.Timespec{st.atime.timespec(), st.mtime.timespec()}, 0)
}
