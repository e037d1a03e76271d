package intercept

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// readProcess asks the system about a process. The parent is 0 where it has ended:
// its id may be another's by now.
func readProcess(pid int) (processInfo, error) {
	p, err := inSnapshot(pid)
	if err != nil {
		return p, err
	}
	if p.start, err = startOf(pid); err != nil {
		return p, err
	}
	if parent, err := startOf(p.parent); err != nil || parent > p.start {
		p.parent, p.orphan = 0, true
	}
	return p, nil
}

// inSnapshot finds a process in the list of all.
func inSnapshot(pid int) (processInfo, error) {
	list, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return processInfo{}, os.NewSyscallError("CreateToolhelp32Snapshot", err)
	}
	defer windows.CloseHandle(list)
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(list, &entry); err == nil; err = windows.Process32Next(list, &entry) {
		if int(entry.ProcessID) == pid {
			name := strings.ToLower(windows.UTF16ToString(entry.ExeFile[:]))
			return processInfo{pid: pid, parent: int(entry.ParentProcessID), name: strings.TrimSuffix(name, ".exe")}, nil
		}
	}
	return processInfo{}, os.ErrProcessDone
}

// startOf is when a process began, in the system's own unit. Those of the system
// may not be asked: they are older than all others.
func startOf(pid int) (uint64, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return 0, nil
	}
	if err != nil {
		return 0, os.NewSyscallError("OpenProcess", err)
	}
	defer windows.CloseHandle(process)
	var start, end, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(process, &start, &end, &kernel, &user); err != nil {
		return 0, os.NewSyscallError("GetProcessTimes", err)
	}
	if end.HighDateTime != 0 || end.LowDateTime != 0 {
		return 0, os.ErrProcessDone // somebody holds it
	}
	return uint64(start.HighDateTime)<<32 | uint64(start.LowDateTime), nil
}

// bootID has nothing to tell: processes' times are of the calendar here.
func bootID() string { return "boot" }

// ioctlPeerPID is SIO_AF_UNIX_GETPEERPID.
const ioctlPeerPID = 0x58000100

// peer returns the process and the user at the other end. A user is no number
// here: it is our own, as os.Getuid gives it, or an error.
func peer(conn *net.UnixConn) (pid, uid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var id, n uint32
	var asked error
	err = raw.Control(func(fd uintptr) {
		asked = windows.WSAIoctl(windows.Handle(fd), ioctlPeerPID, nil, 0, (*byte)(unsafe.Pointer(&id)), uint32(unsafe.Sizeof(id)), &n, nil, 0)
	})
	if err := errors.Join(err, asked); err != nil {
		return 0, 0, err
	}
	return int(id), os.Getuid(), sameUser(id)
}

// sameUser fails unless a process is of this process's user.
func sameUser(pid uint32) error {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return os.NewSyscallError("OpenProcess", err)
	}
	defer windows.CloseHandle(process)
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return os.NewSyscallError("OpenProcessToken", err)
	}
	defer token.Close()
	theirs, err := token.GetTokenUser()
	if err != nil {
		return err
	}
	ours, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err == nil && !ours.User.Sid.Equals(theirs.User.Sid) {
		err = fmt.Errorf("process %d is of another user", pid)
	}
	return err
}

// programOf is the file that a process runs.
func programOf(pid int) (string, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return "", os.NewSyscallError("OpenProcess", err)
	}
	defer windows.CloseHandle(process)
	name := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(name))
	if err := windows.QueryFullProcessImageName(process, 0, &name[0], &size); err != nil {
		return "", os.NewSyscallError("QueryFullProcessImageName", err)
	}
	return filepath.Clean(windows.UTF16ToString(name[:size])), nil
}

// watchPeer cannot tell here whether a process has ended meanwhile.
func watchPeer(*net.UnixConn) (alive func() bool, done func()) {
	return func() bool { return true }, func() {}
}

// marked cannot be told here: another process's environment is not shown.
func marked(int, string) bool { return false }

// argvOf cannot be told here.
func argvOf(int) ([]string, error) { return nil, errors.ErrUnsupported }
