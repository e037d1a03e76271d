package supervise

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	getModes = unix.TIOCGETA
	setModes = unix.TIOCSETA

	flushRead = 1 // FREAD of <sys/fcntl.h>
)

func self() (string, error) { return os.Executable() }

func dropInput(tty *os.File) error {
	return unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCFLUSH, flushRead)
}

func stopSelf(sig unix.Signal) error { return unix.Kill(unix.Getpid(), sig) }
