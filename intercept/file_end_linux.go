package intercept

import (
	"bytes"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A fileEnd is one file that a call names.
type fileEnd struct {
	dirfd   int  // where a relative path begins
	open    bool // dirfd is the file itself
	follow  bool
	resolve uint64 // of openat2(2)
	exists  bool
	st      unix.Statx_t
	fd      int      // O_PATH, -1 when it was not needed
	dir     *openDir // that the last name is in, where that is certain
	// room holds the path, NUL-ended, behind space for where it begins.
	room [prefixRoom + maxPath + 1]byte
	size int // bytes of the path
}

// prefixRoom takes /proc/TID/fd/N/ with the longest numbers.
const prefixRoom = 48

func (e *fileEnd) path() []byte { return e.room[prefixRoom : prefixRoom+e.size] }

// name is the last name, NUL-ended behind the slice.
func (e *fileEnd) name() []byte {
	path := e.path()
	return path[bytes.LastIndexByte(path, '/')+1:]
}

func (e *fileEnd) close() {
	if e.fd >= 0 {
		_ = unix.Close(e.fd)
		e.fd = -1
	}
}

func (e *fileEnd) is(kind uint16) bool { return e.st.Mode&unix.S_IFMT == kind }

func (e *fileEnd) same(o *fileEnd) bool { return e.st.Ino == o.st.Ino && e.dev() == o.dev() }

func (e *fileEnd) dev() uint64 { return unix.Mkdev(e.st.Dev_major, e.st.Dev_minor) }

// unchanged reports that an end read again names the same file with the same
// content. Its links and its change time may differ: keeping it changes them.
func (e *fileEnd) unchanged(o *fileEnd) bool {
	if e.dirfd != o.dirfd || e.follow != o.follow || e.exists != o.exists || !bytes.Equal(e.path(), o.path()) {
		return false
	}
	return !e.exists || e.same(o) && e.st.Mode == o.st.Mode && e.st.Size == o.st.Size &&
		e.st.Mtime == o.st.Mtime && e.st.Btime == o.st.Btime
}

func (e *fileEnd) facts(bornKnown bool) FileFacts {
	f := FileFacts{Dev: e.dev(), Ino: e.st.Ino, Mode: uint32(e.st.Mode), Links: e.st.Nlink, UID: e.st.Uid,
		Size: int64(e.st.Size), Modified: timeOf(e.st.Mtime)}
	if bornKnown && e.st.Mask&unix.STATX_BTIME != 0 {
		f.Born = timeOf(e.st.Btime)
	}
	return f
}

func timeOf(t unix.StatxTimestamp) time.Time { return time.Unix(t.Sec, int64(t.Nsec)) }

// base writes /proc/TID/cwd/ or /proc/TID/fd/N/ in front of the path, and
// returns where that begins: a path by which we reach the same file.
func (e *fileEnd) base(tid uint32) *byte {
	var buf [prefixRoom]byte
	b := append(buf[:0], "/proc/"...)
	b = strconv.AppendUint(b, uint64(tid), 10)
	if e.dirfd == unix.AT_FDCWD {
		b = append(b, "/cwd/"...)
	} else {
		b = strconv.AppendInt(append(b, "/fd/"...), int64(e.dirfd), 10)
		if !e.open {
			b = append(b, '/')
		}
	}
	start := prefixRoom - len(b)
	copy(e.room[start:], b)
	return &e.room[start]
}

// births remembers which file systems tell when the content of a file was born.
// An overlay makes a new file where an old one is changed.
type births struct {
	mu    sync.Mutex
	known *bounded[uint64, bool] // by device
}

func newBirths() *births { return &births{known: newBounded[uint64, bool](64)} }

func (b *births) of(dev uint64) (tells, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known.get(dev)
}

// learn asks the file system behind a descriptor, which is of the device.
func (b *births) learn(fd int, dev uint64) (tells bool) {
	var st unix.Statfs_t
	if fd < 0 || unix.Fstatfs(fd, &st) != nil {
		return false
	}
	tells = st.Type != unix.OVERLAYFS_SUPER_MAGIC
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known.put(dev, tells)
	return tells
}

// The calls below are those of package unix for a path that needs not be copied.

const statxMask = unix.STATX_BASIC_STATS | unix.STATX_BTIME

func statxAt(dir int, path *byte, flags int, st *unix.Statx_t) unix.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_STATX, uintptr(dir), uintptr(unsafe.Pointer(path)), uintptr(flags),
		statxMask|unix.STATX_MNT_ID, uintptr(unsafe.Pointer(st)), 0)
	return errno
}

// openPathAt opens with openat2(2), again on EAGAIN, which a rename elsewhere
// can cause.
func openPathAt(dir int, path *byte, how unix.OpenHow) (fd int, errno unix.Errno) {
	for range 8 {
		r, _, e := unix.Syscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(path)),
			uintptr(unsafe.Pointer(&how)), unix.SizeofOpenHow, 0, 0)
		if e == 0 {
			return int(r), 0
		}
		if errno = e; errno != unix.EAGAIN && errno != unix.EINTR {
			break
		}
	}
	return -1, errno
}
