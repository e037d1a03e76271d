// Package supervise runs an agent at the human's terminal as if it had been
// started directly, and can borrow that terminal for a question meanwhile.
//
// It owns the PTY, the signals, the window size, job control and the modes of
// the terminal. It must not know what is asked, or why: a question is a function
// that is handed the terminal.
//
// A program that uses the package calls Main first thing in main, for the
// package starts the program again inside the PTY, as the agent's parent there.
package supervise

import (
	"context"
	"errors"
	"os"
	"sync"

	"golang.org/x/term"
)

// ErrNoTerminal says that there is no terminal to ask on, or no longer one.
var ErrNoTerminal = errors.New("no terminal to ask on; answer from another terminal, or run the agent at one")

// Options say what to run, and where its streams go.
type Options struct {
	Argv []string // the agent's program and arguments; at least one
	Env  []string // its environment; nil is the process's own
	Dir  string   // its working directory; empty is the process's own

	// Stdin, Stdout and Stderr are the human's side; nil is the process's own.
	// When both Stdin and Stdout are terminals, the agent gets a PTY in their
	// place; otherwise all three go to the agent untouched.
	Stdin, Stdout, Stderr *os.File

	// Files become the agent's descriptors 3, 4 …; with none, it inherits what
	// this process was given.
	Files []*os.File

	// Started, if set, is called with the agent's process id as soon as it runs.
	Started func(pid int)

	// Typed, if set, is given the keys that go to the agent on its PTY, but not
	// those that a terminal without echo hides, nor those of a question. It must
	// not wait, nor keep what it is given.
	Typed func(keys []byte)

	// Prompted, if set, is called when the human has typed a line to an agent on a
	// PTY: more than a key or two and Enter.
	Prompted func()

	// Filter, if set, is what the agent's output on a PTY is led through.
	Filter Filter

	// Leave, if set, is called with the agent's exit status when it has ended.
	// With a file, this program is then started with the arguments and the
	// file's number as the last of them, as the parent of what the agent left
	// behind, and outlives this process. The file is closed here.
	Leave func(status int) (argv []string, file *os.File)
}

// A Filter changes what is written to the agent's PTY before it is shown. What it
// returns holds until its next call.
type Filter interface {
	// Filter gives what of p, and of what was held back before, is to be shown.
	Filter(p []byte) []byte
	// Rest gives what was held back and is to be shown as nothing has come for a
	// moment; with all, as nothing will.
	Rest(all bool) []byte
	// Holds reports that something is held back.
	Holds() bool
}

// A Session is one run of an agent.
type Session struct {
	opt     Options
	started chan struct{} // closed when front is settled
	gone    chan struct{} // closed when the agent has ended
	turn    chan struct{} // holds a token while a question is open

	endOnce, startOnce sync.Once
	front              *front // nil where there is no PTY
	slave              device // of that
}

// New returns a session that has not started yet. Questions may already be asked
// of it; they wait until it runs.
func New(o Options) *Session {
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	return &Session{
		opt:     o,
		started: make(chan struct{}),
		gone:    make(chan struct{}),
		turn:    make(chan struct{}, 1),
	}
}

// Run runs the agent to its end and returns its exit status, 128+n when signal n
// ended it. An error means that it never ran; the status is then what a shell
// would give: 127 when the program was not found, 126 otherwise. When ctx ends,
// the agent is told to terminate.
func Run(ctx context.Context, o Options) (int, error) { return New(o).Run(ctx) }

// Run is the method behind the function Run. It may be called once.
func (s *Session) Run(ctx context.Context) (int, error) {
	defer s.settle(nil)
	defer s.end()
	path, status, err := lookPath(s.opt)
	if err != nil {
		return status, err
	}
	if term.IsTerminal(int(s.opt.Stdin.Fd())) && term.IsTerminal(int(s.opt.Stdout.Fd())) {
		return s.runOnPTY(ctx, path)
	}
	return s.runThrough(ctx, path)
}

// Interrupt lends the human's terminal to ask: the agent's keys and output wait,
// what was typed ahead is dropped, and afterwards the screen is as it was. One
// question is open at a time, others queue. Where the agent has no PTY, the
// question goes to the controlling terminal.
//
// The error is ask's own, or ctx's, or wraps ErrNoTerminal; with one of the
// latter two ask has not been called.
func (s *Session) Interrupt(ctx context.Context, ask func(*Terminal) error) error {
	select {
	case <-s.started:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-s.gone:
		return ErrNoTerminal
	case <-ctx.Done():
		return context.Cause(ctx)
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	}
	// Both may have been ready; the end comes first.
	select {
	case <-s.gone:
		return ErrNoTerminal
	default:
	}
	if s.front == nil {
		return onTTY(s.gone, ask)
	}
	return s.front.question(s.gone, ask)
}

// Restore gives the terminal its modes back. It is for a program that dies of a
// panic elsewhere; Run does it on all its own ways out.
func (s *Session) Restore() {
	select {
	case <-s.started:
		if s.front != nil {
			s.front.cook()
		}
	default:
	}
}

// settle says where questions go: to f, or with nil to the controlling terminal.
func (s *Session) settle(f *front) {
	s.startOnce.Do(func() {
		s.front = f
		close(s.started)
	})
}

// end withdraws an open question, and lets none start any more.
func (s *Session) end() { s.endOnce.Do(func() { close(s.gone) }) }
