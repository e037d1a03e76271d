package intercept

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// This file is all that restrain asks of seccomp(2): install a filter with a
// listener, and receive, check and answer notifications (seccomp_unotify(2)).

// notification is struct seccomp_notif of seccomp_unotify(2).
type notification struct {
	id    uint64
	tid   uint32 // thread id in our PID namespace; 0 when it is not visible here
	flags uint32
	nr    int32 // system call number in the numbering of arch
	arch  uint32
	ip    uint64
	args  [6]uint64
}

// response is struct seccomp_notif_resp of seccomp_unotify(2).
type response struct {
	id    uint64
	val   int64
	errno int32 // negated errno, or 0
	flags uint32
}

// notifBuffer is what RECV writes to: newer kernels may use a longer struct
// than ours, and refuse a buffer that is not zeroed.
type notifBuffer struct {
	notification
	_ [256 - unsafe.Sizeof(notification{})]byte
}

// ErrNested says that the process is already below a supervisor: the kernel
// allows one listener in a tree of filters (EBUSY, pitfall 7). The caller joins
// the outer session.
var ErrNested = errors.New("this process is already supervised by another restrain or sandbox")

// ExecSupported reports whether this system can supervise execs: nil, or an
// error whose text names what is missing. It changes nothing.
func ExecSupported() error {
	if err := probeSeccomp(); err != nil {
		return fmt.Errorf("exec supervision is not available: %w", err)
	}
	if err := probeMemory(); err != nil {
		return fmt.Errorf("exec supervision is not available: %w", err)
	}
	return nil
}

func probeSeccomp() error {
	if auditArchNative == 0 {
		return errors.New("no filter for this processor; amd64 and arm64 have one")
	}
	action := uint32(unix.SECCOMP_RET_USER_NOTIF)
	if errno := seccomp(unix.SECCOMP_GET_ACTION_AVAIL, 0, unsafe.Pointer(&action)); errno != 0 {
		return fmt.Errorf("seccomp user notification: %w (needs Linux 5.5, and a container that allows seccomp)", errno)
	}
	var sizes [3]uint16 // struct seccomp_notif_sizes
	if errno := seccomp(unix.SECCOMP_GET_NOTIF_SIZES, 0, unsafe.Pointer(&sizes)); errno != 0 {
		return fmt.Errorf("seccomp notification sizes: %w", errno)
	}
	if uintptr(sizes[0]) > unsafe.Sizeof(notifBuffer{}) || uintptr(sizes[1]) != unsafe.Sizeof(response{}) {
		return fmt.Errorf("seccomp notifications of %d and %d bytes: this kernel is newer than restrain knows", sizes[0], sizes[1])
	}
	if !filterFlagsKnown(unix.SECCOMP_FILTER_FLAG_NEW_LISTENER) {
		return errors.New("this kernel gives no seccomp listener")
	}
	return probeFilter()
}

// probeMemory looks for what would keep an ordinary user from reading the argv
// of its own descendants; every exec would then be a question.
func probeMemory() error {
	scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if err == nil && os.Geteuid() != 0 && strings.TrimSpace(string(scope)) > "1" {
		return errors.New("kernel.yama.ptrace_scope forbids reading other processes; set it to 1 or run as root")
	}
	if _, err := os.Stat("/proc/self/mem"); err != nil {
		return fmt.Errorf("proc is not mounted: %w", err)
	}
	return nil
}

// filterFlagsKnown uses the probe of seccomp(2): with flags that the kernel
// knows, a nil filter is EFAULT; with others EINVAL.
func filterFlagsKnown(flags uintptr) bool {
	return seccomp(unix.SECCOMP_SET_MODE_FILTER, flags, nil) == unix.EFAULT
}

// supervised puts the calling thread, which must be locked, under the filter,
// and all that it becomes. keepSetuid leaves setuid programs working, which only
// some may ask for: see KeepsSetuid.
func supervised(filter []unix.SockFilter, keepSetuid, killable bool) (listener int, err error) {
	if !keepSetuid {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return -1, fmt.Errorf("no_new_privs: %w", err)
		}
	}
	return installFilter(filter, killable)
}

// installFilter puts the filter on the calling thread, which must be locked,
// and returns the listener. killable asks that a held process sleeps through
// signals that do not kill it (pitfall 1); it is left out where the kernel has
// no such flag.
func installFilter(filter []unix.SockFilter, killable bool) (listener int, err error) {
	flags := uintptr(unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
	if k := flags | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV; killable && filterFlagsKnown(k) {
		flags = k
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	fd, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	switch errno {
	case 0:
		return int(fd), nil
	case unix.EBUSY:
		return -1, ErrNested
	}
	return -1, fmt.Errorf("install the seccomp filter: %w", errno)
}

// receive takes one waiting notification. ENOENT means that its process has
// gone meanwhile.
func receive(listener int, buf *notifBuffer) unix.Errno {
	*buf = notifBuffer{}
	return ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(buf))
}

// valid reports whether the notification still stands: its thread is alive and
// still stopped in this very system call, so what was read of it was its own.
func valid(listener int, id uint64) bool {
	return ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&id)) == 0
}

// wakeHere asks that a process is woken where its call was answered, which
// suits many short calls in a row; kernels before 6.6 do not know how.
func wakeHere(listener int) {
	_, _, _ = unix.RawSyscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
}

// resume lets the kernel carry the system call out.
func resume(listener int, id uint64) unix.Errno {
	r := response{id: id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	return ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r))
}

// refuse makes the system call fail with errno.
func refuse(listener int, id uint64, errno unix.Errno) unix.Errno {
	r := response{id: id, errno: -int32(errno)}
	return ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r))
}

// The calls below never wait, so they skip the scheduler's hand-over.

func ioctl(fd int, request uintptr, arg unsafe.Pointer) unix.Errno {
	_, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
	return errno
}

func seccomp(op, flags uintptr, arg unsafe.Pointer) unix.Errno {
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, op, flags, uintptr(arg))
	return errno
}
