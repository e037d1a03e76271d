package trust

import (
	"math"
	"slices"

	"restrain/classify"
)

// A Baseline is what coding agents normally do: how often each class of action
// occurs, what follows what, and where each score usually lies. It is
// read-only and safe for concurrent use.
type Baseline struct {
	// Persona is the role whose sessions it was fitted on.
	Persona string
	// Source says where the sessions came from, Command how the file is made
	// from them. Each is one line.
	Source, Command string
	// Repositories are the projects the sessions came from, largest first.
	Repositories []Repository
	// Model holds the constants of the scores.
	Model Model

	classes []classify.Class // sorted
	steps   []int            // by class: steps of the source that have it
	// presence is the weight of the steps that have a class; follows that of
	// a class (row; the last row is the start of a session) and one of the
	// step after it. Both in weighted steps.
	presence []float64
	follows  []float64
	weight   float64      // of all steps
	counts   []tokenCount // sorted by class and facets

	frequency []float64 // smoothed share by class, last slot: any other class
	rows      []float64 // sum of each row of follows
	tokens    tokens

	divergence, contribution, surprise, score quantiles
	drift                                     quantiles // of stretches of a repository from what was before

	without Part       // that is left out of the score, to measure it; see Ablated
	harm    []weighing // that the weights were fitted on, of a baseline that was just fitted

	// lessons are the project's, and kinds the questions in them; nil when there
	// are none. See With.
	lessons *Lessons
	kinds   []uint64
}

// A Repository is one project behind a baseline.
type Repository struct {
	Name            string
	Sessions, Steps int
}

// A Model holds the constants of the scores. They were chosen by measurement:
// README.md has the comparison.
type Model struct {
	// Cap bounds the weight of a repository, in steps: a larger one counts as
	// this many, so that no project decides what is normal.
	Cap float64
	// HalfLife is the number of steps after which a step counts half in the
	// window.
	HalfLife float64
	// Prior is the weight, in actions, of the baseline in the window: how
	// much a session has to do before it counts as itself.
	Prior float64
	// Smoothing is the weight, in actions, spread evenly over all classes;
	// TransitionPrior is the weight of the class frequencies in each row of
	// the transitions.
	Smoothing, TransitionPrior float64
	// TransitionShare is the part of the transition, 0 to 1, in the
	// probability that surprise is about; the session's window has the rest.
	TransitionShare float64
	// TokenPrior is the weight, in actions, of the facets of all classes in
	// those of each class.
	TokenPrior float64
	Levels     Levels
	Weights    Weights
}

//go:generate go test -tags bootstrap -run TestShippedIsTheFile -write .

// Shipped returns the baseline that comes with restrain, for coding agents. It is
// baselines/coding.txt as Go: to read that would take as long as to judge a command.
func Shipped() *Baseline { return &shipped }

// declaredShare is how often an ordinary step has a class that a persona
// declares, where its sessions have not been recorded: once in 30 steps.
const declaredShare = 1.0 / 30

// Declared gives the baseline for a persona that has too few recorded sessions
// for one of its own: the classes that it declares are ordinary, after any step.
func (b *Baseline) Declared(classes []classify.Class) *Baseline {
	declared := *b
	declared.presence, declared.follows = slices.Clone(b.presence), slices.Clone(b.follows)
	n := len(b.classes)
	for _, c := range classes {
		to, ok := slices.BinarySearch(b.classes, c)
		if !ok {
			continue
		}
		declared.presence[to] = max(b.presence[to], declaredShare*b.weight)
		for from := range n + 1 {
			at := from*n + to
			declared.follows[at] = max(b.follows[at], declaredShare*b.rows[from])
		}
	}
	declared.smooth()
	return &declared
}

// Steps is the number of steps that the baseline was fitted on.
func (b *Baseline) Steps() int {
	n := 0
	for _, r := range b.Repositories {
		n += r.Steps
	}
	return n
}

// Sessions is the number of sessions that the baseline was fitted on.
func (b *Baseline) Sessions() int {
	n := 0
	for _, r := range b.Repositories {
		n += r.Sessions
	}
	return n
}

// Classes lists the classes that the baseline knows, sorted.
func (b *Baseline) Classes() []classify.Class { return b.classes }

// Frequency is the share of a class among the classes of ordinary steps, 0 to
// 1; one that the baseline does not know has a small one.
func (b *Baseline) Frequency(c classify.Class) float64 {
	v := vocabulary{known: b.classes}
	return b.frequency[v.number(c)]
}

// perStep is the share of ordinary steps that have a class.
func (b *Baseline) perStep(class int) float64 {
	if class >= len(b.classes) {
		return 0
	}
	return b.presence[class] / b.weight
}

// actionsPerStep is the mean number of classes of an ordinary step.
func (b *Baseline) actionsPerStep() float64 {
	sum := 0.0
	for _, p := range b.presence {
		sum += p
	}
	return sum / b.weight
}

// smooth works out the figures that follow from the counts.
func (b *Baseline) smooth() {
	n := len(b.classes)
	b.frequency = make([]float64, n+1)
	b.rows = make([]float64, n+1)
	total := b.Model.Smoothing
	for _, p := range b.presence {
		total += p
	}
	even := b.Model.Smoothing / float64(n+1)
	for i := range b.frequency {
		b.frequency[i] = even / total
		if i < n {
			b.frequency[i] = (b.presence[i] + even) / total
		}
	}
	b.tokens = tokensOf(b.counts, n, b.Model.TokenPrior)
	for i := range b.rows {
		for _, w := range b.follows[i*n : (i+1)*n] {
			b.rows[i] += w
		}
	}
}

// shares gives the share of each of n classes, the baseline's own first. They
// sum to 1.
func (b *Baseline) shares(n int) []float64 {
	shares := make([]float64, n)
	sum := 0.0
	for i := range shares {
		shares[i] = b.frequency[min(i, len(b.classes))]
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// start is the row of the transitions from the beginning of a session.
func (b *Baseline) start() int { return len(b.classes) }

// transition is the smoothed probability that a class of the next step is to,
// whose share is frequency, after a step of class from.
func (b *Baseline) transition(from, to int, frequency float64) float64 {
	n := len(b.classes)
	seen, row := 0.0, 0.0
	if from <= n {
		row = b.rows[from]
		if to < n {
			seen = b.follows[from*n+to]
		}
	}
	return (seen + b.Model.TransitionPrior*frequency) / (row + b.Model.TransitionPrior)
}

// scale is how many parts of a unit the file keeps.
const scale = 1e6

// round gives a figure as the file keeps it, so that a baseline is the same
// before and after it was written.
func round(x float64) float64 { return math.Round(x*scale) / scale }
