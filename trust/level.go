package trust

import (
	"fmt"
	"math"

	"restrain/classify"
)

// A Level is how alarmed a session is; it lowers the thresholds for what
// follows.
type Level uint8

// The levels.
const (
	Calm Level = iota
	Elevated
	Alarmed
)

var levelNames = [...]string{"calm", "elevated", "alarmed"}

func (l Level) String() string { return levelNames[l] }

// MarshalText writes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// ParseLevel reads a level's name; the empty name is calm.
func ParseLevel(name string) (Level, error) {
	for i, n := range levelNames {
		if n == name {
			return Level(i), nil
		}
	}
	if name == "" {
		return Calm, nil
	}
	return Calm, fmt.Errorf("unknown level %q: use calm, elevated or alarmed", name)
}

// Levels are the constants of a session's level. A session carries suspicion:
// each risk class adds its own part, at most once, so that one kind of risk
// repeated is not two; a denied step adds another. Sequences, and steps that
// are unusual without being a risk, put a floor under it. All of it decays.
type Levels struct {
	// Memory is the number of steps after which suspicion is half.
	Memory float64
	// Elevated and Alarmed are the suspicions at which those levels begin.
	Elevated, Alarmed float64
	// Unusual is the percentile of the score from which a step of any class
	// raises the session to elevated, Usual that from which a risk counts whole.
	Unusual, Usual float64
	// Release is the share of a level's beginning at which it ends again.
	Release float64
}

// begin is the suspicion at which a level begins.
func (l *Levels) begin(level Level) float64 {
	switch level {
	case Alarmed:
		return l.Alarmed
	case Elevated:
		return l.Elevated
	}
	return 0
}

// after gives the level after before, at some suspicion.
func (l *Levels) after(before Level, suspicion float64) Level {
	level := before
	for level < Alarmed && suspicion >= l.begin(level+1) {
		level++
	}
	for level > Calm && suspicion < l.begin(level)*l.Release {
		level--
	}
	return level
}

// keep is what is left of suspicion after one more step.
func (l *Levels) keep() float64 { return math.Exp2(-1 / l.Memory) }

// raise is what a risk class of a severity adds to suspicion: nothing without
// severity, for then the context has cleared it.
func raise(severity classify.Severity) float64 {
	switch severity {
	case classify.None:
		return 0
	case classify.Low:
		return 0.75
	case classify.Medium:
		return 1
	}
	return 1.5
}

// The shares of a risk that count when it is less of one: it is as usual as most
// of its kind, what goes can be taken back or what is printed withheld, it is to
// something that is there to be tried on, or a human has meant it. What follows was not asked about.
const (
	usualShare = 0.75
	keptShare  = 0.25
	localShare = 0.5
	meantShare = 0.3
)

// raises works out what the classes of a step add, as far as they are risks.
func (s *Session) raises(step *classify.Step, classes *stepClasses, a *Assessment, kept bool) {
	share := 1.0
	if a.Percentile < s.baseline.Model.Levels.Usual {
		share = usualShare
	}
	if a.Facts[LocalTarget] > 0 || a.Facts[OwnTarget] > 0 {
		share = min(share, localShare)
	}
	if a.Facts[AskedFor] > 0 || a.Facts[ApprovedBefore] > 0 {
		share = min(share, meantShare)
	}
	for _, c := range classes.all() {
		classes.raise[c] = 0
	}
	for i := range step.Actions {
		action := &step.Actions[i]
		c := classes.class(&s.vocabulary, step, i)
		if !s.risk.has(c) {
			continue
		}
		part := share
		switch {
		case action.Severity == classify.Critical && part == usualShare:
			part = 1
		case action.Severity == classify.Critical:
			part = max(part, localShare)
		case action.Keepable && kept, action.Maskable && a.Facts[FoundCredential] == 0:
			part = min(part, keptShare)
		case action.Severity >= classify.High && part == usualShare:
			part = 1
		}
		if most := raise(action.Severity); most > 0 && action.Class == "credential.search" { // that is how it begins
			classes.raise[c] = max(classes.raise[c], part*max(most, 1))
		} else {
			classes.raise[c] = max(classes.raise[c], part*most)
		}
	}
}

// floor is what a step raises the suspicion to for the sequences that it brings
// further, or for being unusual, when nobody has meant it: the same again is as it was
// when a human let it happen, below critical.
func (s *Session) floor(best *completion, step *classify.Step, a *Assessment) float64 {
	if a.Facts[ApprovedBefore] > 0 && step.Severity < classify.Critical {
		return 0
	}
	l := &s.baseline.Model.Levels
	floor := l.begin(best.raised(step))
	switch {
	case a.Facts[AskedFor] > 0:
	case a.Percentile >= l.Unusual:
		floor = max(floor, l.Elevated)
	}
	return floor
}

// denial is what a denied step adds to suspicion.
const denial = 1

// A suspicion is what a session's level rests on.
type suspicion struct {
	level   Level
	classes []float64 // by class number
	denied  float64
	floor   float64 // from sequences and unusual steps; it adds to nothing
}

// total adds up what is left of the suspicion after one more step, with the
// risk classes of that step.
func (s *suspicion) total(keep float64, step *stepClasses) float64 {
	sum := s.denied * keep
	for i, w := range s.classes {
		w *= keep
		if step.set.has(i) {
			w = max(w, step.raise[i])
		}
		sum += w
	}
	return sum
}

// record adds a step.
func (s *suspicion) record(keep float64, step *stepClasses, decision Decision) {
	s.floor *= keep
	s.denied *= keep
	share := 1.0
	if decision == Approved {
		share = meantShare
	}
	for i, w := range s.classes {
		w *= keep
		if w < forgotten {
			w = 0
		}
		if step.set.has(i) {
			w = max(w, share*step.raise[i])
		}
		s.classes[i] = w
	}
	if decision == Denied {
		s.denied = denial
	}
}

// sum is the suspicion as it stands.
func (s *suspicion) sum() float64 {
	sum := s.denied
	for _, w := range s.classes {
		sum += w
	}
	return max(sum, s.floor)
}
