package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/keep"
)

// maxKeeping bounds the steps that are kept for at once; the oldest is closed.
const maxKeeping = 16

// settleTime is how long after its last file a step that has ended is settled: a
// call that was let go on has been made by then.
const settleTime = time.Second

// keptFiles keeps what steps take away file by file, one kept step for each.
type keptFiles struct {
	judge *judge

	mu    sync.Mutex
	open  map[uint64]*keptStep // by the step's entry in the journal
	order []*keptStep          // the oldest first
	ended []*keptStep          // closed, and not settled yet
}

// A keptStep is what is kept for one step.
type keptStep struct {
	entry uint64
	step  intercept.Process

	mu     sync.Mutex // held while a file is kept
	writer *keep.Writer
	closed bool
	last   time.Time // a file was kept
	dirs   map[string]struct{}
	// lastDir is the one of dirs that came last.
	lastDir string
	// emptied are the files that were kept in place: what the step has written
	// there since, as databases do, is its own.
	emptied map[fileKey]struct{}
}

type fileKey struct{ dev, ino uint64 }

func newKeptFiles(j *judge) *keptFiles { return &keptFiles{judge: j, open: map[uint64]*keptStep{}} }

// errOtherFile says that a path names another file here than in the process.
var errOtherFile = errors.New("it is not the file that the process names")

// keep stores a file before it goes. An error says that nothing is stored of it.
func (k *keptFiles) keep(c *fileCall, t *intercept.File) error {
	for {
		s, err := k.of(c)
		if err != nil {
			return err
		}
		if done, err := s.keep(c, t); done {
			return err
		}
	}
}

// keepAlong stores a directory that goes with files which were kept in it; alone
// it holds nothing. What cannot be stored is its mode and times.
func (k *keptFiles) keepAlong(c *fileCall, t *intercept.File) {
	_, entry, _ := c.permit.Step()
	k.mu.Lock()
	s := k.open[entry]
	k.mu.Unlock()
	if s == nil {
		return
	}
	s.mu.Lock()
	_, ok := s.dirs[t.Path]
	s.mu.Unlock()
	if ok {
		_, _ = s.keep(c, t)
	}
}

// keep is not done where the step was closed meanwhile.
func (s *keptStep) keep(c *fileCall, t *intercept.File) (done bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, nil
	}
	if t.Path == "" || !filepath.IsAbs(t.Path) {
		return true, errOtherFile
	}
	s.last = time.Now()
	inPlace, key := c.Op == intercept.FileTruncate, fileKey{t.Dev, t.Ino}
	if _, again := s.emptied[key]; again && inPlace {
		return true, nil
	}
	if err := s.add(t, inPlace); err != nil {
		return true, err
	}
	if dir := filepath.Dir(t.Path); dir != s.lastDir && len(s.dirs) < maxRemembered {
		s.dirs[dir], s.lastDir = struct{}{}, dir
	}
	if inPlace && len(s.emptied) < maxRemembered {
		s.emptied[key] = struct{}{}
	}
	return true, nil
}

// add stores the file that a call names. Where that is certain only by its path,
// the store takes it by that: a path that has come to lead elsewhere, or does for
// the process, keeps something else.
func (s *keptStep) add(t *intercept.File, inPlace bool) error {
	if t.Dir >= 0 {
		return s.writer.AddAt(&keep.Opened{Dir: t.Dir, Path: t.Path, Dev: t.Dev, Ino: t.Ino}, inPlace)
	}
	if err := s.writer.Add(t.Path, inPlace); err != nil {
		return err
	}
	if !names(t) {
		return errOtherFile
	}
	return nil
}

// maxRemembered bounds what is remembered of the files that were kept.
const maxRemembered = 10_000

// of gives what is kept for the step of a call, and begins it.
func (k *keptFiles) of(c *fileCall) (*keptStep, error) {
	number, entry, text := c.permit.Step()
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.open[entry]; s != nil {
		return s, nil
	}
	if k.judge.gate.Keeps == nil {
		return nil, errors.New("there is no store")
	}
	store, err := k.judge.gate.Keeps()
	if err != nil {
		return nil, err
	}
	if entry == 0 {
		text = k.judge.agent
	}
	if len(k.order) >= maxKeeping {
		k.close(k.order[0])
	}
	s := &keptStep{entry: entry, step: c.step, dirs: map[string]struct{}{}, emptied: map[fileKey]struct{}{}, last: time.Now(), writer: store.Begin(keep.Step{
		Session: k.judge.gate.Store.ID(), Number: number, Entry: entry, Time: time.Now(), Command: text,
	})}
	k.open[entry] = s
	k.order = append(k.order, s)
	return s, nil
}

// close ends the keeping for a step: what comes later is kept anew.
func (k *keptFiles) close(s *keptStep) {
	delete(k.open, s.entry)
	for i := range k.order {
		if k.order[i] == s {
			k.order = append(k.order[:i], k.order[i+1:]...)
			break
		}
	}
	k.ended = append(k.ended, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// settle journals what was kept for steps that have ended; all says that every
// step has.
func (k *keptFiles) settle(all bool) error {
	k.mu.Lock()
	for i := len(k.order) - 1; i >= 0; i-- {
		if s := k.order[i]; all || s.hasEnded() {
			k.close(s)
		}
	}
	ended := k.ended
	k.ended = nil
	k.mu.Unlock()
	var failed error
	for _, s := range ended {
		failed = errors.Join(failed, k.journal(s))
	}
	return failed
}

func (s *keptStep) hasEnded() bool {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	return s.step.PID > 0 && time.Since(last) > settleTime && !isRunning(s.step.PID)
}

// isRunning reports a process with an id; one that took over the id delays what
// is done at the end.
func isRunning(pid int) bool {
	_, err := os.Lstat("/proc/" + strconv.Itoa(pid))
	return err == nil
}

// journal drops what is in its place still, and tells the journal of the rest.
func (k *keptFiles) journal(s *keptStep) error {
	id := s.writer.ID()
	if err := s.writer.Close(); err != nil || id == "" {
		return err
	}
	store, err := k.judge.gate.Keeps()
	if err != nil {
		return err
	}
	left, ok, err := store.Settle(context.Background(), id)
	if err != nil {
		return fmt.Errorf("kept step %s: %w", id, err)
	}
	if !ok {
		return nil
	}
	return k.judge.gate.FilesKept(s.entry, gate.Kept{ID: left.ID, Files: left.Files, Bytes: left.Bytes})
}
