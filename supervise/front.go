//go:build unix

package supervise

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A front is the human's terminal in front of the agent's PTY: keys go one way,
// output the other, and a question can come between.
type front struct {
	in, out *os.File
	agent   *os.File // the PTY's master, nonblocking
	output  *output
	keys    *keys

	mu     sync.Mutex
	cooked *term.State // the modes to go back to; nil when not raw
	open   *Terminal   // the question that stands
}

// repaintPause is how long a window stays one row smaller, so that agents which
// read the size some time after SIGWINCH see that it has changed.
const repaintPause = 60 * time.Millisecond

func newFront(in, out, agent *os.File) (*front, error) {
	k, err := newKeys(in, agent)
	if err != nil {
		return nil, err
	}
	return &front{in: in, out: out, agent: agent, output: newOutput(out), keys: k}, nil
}

// raw makes the human's terminal pass every key on. From the background it stops
// the process, as any terminal program would be, until it is in front.
func (f *front) raw() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	state, err := term.MakeRaw(int(f.in.Fd()))
	if err != nil {
		return fmt.Errorf("terminal %s: %w; run it in another terminal", f.in.Name(), err)
	}
	if f.cooked == nil {
		f.cooked = state
	}
	return nil
}

// cook gives the terminal its modes back.
func (f *front) cook() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cooked != nil {
		// A terminal that has gone needs no modes.
		_ = term.Restore(int(f.in.Fd()), f.cooked)
		f.cooked = nil
	}
}

// resize gives the agent the human's window size, and tells an open question.
func (f *front) resize() {
	// A terminal that has gone, or never had a size, leaves the PTY as it is.
	if size, err := pty.GetsizeFull(f.out); err == nil {
		f.output.resize(int(size.Cols), int(size.Rows))
		_ = pty.Setsize(f.agent, size)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != nil {
		nudge(f.open.resized)
	}
}

// show begins to show what the agent writes. The channel closes when it has
// ended; hush ends it before.
func (f *front) show() (shown <-chan struct{}, hush func(), err error) {
	wake, stop, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("PTY: %w; raise the limit of open files", err)
	}
	done := make(chan struct{})
	go func() {
		defer f.guard()
		defer close(done)
		defer wake.Close()
		f.output.copy(int(f.agent.Fd()), wake)
	}()
	return done, func() {
		stop.Close()
		<-done
	}, nil
}

// guard is deferred in every goroutine that works on the terminal: a panic must
// not leave it raw.
func (f *front) guard() {
	if r := recover(); r != nil {
		f.cook()
		panic(r)
	}
}

func (f *front) question(gone <-chan struct{}, ask func(*Terminal) error) error {
	defer f.guard()
	t := newTerminal(gone, f.out)
	t.flush = func() error { return f.keys.flush(t) }
	f.setOpen(t)
	defer f.setOpen(nil)
	f.keys.lend(t)
	if err := f.output.take(); err != nil {
		f.keys.lend(nil)
		return fmt.Errorf("%w (%w)", ErrNoTerminal, err)
	}
	defer f.giveBack(gone)
	defer f.keys.lend(nil) // before the agent's screen can be seen
	if err := t.Flush(); err != nil {
		return fmt.Errorf("%w (%w)", ErrNoTerminal, err)
	}
	return ask(t)
}

func (f *front) setOpen(t *Terminal) {
	f.mu.Lock()
	f.open = t
	f.mu.Unlock()
}

// giveBack shows the agent's screen again. Where it cannot be known how that
// looks, the agent is made to repaint by a change of the window's size, for the
// same size again raises no SIGWINCH.
func (f *front) giveBack(gone <-chan struct{}) {
	if exact := f.output.give(); exact {
		return
	}
	size, err := pty.GetsizeFull(f.out)
	if err != nil || size.Rows < 2 {
		return
	}
	size.Rows--
	if pty.Setsize(f.agent, size) != nil {
		return
	}
	select {
	case <-time.After(repaintPause):
	case <-gone:
	}
	f.resize()
}

// onTTY asks on the controlling terminal, which the agent may be using too.
func onTTY(gone <-chan struct{}, ask func(*Terminal) error) error {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoTerminal, err)
	}
	defer tty.Close()
	if !inForeground(tty) {
		return fmt.Errorf("%w (running in the background)", ErrNoTerminal)
	}
	f, err := newFront(tty, tty, nil)
	if err != nil {
		return err
	}
	if err := f.raw(); err != nil {
		return errors.Join(ErrNoTerminal, err)
	}
	defer f.cook()
	done := f.keys.start(f.guard)
	defer func() {
		f.keys.stop()
		<-done
	}()
	return f.question(gone, ask)
}
