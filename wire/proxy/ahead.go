package proxy

import (
	"io"
	"sync"
)

// A body is read ahead of whoever sends it on, so that the next piece is decrypted
// while the last is encrypted: what opens a connection does the work of both its
// ends, and would otherwise do it in turn.
//
// Small ones are not: the first aheadAfter bytes are read as they are asked for.
type ahead struct {
	body io.ReadCloser
	size int // read so far, up to aheadAfter

	mu       sync.Mutex
	moved    sync.Cond
	ring     *[aheadSize]byte // nil until it is read ahead
	from, to int              // what is read and not given, modulo the ring
	err      error            // of reading, io.EOF at the end
	closed   bool
}

const (
	aheadAfter = 256 << 10
	aheadSize  = 128 << 10
)

func readAhead(body io.ReadCloser) *ahead {
	a := &ahead{body: body}
	a.moved.L = &a.mu
	return a
}

// Read gives what was read ahead.
func (a *ahead) Read(p []byte) (int, error) {
	if a.size < aheadAfter {
		n, err := a.body.Read(p)
		a.size += n
		return n, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ring == nil {
		a.ring = new([aheadSize]byte)
		go a.fill()
	}
	for a.from == a.to && a.err == nil {
		a.moved.Wait()
	}
	if a.from == a.to {
		return 0, a.err
	}
	at := a.from % aheadSize
	n := copy(p, a.ring[at:min(at+a.to-a.from, aheadSize)])
	a.from += n
	a.moved.Signal()
	return n, nil
}

// fill reads ahead until the end.
func (a *ahead) fill() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.err == nil {
		for a.to-a.from == aheadSize && !a.closed {
			a.moved.Wait()
		}
		if a.closed {
			return
		}
		at := a.to % aheadSize
		room := a.ring[at:min(at+aheadSize-(a.to-a.from), aheadSize)]
		a.mu.Unlock()
		n, err := a.body.Read(room)
		a.mu.Lock()
		a.to += n
		a.err = err
		a.moved.Signal()
	}
}

// Close ends the body.
func (a *ahead) Close() error {
	a.mu.Lock()
	a.closed = true
	a.moved.Broadcast()
	a.mu.Unlock()
	return a.body.Close()
}
