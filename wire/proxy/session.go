package proxy

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"time"

	"restrain/wire"
)

// session is the other end of the proxy: whoever judges.
type session struct {
	mu      sync.Mutex // held while a message is written
	encode  *json.Encoder
	next    uint64
	waiting map[uint64]chan wire.Answer
	over    chan struct{}
	// patience is after what a request is refused that nobody answered for.
	patience time.Duration
}

// maxWaiting bounds the calls that wait for an answer at once.
const maxWaiting = 512

func newSession(out io.Writer) *session {
	return &session{encode: json.NewEncoder(out), waiting: map[uint64]chan wire.Answer{}, over: make(chan struct{}), patience: answerTime}
}

// listen takes answers until the session ends.
func (s *session) listen(decode *json.Decoder) {
	defer close(s.over)
	for {
		var m wire.ToProxy
		if decode.Decode(&m) != nil {
			return
		}
		s.mu.Lock()
		answer := s.waiting[m.ID]
		delete(s.waiting, m.ID)
		s.mu.Unlock()
		if answer != nil {
			answer <- m.Answer
		}
	}
}

// What a request is refused with that nobody answered for.
const (
	lateMessage = "restrain: denied: the session did not answer in time; send it again later"
	overMessage = "restrain: denied: the session has ended"
	manyMessage = "restrain: denied: too many requests wait for an answer; send it again later"
)

// judge asks the session about a call, and gives its number.
func (s *session) judge(ctx context.Context, c *wire.Call) (uint64, wire.Answer) {
	answer := make(chan wire.Answer, 1)
	s.mu.Lock()
	if len(s.waiting) >= maxWaiting {
		s.mu.Unlock()
		return 0, wire.Answer{Message: manyMessage}
	}
	s.next++
	id := s.next
	s.waiting[id] = answer
	err := s.encode.Encode(wire.FromProxy{ID: id, Call: c})
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting, id)
	}()
	if err != nil {
		return id, wire.Answer{Message: overMessage}
	}
	late := time.NewTimer(s.patience)
	defer late.Stop()
	select {
	case a := <-answer:
		return id, a
	case <-ctx.Done():
		return id, wire.Answer{} // the client has gone
	case <-late.C:
		return id, wire.Answer{Message: lateMessage}
	case <-s.over:
		return id, wire.Answer{Message: overMessage}
	}
}

// clientGone tells that the client of a call has gone before it went on.
func (s *session) clientGone(id uint64) { s.tell(wire.FromProxy{ID: id, Left: true}) }

// unseen tells of a host that is tunnelled though it is listed.
func (s *session) unseen(u wire.Unseen) { s.tell(wire.FromProxy{Unseen: &u}) }

func (s *session) tell(m wire.FromProxy) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.encode.Encode(m) // a session that has ended is not told
}
