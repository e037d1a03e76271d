package supervise

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// An output shows what the agent writes, and holds it back while a question
// stands.
type output struct {
	to    *os.File
	reads atomic.Int64 // how often something came

	mu      sync.Mutex
	resumed *sync.Cond // the question is over
	asking  bool
	pending []byte // not shown yet
	screen  *screen
	failed  error  // the terminal takes nothing any more
	lost    func() // called when that has happened; may be nil
}

const (
	// maxHeld is how much is taken from an agent while it cannot be shown;
	// after that its writes block.
	maxHeld = 1 << 20
	// chunk is the size of one read. Linux hands out at most 4 KiB of a PTY at
	// a time, other systems more.
	chunk = 64 << 10
	// tailPause is how long an unfinished character waits for its rest.
	// Programs that do not write UTF-8 have none coming.
	tailPause = 20 * time.Millisecond
)

func newOutput(to *os.File) *output {
	o := &output{to: to, screen: newScreen()}
	o.resumed = sync.NewCond(&o.mu)
	return o
}

// copy shows everything that comes from the agent, until that ends or wake closes.
// When the terminal fails, the rest is dropped. From is nonblocking.
//
// Waiting in select, not in Go's poller, keeps this at the speed of script(1):
// each chunk costs a read and a write, and no switch of goroutines.
func (o *output) copy(from int, wake *os.File) {
	buf := make([]byte, chunk)
	wait := noTimeout
	for {
		n, err := unix.Read(from, buf)
		switch {
		case n > 0:
			o.reads.Add(1)
			wait = noTimeout
			if tail := o.pass(buf[:n]); tail {
				wait = tailPause
			}
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			ready, err := readable(from, int(wake.Fd()), wait)
			if err != nil || ready == int(wake.Fd()) {
				o.passRest()
				return
			}
			if ready < 0 {
				o.passRune()
				wait = noTimeout
			}
		default:
			// EIO is how Linux says that the agent's side has closed.
			o.passRest()
			return
		}
	}
}

// pass shows p, or keeps it. Tail reports that an unfinished character waits.
func (o *output) pass(p []byte) (tail bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.asking && len(o.pending)+len(p) > maxHeld {
		o.resumed.Wait()
	}
	if o.asking {
		o.pending = append(o.pending, p...)
		return false
	}
	if len(o.pending) > 0 {
		o.pending = append(o.pending, p...)
		p = o.pending
	}
	rest := p[o.show(p):]
	o.pending = append(o.pending[:0], rest...)
	return len(rest) > 0 && rest[0] != esc
}

// show writes the part of p that ends in no unfinished sequence.
func (o *output) show(p []byte) int {
	n := o.screen.track(p)
	o.write(p[:n])
	return n
}

func (o *output) write(p []byte) {
	if len(p) == 0 || o.failed != nil {
		return
	}
	if _, o.failed = o.to.Write(p); o.failed != nil && o.lost != nil {
		o.lost()
	}
}

// passRune shows an unfinished character that nothing has followed.
func (o *output) passRune() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.asking && len(o.pending) > 0 && o.pending[0] != esc {
		o.write(o.pending)
		o.pending = o.pending[:0]
	}
}

// passRest shows what is left at the agent's end, after the last question.
func (o *output) passRest() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.asking {
		o.resumed.Wait()
	}
	o.write(o.pending)
	o.pending = nil
}

// take clears the terminal for a question.
func (o *output) take() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.write(o.screen.take())
	o.asking = o.failed == nil
	return o.failed
}

// give brings the agent's screen back, and shows what was held.
func (o *output) give() (repaint bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	back, repaint := o.screen.give()
	o.write(back)
	o.asking = false
	n := o.show(o.pending)
	rest := append([]byte(nil), o.pending[n:]...) // lets go of a large buffer
	o.pending = rest
	o.resumed.Broadcast()
	return repaint
}
