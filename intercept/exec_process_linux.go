package intercept

import (
	"bytes"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A process is what proc(5) says of a thread that stopped in exec. Its
// descriptor on /proc/TID keeps to that very process even when ids are reused.
type process struct {
	identity // of the thread group
	tid      int
	pid      int    // thread group; what others call the process
	cwd      string // absolute; " (deleted)" at the end of a removed one
	// foreign reports another root directory or mount namespace than ours: its
	// paths mean something else here.
	foreign bool
	dir     int // O_PATH on /proc/TID
}

// openProcess reads what is needed of thread tid. The caller closes it.
func openProcess(tid int, home rootID) (*process, error) {
	p, err := enterProcess(tid)
	if err != nil {
		return nil, err
	}
	there, err := rootOf(p.dir, "root")
	p.foreign = err != nil || there != home
	p.cwd = p.directory("cwd")
	return p, nil
}

// enterProcess reads who thread tid is, and opens its directory.
func enterProcess(tid int) (*process, error) {
	p, err := identifyProcess(tid)
	if err == nil {
		err = p.enter()
	}
	return p, err
}

// identifyProcess asks who thread tid is, and no more: enter is for what else is
// asked of it.
func identifyProcess(tid int) (p *process, err error) {
	p = &process{tid: tid, pid: tid, dir: -1}
	// A thread that execs becomes its process, and loses what sets it apart.
	if p.identity, err = identityOf(tid); err == errThread {
		if err = p.enter(); err != nil {
			return nil, err
		}
		p.pid = p.threadGroup()
		p.identity, err = identityOf(p.pid)
	}
	if err != nil {
		p.close()
		return nil, errGone
	}
	return p, nil
}

// enter opens the process's directory, once.
func (p *process) enter() (err error) {
	if p.dir >= 0 {
		return nil
	}
	p.dir, err = unix.Open("/proc/"+strconv.Itoa(p.tid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		p.dir = -1
		return errGone
	}
	return nil
}

func (p *process) close() {
	if p.dir >= 0 {
		_ = unix.Close(p.dir)
	}
}

// threadGroup reads Tgid of proc_pid_status(5), for a thread that is not its
// group's leader.
func (p *process) threadGroup() int {
	var buf [1024]byte
	for line := range bytes.Lines(readAt(p.dir, "status", buf[:])) {
		if rest, ok := bytes.CutPrefix(line, []byte("Tgid:")); ok {
			if pid, err := strconv.Atoi(string(bytes.TrimSpace(rest))); err == nil {
				return pid
			}
		}
	}
	return p.tid
}

// exists reports that the thread has not ended: its directory shows nothing then.
func (p *process) exists() bool {
	var buf [1]byte
	return len(readAt(p.dir, "stat", buf[:])) > 0
}

func readAt(dir int, name string, buf []byte) []byte {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}

// rootID tells one root directory from another: its inode on its mount, which
// differs between mount namespaces.
type rootID struct{ mount, ino uint64 }

func rootOf(dir int, name string) (rootID, error) {
	var st unix.Statx_t
	err := unix.Statx(dir, name, 0, unix.STATX_INO|unix.STATX_MNT_ID, &st)
	return rootID{st.Mnt_id, st.Ino}, err
}

// open opens the file that the process would exec by path, for identity only
// (O_PATH), and returns its absolute path as the process sees it. dirfd is the
// descriptor of execveat(2), or AT_FDCWD; an empty path names dirfd itself.
// refused reports that the kernel will certainly not find it, or not let the
// process have it.
func (p *process) open(dirfd int, path string) (fd int, abs string, refused bool, err error) {
	const flags = unix.O_PATH | unix.O_CLOEXEC
	if path == "" {
		link := "fd/" + strconv.Itoa(dirfd)
		fd, err = unix.Openat(p.dir, link, flags, 0)
		return fd, p.readlink(link), false, err
	}
	if own, ok := p.ownPath(path); ok {
		fd, err = unix.Open(own, flags, 0)
		return fd, path, err == unix.ENOENT, err
	}
	from, abs := "cwd", path
	if !strings.HasPrefix(path, "/") {
		dir := p.cwd
		if dirfd != unix.AT_FDCWD {
			from = "fd/" + strconv.Itoa(dirfd)
			dir = p.directory(from)
		}
		abs = filepath.Join("/", dir, path)
	}
	// A link such as /proc/self/exe in the middle would be followed as ours.
	how := unix.OpenHow{Flags: flags, Resolve: unix.RESOLVE_NO_MAGICLINKS}
	if p.foreign {
		root, err := unix.Openat(p.dir, "root", flags, 0)
		if err != nil {
			return -1, abs, false, err
		}
		defer unix.Close(root)
		how.Resolve |= unix.RESOLVE_IN_ROOT
		fd, err = openat2(root, abs, &how)
		return fd, abs, err == unix.ENOENT && path == abs, err
	}
	at := unix.AT_FDCWD
	if path != abs {
		if at, err = unix.Openat(p.dir, from, flags|unix.O_DIRECTORY, 0); err != nil {
			return -1, abs, false, err
		}
		defer unix.Close(at)
	}
	fd, err = openat2(at, path, &how)
	refused = err == unix.ENOENT || err == unix.ENOTDIR || err == unix.EACCES && p.mayAsWeDo()
	return fd, abs, refused, err
}

// mayAsWeDo reports a process with our own rights to files: the same user in
// the same user namespace, where no process below the filter can gain any. What
// PATH names and we may not enter, such as another user's directory, is then
// closed to it too.
func (p *process) mayAsWeDo() bool {
	if p.uid != unix.Geteuid() {
		return false
	}
	var theirs, ours unix.Stat_t
	return unix.Fstatat(p.dir, "ns/user", &theirs, 0) == nil &&
		unix.Stat("/proc/self/ns/user", &ours) == nil &&
		theirs.Dev == ours.Dev && theirs.Ino == ours.Ino
}

// ownPath turns the paths that name the caller itself, as /proc/self/exe does,
// into the process's. Paths of another process stay.
func (p *process) ownPath(path string) (string, bool) {
	clean := filepath.Clean(path)
	if rest, ok := strings.CutPrefix(clean, "/proc/"); ok && rest[0] >= '0' && rest[0] <= '9' {
		return clean, !p.foreign
	}
	self := "/proc/" + strconv.Itoa(p.pid)
	for _, r := range [...]struct{ prefix, with string }{
		{"/proc/self/", self + "/"},
		{"/proc/thread-self/", self + "/task/" + strconv.Itoa(p.tid) + "/"},
		{"/dev/fd/", self + "/fd/"},
	} {
		if rest, ok := strings.CutPrefix(clean, r.prefix); ok {
			return r.with + rest, true
		}
	}
	return path, false
}

func (p *process) readlink(name string) string {
	var buf [maxPath]byte
	n, err := unix.Readlinkat(p.dir, name, buf[:])
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// directory is a directory that name links to, as the process sees it: read
// from outside, the link begins with the process's root.
func (p *process) directory(name string) string {
	dir := p.readlink(name)
	if p.foreign {
		dir = strings.TrimPrefix(dir, strings.TrimSuffix(p.readlink("root"), "/"))
	}
	return dir
}

// openat2 retries openat2(2) on EAGAIN, which a rename elsewhere can cause.
func openat2(dir int, path string, how *unix.OpenHow) (fd int, err error) {
	for range 8 {
		if fd, err = unix.Openat2(dir, path, how); err != unix.EAGAIN && err != unix.EINTR {
			break
		}
	}
	return fd, err
}
