//go:build unix

package session

import "golang.org/x/sys/unix"

// terminalIdle reports that nobody reads single keys from the terminal: an
// agent's interface that does would take the answer for its own.
func terminalIdle() bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	modes, err := unix.IoctlGetTermios(fd, getTermios)
	return err == nil && modes.Lflag&unix.ICANON != 0
}
