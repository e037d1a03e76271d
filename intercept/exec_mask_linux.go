package intercept

import (
	"fmt"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"restrain/secret"
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

// masksOutputOf reports whether what a process prints can be masked, and whether
// also what is known only by the form in which it stands.
func (s *ExecDoor) masksOutputOf(pid int) (values, forms bool) {
	fds, err := outputsOf(pid)
	defer closeOutputs(fds)
	if err != nil {
		return false, false
	}
	shown := s.shows(fds[0])
	values = (shown || masksOutput(fds[0])) && (s.shows(fds[1]) || masksOutput(fds[1]))
	return values, values && !shown
}

// shows reports a descriptor whose output the supervisor shows itself.
func (s *ExecDoor) shows(fd int) bool {
	return fd >= 0 && s.options.Terminal != nil && s.options.Terminal.Owns(fd)
}

// A maskedRun is a command whose output is masked.
type maskedRun struct {
	door   *ExecDoor
	pid    int
	pidfd  int
	serial uint64
	fds    [2]int              // its outputs, as they were
	relay  *maskRelay          // of those that go to a pipe or a socket
	shown  *secret.Withholding // of those that go to the session's terminal; nil for none
	say    func([]secret.Withheld) string
	told   sync.Once
}

// mask leads the outputs of the process that waits in a call through a relay. On
// an error some may be led there already: the program must not start.
func (s *ExecDoor) mask(n *notification, c *call, reply *Reply) error {
	pid := c.request.PID
	fds, err := outputsOf(pid)
	if err != nil {
		return fmt.Errorf("its output cannot be had: %w", err)
	}
	m := &maskedRun{door: s, pid: pid, serial: c.request.Exec.Serial, fds: fds, say: reply.Withheld}
	piped, shown := fds, false
	for i, fd := range fds {
		if s.shows(fd) {
			piped[i], shown = -1, true
		}
	}
	if m.pidfd, err = unix.PidfdOpen(pid, 0); err != nil {
		closeOutputs(fds)
		return fmt.Errorf("its end cannot be seen: %w", err)
	}
	var ends map[int]*os.File
	if m.relay, ends, err = newRelay(reply.Mask, piped); err != nil {
		m.close()
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
		m.relay.close()
		m.close()
		return fmt.Errorf("its output cannot be led elsewhere: %w", err)
	}
	if shown {
		m.shown = s.options.Terminal.Withhold(reply.Mask)
	}
	m.start(c.process.tid == pid)
	return nil
}

func (m *maskedRun) close() {
	closeOutputs(m.fds)
	_ = unix.Close(m.pidfd)
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
