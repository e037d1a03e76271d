package trust

import (
	"math"
	"time"

	"restrain/asked"
	"restrain/classify"
)

// Rules is what a session watches for, from the rule set.
type Rules struct {
	// Classes is the taxonomy. Classes that the baseline has never seen get a
	// small probability.
	Classes []classify.Class
	// Risk names the classes that raise the session's level.
	Risk []classify.Class
	// Sequences are the named patterns.
	Sequences []classify.Sequence
	// Asked is the vocabulary for what humans ask for; nil reads nothing.
	Asked *asked.Words
	// Poor is how poor the record of the agent is, 0 to 1. A good one is 0 and
	// makes nothing ordinary.
	Poor float64
}

// RulesOf picks what sessions watch for out of a rule set.
func RulesOf(set *classify.Set) Rules {
	r := Rules{Sequences: set.Sequences, Asked: &set.Asked, Classes: make([]classify.Class, 0, len(set.Classes))}
	for i := range set.Classes {
		c := &set.Classes[i]
		r.Classes = append(r.Classes, c.ID)
		if c.Risk {
			r.Risk = append(r.Risk, c.ID)
		}
	}
	return r
}

// A Decision is what became of a step.
type Decision uint8

// The decisions.
const (
	Allowed  Decision = iota // ran unasked
	Approved                 // ran because a human, or a grant, said so
	Denied                   // did not run
)

// An Outcome is what is known of a step when it is recorded.
type Outcome struct {
	Decision Decision
	// Failed reports that the step ran and failed. False when it is not known
	// yet: Session.Exited tells later.
	Failed bool
	// Kept reports that what the step takes away was stored before, where that
	// can be done.
	Kept bool
}

// A Session is what one agent has done so far, in constant memory. It is not
// safe for concurrent use.
type Session struct {
	baseline    *Baseline
	domains     [maxClasses]uint8 // see vocabulary.domains
	vocabulary  vocabulary
	risk        classSet
	patterns    []pattern
	poor        float64  // see Rules
	watched     classSet // classes that a sequence can match
	failures    classSet // classes whose failure one can match
	secrets     classSet // classes of what gets at credentials
	deniables   classSet // classes whose denial can be worked around
	windowKeep  float64
	suspectKeep float64

	// The state, which AppendState writes.
	steps     int
	window    mixture
	suspicion suspicion
	progress  progress
	recent    [recentSteps]classSet // of the latest steps, at steps % recentSteps
	aims      [recentSteps]aim      // likewise, of those that a sequence can match, until they end
	notables  []Notable
	artifacts []artifact
	denials   []deniedObject
	made      []made
	messages  []Message
	memory    memory

	asks     *asked.Words     // nil reads nothing
	readings []*asked.Reading // of messages; nil until they are needed

	scratch struct { // of Assess
		classes  stepClasses
		progress progress
	}
}

// recentSteps is how many steps back an explanation counts.
const recentSteps = 8

// NewSession returns a calm session with nothing recorded.
func NewSession(b *Baseline, r Rules) *Session {
	s := &Session{
		baseline:    b,
		asks:        r.Asked,
		poor:        min(1, max(0, r.Poor)),
		vocabulary:  newVocabulary(b.classes, r.Classes),
		windowKeep:  math.Exp2(-1 / b.Model.HalfLife),
		suspectKeep: b.Model.Levels.keep(),
	}
	s.domains = s.vocabulary.domains()
	n := s.vocabulary.size()
	base := b.tokenShares(b.shares(n))
	s.window = mixture{
		weights: make([]float64, len(base)), active: make([]uint16, 0, len(base)),
		base: base, prior: b.Model.Prior,
	}
	s.window.seed = b.actionsPerStep() / (1 - s.windowKeep)
	s.suspicion.classes = make([]float64, n)
	for i := range s.vocabulary.other() {
		if matchClass("credential.*", string(s.vocabulary.name(i))) {
			s.secrets.add(i)
		}
	}
	s.risk = s.vocabulary.set(r.Risk)
	marks := 0
	s.patterns, marks = compile(r.Sequences, &s.vocabulary)
	for i := range s.patterns {
		for n := range s.patterns[i].stages {
			st := &s.patterns[i].stages[n]
			s.patterns[i].watched.join(&st.runs, &st.denied, &st.failed)
			s.failures.join(&st.failed)
			if n > 0 && st.same {
				s.deniables.join(&s.patterns[i].stages[n-1].denied)
			}
		}
		s.watched.join(&s.patterns[i].watched)
	}
	s.progress = make(progress, marks)
	s.scratch.progress = make(progress, marks)
	return s
}

