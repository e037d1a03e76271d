package intercept

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// An attempt is one process asking to run one argv, or to take one file away. Shells and runtimes try
// the next PATH entry after a denial, with the same argv (pitfall 4), and a
// process that a signal takes out of its system call starts it anew (pitfall 1).
type attempt struct {
	pid    int
	serial uint64
	words  uint64 // hash
}

// A decision is the answer to an attempt, or the wait for it.
type decision struct {
	done    chan struct{}
	reply   Reply
	expires time.Time // zero while it is open
	file    fileID
}

// decisions answers each attempt once.
type decisions struct {
	mu    sync.Mutex
	seed  maphash.Seed
	last  *bounded[attempt, *decision]
	now   func() time.Time
	allow bool // an allowed attempt may come again: signals restart the system call
}

// retryTime is how long an attempt counts as the same one.
const retryTime = 2 * time.Second

func newDecisions(now func() time.Time, allow bool) *decisions {
	return &decisions{seed: maphash.MakeSeed(), last: newBounded[attempt, *decision](4096), now: now, allow: allow}
}

// of returns the answer to an attempt on file: the one just given to the same,
// or the judge's. A denial holds for whatever file the argv is tried on next.
func (d *decisions) of(ctx context.Context, key attempt, file fileID, judge func() Reply) Reply {
	d.mu.Lock()
	before, ok := d.last.get(key)
	if ok && d.stands(before, file) {
		d.mu.Unlock()
		select {
		case <-before.done:
			return before.reply
		case <-ctx.Done():
			return Reply{}
		}
	}
	own := &decision{done: make(chan struct{}), file: file}
	d.last.put(key, own)
	d.mu.Unlock()

	own.reply = judge()
	d.mu.Lock()
	own.expires = d.now().Add(retryTime)
	d.mu.Unlock()
	close(own.done)
	return own.reply
}

// stands reports whether a decision answers another attempt on file.
func (d *decisions) stands(b *decision, file fileID) bool {
	switch {
	case b.expires.IsZero():
		return b.file == file
	case !d.now().Before(b.expires):
		return false
	case b.reply.Allow:
		return d.allow && b.file == file
	}
	return true
}
