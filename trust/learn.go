package trust

import (
	"cmp"
	"slices"
	"strings"

	"restrain/classify"
)

// The bounds of what a project's journals can teach. They hold when the lessons
// are read as well as when they are made, so that no file can go beyond them.
const (
	// lessonPrior is the number of the project's steps that weigh as much as
	// the whole shipped baseline; more steps weigh no more, so the shipped
	// baseline keeps at least half.
	lessonPrior = 1000
	// lessonSession and lessonClass bound the steps that one session teaches,
	// in all and of one class; lessonRule bounds the steps that a rule found
	// something about, over all sessions.
	lessonSession = 200
	lessonClass   = 50
	lessonRule    = 5
	// lessonQuiet is the number of steps for which nothing is learned after a
	// risk, a denial or an alarm. That a step is merely unusual raises the level
	// too, and does not count: the unusual is what there is to learn.
	lessonQuiet = 50
)

// A PastStep is a step as a journal has kept it.
type PastStep struct {
	Classes  []classify.Class
	Severity classify.Severity
	Rules    []string // that found something about it
	Kinds    []string // that a human was asked about; see Kinds
	Decision Decision
	Level    Level // of the session, with the step taken into account
}

// Lessons are what a project's own sessions add to the baseline: how often
// classes occurred in ordinary steps, and what followed what.
type Lessons struct {
	// Project is the directory that the sessions worked in.
	Project string
	// Sessions and Steps are how many taught something.
	Sessions, Steps int

	counts   []lessonCount // sorted by class
	follows  []lessonPair  // sorted by classes
	approved []LearnedKind // in most sessions first
}

type lessonCount struct {
	class classify.Class
	steps int
}

// A lessonPair counts one class of a step after one of the step before; an
// empty from is the start of a session.
type lessonPair struct {
	from, to classify.Class
	steps    int
}

// Learn takes lessons from past sessions: from steps that ran in a calm session
// without harm worth a question, and from steps that a human approved: what these
// were asked about is less unusual from then on, see Kinds. A risk
// class teaches nothing else, nor does the line it was in; neither does what was
// denied.
func Learn(project string, sessions [][]PastStep, risk []classify.Class) *Lessons {
	l := &learner{risk: risk, rules: map[string]int{}, classes: map[classify.Class]int{}, pairs: map[[2]classify.Class]int{}}
	lessons := &Lessons{Project: project}
	for _, steps := range sessions {
		if n := l.session(steps); n > 0 {
			lessons.Sessions++
			lessons.Steps += n
		}
	}
	for class, n := range l.classes {
		lessons.counts = append(lessons.counts, lessonCount{class, n})
	}
	for pair, n := range l.pairs {
		lessons.follows = append(lessons.follows, lessonPair{pair[0], pair[1], n})
	}
	slices.SortFunc(lessons.counts, lessonCount.compare)
	slices.SortFunc(lessons.follows, lessonPair.compare)
	lessons.learnKinds(sessions)
	return lessons
}

type learner struct {
	risk    []classify.Class
	rules   map[string]int
	classes map[classify.Class]int
	pairs   map[[2]classify.Class]int
}

// session learns from one session and gives the number of steps that taught.
func (l *learner) session(steps []PastStep) int {
	taught := 0
	here := map[classify.Class]int{}
	before := []classify.Class{""}
	quiet := lessonQuiet
	for i := range steps {
		step := &steps[i]
		if quiet++; l.troubles(step) {
			quiet = 0
		}
		calm := quiet > lessonQuiet
		if taught == lessonSession || !l.teaches(step, calm, here) {
			before = nil // what follows it follows something unknown
			continue
		}
		taught++
		for _, rule := range step.Rules {
			l.rules[rule]++
		}
		classes := slices.Compact(slices.Sorted(slices.Values(step.Classes)))
		for _, to := range classes {
			here[to]++
			l.classes[to]++
			for _, from := range before {
				l.pairs[[2]classify.Class{from, to}]++
			}
		}
		before = classes
	}
	return taught
}

