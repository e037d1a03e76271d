// Package figure writes numbers for people. It must not know what they count.
package figure

import "strconv"

// Count writes a whole number with commas: 20,990.
func Count(n int) string {
	s := strconv.Itoa(n)
	first := 0 // digit
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percentile writes a percentile, 0 to 100, with as many digits as its tail
// deserves. It is never rounded up to 100.
func Percentile(p float64) string {
	digits := 0
	switch {
	case p >= 99.9:
		p, digits = min(p, 99.99), 2
	case p >= 99:
		digits = 1
	}
	return strconv.FormatFloat(p, 'f', digits, 64)
}

// The percentiles from which a step is called unusual, and never seen: beyond the
// second, the steps that a percentile rests on can be counted on one hand.
const (
	UnusualFrom   = 98
	NeverSeenFrom = 99.99
)

// Word says in a word how unusual a step is, by its percentile, 0 to 100. People
// are shown the word: the figure promises more than it rests on.
func Word(p float64) string {
	switch {
	case p >= NeverSeenFrom:
		return "never seen"
	case p >= UnusualFrom:
		return "unusual"
	}
	return "ordinary"
}
