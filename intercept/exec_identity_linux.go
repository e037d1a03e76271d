package intercept

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// An identity is who a process is, and below whom.
type identity struct {
	ppid, uid int
	// serial is what no other process has that had the id before or gets it
	// later.
	serial uint64
}

// errThread is the answer about a thread that does not lead its process.
var errThread = errors.New("a thread, not a process")

// identityOf asks the kernel who a process is. A pidfd tells it at a third of
// what proc(5) takes, which makes files for every process that is looked up and
// removes them when it ends. The serial is then the pidfd's inode number, which
// is given once while the system runs (fs/pidfs.c, Linux 6.9).
func identityOf(pid int) (identity, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	switch err {
	case nil:
		defer unix.Close(fd)
	case unix.ESRCH:
		return identity{}, errGone
	case unix.EINVAL, unix.ENOENT: // before Linux 6.16, and since
		return identity{}, errThread
	default:
		return identityInProc(pid)
	}
	var info unix.PidfdInfo
	switch err := unix.IoctlPidfdInfo(fd, &info); err {
	case nil:
	case unix.ESRCH:
		return identity{}, errGone
	default:
		return identityInProc(pid) // before Linux 6.13
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return identity{}, errGone
	}
	return identity{int(info.Ppid), int(info.Euid), st.Ino}, nil
}

// callers remembers the threads that made the last calls, for most come in rows
// from one process. What it says is asked of the thread's pidfd each time, so that
// an id used again, a new parent or another user is seen.
type callers struct {
	mu   sync.Mutex
	list []caller // the one used last comes first
}

type caller struct {
	tid, pid int
	fd       int // pidfd of the thread
	serial   uint64
}

// maxCallers bounds them: programs with threads call from one after the other.
const maxCallers = 8

// pidfdThread is PIDFD_THREAD of pidfd_open(2), since Linux 6.9.
const pidfdThread = unix.O_EXCL

// identify is like identifyProcess, at one system call for a thread seen lately.
func (l *callers) identify(tid int) (*process, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, c := range l.list {
		if c.tid != tid {
			continue
		}
		var info unix.PidfdInfo
		if unix.IoctlPidfdInfo(c.fd, &info) == nil && int(info.Tgid) == c.pid {
			copy(l.list[1:i+1], l.list[:i])
			l.list[0] = c
			return &process{identity: identity{int(info.Ppid), int(info.Euid), c.serial}, tid: tid, pid: c.pid, dir: -1}, nil
		}
		_ = unix.Close(c.fd)
		l.list = slices.Delete(l.list, i, i+1)
		break
	}
	p, err := identifyProcess(tid)
	if err == nil {
		l.remember(p)
	}
	return p, err
}

// remember adds a thread, if pidfds tell enough here.
func (l *callers) remember(p *process) {
	fd, err := unix.PidfdOpen(p.tid, pidfdThread)
	if err != nil {
		return
	}
	var info unix.PidfdInfo
	if unix.IoctlPidfdInfo(fd, &info) != nil || int(info.Tgid) != p.pid {
		_ = unix.Close(fd)
		return
	}
	// While the thread lives, its process keeps its id.
	if again, err := identityOf(p.pid); err != nil || again.serial != p.serial {
		_ = unix.Close(fd)
		return
	}
	if len(l.list) == maxCallers {
		_ = unix.Close(l.list[maxCallers-1].fd)
		l.list = l.list[:maxCallers-1]
	}
	l.list = slices.Insert(l.list, 0, caller{p.tid, p.pid, fd, p.serial})
}

func (l *callers) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.list {
		_ = unix.Close(c.fd)
	}
	l.list = nil
}

// identityInProc reads the same where there are no such pidfds. The serial is
// the start time in clock ticks since boot.
func identityInProc(pid int) (id identity, err error) {
	if unix.Tgkill(pid, pid, 0) == unix.ESRCH {
		if _, err := unix.Getpgid(pid); err == nil {
			return id, errThread
		}
		return id, errGone
	}
	dir, err := unix.Open("/proc/"+strconv.Itoa(pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return id, errGone
	}
	defer unix.Close(dir)
	var st unix.Stat_t
	if err := unix.Fstat(dir, &st); err != nil {
		return id, errGone
	}
	id.uid = int(st.Uid)
	id.ppid, id.serial, err = readStat(dir)
	return id, err
}

// readStat reads parent and start time, fields 4 and 22 of proc_pid_stat(5).
// The second field is a name that may hold anything, brackets and blanks too.
func readStat(dir int) (ppid int, start uint64, err error) {
	var buf [1024]byte
	b := readAt(dir, "stat", buf[:])
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 20 {
		return 0, 0, errGone
	}
	if ppid, err = strconv.Atoi(f[1]); err != nil {
		return 0, 0, err
	}
	start, err = strconv.ParseUint(f[19], 10, 64)
	return ppid, start, err
}