// NewSuspectSession returns a session that starts elevated, for one whose state
// was lost.
func NewSuspectSession(b *Baseline, r Rules) *Session {
	s := NewSession(b, r)
	s.suspicion.level = Elevated
	s.suspicion.floor = b.Model.Levels.Elevated
	return s
}

// Assess says what the session's history says about step, before it runs. It
// does not change the session and allocates nothing but what the human's words are
// held against.
//
// A line of several actions is scored as its most unusual one, so that nothing
// harmless put around a risk, or after it, makes it look more ordinary.
func (s *Session) Assess(step *classify.Step, now time.Time) Assessment {
	classes := s.tokenize(step)
	a := s.figures(classes)
	s.baseline.calibrate(&a)

	var best completion
	if classes.set.meets(&s.watched) {
		copy(s.scratch.progress, s.progress)
		h := happening{mark: mark{step: s.steps + 1, at: now.UnixNano(), aim: aimOf(step)}}
		s.advance(s.scratch.progress, classes, h, &best)
	}
	a.Around = s.around(step, mark{step: s.steps + 1, at: now.UnixNano()}, &best)
	a.Asked = s.Asked(step)
	a.Before = s.suspicion.level
	if best.complete() {
		a.Sequence, a.Raises = best.pattern.ID, best.raises
		a.reached = uint8(s.path(&best, &a.path))
	}
	s.facts(step, classes, &a)
	s.baseline.Model.Weights.weigh(&a)
	s.raises(step, classes, &a, true) // Record knows whether it was
	levels := &s.baseline.Model.Levels
	a.Level = levels.after(a.Before, max(
		s.suspicion.total(s.suspectKeep, classes),
		s.suspicion.floor*s.suspectKeep, s.floor(&best, step, &a),
	))
	return a
}

// path writes down the stages of a completion and gives how many they are.
func (s *Session) path(c *completion, into *[maxStages]SequenceStage) int {
	n := min(c.reached, maxStages)
	for i := range n {
		into[i] = SequenceStage{Step: c.path[i].step, Class: string(s.vocabulary.name(int(c.path[i].class)))}
	}
	return n
}

// figures works out the uncalibrated figures of a step: the divergence with all of
// its classes, and the contribution and surprise of the class that has most.
func (s *Session) figures(classes *stepClasses) Assessment {
	var a Assessment
	window := &s.window
	without, one := window.divergence(s.windowKeep, nil), window.scaled(s.windowKeep, 1)
	for i, c := range classes.all() {
		with := one.plus(window, classes.tokens[i])
		contribution := with.value() - without
		if i == 0 || contribution > a.Contribution {
			a.Contribution = contribution
		}
		a.Surprise = max(a.Surprise, s.surprise(int(c), int(classes.tokens[i])))
	}
	if a.Divergence = a.Contribution + without; classes.n > 1 {
		a.Divergence = window.divergence(s.windowKeep, classes.tokens[:classes.n])
	}
	return a
}

// surprise is -log2 of the probability of a class with its token, foreseen from
// the latest step and from what the session is in the habit of doing.
func (s *Session) surprise(class, token int) float64 {
	b, window := s.baseline, &s.window
	share, within := b.Model.TransitionShare, b.within(token, class)
	follows := within * s.transition(window.base[token]/within, class)
	return -math.Log2(share*follows + (1-share)*window.share(token))
}

