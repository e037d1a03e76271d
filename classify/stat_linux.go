package classify

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// statFile looks at a file, of a link at the link itself. It is one call for
// all that a look wants to know, and none that opens the file.
func statFile(path string) (fileStat, error) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st)
	if err != nil {
		return fileStat{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	f := fileStat{
		mode: fileMode(st.Mode), size: int64(st.Size),
		exact: st.Mask&unix.STATX_BASIC_STATS == unix.STATX_BASIC_STATS,
		dev:   unix.Mkdev(st.Dev_major, st.Dev_minor), ino: st.Ino, links: st.Nlink,
		changed: stamp{st.Mtime.Sec, st.Mtime.Nsec}, status: stamp{st.Ctime.Sec, st.Ctime.Nsec},
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		f.born = time.Unix(st.Btime.Sec, int64(st.Btime.Nsec))
	}
	return f, nil
}

// fileMode gives the kernel's mode in Go's words, as far as they matter here.
func fileMode(mode uint16) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		m |= fs.ModeDir
	case unix.S_IFLNK:
		m |= fs.ModeSymlink
	default:
		m |= fs.ModeIrregular
	}
	return m
}
