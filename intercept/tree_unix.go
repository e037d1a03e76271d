//go:build unix

package intercept

import "golang.org/x/sys/unix"

// Note remembers the POSIX session of a process of the agent, unless it is our
// own, which the human's shell is in too.
func (t *Tree) Note(pid int) {
	sid, err := unix.Getsid(pid)
	own, err2 := unix.Getsid(0)
	if err != nil || err2 != nil || sid == own {
		return
	}
	leader, _ := readProcess(sid) // one that has ended has start time 0
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.sessions[sid]; known || len(t.sessions) < maxSessions {
		t.sessions[sid] = leader.start
	}
}

// noted reports a process of a POSIX session that was noted. An id whose leader
// is another now is a new session.
func (t *Tree) noted(pid int) bool {
	sid, err := unix.Getsid(pid)
	if err != nil {
		return true
	}
	leader, _ := readProcess(sid)
	t.mu.Lock()
	defer t.mu.Unlock()
	start, known := t.sessions[sid]
	return known && (leader.start == 0 || start == 0 || leader.start == start)
}
