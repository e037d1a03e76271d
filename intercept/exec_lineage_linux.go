package intercept

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// lineage tells the parents of processes. Reading proc(5) for every ancestor of
// every exec would cost more than the rest of the work (pitfall 15), so it
// remembers the ancestors that live: as long as a process and its parent both
// live, neither its parent nor the meaning of its id can change.
type lineage struct {
	self int
	read func(pid int) (identity, error)

	mu    sync.Mutex
	known *bounded[int, descent]
}

// A descent is what was read of a process, and the pidfds that tell whether it
// still holds.
type descent struct {
	identity
	// pidfds of the process and of its parent; the second is -1 when that is
	// ourselves, or the parent of all, and cannot end before we do.
	pidfds [2]int
}

// maxKnown bounds the ancestors that are remembered, with two descriptors each.
const maxKnown = 64

func newParents() func(pid int) (ppid int, serial uint64, err error) {
	l := &lineage{self: os.Getpid(), read: identityOf, known: newBounded[int, descent](maxKnown)}
	return l.parent
}

// parent tells the parent of a process, and the serial of the one that has the
// id now. Nothing is known above ourselves: no command runs there.
func (l *lineage) parent(pid int) (ppid int, serial uint64, err error) {
	if pid == l.self {
		return 1, 0, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before, ok := l.known.get(pid)
	if ok && before.holds() {
		return before.ppid, before.serial, nil
	}
	now, err := l.look(pid)
	if err != nil {
		return 0, 0, err
	}
	if ok {
		before.close()
	}
	if now.pidfds[0] < 0 && !ok {
		return now.ppid, now.serial, nil // told once, not remembered
	}
	if oldest, forgotten := l.known.put(pid, now); forgotten {
		oldest.close()
	}
	return now.ppid, now.serial, nil
}

// look reads a process. Where no descriptors are to be had, what it says holds
// for this once.
func (l *lineage) look(pid int) (d descent, err error) {
	d.pidfds = [2]int{-1, -1}
	if d.pidfds[0], err = unix.PidfdOpen(pid, 0); err != nil {
		d.pidfds[0] = -1
	}
	if d.identity, err = l.read(pid); err != nil {
		d.close()
		return d, err
	}
	if d.pidfds[0] >= 0 && d.ppid > 1 && d.ppid != l.self {
		var again identity
		d.pidfds[1], err = unix.PidfdOpen(d.ppid, 0)
		if err == nil {
			again, err = l.read(pid) // it was the parent when its pidfd was opened
		}
		if err != nil || again != d.identity {
			d.close()
		}
	}
	return d, nil
}

// holds reports that the process and its parent live. A pidfd is readable when
// its process has ended (pidfd_open(2)).
func (d *descent) holds() bool {
	if d.pidfds[0] < 0 {
		return false
	}
	fds := [...]unix.PollFd{{Fd: int32(d.pidfds[0]), Events: unix.POLLIN}, {Fd: int32(d.pidfds[1]), Events: unix.POLLIN}}
	n, err := unix.Poll(fds[:], 0)
	return err == nil && n == 0
}

func (d *descent) close() {
	for i, fd := range d.pidfds {
		if fd >= 0 {
			_ = unix.Close(fd)
			d.pidfds[i] = -1
		}
	}
}
