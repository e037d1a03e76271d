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
	gone    <-chan struct{}
	flush   func() error
	resized chan struct{} // holds a token when the window's size has changed

	mu     sync.Mutex
	typed  []byte
	closed bool
	ready  chan struct{} // holds a token when typed or closed has changed
}

// maxTyped bounds what is kept of keys that a question does not read.
const maxTyped = 64 << 10

func newTerminal(gone <-chan struct{}, out *os.File) *Terminal {
	return &Terminal{
		out: out, gone: gone,
		flush:   func() error { return nil },
		ready:   make(chan struct{}, 1),
		resized: make(chan struct{}, 1),
	}
}

// ReadKeys waits for keys and returns the next of them. It fails with
// os.ErrDeadlineExceeded after the deadline (the zero time is never), with the
// context's error when that ends, and with io.EOF when the terminal or the agent
// has gone. No keys and no error say that the window has another size.
func (t *Terminal) ReadKeys(ctx context.Context, p []byte, deadline time.Time) (int, error) {
	var late <-chan time.Time
	if !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		late = timer.C
	}
	for {
		if n, closed := t.next(p); n > 0 || len(p) == 0 {
			return n, nil
		} else if closed {
			return 0, io.EOF
		}
		select {
		case <-t.ready:
		case <-t.resized:
			return 0, nil
		case <-late:
			return 0, os.ErrDeadlineExceeded
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-t.gone:
			return 0, io.EOF
		}
	}
}

func (t *Terminal) next(p []byte) (n int, closed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n = copy(p, t.typed)
	t.typed = t.typed[n:]
	return n, t.closed
}

// Write draws on the terminal.
func (t *Terminal) Write(p []byte) (int, error) { return t.out.Write(p) }

// Size returns the terminal's width and height in cells, zero when it has none.
func (t *Terminal) Size() (width, height int) {
	width, height, err := term.GetSize(int(t.out.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// Now is the clock of ReadKeys' deadlines.
func (t *Terminal) Now() time.Time { return time.Now() }

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
