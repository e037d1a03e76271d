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
	return max((xlogx(p)+xlogx(q))/2-xlogx(m), 0) / math.Ln2
}

// xlogx is in nats: math.Log takes half the time of math.Log2.
func xlogx(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}

// A mixture is a decaying window of class weights, shrunk towards a baseline
// as if prior weight of the baseline's own were always in it. At first it is
// also full of the baseline, which decays as all else does: a session begins
// as if an ordinary one had come before, so that its first steps weigh no more
// than later ones.
type mixture struct {
	weights []float64 // by class; most are 0
	total   float64   // of weights
	seed    float64   // what is left of the baseline that filled it
	base    []float64 // sums to 1
	prior   float64
}

// divergence is that of the mixture from its baseline after the weights have
// been scaled by keep and each of the classes in add got 1 more. Classes
// without weight all stand in the same proportion to the baseline, so that
// they are one term.
func (m *mixture) divergence(keep float64, add classSet) float64 {
	prior := m.prior + m.seed*keep
	total := m.total*keep + float64(add.len()) + prior
	sum, rest := 0.0, 0.0
	for i, q := range m.base {
		w := m.weights[i] * keep
		if add.has(i) {
			w++
		}
		if w == 0 {
			rest += q
			continue
		}
		sum += term((w+prior*q)/total, q)
	}
	sum += rest * term(prior/total, 1)
	return min(max(sum, 0), 1)
}

// share is a class's part of the mixture as it stands.
func (m *mixture) share(i int) float64 {
	prior := m.prior + m.seed
	return (m.weights[i] + prior*m.base[i]) / (m.total + prior)
}

// forgotten is the weight below which a class no longer counts.
const forgotten = 1e-5

// record decays the window by keep and adds 1 for each of the classes.
func (m *mixture) record(keep float64, add classSet) {
	m.seed *= keep
	m.total = 0
	for i, w := range m.weights {
		w *= keep
		if w < forgotten {
			w = 0
		}
		if add.has(i) {
			w++
		}
		m.weights[i] = w
		m.total += w
	}
}
