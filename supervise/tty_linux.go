package supervise

import (
	"os"
	"runtime"

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

// stopSelf sends the process sig, a stop signal with its default action, and
// returns when the process has been continued. The signal goes to the calling
// thread, so that the stop has happened before the call is over; in an orphaned
// process group the kernel ignores it.
func stopSelf(sig unix.Signal) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return unix.Tgkill(unix.Getpid(), unix.Gettid(), sig)
}
