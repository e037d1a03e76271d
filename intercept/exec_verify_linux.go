package intercept

import (
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// images remembers which file each process was allowed to become.
type images struct {
	mu   sync.Mutex
	last *bounded[int, fileID] // by pid
}

func newImages() *images { return &images{last: newBounded[int, fileID](1 << 15)} }

func (i *images) expect(c *call) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last.put(c.request.PID, c.image)
}

func (i *images) of(pid int) (fileID, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.last.get(pid)
}

// verify looks at a process that sets its thread pointer, the first thing
// after an exec. A path or argv that another thread rewrote between the check
// and the exec shows here: the process runs a file that was not approved, or
// was never approved anything. It is killed before it has done a thing.
func (s *ExecDoor) verify(n *notification) {
	tid := int(n.tid)
	fd, err := unix.Open("/proc/"+strconv.Itoa(tid)+"/exe", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err == nil {
		id, _, failed := identify(fd)
		_ = unix.Close(fd)
		want, ok := s.approved.of(tid)
		if failed == nil && ok && want.inode() == id.inode() && valid(s.listener, n.id) {
			resume(s.listener, n.id)
			return
		}
	}
	s.kill(n)
}

// kill ends the process of a notification and no other: the id is checked
// after the pidfd is open (pidfd_open(2)).
func (s *ExecDoor) kill(n *notification) {
	tid := int(n.tid)
	image := imageOf(tid)
	fd, err := unix.PidfdOpen(tid, 0)
	if err == nil {
		if valid(s.listener, n.id) {
			_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		}
		_ = unix.Close(fd)
	}
	refuse(s.listener, n.id, unix.EPERM)
	if s.options.Mismatch != nil {
		s.options.Mismatch(tid, image)
	}
}

func imageOf(pid int) string {
	var buf [maxPath]byte
	n, err := unix.Readlink("/proc/"+strconv.Itoa(pid)+"/exe", buf[:])
	if err != nil {
		return ""
	}
	return string(buf[:n])
}
