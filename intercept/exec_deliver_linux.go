package intercept

import (
	"time"

	"golang.org/x/sys/unix"
)

// maxTold bounds a message to an agent, in bytes: what a pipe takes in one
// piece (PIPE_BUF of pipe(7)).
const maxTold = 4096

// deliver writes a line to the standard error of process pid, whose exec was
// refused: all that the kernel tells it is an errno. The descriptor is taken
// with pidfd_getfd(2), for sockets cannot be opened by their path. It never
// waits: a message that cannot be had at once is not given.
func deliver(pid int, message string) {
	if message == "" {
		return
	}
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, 2, 0)
	if err != nil {
		return // closed, or not to be had by us
	}
	defer unix.Close(fd)
	writeLine(fd, message, 0)
}

// writeLine writes a line if there is room for it in time.
func writeLine(fd int, message string, wait time.Duration) {
	if message == "" {
		return
	}
	ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	if n, err := unix.Poll(ready, int(wait.Milliseconds())); err != nil || n == 0 || ready[0].Revents&unix.POLLOUT == 0 {
		return
	}
	message = message[:min(len(message), maxTold-1)]
	_, _ = unix.Write(fd, []byte(message+"\n"))
}
