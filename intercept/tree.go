package intercept

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
)

// ErrInside says that a process belongs to the session, or that it cannot be
// told that it does not: it may not answer for the human.
var ErrInside = errors.New("answers are taken only from outside the session")

// A Tree tells the processes of a session from all others. A process is inside
//   - when it descends from a root, such as this process, which the orphans of
//     the session come to where it is their reaper,
//   - when it is in the same POSIX session as a process that was noted,
//   - when its environment has the mark (Linux).
//
// Where this process is not the reaper, an orphan that has left its POSIX
// session and its environment is not known from the human's own. A process that
// another program starts for the agent (a terminal multiplexer, at, cron) is
// outside: whether the agent may ask for that is the rules' concern.
// It is safe for concurrent use.
type Tree struct {
	roots map[int]uint64 // start times by pid
	// Mark is a NAME=VALUE that the session's environment has; empty is none.
	Mark string
	// NeedsTTY takes no answer from a process without a controlling terminal,
	// for sessions whose orphans cannot be known.
	NeedsTTY bool

	mu       sync.Mutex
	sessions map[int]uint64 // start times of the leaders, 0 when unknown, by id
}

// maxSessions bounds the POSIX sessions that are remembered.
const maxSessions = 4096

// NewTree returns the tree below this process and below roots.
func NewTree(roots ...int) (*Tree, error) { return TreeBelow(append(roots, os.Getpid())...) }

// TreeBelow returns the tree below roots alone.
func TreeBelow(roots ...int) (*Tree, error) {
	t := &Tree{roots: map[int]uint64{}, sessions: map[int]uint64{}}
	for _, pid := range roots {
		p, err := readProcess(pid)
		if err != nil {
			return nil, fmt.Errorf("process %d: %w; mount /proc", pid, err)
		}
		t.roots[pid] = p.start
	}
	return t, nil
}

// Outsider returns the process at the other end of a connection that was
// accepted. The error wraps [ErrInside] unless it is this user's and certainly
// outside.
func (t *Tree) Outsider(conn *net.UnixConn) (pid int, err error) {
	pid, uid, err := peer(conn)
	if err != nil {
		return 0, fmt.Errorf("%w; this process cannot be told: %w", ErrInside, err)
	}
	if uid != os.Getuid() {
		return pid, fmt.Errorf("%w, by its own user; this is user %d", ErrInside, uid)
	}
	alive, done := watchPeer(conn)
	defer done()
	if err := t.outside(pid); err != nil {
		return pid, err
	}
	// An id that was given to another process meanwhile says nothing.
	if !alive() {
		return pid, fmt.Errorf("%w; process %d has ended", ErrInside, pid)
	}
	return pid, nil
}

func (t *Tree) outside(pid int) error {
	self, err := readProcess(pid)
	if err != nil {
		return fmt.Errorf("%w; process %d cannot be seen", ErrInside, pid)
	}
	if t.NeedsTTY && self.tty == 0 {
		return fmt.Errorf("%w; process %d has no terminal", ErrInside, pid)
	}
	if t.noted(pid) {
		return fmt.Errorf("%w; process %d shares a session with the agent", ErrInside, pid)
	}
	if t.Mark != "" && marked(pid, t.Mark) {
		return fmt.Errorf("%w; process %d has its environment", ErrInside, pid)
	}
	for p, depth := self, 0; ; depth++ {
		if start, root := t.roots[p.pid]; root && start == p.start {
			return fmt.Errorf("%w; process %d is below it", ErrInside, pid)
		}
		if p.orphan && !t.older(p) {
			return fmt.Errorf("%w; process %d came after it, from what has gone", ErrInside, pid)
		}
		if p.parent == 0 || p.pid == 1 {
			return nil
		}
		if depth == maxDepth {
			return fmt.Errorf("%w; process %d has too many ancestors", ErrInside, pid)
		}
		if p, err = readProcess(p.parent); err != nil {
			return fmt.Errorf("%w; an ancestor of process %d cannot be seen", ErrInside, pid)
		}
	}
}

// older reports a process that was there before every root, so that it is below
// none.
func (t *Tree) older(p processInfo) bool {
	for _, start := range t.roots {
		if p.start >= start {
			return false
		}
	}
	return true
}