// troubles reports a step after which a session is not calm.
func (l *learner) troubles(step *PastStep) bool {
	return step.Decision == Denied || step.Level == Alarmed || step.Severity > classify.None && slices.ContainsFunc(step.Classes, l.risky)
}

func (l *learner) risky(c classify.Class) bool { return slices.Contains(l.risk, c) }

func (l *learner) teaches(step *PastStep, calm bool, here map[classify.Class]int) bool {
	switch {
	case len(step.Classes) == 0,
		step.Decision == Denied,
		step.Decision == Allowed && (!calm || step.Severity > classify.Low):
		return false
	}
	for _, rule := range step.Rules {
		if l.rules[rule] >= lessonRule {
			return false
		}
	}
	for _, class := range step.Classes {
		if l.risky(class) || here[class] >= lessonClass {
			return false
		}
	}
	return true
}

// With gives the baseline with lessons blended in. The more the project has
// shown, the less the shipped figures count, down to half. The risk classes
// gain nothing, whatever the lessons say, and the calibration stays that of the
// shipped sessions: percentiles keep their meaning. A class that the baseline
// does not know stays unknown.
//
// A step that does harm, or has a risk class, is held to the shipped baseline as it
// was: see Session.Assess.
func (b *Baseline) With(l *Lessons, risk []classify.Class) *Baseline {
	steps := 0.0 // no file makes one class more than all steps
	for _, c := range l.counts {
		steps = max(steps, float64(c.steps))
	}
	if steps = max(steps, float64(l.Steps)); steps == 0 && len(l.approved) == 0 {
		return b
	}
	learned := *b
	learned.shipped, learned.lessons = b, l
	learned.kinds = nil
	for _, k := range l.approved[:min(len(l.approved), maxApproved)] {
		if parts := strings.Fields(k.Kind); len(parts) == kindParts {
			learned.kinds = append(learned.kinds, hashKind(parts[0], parts[1], strings.TrimPrefix(parts[2], noKind), parts[3]))
		}
	}
	steps = max(steps, 1)
	learned.presence, learned.follows = slices.Clone(b.presence), slices.Clone(b.follows)
	unit := b.weight / lessonPrior * min(1, lessonPrior/steps) // weight of one of the project's steps
	at := func(c classify.Class) (number int, ok bool) {
		number, ok = slices.BinarySearch(b.classes, c)
		return number, ok && !slices.Contains(risk, c)
	}
	for _, c := range l.counts {
		if i, ok := at(c.class); ok {
			learned.presence[i] += unit * float64(c.steps)
		}
	}
	learned.weight += unit * float64(l.Steps)
	n := len(b.classes)
	for _, p := range l.follows {
		to, ok := at(p.to)
		from := b.start()
		if p.from != "" {
			var known bool
			from, known = slices.BinarySearch(b.classes, p.from)
			ok = ok && known
		}
		if ok {
			learned.follows[from*n+to] += unit * float64(min(p.steps, int(steps)))
		}
	}
	learned.smooth()
	return &learned
}

// Lessons are those that were blended in; nil when there are none.
func (b *Baseline) Lessons() *Lessons { return b.lessons }

// A Change is how often ordinary steps have a class, before and after lessons.
type Change struct {
	Class         classify.Class
	Before, After float64 // share of steps, 0 to 1
}

// Changes lists what lessons have changed in a baseline, the classes that have
// become more ordinary first.
func (b *Baseline) Changes() []Change {
	if b.shipped == nil {
		return nil
	}
	changes := make([]Change, len(b.classes))
	for i, c := range b.classes {
		changes[i] = Change{Class: c, Before: b.shipped.perStep(i), After: b.perStep(i)}
	}
	slices.SortStableFunc(changes, func(x, y Change) int {
		return cmp.Compare(y.After*x.Before, x.After*y.Before)
	})
	return changes
}
