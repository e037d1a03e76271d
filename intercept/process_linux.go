package intercept

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// readProcess reads proc_pid_stat(5). The name is the program's file where that
// may be read: a process can call itself anything.
func readProcess(pid int) (processInfo, error) {
	dir := "/proc/" + strconv.Itoa(pid)
	b, err := readProc(dir + "/stat")
	if err != nil {
		return processInfo{}, err
	}
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return processInfo{}, errors.New(dir + "/stat: malformed")
	}
	// Fields 3, 4 … follow the name.
	f := strings.Fields(string(b[end+1:]))
	if len(f) < 20 {
		return processInfo{}, errors.New(dir + "/stat: too short")
	}
	p := processInfo{pid: pid, name: string(b[open+1 : end])}
	var errs [3]error
	p.parent, errs[0] = strconv.Atoi(f[1])
	p.tty, errs[1] = strconv.Atoi(f[4])
	p.start, errs[2] = strconv.ParseUint(f[19], 10, 64)
	if exe, err := os.Readlink(dir + "/exe"); err == nil {
		p.name = filepath.Base(strings.TrimSuffix(exe, " (deleted)"))
	}
	return p, errors.Join(errs[:]...)
}

// readProc reads a short file below /proc with three system calls; os.ReadFile
// makes a dozen, and doors do this for every command.
func readProc(path string) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	b := make([]byte, 1024)
	n, err := unix.Read(fd, b)
	if err != nil {
		return nil, &os.PathError{Op: "read", Path: path, Err: err}
	}
	return b[:n], nil
}

// bootID tells this run of the system from others.
func bootID() string {
	b, err := readProc("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "boot"
	}
	return strings.TrimSpace(string(b))
}

// peer returns the process and the user at the other end, as the kernel noted
// them when the connection was made.
func peer(conn *net.UnixConn) (pid, uid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err := errors.Join(err, credErr); err != nil {
		return 0, 0, err
	}
	return int(cred.Pid), int(cred.Uid), nil
}

// watchPeer keeps an eye on the process at the other end: alive reports that it
// has not ended, so that its id is still its own. Kernels before 6.5 cannot
// tell; the id is then taken as good.
func watchPeer(conn *net.UnixConn) (alive func() bool, done func()) {
	fd, err := -1, error(nil)
	raw, rawErr := conn.SyscallConn()
	if rawErr == nil {
		rawErr = raw.Control(func(socket uintptr) {
			fd, err = unix.GetsockoptInt(int(socket), unix.SOL_SOCKET, unix.SO_PEERPIDFD)
		})
	}
	switch {
	case errors.Is(err, unix.ENOPROTOOPT):
		return func() bool { return true }, func() {}
	case rawErr != nil || err != nil:
		return func() bool { return false }, func() {}
	}
	unix.CloseOnExec(fd)
	return func() bool { return unix.PidfdSendSignal(fd, 0, nil, 0) == nil }, func() { _ = unix.Close(fd) }
}

// marked reports a process that was started with an entry of the environment,
// or whose environment cannot be read.
func marked(pid int, entry string) bool {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return err != nil || bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+entry+"\x00"))
}

// argvOf is what a process was started with, as far as it is short.
func argvOf(pid int) ([]string, error) {
	text, err := readProc("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return nil, err
	}
	if len(text) == 0 || text[len(text)-1] != 0 {
		return nil, errors.New("the process has ended, or has many arguments")
	}
	return strings.Split(string(text[:len(text)-1]), "\x00"), nil
}
