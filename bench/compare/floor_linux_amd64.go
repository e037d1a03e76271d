package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// runFloor runs a command below a filter like that of a session. Its supervisor
// only lets every call go on: what is left is what the kernel itself takes.
func runFloor(argv []string) error {
	runtime.GOMAXPROCS(max(2, runtime.NumCPU())) // one is kept by the receiving
	runtime.LockOSThread()                       // the filter is this thread's, and its children's
	listener, err := installFloor()
	if err != nil {
		return err
	}
	go letGoOn(listener)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// installFloor asks to be told of the calls that a session is told of.
func installFloor() (listener uintptr, err error) {
	const (
		load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		some  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		give  = unix.BPF_RET | unix.BPF_K
	)
	notify, allow := unix.SockFilter{Code: give, K: unix.SECCOMP_RET_USER_NOTIF}, unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW}
	filter := []unix.SockFilter{{Code: load, K: 0}} // the number of the call
	for _, open := range [...]struct{ nr, flags uint32 }{{unix.SYS_OPENAT, 32}, {unix.SYS_OPEN, 24}} {
		filter = append(filter, unix.SockFilter{Code: equal, K: open.nr, Jf: 4}, unix.SockFilter{Code: load, K: open.flags},
			unix.SockFilter{Code: some, K: unix.O_TRUNC, Jf: 1}, notify, allow)
	}
	for _, nr := range [...]uint32{unix.SYS_OPENAT2, unix.SYS_CREAT, unix.SYS_TRUNCATE, unix.SYS_FTRUNCATE, unix.SYS_UNLINK,
		unix.SYS_UNLINKAT, unix.SYS_RMDIR, unix.SYS_RENAME, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2} {
		filter = append(filter, unix.SockFilter{Code: equal, K: nr, Jf: 1}, notify)
	}
	filter = append(filter, allow)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("no_new_privs: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	listener, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return 0, fmt.Errorf("install the filter: %w", errno)
	}
	_, _, _ = unix.RawSyscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
	return listener, nil
}

// letGoOn answers until the process ends.
func letGoOn(listener uintptr) {
	for {
		var call [32]uint64 // struct seccomp_notif; the id comes first
		if _, _, errno := unix.RawSyscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&call))); errno != 0 {
			continue
		}
		answer := struct {
			id    uint64
			value int64
			errno int32
			flags uint32
		}{id: call[0], flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		_, _, _ = unix.RawSyscall(unix.SYS_IOCTL, listener, unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&answer)))
	}
}
