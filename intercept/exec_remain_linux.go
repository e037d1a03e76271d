package intercept

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// This file is about what goes on when the agent has ended: processes that it
// left behind, whose execs are still held up to be judged.

// Listener gives another descriptor of what the supervised processes report to,
// for a door that takes over: see InheritExecDoor. It fails before Serve has one.
func (s *ExecDoor) Listener() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener < 0 {
		return nil, errors.New("nothing is supervised")
	}
	fd, err := unix.FcntlInt(uintptr(s.listener), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("hand the listener on: %w", err)
	}
	return os.NewFile(uintptr(fd), "listener"), nil
}

// InheritExecDoor returns a door that goes on where another has ended, with its
// listener. It is for a process that the supervised ones descend from.
func InheritExecDoor(o ExecOptions, listener *os.File) (*ExecDoor, error) {
	s, err := NewExecDoor(o)
	if err != nil {
		return nil, err
	}
	var none uint64 // no notification has this id; what is no listener says so
	if errno := ioctl(int(listener.Fd()), unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&none)); errno != unix.ENOENT {
		return nil, fmt.Errorf("descriptor %d is no seccomp listener: %w", listener.Fd(), errno)
	}
	if s.listener, err = unix.FcntlInt(listener.Fd(), unix.F_DUPFD_CLOEXEC, 3); err != nil {
		return nil, fmt.Errorf("take the listener over: %w", err)
	}
	return s, listener.Close()
}

// Remaining names the programs that are still supervised below this process,
// once those that were about to end have had the time given for it.
func Remaining(listener *os.File, within time.Duration) (names []string) {
	hangUp := []unix.PollFd{{Fd: int32(listener.Fd())}}
	for late := time.Now().Add(within); ; {
		left := time.Until(late)
		if left <= 0 {
			break
		}
		n, err := unix.Poll(hangUp, int(left.Milliseconds())+1)
		if n > 0 {
			return nil
		}
		if err != nil && err != unix.EINTR {
			break
		}
	}
	for _, pid := range descendants(os.Getpid()) {
		if !isFiltered(pid) {
			continue
		}
		comm, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
		if name := strings.TrimSpace(string(comm)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// maxDescendants bounds how many processes are looked at.
const maxDescendants = 4096

// descendants lists the processes below pid.
func descendants(pid int) (list []int) {
	list = childrenOf(pid)
	for i := 0; i < len(list) && len(list) < maxDescendants; i++ {
		list = append(list, childrenOf(list[i])...)
	}
	return list
}
