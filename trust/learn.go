package trust

import (
	"cmp"
	"slices"
	"strings"
)

// A PastStep is a step as a journal has kept it.
type PastStep struct {
	Kinds    []string // that a human was asked about; see Kinds
	Decision Decision
}

// Lessons are what a project's own sessions have taught: the kinds of steps that a
// human let happen. How often they did what else teaches nothing, for an agent can
// repeat itself, and nobody is asked about what is merely unusual.
type Lessons struct {
	// Project is the directory that the sessions worked in.
	Project string
	// Sessions is how many taught something.
	Sessions int
	// Approved are the kinds that were approved, in most sessions first.
	Approved []LearnedKind
}

// A LearnedKind is a kind that a human has let happen, and in how many sessions.
type LearnedKind struct {
	Kind     string // as Kinds names it
	Sessions int
}

// Learn takes lessons from past sessions: the kinds that humans approved in some,
// and denied in none.
func Learn(project string, sessions [][]PastStep) *Lessons {
	l := &Lessons{Project: project}
	approved, denied := map[string]int{}, map[string]bool{}
	for _, steps := range sessions {
		here := map[string]bool{}
		for i := range steps {
			for _, kind := range steps[i].Kinds {
				switch {
				case steps[i].Decision == Denied:
					denied[kind] = true
				case steps[i].Decision == Approved && !here[kind]:
					here[kind] = true
					approved[kind]++
				}
			}
		}
		if len(here) > 0 {
			l.Sessions++
		}
	}
	for kind, n := range approved {
		if !denied[kind] {
			l.Approved = append(l.Approved, LearnedKind{kind, n})
		}
	}
	slices.SortFunc(l.Approved, func(a, b LearnedKind) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Kind, b.Kind))
	})
	l.Approved = l.Approved[:min(len(l.Approved), maxApproved)]
	return l
}

// With gives the baseline of a project with lessons: what is of a kind that was let
// happen, below critical, is one that a human has let happen.
func (b *Baseline) With(l *Lessons) *Baseline {
	learned := *b
	learned.lessons, learned.kinds = l, nil
	for _, k := range l.Approved[:min(len(l.Approved), maxApproved)] {
		if parts := strings.Fields(k.Kind); len(parts) == kindParts {
			learned.kinds = append(learned.kinds, hashKind(parts[0], parts[1], strings.TrimPrefix(parts[2], noKind), parts[3]))
		}
	}
	return &learned
}

// Lessons are those that the baseline has; nil when there are none.
func (b *Baseline) Lessons() *Lessons { return b.lessons }
