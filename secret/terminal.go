package secret

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Terminal withholds secrets from what several steps, and whoever else there
// is, write to one terminal. A secret is found there also with colours within it
// and with a line wrapped. With nothing to withhold it changes nothing.
type Terminal struct {
	active atomic.Bool // there is something to withhold, or held back
	mu     sync.Mutex
	masker *Masker // nil while nothing is withheld
	steps  []*Withholding
	out    bytes.Buffer // what may be shown
	came   time.Time    // when something came last
}

// A Withholding is what one step has withheld.
type Withholding struct {
	terminal *Terminal
	values   []Value
	found    []Withheld
}

// slowly is how long the end of what was written is held back where it is surely
// the beginning of a secret.
const slowly = 250 * time.Millisecond

// Withhold begins to withhold values.
func (t *Terminal) Withhold(values []Value) *Withholding {
	step := &Withholding{terminal: t, values: slices.DeleteFunc(slices.Clone(values), Value.Unseen)}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.collect()
	t.steps = append(t.steps, step)
	var all []Value
	for _, s := range t.steps {
		all = append(all, s.values...)
	}
	t.masker = newTerminalMasker(&t.out, all, t.masker)
	t.active.Store(true)
	return step
}

// Withheld is what was withheld of the step's up to now.
func (s *Withholding) Withheld() []Withheld {
	s.terminal.mu.Lock()
	defer s.terminal.mu.Unlock()
	s.terminal.collect()
	return slices.Clone(s.found)
}

// End ends it. The values go on to be withheld until the last of the steps that are
// under way at a time has ended: their output is one stream.
func (s *Withholding) End() {
	t := s.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	t.collect()
	t.steps = slices.DeleteFunc(t.steps, func(other *Withholding) bool { return other == s })
	if len(t.steps) == 0 && t.masker != nil {
		_ = t.masker.Close() // into memory, as all that is written here
		t.masker = nil
		t.active.Store(t.out.Len() > 0)
	}
}

// Filter takes what is written, and gives what of it, and of what was held back,
// is to be shown. It holds until the next call.
func (t *Terminal) Filter(p []byte) []byte {
	if !t.active.Load() {
		return p
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.masker == nil { // what the last step left
		_, _ = t.out.Write(p)
		t.active.Store(false)
		return t.take()
	}
	t.came = time.Now()
	_, _ = t.masker.Write(p)
	return t.take()
}

// Rest gives what is held back and may be shown as nothing has come for a moment;
// with all, as nothing will.
func (t *Terminal) Rest(all bool) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.masker == nil:
		t.active.Store(false)
	case all:
		_ = t.masker.Close()
	case time.Since(t.came) >= slowly:
		_ = t.masker.release()
	default:
		_ = t.masker.Flush()
	}
	return t.take()
}

// Holds reports that Rest has something to give, now or later.
func (t *Terminal) Holds() bool {
	if !t.active.Load() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Len() > 0 || t.masker != nil && t.masker.Holds()
}

// take empties what may be shown.
func (t *Terminal) take() []byte {
	text := bytes.Clone(t.out.Bytes())
	t.out.Reset()
	return text
}

// collect counts what was withheld for the steps whose values it is.
func (t *Terminal) collect() {
	if t.masker == nil {
		return
	}
	for _, w := range t.masker.Withheld() {
		for _, s := range t.steps {
			if slices.ContainsFunc(s.values, func(v Value) bool { return v.Name == w.Value.Name && v.Origin == w.Value.Origin }) {
				s.found = Count(s.found, w)
			}
		}
	}
	for i := range t.masker.marks {
		t.masker.marks[i].withheld = 0
	}
}
