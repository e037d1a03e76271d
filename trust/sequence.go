package trust

import (
	"slices"
	"strings"

	"restrain/classify"
)

// The stages of a [[sequence]] are sets of patterns; a stage matches an action
// when one of its patterns does. A pattern is a class or a glob over classes
// ("*.destroy"), and matches also what was denied: trying counts. These marks
// of it need more than the class:
const (
	// markDenied makes a pattern match only steps that were denied, markFailed
	// only steps that ran and failed: "denied:*.destroy".
	markDenied = "denied:"
	markFailed = "failed:"
	// sameEffect matches what would do to an object what the denied step
	// before would have done to it; see denial.
	sameEffect = "same"
)

// maxStages bounds the stages of a sequence.
const maxStages = 8

// A stage is what one stage of a sequence matches, by class number.
type stage struct {
	runs, denied, failed classSet
	same                 bool
}

// A pattern is a sequence made ready for one vocabulary.
type pattern struct {
	*classify.Sequence
	stages []stage
	level  Level
	// watched are the classes that a stage can match.
	watched classSet
	// denied reports that it begins with a denial.
	denied bool
	// first is where its marks begin in a progress. For each number of
	// stages reached, 1 to len(stages)-1, there are as many marks.
	first int
}

// marks gives the place in a progress of the marks for reached stages.
func (p *pattern) marks(reached int) int { return p.first + reached*(reached-1)/2 }

// A mark is a stage that was matched.
type mark struct {
	step  int   // 1-based; 0 for none
	at    int64 // in nanoseconds of Unix
	class uint8
	aim   aim // of the whole step
	under aim // of the step that has started it, if one has
}

// A happening is a class of a step that is held against the stages.
type happening struct {
	mark
	fate fate
}

// A progress holds, for every sequence and every number of stages reached, the
// match that began last: for bounds on the whole distance that one dominates
// all others, so memory is constant.
type progress []mark

// compile makes the sequences ready; marks is how many marks they need.
func compile(sequences []classify.Sequence, v *vocabulary) (patterns []pattern, marks int) {
	patterns = make([]pattern, 0, len(sequences))
	for i := range sequences {
		s := &sequences[i]
		if n := len(s.Stages); n < 2 || n > maxStages || slices.Contains(s.Stages[0], sameEffect) {
			continue // the rules' own check refuses it
		}
		p := pattern{Sequence: s, first: marks, stages: make([]stage, len(s.Stages))}
		p.level, _ = ParseLevel(s.Level) // checked when the rules are loaded
		for n, globs := range s.Stages {
			for _, glob := range globs {
				p.stages[n].watch(string(glob), v)
			}
		}
		p.denied = p.stages[0].runs == classSet{} && p.stages[0].failed == classSet{}
		n := len(p.stages)
		marks += n * (n - 1) / 2
		patterns = append(patterns, p)
	}
	return patterns, marks
}

// watch adds one of the stage's patterns.
func (st *stage) watch(glob string, v *vocabulary) {
	set, plain := &st.runs, true
	if rest, ok := strings.CutPrefix(glob, markDenied); ok {
		set, glob, plain = &st.denied, rest, false
	} else if rest, ok := strings.CutPrefix(glob, markFailed); ok {
		set, glob, plain = &st.failed, rest, false
	}
	switch {
	case glob == sameEffect:
		st.same = true // no class says it
		return
	case strings.Contains(glob, "*"):
		for i := range v.other() {
			if matchClass(glob, string(v.name(i))) {
				set.add(i)
			}
		}
	default:
		if i := v.number(classify.Class(glob)); i != v.other() {
			set.add(i)
		}
	}
	if plain {
		st.denied.join(&st.runs)
	}
}

// matchClass matches a class against a glob whose "*" is any run of bytes.
func matchClass(glob, class string) bool {
	before, after, star := strings.Cut(glob, "*")
	if !star {
		return glob == class
	}
	rest, ok := strings.CutPrefix(class, before)
	if !ok {
		return false
	}
	for i := range len(rest) + 1 {
		if matchClass(after, rest[i:]) {
			return true
		}
	}
	return false
}

// What is known of a step when it is matched.
type fate uint8

