//go:build unix

package supervise

import (
	"os"

	"golang.org/x/sys/unix"
)

// inForeground reports whether this process may read from tty without being
// stopped for it.
func inForeground(tty *os.File) bool {
	front, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && front == unix.Getpgrp()
}

// bringToFront makes pgrp the foreground process group of the controlling
// terminal at descriptor fd.
func bringToFront(fd, pgrp int) error {
	return unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, pgrp)
}

// copyModes gives to the terminal modes of from: erase character, flow control
// and all.
func copyModes(to, from *os.File) error {
	modes, err := unix.IoctlGetTermios(int(from.Fd()), getModes)
	if err != nil {
		return err
	}
	return unix.IoctlSetTermios(int(to.Fd()), setModes, modes)
}

// hidesKeys reports a terminal where a line is typed that nobody is to see, as
// for a password.
func hidesKeys(tty *os.File) bool {
	modes, err := unix.IoctlGetTermios(int(tty.Fd()), getModes)
	return err != nil || modes.Lflag&unix.ICANON != 0 && modes.Lflag&unix.ECHO == 0
}
