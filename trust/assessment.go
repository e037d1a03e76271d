// Package trust holds what a session has done so far and a baseline of what
// coding agents normally do, and answers with numbers and their reasons. It is
// deterministic: the clock is injected. It must not decide: verdicts are the
// gate's.
package trust

import (
	"restrain/asked"
	"restrain/classify"
)

// An Assessment is what the session's history says about one step, before it
// runs. Divergences are in bits, 0 to 1; percentiles are 0 to 100 and count
// the steps of the baseline's own sessions that score lower.
type Assessment struct {
	// Divergence is the Jensen-Shannon divergence between the session's recent
	// class distribution, with the step, and the baseline.
	Divergence           float64
	DivergencePercentile float64
	// Contribution is what this step adds to the divergence: with the step
	// minus without it. It may be negative.
	Contribution           float64
	ContributionPercentile float64
	// Surprise is -log2 of the probability of the step, in bits, foreseen from
	// the step before it and from what the session is in the habit of doing.
	Surprise           float64
	SurprisePercentile float64
	// Score combines the figures as calibrated; Percentile is its place.
	Score      float64
	Percentile float64
	// Baseline is the number of steps behind the percentiles.
	Baseline int
	// Before is the session's level before this step. The level lowers the
	// thresholds for what follows: a step is judged by Before, or by Level
	// when it completes a sequence.
	Before Level
	// Level is the session's level with this step taken into account.
	Level Level
	// Sequence is the id of a named sequence that this step completes; empty
	// when none. Of several it is the one that raises the severity most.
	Sequence string
	// Raises is the severity floor of that sequence; classify.None when none.
	Raises classify.Severity
	// Around is the denied step that this one works around; nil when none.
	Around *WorkAround
	// Asked is what the human's own messages say of a step of medium severity or
	// more.
	Asked asked.Answer
	// Facts are the reasons that hold, Weighed what each adds in bits, and Bits
	// their sum: how little the step fits the session.
	Facts, Weighed Weights
	Bits           float64
	// Reasons say in words what stands out, strongest first. Assess leaves
	// them empty, for most steps need no words; Session.Explain makes them.
	Reasons []string

	path    [maxStages]SequenceStage // see Path
	reached uint8
}

// Path names the stages of the sequence that the step completes, oldest first; the
// last is the step itself.
func (a *Assessment) Path() []SequenceStage { return a.path[:a.reached] }

// A SequenceStage is one matched stage of a named sequence.
type SequenceStage struct {
	Step  int    // 1-based number of the step in the session
	Class string // the class that matched
}
