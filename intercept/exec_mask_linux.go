package intercept

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The output of a command that may only run masked is led through pipes of the
// supervisor's, which it puts in the place of the descriptors as the program is
// about to start. What it starts inherits them.

// An addfd is struct seccomp_notif_addfd.
type addfd struct {
	id                               uint64
	flags, source, number, fileFlags uint32
}

const (
	ioctlAddfd = 0x40182103 // SECCOMP_IOCTL_NOTIF_ADDFD
	addfdSet   = 1          // SECCOMP_ADDFD_FLAG_SETFD: as that very number
)

// outputsOf takes the outputs of a process; -1 for one that is closed.
func outputsOf(pid int) (fds [2]int, err error) {
	fds = [2]int{-1, -1}
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return fds, err
	}
	defer unix.Close(pidfd)
	for i := range fds {
		if fds[i], err = unix.PidfdGetfd(pidfd, i+1, 0); err != nil {
			if fds[i] = -1; err != unix.EBADF {
				closeOutputs(fds)
				return fds, err
			}
		}
	}
	return fds, nil
}

func closeOutputs(fds [2]int) {
	for _, fd := range fds {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}

// masksOutputOf reports whether what a process prints can be masked.
func masksOutputOf(pid int) bool {
	fds, err := outputsOf(pid)
	defer closeOutputs(fds)
	return err == nil && masksOutput(fds[0]) && masksOutput(fds[1])
}

// mask leads the outputs of the process that waits in a call through a relay. On
// an error some may be led there already: the program must not start.
func (s *ExecDoor) mask(n *notification, c *call, reply *Reply) error {
	fds, err := outputsOf(c.request.PID)
	if err != nil {
		return fmt.Errorf("its output cannot be had: %w", err)
	}
	relay, ends, err := newRelay(reply.Mask, fds)
	if err != nil {
		closeOutputs(fds)
		return fmt.Errorf("its output cannot be masked: %w", err)
	}
	for fd, end := range ends {
		if err == nil {
			err = putDescriptor(s.listener, n.id, int(end.Fd()), fd)
		}
	}
	for _, end := range ends {
		end.Close()
	}
	if err != nil {
		relay.close()
		closeOutputs(fds)
		return fmt.Errorf("its output cannot be led elsewhere: %w", err)
	}
	s.relays.Go(func() {
		defer closeOutputs(fds)
		relay.run()
		if seen, _ := outputOf(fds[1]); seen && reply.Withheld != nil {
			writeLine(fds[1], reply.Withheld(relay.withheld()))
		}
	})
	return nil
}

// putDescriptor gives the process that waits in a call a descriptor of this one's,
// under a number.
func putDescriptor(listener int, id uint64, source, number int) error {
	a := addfd{id: id, flags: addfdSet, source: uint32(source), number: uint32(number)}
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), ioctlAddfd, uintptr(unsafe.Pointer(&a)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

// endRelays waits for what was printed to be read, but no longer than for what
// may go on for ever.
func (s *ExecDoor) endRelays() {
	done := make(chan struct{})
	go func() {
		s.relays.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(remainTime):
	}
}
