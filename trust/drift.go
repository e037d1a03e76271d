package trust

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"restrain/classify"
)

// A Tally says how often steps had a token, by its name.
type Tally map[string]int

// RestToken stands in a tally for the tokens that it has no room for.
const RestToken = "…"

// maxTally bounds the tokens of a tally.
const maxTally = 64

// Add counts a token.
func (t Tally) Add(token string, n int) {
	if _, known := t[token]; !known && len(t) >= maxTally {
		token = RestToken
	}
	t[token] += n
}

// Total is the sum of the counts.
func (t Tally) Total() (n int) {
	for _, count := range t {
		n += count
	}
	return n
}

// Drift is how far one tally is from another: their Jensen-Shannon divergence, in
// multiples of what chance makes of samples of that size from one and the same
// source. 0 where either is empty.
func Drift(a, b Tally) float64 {
	n, m := float64(a.Total()), float64(b.Total())
	if n == 0 || m == 0 {
		return 0
	}
	divergence, tokens := 0.0, 0
	for _, token := range a.with(b) {
		p, q := float64(a[token])/n, float64(b[token])/m
		divergence += (plogp(p)+plogp(q))/2 - plogp((p+q)/2)
		tokens++
	}
	chance := float64(max(1, tokens-1)) * (1/n + 1/m) / (8 * math.Ln2)
	return max(0, divergence) / chance
}

func plogp(p float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log2(p)
}

// with lists the tokens of two tallies, sorted, so that sums are the same each time.
func (t Tally) with(other Tally) []string {
	tokens := make([]string, 0, len(t)+len(other))
	for token := range t {
		tokens = append(tokens, token)
	}
	for token := range other {
		if _, both := t[token]; !both {
			tokens = append(tokens, token)
		}
	}
	slices.Sort(tokens)
	return tokens
}

// A Shift is how the share of a token has changed.
type Shift struct {
	Token  string  `json:"token"`
	Before float64 `json:"before"` // shares, 0 to 1
	After  float64 `json:"after"`
}

// Text says it in words: "git.push 2% → 9%".
func (s Shift) Text() string {
	return fmt.Sprintf("%s %.0f%% → %.0f%%", s.Token, 100*s.Before, 100*s.After)
}

// Shifts lists the tokens whose shares differ most between two tallies, those that
// add most to the divergence first.
func Shifts(before, after Tally) []Shift {
	n, m := float64(max(1, before.Total())), float64(max(1, after.Total()))
	var list []Shift
	for _, token := range before.with(after) {
		list = append(list, Shift{token, float64(before[token]) / n, float64(after[token]) / m})
	}
	weight := func(s Shift) float64 {
		return (plogp(s.Before)+plogp(s.After))/2 - plogp((s.Before+s.After)/2)
	}
	slices.SortStableFunc(list, func(a, b Shift) int { return cmp.Compare(weight(b), weight(a)) })
	return list
}

// DriftPercentile is the share, 0 to 100, of stretches of ordinary work that are
// less far from what the same project had done before.
func (b *Baseline) DriftPercentile(drift float64) float64 { return b.drift.percentile(drift) }

// Counted bounds what repetition does to a tally: a token counts this often in a
// session, and in a day of an agent.
const (
	CountedInSession = 20
	CountedInDay     = 100
)

// Constants of the calibration of drift: a stretch is compared with all that a
// repository had done before.
const (
	driftStretches = 10 // of a repository
	driftSteps     = 50 // that a stretch and what is before it must have
)

// drifts splits a repository in time and gives the drift of each stretch from
// what was before.
func (r *repository) drifts(v vocabulary) []sample {
	before, latest, steps := Tally{}, Tally{}, 0
	var list []sample
	for _, s := range r.sessions {
		for token, n := range tallyOf(v, s.Steps) {
			latest.Add(token, n)
		}
		if steps += len(s.Steps); steps < max(driftSteps, r.Steps/driftStretches) {
			continue
		}
		if before.Total() >= driftSteps {
			list = append(list, sample{value: Drift(latest, before)})
		}
		for token, n := range latest {
			before.Add(token, n)
		}
		latest, steps = Tally{}, 0
	}
	for i := range list {
		list[i].weight = 1 / float64(len(list))
	}
	return list
}

// tallyOf counts the tokens of a session.
func tallyOf(v vocabulary, steps []classify.Step) Tally {
	counter := tokenCounter{vocabulary: v, counts: map[uint16]tokenCount{}}
	counter.count(steps, 0)
	tally := Tally{}
	for _, c := range counter.sorted() {
		tally.Add(tokenName(v.name(int(c.class)), c.facets), min(c.steps, CountedInSession))
	}
	return tally
}

// tokenName is a token in words: the class, and its facets unless all are plain.
func tokenName(class classify.Class, f facets) string {
	w, c, e := f.parts()
	if w == classify.OwnerUnknown && c == noCredential && e == plain {
		return string(class)
	}
	return string(class) + "/" + w.String() + "/" + credentialNames[c] + "/" + circumstanceNames[e]
}

// Tokens names the tokens of the next step, each once. It is nil where they are
// the step's classes.
func (s *Session) Tokens(step *classify.Step) []string {
	var names []string
	faceted := false
	for i := range step.Actions {
		a := &step.Actions[i]
		c := s.vocabulary.number(a.Class)
		f := facetsOf(a.Owner, s.memory.credential(step, a), s.memory.circumstance(s.domains[c], s.steps+1))
		faceted = faceted || f != 0
		if name := tokenName(a.Class, f); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if !faceted {
		return nil
	}
	return names
}
