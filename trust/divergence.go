package trust

import "math"

// Divergence is the Jensen-Shannon divergence of two distributions over the
// same classes, in bits: 0 when they are equal, 1 when they have no class in
// common (Lin 1991, base 2). Both must have the same length and sum to 1.
func Divergence(p, q []float64) float64 {
	sum := 0.0
	for i := range p {
		sum += term(p[i], q[i])
	}
	return min(max(sum, 0), 1)
}

// term is one class's part of the divergence. It is never negative, and
// homogeneous: term(s·p, s·q) = s·term(p, q).
func term(p, q float64) float64 {
	if p == q {
		return 0
	}
	m := (p + q) / 2
	return max(xlog(p, p/m)+xlog(q, q/m), 0) / (2 * math.Ln2)
}

// xlog is x times the logarithm of a ratio of it, in nats: math.Log takes half the
// time of math.Log2.
func xlog(x, ratio float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(ratio)
}

// A mixture is a decaying window of token weights, shrunk towards a baseline
// as if prior weight of the baseline's own were always in it. At first it is
// also full of the baseline, which decays as all else does: a session begins
// as if an ordinary one had come before, so that its first steps weigh no more
// than later ones.
type mixture struct {
	weights []float64 // by token; most are 0
	active  []uint16  // the tokens that have weight
	total   float64   // of weights
	seed    float64   // what is left of the baseline that filled it
	base    []float64 // sums to 1
	prior   float64
}

// divergence is that of the mixture from its baseline after the weights have
// been scaled by keep and each of the tokens in add, no two alike, got 1 more.
// Tokens without weight all stand in the same proportion to the baseline, so that
// they are one term.
func (m *mixture) divergence(keep float64, add []uint16) float64 {
	d := m.scaled(keep, len(add))
	for _, i := range add {
		d = d.plus(m, i)
	}
	return d.value()
}

// A scaled is the divergence of a mixture whose weights have been scaled, with room
// for some tokens that are still to be added.
type scaled struct {
	keep, prior, total float64
	sum                float64 // of the terms of tokens with weight
	rest               float64 // the baseline's share of the others
	unit               float64 // their term, for each of that
}

// scaled is the divergence before so many tokens are added.
func (m *mixture) scaled(keep float64, room int) scaled {
	d := scaled{keep: keep, prior: m.prior + m.seed*keep, rest: 1}
	d.total = m.total*keep + float64(room) + d.prior
	d.unit = term(d.prior/d.total, 1)
	for _, i := range m.active {
		d.sum += d.term(m.weights[i]*keep, m.base[i])
		d.rest -= m.base[i]
	}
	return d
}

func (d *scaled) term(w, q float64) float64 { return term((w+d.prior*q)/d.total, q) }

// plus is the divergence with one token more, which has not been added yet.
func (d scaled) plus(m *mixture, i uint16) scaled {
	w, q := m.weights[i]*d.keep, m.base[i]
	if w > 0 {
		d.sum -= d.term(w, q)
	} else {
		d.rest -= q
	}
	d.sum += d.term(w+1, q)
	return d
}

func (d *scaled) value() float64 { return min(max(d.sum+max(d.rest, 0)*d.unit, 0), 1) }

// share is a token's part of the mixture as it stands.
func (m *mixture) share(i int) float64 {
	prior := m.prior + m.seed
	return (m.weights[i] + prior*m.base[i]) / (m.total + prior)
}

// forgotten is the weight below which a token no longer counts.
const forgotten = 1e-5

// record decays the window by keep and adds 1 for each of the tokens, no two
// alike.
func (m *mixture) record(keep float64, add []uint16) {
	m.seed *= keep
	m.total = 0
	kept := m.active[:0]
	for _, i := range m.active {
		w := m.weights[i] * keep
		if m.weights[i] = w; w < forgotten {
			m.weights[i] = 0
			continue
		}
		kept = append(kept, i)
	}
	for _, i := range add {
		if m.weights[i] == 0 {
			kept = append(kept, i)
		}
		m.weights[i]++
	}
	m.active = kept
	for _, i := range m.active {
		m.total += m.weights[i]
	}
}
