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
	// raises the session to elevated.
	Unusual float64
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
	case classify.Low, classify.Medium:
		return 1
	}
	return 1.5
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
func (s *suspicion) total(keep float64, step *stepClasses, risk *classSet) float64 {
	sum := s.denied * keep
	for i, w := range s.classes {
		w *= keep
		if step.set.has(i) && risk.has(i) {
			w = max(w, raise(step.severity[i]))
		}
		sum += w
	}
	return sum
}

// approved is the share of a risk that is left of it when a human has approved
// the step: it was meant, but what follows was not asked about.
const approved = 0.5

// stored is the share that is left of what can be taken back: several such
// steps, of several kinds, are a reason to look closer and never an alarm.
const stored = 0.25

// record adds a step.
func (s *suspicion) record(keep float64, step *stepClasses, risk *classSet, o Outcome) {
	s.floor *= keep
	s.denied *= keep
	share := 1.0
	if o.Decision == Approved {
		share = approved
	}
	for i, w := range s.classes {
		w *= keep
		if w < forgotten {
			w = 0
		}
		if step.set.has(i) && risk.has(i) {
			share := share
			if o.Kept && step.kept.has(i) {
				share = stored
			}
			w = max(w, share*raise(step.severity[i]))
		}
		s.classes[i] = w
	}
	if o.Decision == Denied {
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
