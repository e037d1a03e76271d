package trust

import (
	"cmp"
	"slices"
)

// ranks are the percentiles at which a calibration keeps the value: coarse
// where scores are ordinary, fine in the tail.
var ranks = [...]float64{
	0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90,
	91, 92, 93, 94, 95, 96, 97, 98, 99,
	99.1, 99.2, 99.3, 99.4, 99.5, 99.6, 99.7, 99.8, 99.9,
	99.91, 99.92, 99.93, 99.94, 99.95, 99.96, 99.97, 99.98, 99.99,
	100,
}

// quantiles is the distribution of one score: its values at the ranks.
type quantiles [len(ranks)]float64

// percentile is the share of values below v, 0 to 100, interpolated between
// the ranks.
func (q *quantiles) percentile(v float64) float64 {
	i, _ := slices.BinarySearch(q[:], v)
	switch {
	case i == 0:
		return 0
	case i == len(q):
		return 100
	}
	low, high := q[i-1], q[i]
	return ranks[i-1] + (ranks[i]-ranks[i-1])*(v-low)/(high-low)
}

// A sample is a value with its weight.
type sample struct{ value, weight float64 }

// quantilesOf finds the values at the ranks. It sorts the samples.
func quantilesOf(samples []sample) quantiles {
	var q quantiles
	if len(samples) == 0 {
		return q
	}
	slices.SortFunc(samples, func(a, b sample) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.weight, b.weight))
	})
	total := 0.0
	for _, s := range samples {
		total += s.weight
	}
	below, i := 0.0, 0
	for r, rank := range ranks {
		for i < len(samples)-1 && (below+samples[i].weight)*100 <= rank*total {
			below += samples[i].weight
			i++
		}
		q[r] = round(samples[i].value)
	}
	return q
}
