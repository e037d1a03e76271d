package prompt

import "golang.org/x/sys/unix"

// flushInput is tcflush(3) for a terminal's unread input.
func flushInput(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) }
