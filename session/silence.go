package session

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"restrain/journal"
	"restrain/supervise"
)

// longSilence is how long an agent that was used may work before it is told that
// no command of it was seen: one whose commands a process outside of the session
// runs looks like one that runs none.
const longSilence = time.Minute

// silentText is what is told of it.
const silentText = "no command of the agent was seen since it was used"

// A silence notices whether an agent that was given something to do runs anything.
type silence struct {
	now         func() time.Time
	out         io.Writer
	tell        func(text string) // while it runs; nil where the end is soon enough
	used, heard atomic.Int64      // when last; 0 for not yet
	mu          sync.Mutex
	timer       *time.Timer
	told        bool // on out
}

// listen begins to notice. What is told goes to the screen and the journal while
// the agent runs, and to stderr at the end; where the agent draws on no terminal it
// has its task from the start.
func (s *guardedSession) listen() (heard *silence, end func()) {
	h := s.host
	q := &silence{now: time.Now, out: h.Stderr}
	q.tell = func(text string) {
		_ = note(s.store, journal.Entry{Kind: journal.Note, Reason: text}) // told all the same
		if s.options.CI == nil {
			s.showBriefly("restrain: warning: " + text)
		}
	}
	stdout, ok := h.Stdout.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(h.Stdin.Fd())) || !term.IsTerminal(int(stdout.Fd())) {
		q.tell = func(text string) {
			_ = note(s.store, journal.Entry{Kind: journal.Note, Reason: text})
			q.say()
		}
		q.use()
	}
	return q, q.end
}

// use notes that the agent was given something to do.
func (q *silence) use() {
	q.used.Store(q.now().UnixNano())
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.timer == nil && q.tell != nil {
		q.timer = time.AfterFunc(longSilence, q.look)
	}
}

// hear notes a step of the agent's.
func (q *silence) hear() { q.heard.Store(q.now().UnixNano()) }

// silent reports that nothing was seen for long.
func (q *silence) silent() bool {
	used := q.used.Load()
	return used != 0 && q.heard.Load() == 0 && q.now().UnixNano()-used >= int64(longSilence)
}

// look tells of it while the agent runs, and looks again where it was used anew.
func (q *silence) look() {
	switch {
	case q.heard.Load() != 0:
	case q.silent():
		q.tell(silentText)
	default:
		q.mu.Lock()
		q.timer.Reset(longSilence)
		q.mu.Unlock()
	}
}

// end says it on stderr, once.
func (q *silence) end() {
	q.mu.Lock()
	if q.timer != nil {
		q.timer.Stop()
	}
	q.mu.Unlock()
	if q.silent() {
		q.say()
	}
}

func (q *silence) say() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.told {
		q.told = true
		fmt.Fprintf(q.out, "restrain: warning: %s\nrestrain: hint: if it ran any, a process outside of the session ran them: restrain doctor looks for one\n", silentText)
	}
}

// briefly is how long a word stands on the screen.
const briefly = 4 * time.Second

// showBriefly shows a word over the agent, until a key is pressed or for a moment.
func (s *guardedSession) showBriefly(text string) {
	ctx, cancel := context.WithTimeout(context.Background(), longSilence)
	defer cancel()
	_ = s.terminal.Interrupt(ctx, func(t *supervise.Terminal) error { // without a terminal the end tells
		if _, err := fmt.Fprintf(t, "\r\n%s\r\n", text); err != nil {
			return err
		}
		var key [16]byte
		_, err := t.ReadKeys(ctx, key[:], time.Now().Add(briefly))
		return err
	})
}
