package intercept

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"
)

// This file finds the file that a stopped thread names. Paths mean what they
// mean to that thread: relative ones begin at its directories, absolute ones at
// its root, and names such as /proc/self are its own. A link of proc(5) on the
// way would be followed as ours, so where one may be none is followed.

// lookAt finds what an end is. A name in a known directory cannot lead elsewhere
// and takes one call.
func (c *fileCall) lookAt(e *fileEnd) {
	switch {
	case e.open:
		e.exists = statxAt(unix.AT_FDCWD, e.base(c.tid), 0, &e.st) == 0
		if !e.exists {
			c.open(e)
		}
		return
	case e.size == 0:
		return // ENOENT
	}
	if e.dir != nil {
		errno := statxAt(e.dir.fd, &e.name()[0], unix.AT_SYMLINK_NOFOLLOW, &e.st)
		if errno == unix.ENOENT {
			return
		}
		if errno == 0 && !(e.follow && e.is(unix.S_IFLNK)) {
			e.exists = true
			return
		}
		c.dirs.release(e.dir) // it is elsewhere
		e.dir = nil
	}
	c.open(e)
}

// single reports a name in a directory.
func (e *fileEnd) single() bool { return e.resolve == 0 && bytes.IndexByte(e.path(), '/') < 0 }

// open opens the file of an end for identity (O_PATH).
func (c *fileCall) open(e *fileEnd) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: e.resolve}
	if !e.follow {
		how.Flags |= unix.O_NOFOLLOW
	}
	fd, errno := c.openEnd(e, how)
	if errno == 0 {
		e.close()
		e.fd = fd
		errno = statxAt(fd, &[]byte{0}[0], unix.AT_EMPTY_PATH, &e.st)
	}
	e.exists = errno == 0
	switch errno {
	case 0, unix.ENOENT, unix.ENOTDIR, unix.ENAMETOOLONG:
		return
	case unix.EACCES:
		// A directory that we may not enter, and neither may the process.
		if p, err := enterProcess(int(c.tid)); err == nil {
			closed := p.mayAsWeDo()
			p.close()
			if closed {
				return
			}
		}
	}
	c.unknown = "what it names cannot be looked at: " + errno.Error()
}

func (c *fileCall) openEnd(e *fileEnd, how unix.OpenHow) (fd int, errno unix.Errno) {
	if e.open || e.single() && !e.follow {
		return openPathAt(unix.AT_FDCWD, e.base(c.tid), how)
	}
	name, at := &e.room[prefixRoom], unix.AT_FDCWD
	absolute := e.path()[0] == '/'
	if !absolute || e.resolve&unix.RESOLVE_IN_ROOT != 0 {
		if at, errno = c.directory(e); errno != 0 {
			return -1, errno
		}
		defer unix.Close(at)
	}
	if !absolute && !bytes.Contains(e.path(), []byte("..")) {
		plain := how
		plain.Resolve |= unix.RESOLVE_NO_SYMLINKS
		if fd, errno = openPathAt(at, name, plain); errno != unix.ELOOP {
			return fd, errno // whatever its root is
		}
	}
	foreign, errno := c.foreign()
	if errno != 0 {
		return -1, errno
	}
	if own := ownName(c.tid, e.path()); own != nil && e.resolve == 0 {
		if foreign {
			return -1, unix.EXDEV // its /proc may be of other processes
		}
		return openPathAt(unix.AT_FDCWD, &own[0], how)
	}
	how.Resolve |= unix.RESOLVE_NO_MAGICLINKS
	if foreign && e.resolve&unix.RESOLVE_IN_ROOT == 0 {
		return c.openForeign(e, how)
	}
	return openPathAt(at, name, how)
}

// directory opens where the end's path begins.
func (c *fileCall) directory(e *fileEnd) (fd int, errno unix.Errno) {
	start := e.base(c.tid)
	saved := e.room[prefixRoom]
	e.room[prefixRoom] = 0
	fd, errno = openPathAt(unix.AT_FDCWD, start, unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC})
	e.room[prefixRoom] = saved
	return fd, errno
}

// atHome reports a thread whose root directory and mounts are certainly ours.
func (c *fileCall) atHome() bool {
	foreign, errno := c.foreign()
	return !foreign && errno == 0
}

// foreign reports a thread whose root directory or mounts are not ours. It may
// change them at any time, so each call asks, once.
func (c *fileCall) foreign() (bool, unix.Errno) {
	if !c.rootAsked {
		var st unix.Statx_t
		var buf [prefixRoom]byte
		b := strconv.AppendUint(append(buf[:0], "/proc/"...), uint64(c.tid), 10)
		b = append(b, "/root\x00"...)
		c.rootErrno = statxAt(unix.AT_FDCWD, &b[0], 0, &st)
		c.root, c.rootAsked = rootID{st.Mnt_id, st.Ino}, true
	}
	return c.root != c.home, c.rootErrno
}

// openForeign opens what an end is below another root.
func (c *fileCall) openForeign(e *fileEnd, how unix.OpenHow) (fd int, errno unix.Errno) {
	p, err := enterProcess(int(c.tid))
	if err != nil {
		return -1, unix.ESRCH
	}
	defer p.close()
	p.foreign = true
	root, err := unix.Openat(p.dir, "root", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, unix.ESRCH
	}
	defer unix.Close(root)
	path := append([]byte(e.absolutePath(p)), 0)
	if path[0] != '/' || len(path) > maxPath {
		return -1, unix.EXDEV // a directory outside its root
	}
	how.Resolve |= unix.RESOLVE_IN_ROOT
	return openPathAt(root, &path[0], how)
}

// absolutePath is the path made absolute, as the process sees it.
func (e *fileEnd) absolutePath(p *process) string {
	_ = p.enter() // without, its directories have no names
	path, dir := string(e.path()), "cwd"
	if e.dirfd != unix.AT_FDCWD {
		dir = "fd/" + strconv.Itoa(e.dirfd)
	}
	switch {
	case e.open:
		return p.directory(dir)
	case path == "" || path[0] == '/':
		return path
	}
	return p.directory(dir) + "/" + path
}

// ownName turns a path that names the caller's own directory of proc(5), which
// for us is another, into one that names it for all, NUL-ended. It is nil for
// all other paths.
func ownName(tid uint32, path []byte) []byte {
	if !bytes.HasPrefix(path, []byte("/proc/")) && !bytes.HasPrefix(path, []byte("/dev/")) {
		return nil
	}
	self := "/proc/" + strconv.FormatUint(uint64(tid), 10)
	for _, r := range [...]struct{ name, is string }{
		{"/proc/self/", self + "/"},
		{"/proc/thread-self/", self + "/"},
		{"/dev/fd/", self + "/fd/"},
		{"/dev/stdin", self + "/fd/0"},
		{"/dev/stdout", self + "/fd/1"},
		{"/dev/stderr", self + "/fd/2"},
	} {
		rest, ok := bytes.CutPrefix(path, []byte(r.name))
		if ok && (r.name[len(r.name)-1] == '/' || len(rest) == 0) {
			return append(append([]byte(r.is), rest...), 0)
		}
	}
	if rest, ok := bytes.CutPrefix(path, []byte("/proc/")); ok && len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
		return append(bytes.Clone(path), 0)
	}
	return nil
}
