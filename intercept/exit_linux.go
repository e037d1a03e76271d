package intercept

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// An Exit tells how a process ends that is not a child, and so cannot be
// waited for.
type Exit struct{ pidfd int }

// WatchExit looks out for the end of a process that is known to be there. The
// error wraps errors.ErrUnsupported where the kernel cannot tell (Linux before
// 6.15 keeps exit statuses for parents alone).
func WatchExit(pid int) (*Exit, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("process %d: pidfd: %w", pid, err)
	}
	if _, _, err := exitInfo(fd); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("process %d: exit status: %w", pid, errors.ErrUnsupported)
	}
	return &Exit{fd}, nil
}

// Status gives the exit status as a shell does: 128 and the signal's number for
// a process that was killed. Ended is false until its parent knows of the end.
// After an error there is no use in asking again.
func (e *Exit) Status() (status int, ended bool, err error) {
	code, ended, err := exitInfo(e.pidfd)
	if err != nil || !ended {
		return 0, false, err
	}
	if code.Signaled() {
		return 128 + int(code.Signal()), true, nil
	}
	return code.ExitStatus(), true, nil
}

// Close ends the watch.
func (e *Exit) Close() error { return unix.Close(e.pidfd) }

// exitInfo asks the kernel; a process that has been waited for is unknown to
// one that does not keep exit statuses.
func exitInfo(pidfd int) (status unix.WaitStatus, ended bool, err error) {
	info := unix.PidfdInfo{Mask: unix.PIDFD_INFO_EXIT}
	if err := unix.IoctlPidfdInfo(pidfd, &info); err != nil {
		return 0, false, err
	}
	return unix.WaitStatus(info.Exit_code), info.Mask&unix.PIDFD_INFO_EXIT != 0, nil
}
