//go:build unix

package supervise

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// keys carries what the human types to the agent, or to the question that stands.
// It reads only once there are keys, and under its lock, so that at any moment
// each key belongs to one of them.
type keys struct {
	in, agent *os.File // agent is nil where only questions read
	wakeR     *os.File // readable when the reader shall look up
	wakeW     *os.File
	typed     func(keys []byte) // told of the agent's keys; nil for nobody

	mu       sync.Mutex
	changed  *sync.Cond
	question *Terminal
	queue    []byte // for the agent, not written yet
	stopped  bool
	ended    bool // the terminal has no more keys
	broken   bool // the agent takes no keys any more
	letters  int  // typed to the agent since the last Enter
	prompted func()
}

// maxQueue bounds the keys that wait for an agent which does not read them.
const maxQueue = 64 << 10

func newKeys(in, agent *os.File) (*keys, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("keys: %w; raise the limit of open files", err)
	}
	k := &keys{in: in, agent: agent, wakeR: r, wakeW: w}
	k.changed = sync.NewCond(&k.mu)
	return k, nil
}

// start begins to read. The channel is closed when both directions have ended.
func (k *keys) start(guard func()) (done <-chan struct{}) {
	var both sync.WaitGroup
	run := func(f func()) {
		both.Go(func() {
			defer guard()
			f()
		})
	}
	run(k.read)
	if k.agent != nil {
		run(k.write)
	}
	c := make(chan struct{})
	go func() {
		both.Wait()
		k.wakeR.Close()
		close(c)
	}()
	return c
}

// stop ends reading and writing. Keys that nobody read stay in the terminal.
func (k *keys) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	k.wakeW.Close()
	k.changed.Broadcast()
}

// lend gives the keys to t from now on, or with nil to the agent.
func (k *keys) lend(t *Terminal) {
	k.mu.Lock()
	k.question = t
	if t != nil && k.ended {
		t.close()
	}
	k.changed.Broadcast()
	k.mu.Unlock()
}

// flush drops what was typed and not read yet, here and in the terminal.
func (k *keys) flush(t *Terminal) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	t.forget()
	return dropInput(k.in)
}

func (k *keys) read() {
	buf := make([]byte, 4096)
	for k.room() {
		if _, err := readable(int(k.in.Fd()), int(k.wakeR.Fd()), noTimeout); err != nil {
			k.lost()
			return
		}
		k.mu.Lock()
		err := k.route(buf)
		k.mu.Unlock()
		if err != nil {
			k.lost()
			return
		}
	}
}

// room waits until somebody can take keys, and reports whether that will be.
func (k *keys) room() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.stopped && k.question == nil && len(k.queue) >= maxQueue {
		k.changed.Wait()
	}
	return !k.stopped
}

// route reads what is there and hands it on.
func (k *keys) route(buf []byte) error {
	if k.stopped || !readableNow(k.in) {
		return nil
	}
	n, err := k.in.Read(buf)
	if err != nil {
		return err
	}
	switch {
	case k.question != nil:
		k.question.deliver(buf[:n])
	case !k.broken && k.agent != nil:
		if k.typed != nil && !hidesKeys(k.agent) {
			k.typed(buf[:n])
		}
		k.queue = append(k.queue, buf[:n]...)
		k.count(buf[:n])
		k.changed.Broadcast()
	}
	return nil
}

// minPrompt is how many letters a line has that asks an agent for something.
const minPrompt = 3

// count notices lines that are typed to the agent.
func (k *keys) count(typed []byte) {
	for i := 0; i < len(typed); i++ {
		switch c := typed[i]; {
		case c == '\r' || c == '\n':
			if k.letters >= minPrompt && k.prompted != nil {
				k.prompted()
			}
			k.letters = 0
		case c == 0x1b:
			i = escapeEnd(typed, i)
		case c >= ' ':
			k.letters++
		}
	}
}

// escapeEnd is where a sequence of keys that begins at i ends: an arrow, or the
// mark of a paste (ECMA-48, 5.4).
func escapeEnd(typed []byte, i int) int {
	if i+1 >= len(typed) || typed[i+1] != '[' {
		return i + 1
	}
	for i += 2; i < len(typed) && (typed[i] < 0x40 || typed[i] > 0x7e); i++ {
	}
	return i
}

// lost says that no more keys come.
func (k *keys) lost() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ended = true
	if k.question != nil {
		k.question.close()
	}
}

func (k *keys) write() {
	var out []byte
	for {
		k.mu.Lock()
		for len(k.queue) == 0 && !k.stopped {
			k.changed.Wait()
		}
		if k.stopped {
			k.mu.Unlock()
			return
		}
		out, k.queue = k.queue, out[:0]
		k.changed.Broadcast()
		k.mu.Unlock()
		if !k.send(out) {
			k.mu.Lock()
			k.broken, k.queue = true, nil
			k.changed.Broadcast()
			k.mu.Unlock()
			return
		}
	}
}

// send writes p to the agent, and reports whether that is still possible.
func (k *keys) send(p []byte) bool {
	fd, wake := int(k.agent.Fd()), int(k.wakeR.Fd())
	for len(p) > 0 {
		n, err := unix.Write(fd, p)
		switch {
		case n > 0:
			p = p[n:]
		case err == unix.EAGAIN:
			if ok, err := writable(fd, wake); !ok || err != nil {
				return false
			}
		case err != unix.EINTR:
			return false
		}
	}
	return true
}
