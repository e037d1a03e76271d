package trust

import "math"

// calibrate adds the percentiles and the score that combines them.
func (b *Baseline) calibrate(a *Assessment) {
	a.DivergencePercentile = b.divergence.percentile(a.Divergence)
	a.ContributionPercentile = b.contribution.percentile(a.Contribution)
	a.SurprisePercentile = b.surprise.percentile(a.Surprise)
	switch b.without {
	case PartDivergence:
		a.Score = 2 * rarity(a.SurprisePercentile)
	case PartSurprise:
		a.Score = 2 * rarity(a.ContributionPercentile)
	default:
		a.Score = combine(a)
	}
	a.Percentile = b.score.percentile(a.Score)
	a.Baseline = b.Steps()
}

// combine adds up how rare the contribution and the surprise of a step are, in
// bits (Fisher's method for combining tests, base 2).
func combine(a *Assessment) float64 {
	return rarity(a.ContributionPercentile) + rarity(a.SurprisePercentile)
}

// rarity is -log2 of the share of steps that score at least as high; at the
// end of what was measured it stops.
func rarity(percentile float64) float64 {
	const least = 1e-4 / 2 // half of what the finest rank tells apart
	return -math.Log2(max(1-percentile/100, least))
}
