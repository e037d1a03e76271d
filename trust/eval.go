package trust

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
)

// An EvalStep is the verdict on one recorded step, for Evaluate.
type EvalStep struct {
	Score float64 // that the verdict's percentile came from
	// Margin is by how many bits the step is over the threshold of its severity.
	Margin float64
	Asked  bool // ask or deny: it would not have run by itself
	Kept   bool // it would have run: what it takes away kept, or what it prints withheld
	// Unusual reports that people are shown the word, or a stronger one.
	Unusual bool
	Level   Level // of the session before it
}

// told reports a step that stands out for who looks on: in restrain watch, the log
// and reports.
func (s *EvalStep) told() bool { return s.Asked || s.Kept || s.Unusual }

// An EvalSession is a session of ordinary work.
type EvalSession struct {
	Repo  string
	Steps []EvalStep
}

// An EvalIncident is a recorded incident.
type EvalIncident struct {
	ID string
	// Destructive is the index of the step that must not run unasked.
	Destructive int
	Steps       []EvalStep
}

// An Interval is a figure with its 95% confidence interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// A Count is how many of all, with the Wilson interval of the share.
type Count struct {
	N    int     `json:"n"`
	Of   int     `json:"of"`
	Low  float64 `json:"low"` // share, 0 to 1
	High float64 `json:"high"`
}

// An Evaluation says what verdicts cost on ordinary work and what they catch.
// The intervals of figures over sessions come from drawing repositories anew,
// for commands of one repository are alike.
type Evaluation struct {
	Repositories      int      `json:"repositories"`
	Sessions          int      `json:"sessions"`
	Steps             int      `json:"steps"`
	Pauses            int      `json:"pauses"`
	PausesPer1000     Interval `json:"pauses_per_1000"`
	SessionsWithPause Interval `json:"sessions_with_pause"` // share, 0 to 1
	// SessionsRaised is the share, 0 to 1, of ordinary sessions whose level
	// rises at some step: what the alerts cost.
	SessionsRaised Interval `json:"sessions_raised"`
	// LongRaised counts those of the sessions of over 100 steps.
	LongRaised Count `json:"long_sessions_raised"`
	// ToldPer1000 are the ordinary steps that stand out for who looks on: asked about,
	// kept, withheld or unusual.
	ToldPer1000 float64 `json:"told_per_1000"`

	Incidents int `json:"incidents"`
	// Held counts incidents asked about at the destructive step or before it, or
	// whose destructive step loses and prints nothing, for it is kept or withheld; HeldThere those at
	// exactly that step, Kept those that only this stops, and Alerted those
	// with a question or a raised level before it, Told those with a step before it
	// that stands out for who looks on.
	Held      Count `json:"held"`
	Kept      Count `json:"kept"`
	HeldThere Count `json:"held_there"`
	Alerted   Count `json:"alerted_before"`
	Told      Count `json:"told_before"`
	// Curve is what would be held at fixed pauses.
	Curve []CurvePoint `json:"curve"`
	// AUC is the area under the ROC curve of the score: the chance that a
	// destructive step scores higher than an ordinary one.
	AUC Interval `json:"auc"`
}

// resamples is how often repositories and incidents are drawn anew.
const resamples = 1000

// Evaluate sums up verdicts. The same input gives the same figures: the draws
// come from a fixed seed.
func Evaluate(sessions []EvalSession, incidents []EvalIncident) (Evaluation, error) {
	var e Evaluation
	for i := range incidents {
		if d := incidents[i].Destructive; d < 0 || d >= len(incidents[i].Steps) {
			return e, errors.New("incident " + incidents[i].ID + ": the destructive step is not one of its steps: correct destructive_index")
		}
	}
	repos := tally(sessions)
	e.LongRaised = longRaised(sessions)
	all := make([]int, len(repos))
	for i := range all {
		all[i] = i
		e.Sessions += repos[i].sessions
		e.Steps += repos[i].steps
		e.Pauses += repos[i].pauses
	}
	e.Repositories, e.Incidents = len(repos), len(incidents)
	e.ToldPer1000 = toldPer1000(sessions)
	e.countIncidents(incidents)

	positives := make([]float64, len(incidents))
	drawn := make([]float64, len(incidents))
	for i := range incidents {
		positives[i] = incidents[i].Steps[incidents[i].Destructive].Score
	}
	e.PausesPer1000.Value, e.SessionsWithPause.Value, e.SessionsRaised.Value = rates(repos, all)
	e.AUC.Value = aucOf(repos, all, positives)
	source := rand.New(rand.NewPCG(1, 2))
	var perStep, perSession, raised, areas []float64
	for range resamples {
		draw := make([]int, len(repos))
		for i := range draw {
			draw[i] = source.IntN(len(repos))
		}
		for i := range drawn {
			drawn[i] = positives[source.IntN(len(positives))]
		}
		a, b, c := rates(repos, draw)
		perStep, perSession, raised = append(perStep, a), append(perSession, b), append(raised, c)
		areas = append(areas, aucOf(repos, draw, drawn))
	}
	e.PausesPer1000.bounds(perStep)
	e.SessionsWithPause.bounds(perSession)
	e.SessionsRaised.bounds(raised)
	e.AUC.bounds(areas)
	return e, nil
}

