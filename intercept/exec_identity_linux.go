package intercept

import (
	"bytes"
	"errors"
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

// A lastCaller remembers who made the last call, for most come in rows from one
// process. What it says is asked of that process's pidfd each time, so that an
// id used again, a new parent or another user is seen.
type lastCaller struct {
	mu     sync.Mutex
	pid    int // 0 when there was none yet
	fd     int // pidfd
	serial uint64
}

// identityOf is like the function, at one system call for a caller seen last.
func (l *lastCaller) identityOf(pid int) (identity, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var info unix.PidfdInfo
	if l.pid == pid && unix.IoctlPidfdInfo(l.fd, &info) == nil {
		return identity{int(info.Ppid), int(info.Euid), l.serial}, nil
	}
	l.forget()
	id, err := identityOf(pid)
	if err != nil {
		return id, err
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return id, nil // not remembered
	}
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Ino != id.serial {
		_ = unix.Close(fd) // another process by now, or no such serials here
		return id, nil
	}
	l.pid, l.fd, l.serial = pid, fd, id.serial
	return id, nil
}

func (l *lastCaller) forget() {
	if l.pid != 0 {
		_ = unix.Close(l.fd)
		l.pid = 0
	}
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
