package report

import "slices"

// A point of the curve stands for one step, or for several that share a column.
type point struct {
	divergence  float64 // the highest of its steps, bits
	margin      float64 // likewise, within reach
	level       string  // likewise
	paused      bool
	first, last int // its steps, by index
}

// reach is as many bits above and below the line as a curve shows: what is always
// asked about lies far above.
const reach = 6

// weighed reports a session whose steps have margins: what decides.
func (s *Session) weighed() bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Margin != 0 })
}

// points gives the curve of a session in at most columns points: each is a step
// when there is room, else the most unusual of the steps that it stands for, so
// that no pause and no peak is lost in a long session.
func points(steps []Step, columns int) []point {
	n := min(len(steps), columns)
	curve := make([]point, n)
	for i := range curve {
		p := &curve[i]
		p.margin = -reach
		p.first, p.last = i*len(steps)/n, (i+1)*len(steps)/n-1
		for j := p.first; j <= p.last; j++ {
			step := &steps[j]
			p.divergence = max(p.divergence, step.Divergence)
			if step.Margin != 0 {
				p.margin = max(p.margin, min(step.Margin, reach))
			}
			if p.level == "" || rank(step.Level) > rank(p.level) {
				p.level = step.Level
			}
			p.paused = p.paused || step.paused()
		}
	}
	return curve
}

// ceiling is the top of a curve's axis in bits: the peak, but never so low that
// the noise of an ordinary session fills the picture.
func ceiling(curve []point) float64 {
	const least = 0.1
	top := least
	for i := range curve {
		top = max(top, curve[i].divergence)
	}
	return top
}
