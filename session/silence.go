package session

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"restrain/intercept"
)

// longSilence is how long an agent may work before it is told that no command of
// it was seen: one that starts its commands past restrain looks like one that
// starts none.
const longSilence = 2 * time.Minute

// A silence is a judge that notices whether anything comes before it.
type silence struct {
	next  intercept.Judge
	own   func(*intercept.Request) bool // the agent's own start
	now   func() time.Time
	began time.Time
	out   io.Writer
	heard atomic.Bool
	once  sync.Once
}

// listen begins a silence, to be told once on stderr: at its end, or as soon as it
// is long where no agent draws on the terminal.
func (h *Host) listen(judge *judge, next intercept.Judge) (s *silence, end func()) {
	s = &silence{next: next, own: judge.isRoot, now: time.Now, began: time.Now(), out: h.Stderr}
	if stdout, ok := h.Stdout.(interface{ Fd() uintptr }); ok && term.IsTerminal(int(h.Stdin.Fd())) && term.IsTerminal(int(stdout.Fd())) {
		return s, s.tell
	}
	timer := time.AfterFunc(longSilence, s.tell)
	return s, func() { timer.Stop(); s.tell() }
}

// Judge answers for one command.
func (s *silence) Judge(ctx context.Context, r intercept.Request) intercept.Reply {
	if !s.own(&r) {
		s.heard.Store(true)
	}
	return s.next.Judge(ctx, r)
}

// tell says that nothing was seen, if it is so.
func (s *silence) tell() {
	took := s.now().Sub(s.began)
	if s.heard.Load() || took < longSilence {
		return
	}
	s.once.Do(func() {
		fmt.Fprintf(s.out, "restrain: warning: no command of the agent was seen in %v\n"+
			"restrain: hint: if it ran any, they passed restrain by: restrain doctor shows which doors are in force\n", took.Round(time.Second))
	})
}
