package intercept

import (
	"crypto/sha256"
	"sync"
)

// A shellLine is one line that one process may run. The start time tells the
// process from a later one with the same number.
type shellLine struct {
	pid   int
	start uint64
	text  [sha256.Size]byte
}

// shellLines remembers what a door has been allowed and is about to run, so that
// the real shell, which has the door's process id and reads the file that asks,
// does not ask a second time. Each is good once.
type shellLines struct {
	mu    sync.Mutex
	known *bounded[shellLine, bool]
}

// maxShellLines bounds those that no shell came to use: not every shell reads
// the file that asks.
const maxShellLines = 4096

func newShellLines() *shellLines {
	return &shellLines{known: newBounded[shellLine, bool](maxShellLines)}
}

func shellLineOf(pid int, text string) (shellLine, bool) {
	p, err := readProcess(pid)
	return shellLine{pid, p.start, sha256.Sum256([]byte(text))}, err == nil
}

func (l *shellLines) add(pid int, text string) {
	if key, ok := shellLineOf(pid, text); ok {
		l.mu.Lock()
		l.known.put(key, true)
		l.mu.Unlock()
	}
}

// use reports whether the process was allowed the line, and uses that up.
func (l *shellLines) use(pid int, text string) bool {
	key, ok := shellLineOf(pid, text)
	if !ok {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	allowed, _ := l.known.get(key)
	if allowed {
		l.known.put(key, false)
	}
	return allowed
}
