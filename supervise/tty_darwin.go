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

// stopOn stops this process on sig; SIGTSTP stops its whole group.
func stopOn(sig unix.Signal) error {
	if sig == unix.SIGTSTP {
		return unix.Kill(0, sig)
	}
	return unix.Kill(unix.Getpid(), sig)
}

// becomeReaper does nothing: orphans are launchd's here.
func becomeReaper() {}

// keepOnly hands no descriptor but fd, and the standard streams, to the next
// program: Go's own are closed by then, and the agent's are few.
func keepOnly(fd int) {
	for other := 3; other < 256; other++ {
		if other != fd {
			unix.CloseOnExec(other)
		}
	}
}
