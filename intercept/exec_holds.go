package intercept

import (
	"sync"
	"time"
)

// A hold is an exec that waits for its answer.
type hold struct {
	left   func() bool // nobody waits any more
	cancel func()      // withdraws the question
}

// holds looks after the execs that wait. One timer serves them all and runs on
// while execs come: setting a timer for each would cost more than the rest of
// the work.
type holds struct {
	mu     sync.Mutex
	open   map[*hold]struct{}
	active bool // an exec came since the last look
	timer  *time.Timer
	ticks  bool // the timer is running
}

// holdLook is how soon a question is withdrawn when its process has gone.
const holdLook = 100 * time.Millisecond

func (w *holds) add(h *hold) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == nil {
		w.open = map[*hold]struct{}{}
	}
	w.open[h] = struct{}{}
	w.active = true
	switch {
	case w.timer == nil:
		w.timer = time.AfterFunc(holdLook, w.look)
	case !w.ticks:
		w.timer.Reset(holdLook)
	}
	w.ticks = true
}

func (w *holds) remove(h *hold) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, h)
}

func (w *holds) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for h := range w.open {
		if h.left() {
			h.cancel()
		}
	}
	if w.ticks = w.active || len(w.open) > 0; w.ticks {
		w.timer.Reset(holdLook)
	}
	w.active = false
}
