package intercept

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// readProcess asks the kernel about a process (sysctl kern.proc.pid).
func readProcess(pid int) (processInfo, error) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return processInfo{}, os.NewSyscallError("sysctl kern.proc.pid", err)
	}
	if int(k.Proc.P_pid) != pid {
		return processInfo{}, os.ErrProcessDone
	}
	p := processInfo{
		pid: pid, parent: int(k.Eproc.Ppid),
		name:  unix.ByteSliceToString(k.Proc.P_comm[:]),
		start: uint64(k.Proc.P_starttime.Sec)*1e6 + uint64(k.Proc.P_starttime.Usec),
	}
	if k.Eproc.Tdev != -1 {
		p.tty = int(k.Eproc.Tdev)
	}
	return p, nil
}

// bootID tells this run of the system from others.
func bootID() string {
	at, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return "boot"
	}
	return strconv.FormatInt(at.Sec, 10)
}

// peer returns the process and the user at the other end.
func peer(conn *net.UnixConn) (pid, uid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var cred *unix.Xucred
	var credErr, pidErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
		pid, pidErr = unix.GetsockoptInt(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	})
	if err := errors.Join(err, credErr, pidErr); err != nil {
		return 0, 0, err
	}
	return pid, int(cred.Uid), nil
}

// watchPeer cannot tell here whether a process has ended meanwhile.
func watchPeer(*net.UnixConn) (alive func() bool, done func()) {
	return func() bool { return true }, func() {}
}

// marked cannot be told here: another process's environment is not shown.
func marked(int, string) bool { return false }

// argvOf is what a process was started with (sysctl kern.procargs2): a count, the
// program, padding, and the arguments.
func argvOf(pid int) ([]string, error) {
	raw, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil {
		return nil, os.NewSyscallError("sysctl kern.procargs2", err)
	}
	if len(raw) < 4 {
		return nil, errors.New("kern.procargs2: too short")
	}
	count := int(binary.LittleEndian.Uint32(raw))
	rest := raw[4:]
	end := bytes.IndexByte(rest, 0)
	if end < 0 {
		return nil, errors.New("kern.procargs2: malformed")
	}
	rest = bytes.TrimLeft(rest[end:], "\x00")
	var argv []string
	for range min(count, 64) {
		word, more, found := bytes.Cut(rest, []byte{0})
		if !found {
			return nil, errors.New("kern.procargs2: malformed")
		}
		argv, rest = append(argv, string(word)), more
	}
	return argv, nil
}