// transition is the probability that a class, whose share is frequency, follows
// the latest step.
func (s *Session) transition(frequency float64, class int) float64 {
	b := s.baseline
	if s.steps == 0 {
		return b.transition(b.start(), class, frequency)
	}
	before := &s.recent[s.steps%recentSteps]
	p, n := 0.0, 0
	for i := range s.vocabulary.size() {
		if before.has(i) {
			p += b.transition(s.row(i), class, frequency)
			n++
		}
	}
	if n == 0 {
		return frequency
	}
	return p / float64(n)
}

// row is the row of the baseline's transitions for a class; one beyond the
// table for a class that the baseline does not know.
func (s *Session) row(class int) int {
	if class < len(s.baseline.classes) {
		return class
	}
	return s.baseline.start() + 1
}

// Record adds a step, with what Assess said of it and what became of it.
func (s *Session) Record(step *classify.Step, a Assessment, o Outcome, now time.Time) {
	classes := s.tokenize(step)
	s.steps++
	s.window.record(s.windowKeep, classes.tokens[:classes.n])
	s.memory.remember(step, classes, &s.domains, s.steps, o)
	s.raises(step, classes, &a, o.Kept)
	s.suspicion.record(s.suspectKeep, classes, o.Decision)
	s.recent[s.steps%recentSteps] = classes.set
	s.aims[s.steps%recentSteps] = 0
	var best completion
	if classes.set.meets(&s.watched) {
		h := happening{mark: mark{step: s.steps, at: now.UnixNano(), aim: aimOf(step)}}
		s.aims[s.steps%recentSteps] = h.aim
		if o.Decision == Denied {
			h.fate = wasDenied
		}
		if o.Decision == Approved { // it was meant; but a credential that it gave is there to be used
			classes.mute.joinAllBut(&s.secrets)
		}
		s.advance(s.progress, classes, h, &best)
		if h.fate = hasFailed; o.Failed {
			s.advance(s.progress, classes, h, &best)
		}
	}
	s.around(step, mark{step: s.steps, at: now.UnixNano()}, &best)
	floor := 0.0
	if o.Decision != Approved {
		floor = s.floor(&best, step, &a)
	}
	s.settle(floor)
	if o.Decision == Denied {
		s.deny(step, now)
		return
	}
	s.leave(step.Artifacts)
	if o.Decision == Approved {
		s.letRun(step)
	}
	s.remember(step.Objects, now)
	s.follow(step, o.Decision)
}

// settle brings the level up to date with the suspicion.
func (s *Session) settle(floor float64) {
	s.suspicion.floor = max(s.suspicion.floor, floor)
	s.suspicion.level = s.baseline.Model.Levels.after(s.suspicion.level, s.suspicion.sum())
}

// Exited tells that step number (1-based) has ended, and whether it failed; and
// which step had started it, 0 for none. Only the latest 8 steps are of interest;
// others are ignored.
func (s *Session) Exited(number, launcher int, failed bool, now time.Time) {
	if number <= max(0, s.steps-recentSteps) || number > s.steps || !failed {
		return
	}
	classes := &s.scratch.classes
	classes.set, classes.mute, classes.n = s.recent[number%recentSteps], classSet{}, 0
	for i := range s.vocabulary.size() {
		if classes.set.has(i) {
			classes.order[classes.n] = uint8(i)
			classes.n++
		}
	}
	s.memory.fail(classes, &s.domains, number)
	var best completion
	h := happening{mark: mark{step: number, at: now.UnixNano(), aim: s.aims[number%recentSteps]}, fate: hasFailed}
	if launcher > max(0, s.steps-recentSteps) && launcher < number {
		h.under = s.aims[launcher%recentSteps]
	}
	s.advance(s.progress, classes, h, &best)
	s.settle(s.baseline.Model.Levels.begin(best.level))
}

// FailureMatters reports a step whose failure a sequence watches for.
func (s *Session) FailureMatters(step *classify.Step) bool {
	classes := &s.scratch.classes
	s.vocabulary.read(step, classes)
	return classes.set.meets(&s.failures)
}

// Steps is the number of steps recorded.
func (s *Session) Steps() int { return s.steps }

// Level is the session's level after the latest step.
func (s *Session) Level() Level { return s.suspicion.level }
