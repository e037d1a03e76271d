package proxy

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"restrain/wire"
)

// peekTime is how long the beginning of a body is waited for: a client may go on
// only when it has been answered.
const peekTime = 2 * time.Second

// A peeked body is one whose beginning is read before it is sent on.
type peeked struct {
	body io.ReadCloser

	mu      sync.Mutex
	more    sync.Cond
	buffer  []byte
	sent    int   // of buffer
	err     error // of reading, io.EOF at the end
	stop    bool  // read no further ahead
	stopped bool
}

// peek reads the beginning of a request's body, nil where it has none. What is
// read is sent on all the same.
func peek(r *http.Request) *peeked {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	b := &peeked{body: readAhead(r.Body)}
	b.more.L = &b.mu
	r.Body = b
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		b.stopped = true
		return b
	}
	done := make(chan struct{})
	go b.read(done)
	late := time.NewTimer(peekTime)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		b.mu.Lock()
		b.stop = true
		b.mu.Unlock()
	}
	return b
}

// read reads ahead until it has enough, or is told to stop.
func (b *peeked) read(done chan<- struct{}) {
	defer close(done)
	piece := make([]byte, 16<<10)
	for {
		n, err := b.body.Read(piece)
		b.mu.Lock()
		b.buffer = append(b.buffer, piece[:n]...)
		b.err = err
		b.stopped = err != nil || b.stop || len(b.buffer) > wire.MaxBody
		stopped := b.stopped
		b.more.Broadcast()
		b.mu.Unlock()
		if stopped {
			return
		}
	}
}

// head is the beginning of the body, and whether that is all of it.
func (b *peeked) head() (text []byte, whole bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	text = b.buffer[:min(len(b.buffer), wire.MaxBody)]
	return text, b.stopped && errors.Is(b.err, io.EOF) && len(text) == len(b.buffer)
}

// isComing reports a body that is still read ahead.
func (b *peeked) isComing() bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.stopped
}

// Read gives the body from its beginning.
func (b *peeked) Read(p []byte) (int, error) {
	b.mu.Lock()
	for b.sent == len(b.buffer) && !b.stopped {
		b.more.Wait()
	}
	if b.sent < len(b.buffer) {
		n := copy(p, b.buffer[b.sent:])
		b.sent += n
		b.mu.Unlock()
		return n, nil
	}
	err := b.err
	b.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return b.body.Read(p)
}

// Close ends the body.
func (b *peeked) Close() error { return b.body.Close() }
