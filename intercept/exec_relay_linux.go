package intercept

import (
	"context"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A relay has one goroutine receive notifications at a time. Whoever receives
// one also sees to it, so that the stopped process does not wait for another
// goroutine to wake; and when that takes long, because files are slow to come
// or a human is asked, another goroutine takes the receiving over. So nothing
// ever waits for a judge in the place where notifications come in (pitfall 6).
type relay struct {
	mu     sync.Mutex
	turns  uint64 // begun so far
	inHand uint64 // the turn that the receiver is at; 0 while it waits
	seen   uint64 // turns at the last look
	timer  *time.Timer
	ticks  bool // the timer is running; it rests while nothing comes
}

// relayLook is how long a receiver is left at one notification, at most twice.
const relayLook = 4 * time.Millisecond

// begin is called by the receiver when it has a notification; look is called
// while there are such.
func (r *relay) begin(look func()) (turn uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turns++
	r.inHand = r.turns
	switch {
	case r.timer == nil:
		r.timer = time.AfterFunc(relayLook, look)
	case !r.ticks:
		r.timer.Reset(relayLook)
	}
	r.ticks = true
	return r.turns
}

// end is called when a notification has been seen to. receives reports that
// nobody has taken the receiving over meanwhile.
func (r *relay) end(turn uint64) (receives bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inHand != turn {
		return false
	}
	r.inHand = 0
	return true
}

// look reports that the receiver has been at one notification since the last
// look. It asks mayStart then whether another goroutine may take over, and with
// true counts it as the receiver.
func (r *relay) look(mayStart func() bool) (takeOver bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	takeOver = r.inHand != 0 && r.turns == r.seen && mayStart()
	if takeOver {
		r.inHand = 0
	}
	if r.ticks = r.inHand != 0 || r.turns != r.seen; r.ticks {
		r.timer.Reset(relayLook)
	}
	r.seen = r.turns
	return takeOver
}

// receive takes notifications, one after another, until another goroutine does.
func (s *ExecDoor) receive(ctx context.Context) {
	var n notifBuffer
	look := func() { s.relieve(ctx) }
	for follows := false; ; follows = true {
		if !follows || !s.waitShortly() {
			gone, err := s.waitLong()
			if gone || err != nil {
				s.ended <- err
				return
			}
		}
		switch errno := receive(s.listener, &n); errno {
		case 0:
		case unix.ENOENT, unix.EINTR:
			continue // it has gone meanwhile
		default:
			s.ended <- fmt.Errorf("receive from the seccomp listener: %w", errno)
			return
		}
		s.handlers.Add(1)
		turn := s.relay.begin(look)
		s.answer(ctx, &n.notification)
		receives := s.relay.end(turn)
		if !receives {
			<-s.slots
		}
		s.handlers.Done()
		if !receives {
			return
		}
	}
}

// shortly is how long the next notification is waited for with the scheduler's
// processor in hand. Whatever else wants it waits as long.
const shortly = 200 * time.Microsecond

// waitShortly waits for the notification that in bulk follows at once. Giving the
// processor away and getting it back costs more than all else that is done for
// a call which concerns nobody. It reports false when none came, and when there
// is something else that wait is for.
func (s *ExecDoor) waitShortly() bool {
	fd := unix.PollFd{Fd: int32(s.listener), Events: unix.POLLIN}
	limit := unix.NsecToTimespec(int64(shortly))
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fd)), 1, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	return errno == 0 && n == 1 && fd.Revents&unix.POLLIN != 0
}

// closely is how long after a call, in milliseconds, the directories of files are
// held for the next one. Work that writes a file between two calls, or has the disk
// write it, needs less.
const closely = 20

// waitLong waits for the next notification, and lets the directories go when it
// does not follow closely.
func (s *ExecDoor) waitLong() (gone bool, err error) {
	came, gone, err := s.waitFor(s.listener, closely)
	if came || err != nil {
		return gone, err
	}
	s.dirs.forget()
	return s.wait(s.listener)
}

// relieve starts another receiver when the one there is has been at its
// notification for long. What it is at takes a slot; when there is none, the
// next ones wait in the kernel.
func (s *ExecDoor) relieve(ctx context.Context) {
	if s.relay.look(func() bool {
		select {
		case s.slots <- struct{}{}:
			return true
		default:
			return false
		}
	}) {
		go s.receive(ctx)
	}
}
