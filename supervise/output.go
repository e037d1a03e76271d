//go:build unix

package supervise

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"restrain/screen"
)

// An output shows what the agent writes, and keeps it while a question stands.
type output struct {
	to    *os.File
	reads atomic.Int64 // how often something came

	filter    Filter     // nil for none
	filtering sync.Mutex // held from a read until the filter has what came

	mu      sync.Mutex
	resumed *sync.Cond // the question is over
	asking  bool
	pending []byte // the beginning of a sequence or character
	screen  *screen.Screen
	failed  error  // the terminal takes nothing any more
	lost    func() // called when that has happened; may be nil
}

const (
	// maxHeld is how much is kept of what an agent writes on the main screen
	// during a question; after that its writes block. What it draws on the
	// alternate screen needs no such bound.
	maxHeld = 8 << 20
	// chunk is the size of one read. Linux hands out at most 4 KiB of a PTY at
	// a time, other systems more.
	chunk = 64 << 10
	// tailPause is how long an unfinished character waits for its rest.
	// Programs that do not write UTF-8 have none coming.
	tailPause = 20 * time.Millisecond
	// filterPause is how long what a filter holds back waits for more.
	filterPause = 5 * time.Millisecond
)

func newOutput(to *os.File) *output {
	width, height, err := term.GetSize(int(to.Fd()))
	if err != nil {
		width, height = 0, 0 // unknown
	}
	o := &output{to: to, screen: screen.New(width, height)}
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
		text, n, err := o.read(from, buf)
		switch {
		case n > 0:
			wait = noTimeout
			if tail := o.pass(text); tail {
				wait = tailPause
			}
			if o.filter != nil && o.filter.Holds() {
				wait = filterPause
			}
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			ready, err := readable(from, int(wake.Fd()), wait)
			if err != nil || ready == int(wake.Fd()) {
				o.passRest()
				return
			}
			if ready < 0 {
				wait = o.waited(wait)
			}
		default:
			// EIO is how Linux says that the agent's side has closed.
			o.passRest()
			return
		}
	}
}

// read reads what the agent writes, and gives what of it is to be shown.
func (o *output) read(from int, buf []byte) (text []byte, n int, err error) {
	if o.filter != nil {
		o.filtering.Lock()
		defer o.filtering.Unlock()
	}
	if n, err = unix.Read(from, buf); n <= 0 {
		return nil, n, err
	}
	o.reads.Add(1)
	if o.filter == nil {
		return buf[:n], n, err
	}
	return o.filter.Filter(buf[:n]), n, err
}

// waited shows what waited for more that has not come. It gives how long to wait
// for the rest.
func (o *output) waited(wait time.Duration) time.Duration {
	if o.filter != nil && wait == filterPause {
		tail := o.pass(o.filter.Rest(false))
		if o.filter.Holds() {
			return filterPause
		}
		if tail {
			return tailPause
		}
		return noTimeout
	}
	o.passRune()
	return noTimeout
}

// settled reports that what was written to the agent's side before is shown, but
// for what is under way in the kernel, and how often something came.
func (o *output) settled(agent *os.File) (quiet bool, reads int64) {
	o.filtering.Lock()
	defer o.filtering.Unlock()
	return !readableNow(agent), o.reads.Load()
}

// pass shows p, or keeps it. Tail reports that an unfinished character waits.
func (o *output) pass(p []byte) (tail bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.asking && o.screen.Held() > maxHeld {
		o.resumed.Wait()
	}
	if len(o.pending) > 0 {
		o.pending = append(o.pending, p...)
		p = o.pending
	}
	n := o.screen.Track(p)
	if !o.asking {
		o.write(p[:n])
	}
	o.pending = append(o.pending[:0], p[n:]...)
	return len(o.pending) > 0 && o.pending[0] != esc
}

const esc = 0x1b

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
	if len(o.pending) > 0 && o.pending[0] != esc {
		o.flush()
	}
}

// flush shows or keeps what waits for its rest.
func (o *output) flush() {
	o.screen.TrackRest(o.pending)
	if !o.asking {
		o.write(o.pending)
	}
	o.pending = o.pending[:0]
}

// passRest shows what is left at the agent's end, after the last question.
func (o *output) passRest() {
	if o.filter != nil {
		o.pass(o.filter.Rest(true))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.asking {
		o.resumed.Wait()
	}
	o.flush()
}

// resize says that the window has another size.
func (o *output) resize(width, height int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.screen.Resize(width, height)
}

// take clears the terminal for a question.
func (o *output) take() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed == nil {
		o.write(o.screen.Lend())
		o.asking = o.failed == nil
	}
	return o.failed
}

// give brings the agent's screen back, with what was kept. Exact is false when
// the agent should draw it again.
func (o *output) give() (exact bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	back, exact := o.screen.GiveBack()
	o.write(back)
	o.asking = false
	o.resumed.Broadcast()
	return exact
}
