package supervise

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// A Terminal is the human's terminal while it is lent for a question. It is in
// raw mode: keys come as bytes, and lines end with "\r\n". It is good until the
// question's function returns.
type Terminal struct {
	out     *os.File
	ctx     context.Context
	gone    <-chan struct{}
	flush   func() error
	resized chan struct{}

	mu       sync.Mutex
	typed    []byte
	deadline time.Time
	closed   bool
	ready    chan struct{} // holds a token when typed or closed has changed
}

// maxTyped bounds what is kept of keys that a question does not read.
const maxTyped = 64 << 10

func newTerminal(ctx context.Context, gone <-chan struct{}, out *os.File) *Terminal {
	return &Terminal{
		out: out, ctx: ctx, gone: gone,
		flush:   func() error { return nil },
		ready:   make(chan struct{}, 1),
		resized: make(chan struct{}, 1),
	}
}

// Read returns the next keys. It fails with os.ErrDeadlineExceeded after the
// deadline, with the context's cause when the question is withdrawn, and with
// io.EOF when the terminal or the agent has gone.
func (t *Terminal) Read(p []byte) (int, error) {
	for {
		t.mu.Lock()
		n := copy(p, t.typed)
		t.typed = t.typed[n:]
		closed, deadline := t.closed, t.deadline
		t.mu.Unlock()
		switch {
		case n > 0 || len(p) == 0:
			return n, nil
		case closed:
			return 0, io.EOF
		}
		if err := t.wait(deadline); err != nil {
			return 0, err
		}
	}
}

func (t *Terminal) wait(deadline time.Time) error {
	var late <-chan time.Time
	if !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-t.ready:
		return nil
	case <-late:
		return os.ErrDeadlineExceeded
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	case <-t.gone:
		return io.EOF
	}
}

// SetReadDeadline bounds later calls of Read; the zero time lifts the bound.
func (t *Terminal) SetReadDeadline(at time.Time) error {
	t.mu.Lock()
	t.deadline = at
	t.mu.Unlock()
	return nil
}

// Write draws on the terminal.
func (t *Terminal) Write(p []byte) (int, error) { return t.out.Write(p) }

// Size returns the terminal's width and height in cells.
func (t *Terminal) Size() (cols, rows int, err error) { return term.GetSize(int(t.out.Fd())) }

// Resized receives when the window's size has changed.
func (t *Terminal) Resized() <-chan struct{} { return t.resized }

// Flush drops everything typed so far. A question calls it once it can be seen,
// so that no key pressed before is taken for an answer.
func (t *Terminal) Flush() error { return t.flush() }

// Fd returns the descriptor of the terminal, to ask for its capabilities.
func (t *Terminal) Fd() uintptr { return t.out.Fd() }

func (t *Terminal) deliver(p []byte) {
	t.mu.Lock()
	if room := maxTyped - len(t.typed); len(p) > room {
		p = p[:room]
	}
	t.typed = append(t.typed, p...)
	t.mu.Unlock()
	nudge(t.ready)
}

func (t *Terminal) forget() {
	t.mu.Lock()
	t.typed = nil
	t.mu.Unlock()
}

func (t *Terminal) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	nudge(t.ready)
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
