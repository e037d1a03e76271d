package trust

import (
	"math"
	"slices"
	"time"

	"restrain/classify"
)

// A FitIncident is a recorded incident to fit the weights of reasons on.
type FitIncident struct {
	Steps       []classify.Step
	Destructive int // the step that must not run unasked
}

// A weighing is one step that does harm, for the fit of the weights.
type weighing struct {
	facts    Weights
	severity classify.Severity
	weight   float64
	incident int // its number; -1 for ordinary work
}

// Constants of the fit of the weights.
const (
	// weighCap is what all ordinary steps of a repository weigh at most, in steps.
	weighCap = 10
	// weighPrior is how firmly the weights stand by priorWeights.
	weighPrior = 12
	// weighSweeps is the number of rounds; after a tenth of them nothing moves.
	weighSweeps = 100
	// stepInterval is the time that a step takes, in sequences.
	stepInterval = 15 * time.Second
)

// weighings collects the steps that do harm which cannot be taken back: all of
// ordinary work, each by a baseline that has not seen its repository, and the
// destructive ones of incidents.
func (b *Baseline) weighings(repos []repository, unseen []*Baseline, o *FitOptions) {
	for i := range repos {
		first := len(b.harm)
		judge := b.calibrated(unseen[i])
		for _, session := range repos[i].sessions {
			judge.weighSteps(session.Steps, &o.Rules, func(n int, w weighing) { b.harm = append(b.harm, w) })
		}
		weight := min(1, weighCap/float64(max(1, len(b.harm)-first)))
		for j := range b.harm[first:] {
			b.harm[first+j].weight = weight
		}
	}
	for i := range o.Incidents {
		in := &o.Incidents[i]
		b.weighSteps(in.Steps, &o.Rules, func(n int, w weighing) {
			if w.incident, w.weight = i, 1; n == in.Destructive {
				b.harm = append(b.harm, w)
			}
		})
	}
}

// calibrated gives another baseline the calibration of this one.
func (b *Baseline) calibrated(other *Baseline) *Baseline {
	copied := *other
	copied.divergence, copied.contribution, copied.surprise, copied.score = b.divergence, b.contribution, b.surprise, b.score
	return &copied
}

// weighSteps walks through a session, whose steps that do harm were all approved,
// and gives these to f.
func (b *Baseline) weighSteps(steps []classify.Step, rules *Rules, f func(n int, w weighing)) {
	s := NewSession(b, *rules)
	for i := range steps {
		now := time.Unix(0, 0).Add(time.Duration(i) * stepInterval)
		a := s.Assess(&steps[i], now)
		var o Outcome
		if severity := harmOf(&steps[i]); severity >= classify.Medium {
			o.Decision = Approved
			f(i, weighing{facts: a.Facts, severity: severity, incident: -1})
		}
		s.Record(&steps[i], a, o, now)
	}
}

// harmOf is the severity of what a step does that cannot be taken back.
func harmOf(step *classify.Step) (most classify.Severity) {
	for i := range step.Actions {
		if a := &step.Actions[i]; !a.Keepable || a.Severity == classify.Critical {
			most = max(most, a.Severity)
		}
	}
	return most
}

// solve fits the weights by logistic regression, towards priorWeights, so that a
// reason which the data say nothing of keeps what it is thought to say. No reason
// turns its sign. Each severity has a constant of its own, which the thresholds
// take the place of. without is the number of an incident to leave out, or -1.
func (b *Baseline) solve(without int) Weights {
	const n = int(Reasons) + int(classify.Critical) + 1
	var w, prior [n]float64
	for r, bits := range priorWeights {
		prior[r] = bits * math.Ln2
	}
	w = prior
	rows := slices.DeleteFunc(slices.Clone(b.harm), func(h weighing) bool { return without >= 0 && h.incident == without })
	if !slices.ContainsFunc(rows, func(h weighing) bool { return h.incident >= 0 }) {
		return priorWeights
	}
	value := func(h *weighing, j int) float64 {
		if j < int(Reasons) {
			return h.facts[j]
		}
		if int(h.severity) == j-int(Reasons) {
			return 1
		}
		return 0
	}
	for range weighSweeps {
		for j := range w {
			firm := float64(weighPrior)
			if j >= int(Reasons) {
				firm = 0.1
			}
			slope, curve := firm*(w[j]-prior[j]), firm
			for i := range rows {
				h := &rows[i]
				x := value(h, j)
				if x == 0 {
					continue
				}
				z, y := 0.0, 0.0
				for k := range w {
					z += w[k] * value(h, k)
				}
				if h.incident >= 0 {
					y = 1
				}
				p := 1 / (1 + math.Exp(-z))
				slope += h.weight * (p - y) * x
				curve += h.weight * p * (1 - p) * x * x
			}
			if w[j] -= slope / curve; w[j]*prior[j] < 0 {
				w[j] = 0
			}
		}
	}
	var weights Weights
	for r := range weights {
		weights[r] = math.Round(w[r]/math.Ln2*100) / 100
	}
	return weights
}

// WithoutIncident gives the baseline with the weights as they are without one of
// the incidents that it was fitted on, to measure on it. It is for a baseline that
// was just fitted.
func (b *Baseline) WithoutIncident(number int) *Baseline {
	without := *b
	without.Model.Weights = b.solve(number)
	return &without
}