const (
	willRun fate = iota
	wasDenied
	hasFailed
)

// set gives the classes that a stage matches in steps of a fate.
func (st *stage) set(f fate) *classSet {
	switch f {
	case wasDenied:
		return &st.denied
	case hasFailed:
		return &st.failed
	}
	return &st.runs
}

// A completion is what a step does to the sequences: what it raises by all that
// it completes or has brought further, and the one of them that is named.
type completion struct {
	raises  classify.Severity
	level   Level
	pattern *pattern
	path    [maxStages]mark
	reached int
}

// take takes in a sequence of which a step has reached so many stages.
func (c *completion) take(p *pattern, path *[maxStages]mark, reached int) {
	level := min(Elevated, p.level)
	if reached == len(p.stages) {
		level = p.level
		c.raises = max(c.raises, p.Raises)
	}
	c.level = max(c.level, level)
	if c.better(p, reached) {
		c.pattern, c.path, c.reached = p, *path, reached
	}
}

func (c *completion) complete() bool {
	return c.pattern != nil && c.reached == len(c.pattern.stages)
}

// raised is the level that a step raises its session to by sequences. One that it
// brings further and does not complete counts only where the step itself is worth
// a question: to read and then to ask the network is most of what agents do.
func (c *completion) raised(step *classify.Step) Level {
	if !c.complete() && step.Severity < classify.Medium {
		return Calm
	}
	return c.level
}

// better prefers what is complete, then what a denial was answered with, then
// what raises the severity more, then the level, then what is longer; on a tie
// the earlier sequence stays.
func (c *completion) better(p *pattern, reached int) bool {
	if c.pattern == nil {
		return true
	}
	if done := reached == len(p.stages); done != c.complete() {
		return done
	}
	switch {
	case p.denied != c.pattern.denied:
		return p.denied
	case p.Raises != c.pattern.Raises:
		return p.Raises > c.pattern.Raises
	case p.level != c.pattern.level:
		return p.level > c.pattern.level
	}
	return reached > c.reached
}

// advance matches a step's classes against all sequences and changes the
// progress. The order within one line counts for nothing (loops, functions and
// traps make it up), so classes that advanced nothing get another turn as long as
// there is one that does.
func (s *Session) advance(marks progress, classes *stepClasses, h happening, best *completion) {
	for i := range s.patterns {
		p := &s.patterns[i]
		if !classes.set.meets(&p.watched) {
			continue
		}
		var used classSet
		for range p.stages {
			before := used
			for _, c := range classes.all() {
				if !p.watched.has(int(c)) || used.has(int(c)) || h.fate != hasFailed && classes.mute.has(int(c)) {
					continue
				}
				h.class = c
				if reached := s.step(p, marks, &h, best); reached > 0 {
					used.add(int(c))
				}
			}
			if used == before {
				break
			}
		}
	}
}

// step advances the matches of one sequence by one class of a step, longest
// first so that none advances twice, and gives how many stages the longest has.
func (s *Session) step(p *pattern, marks progress, h *happening, best *completion) int {
	m := &h.mark
	longest, last := 0, len(p.stages)-1
	for n := last; n >= 0; n-- {
		st := &p.stages[n]
		if !st.set(h.fate).has(int(m.class)) {
			continue
		}
		var path [maxStages]mark
		if n > 0 {
			at := p.marks(n)
			copy(path[:], marks[at:at+n])
			if path[0].step == 0 || path[n-1].step > m.step || !p.within(path[0], *m) {
				continue
			}
			if p.stages[n-1].retried(path[n-1], *m) {
				continue
			}
		}
		path[n] = *m
		longest = max(longest, n+1)
		if n < last {
			// The match that began last is kept.
			at := p.marks(n + 1)
			if marks[at].step <= path[0].step {
				copy(marks[at:at+n+1], path[:n+1])
			}
		}
		if n > 0 {
			best.take(p, &path, n+1)
		}
	}
	return longest
}

func (p *pattern) within(from, to mark) bool {
	if p.WithinSteps > 0 && to.step-from.step > p.WithinSteps {
		return false
	}
	return p.Within <= 0 || to.at-from.at <= int64(p.Within)
}
