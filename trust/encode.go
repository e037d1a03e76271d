package trust

import (
	"fmt"
	"math"
	"strconv"
)

// The file is text, a record a line, its figures whole millionths: quick to
// read at every start, and a change can be read in a diff.
const fileHeader = "restrain baseline 2"

const fileComment = `# What agents of this persona normally do. Made by the command below; do not edit.
# repo STEPS SESSIONS NAME · class NAME STEPS WEIGHT · token CLASS OWNER CREDENTIAL
# CIRCUMSTANCE STEPS WEIGHT · weigh REASON BITS · after NAME [CLASS:WEIGHT]… (CLASS counts the
# class lines from 0) · quantiles SCORE [VALUE]… Weights are millionths of steps after weighting by repository,
# values millionths of bits (drift: of multiples of chance), at the percentiles of quantile.go.
`

// startName is the row of transitions from the beginning of a session.
const startName = "start"

// Encode writes the baseline as text, the same bytes for the same baseline.
func (b *Baseline) Encode() []byte {
	out := []byte(fileHeader + "\n" + fileComment)
	text := func(key, value string) {
		out = append(out, key...)
		out = append(out, ' ')
		out = append(out, value...)
		out = append(out, '\n')
	}
	text("persona", b.Persona)
	text("source", b.Source)
	text("command", b.Command)
	for _, f := range b.Model.fields() {
		text("model "+f.name, strconv.FormatInt(millionths(*f.value), 10))
	}
	for r := range Reasons {
		text("weigh "+r.String(), strconv.FormatInt(millionths(b.Model.Weights[r]), 10))
	}
	text("weight", strconv.FormatInt(millionths(b.weight), 10))
	for _, r := range b.Repositories {
		text("repo", fmt.Sprintf("%d %d %s", r.Steps, r.Sessions, r.Name))
	}
	n := len(b.classes)
	for i, c := range b.classes {
		text("class", fmt.Sprintf("%s %d %d", c, b.steps[i], millionths(b.presence[i])))
	}
	for i := range b.counts {
		c := &b.counts[i]
		w, credential, circumstance := c.facets.parts()
		text("token", fmt.Sprintf("%d %s %s %s %d %d", c.class, w, credentialNames[credential], circumstanceNames[circumstance], c.steps, millionths(c.weight)))
	}
	for row := range n + 1 {
		name := startName
		if row < n {
			name = string(b.classes[row])
		}
		out = append(out, "after "+name...)
		for to, w := range b.follows[row*n : (row+1)*n] {
			if w != 0 {
				out = fmt.Appendf(out, " %d:%d", to, millionths(w))
			}
		}
		out = append(out, '\n')
	}
	for _, q := range b.calibrations() {
		out = append(out, "quantiles "+q.name...)
		for _, v := range q.values {
			out = strconv.AppendInt(append(out, ' '), millionths(v), 10)
		}
		out = append(out, '\n')
	}
	return out
}

func millionths(x float64) int64 { return int64(math.Round(x * scale)) }

type namedQuantiles struct {
	name   string
	values *quantiles
}

func (b *Baseline) calibrations() [5]namedQuantiles {
	return [5]namedQuantiles{
		{"divergence", &b.divergence},
		{"contribution", &b.contribution},
		{"surprise", &b.surprise},
		{"score", &b.score},
		{"drift", &b.drift},
	}
}

type namedFigure struct {
	name  string
	value *float64
}

func (m *Model) fields() []namedFigure {
	return []namedFigure{
		{"cap", &m.Cap},
		{"half-life", &m.HalfLife},
		{"prior", &m.Prior},
		{"smoothing", &m.Smoothing},
		{"transition-prior", &m.TransitionPrior},
		{"transition-share", &m.TransitionShare},
		{"token-prior", &m.TokenPrior},
		{"level-memory", &m.Levels.Memory},
		{"level-elevated", &m.Levels.Elevated},
		{"level-alarmed", &m.Levels.Alarmed},
		{"level-unusual", &m.Levels.Unusual},
		{"level-usual", &m.Levels.Usual},
		{"level-release", &m.Levels.Release},
	}
}
