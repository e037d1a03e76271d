package supervise

import (
	"errors"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	getModes = unix.TCGETS
	setModes = unix.TCSETS
)

// self is this program for starting it again, even when its file was replaced.
func self() (string, error) { return "/proc/self/exe", nil }

// dropInput drops what was typed into the terminal and not read yet.
func dropInput(tty *os.File) error {
	return unix.IoctlSetInt(int(tty.Fd()), unix.TCFLSH, unix.TCIFLUSH)
}

// stopOn stops this process on sig, and returns when it has been continued. A
// SIGTSTP, which a terminal sends to a whole group, stops the others of the group
// too.
//
// The signal goes to the calling thread, so that the stop has happened before the
// call is over; in an orphaned process group the kernel ignores it. Nothing may
// use os/signal for SIGTSTP: that cannot bring its default action back, so the
// action is set here, past it.
func stopOn(sig unix.Signal) error {
	if sig == unix.SIGTSTP {
		const ignore, byDefault = 1, 0 // SIG_IGN, SIG_DFL
		if err := setAction(sig, ignore); err != nil {
			return err
		}
		err := unix.Kill(0, sig)
		// Once more, to drop it where a thread had signals blocked just then.
		err = errors.Join(err, setAction(sig, ignore), setAction(sig, byDefault))
		if err != nil {
			return err
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return unix.Tgkill(unix.Getpid(), unix.Gettid(), sig)
}

// setAction is sigaction(2) with no handler of our own.
func setAction(sig unix.Signal, handler uintptr) error {
	action := struct{ handler, flags, restorer, mask uint64 }{handler: uint64(handler)}
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, unsafe.Sizeof(action.mask), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// becomeReaper has the orphans below this process come to it, not to init. What
// this process becomes stays it (PR_SET_CHILD_SUBREAPER of prctl(2)).
func becomeReaper() {
	// Where it fails they are init's, as they were without us.
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// keepOnly hands no descriptor but fd, and the standard streams, to the next
// program.
func keepOnly(fd int) {
	// An older kernel hands them all on.
	_ = unix.CloseRange(3, uint(fd)-1, unix.CLOSE_RANGE_CLOEXEC)
	_ = unix.CloseRange(uint(fd)+1, 1<<31-1, unix.CLOSE_RANGE_CLOEXEC)
}