func (e *Evaluation) countIncidents(incidents []EvalIncident) {
	held, there, kept, alerted, told := 0, 0, 0, 0, 0
	for i := range incidents {
		in := &incidents[i]
		asked := func(s EvalStep) bool { return s.Asked }
		at := &in.Steps[in.Destructive]
		before := slices.ContainsFunc(in.Steps[:in.Destructive+1], asked)
		if before || at.Kept {
			held++
		}
		if at.Asked || at.Kept {
			there++
		}
		if at.Kept && !before {
			kept++
		}
		raised := func(s EvalStep) bool { return s.Level > Calm }
		if slices.ContainsFunc(in.Steps[:in.Destructive], asked) || slices.ContainsFunc(in.Steps[:in.Destructive+1], raised) {
			alerted++
			told++
		} else if slices.ContainsFunc(in.Steps[:in.Destructive], func(s EvalStep) bool { return s.told() }) {
			told++
		}
	}
	count := func(n int) Count { return wilson(n, len(incidents)) }
	e.Held, e.HeldThere, e.Kept, e.Alerted, e.Told = count(held), count(there), count(kept), count(alerted), count(told)
}

// A repoTally is what one repository adds to the figures.
type repoTally struct {
	sessions, steps, pauses int
	paused, raised          int       // sessions
	scores                  []float64 // sorted
}

// tally adds up sessions by repository, in the order of their first session.
func tally(sessions []EvalSession) []repoTally {
	var repos []repoTally
	at := map[string]int{}
	for i := range sessions {
		s := &sessions[i]
		n, ok := at[s.Repo]
		if !ok {
			n = len(repos)
			at[s.Repo] = n
			repos = append(repos, repoTally{})
		}
		r := &repos[n]
		r.sessions++
		r.steps += len(s.Steps)
		before := r.pauses
		for _, step := range s.Steps {
			r.scores = append(r.scores, step.Score)
			if step.Asked {
				r.pauses++
			}
		}
		if r.pauses > before {
			r.paused++
		}
		if slices.ContainsFunc(s.Steps, func(step EvalStep) bool { return step.Level > Calm }) {
			r.raised++
		}
	}
	for i := range repos {
		slices.Sort(repos[i].scores)
	}
	return repos
}

func toldPer1000(sessions []EvalSession) float64 {
	told, steps := 0, 0
	for i := range sessions {
		steps += len(sessions[i].Steps)
		for j := range sessions[i].Steps {
			if sessions[i].Steps[j].told() {
				told++
			}
		}
	}
	return 1000 * float64(told) / float64(max(1, steps))
}

// longSession is the length from which a session is a long one, in steps.
const longSession = 100

func longRaised(sessions []EvalSession) Count {
	raised, long := 0, 0
	for i := range sessions {
		if s := sessions[i].Steps; len(s) > longSession {
			long++
			if slices.ContainsFunc(s, func(step EvalStep) bool { return step.Level > Calm }) {
				raised++
			}
		}
	}
	return wilson(raised, long)
}

// rates are the pauses per 1,000 steps and the shares of sessions with a pause
// and with a raised level.
func rates(repos []repoTally, draw []int) (perStep, perSession, raised float64) {
	var sum repoTally
	for _, i := range draw {
		sum.steps += repos[i].steps
		sum.pauses += repos[i].pauses
		sum.sessions += repos[i].sessions
		sum.paused += repos[i].paused
		sum.raised += repos[i].raised
	}
	sessions := math.Max(1, float64(sum.sessions))
	return 1000 * float64(sum.pauses) / math.Max(1, float64(sum.steps)),
		float64(sum.paused) / sessions, float64(sum.raised) / sessions
}

// aucOf is the chance that a positive scores higher than a step of the drawn
// repositories; a tie counts half. Without either it is a half.
func aucOf(repos []repoTally, draw []int, positives []float64) float64 {
	wins, pairs := 0.0, 0.0
	for _, i := range draw {
		scores := repos[i].scores
		for _, p := range positives {
			below, _ := slices.BinarySearch(scores, p)
			upTo, _ := slices.BinarySearchFunc(scores, p, func(s, p float64) int {
				return cmp.Or(cmp.Compare(s, p), -1)
			})
			wins += float64(below+upTo) / 2
			pairs += float64(len(scores))
		}
	}
	if pairs == 0 {
		return 0.5
	}
	return wins / pairs
}

// bounds sets the interval to the middle 95% of what was drawn.
func (i *Interval) bounds(drawn []float64) {
	slices.Sort(drawn)
	i.Low, i.High = drawn[len(drawn)*25/1000], drawn[len(drawn)*975/1000]
}

// wilson is the 95% score interval of a share (Wilson 1927).
func wilson(n, of int) Count {
	c := Count{N: n, Of: of}
	if of == 0 {
		c.High = 1
		return c
	}
	const z = 1.959964
	share, size := float64(n)/float64(of), float64(of)
	middle := share + z*z/(2*size)
	half := z * math.Sqrt(share*(1-share)/size+z*z/(4*size*size))
	c.Low = math.Max(0, (middle-half)/(1+z*z/size))
	c.High = math.Min(1, (middle+half)/(1+z*z/size))
	return c
}
