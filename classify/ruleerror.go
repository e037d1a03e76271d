package classify

import (
	"fmt"
	"strings"
)

// A RuleError is a mistake in a rules file. Its text shows the line with a
// caret under the place and ends with what to do.
type RuleError struct {
	File   string
	Line   int    // 1-based; 0 when the file as a whole is meant
	Col    int    // 1-based, in bytes
	Len    int    // of the part that the caret underlines, in bytes
	Key    string // dotted: "rule.severity"
	Text   string // what is wrong
	Hint   string // what to do
	Source string // the line
}

func (e *RuleError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Col)
	}
	b.WriteString(": ")
	if e.Key != "" {
		fmt.Fprintf(&b, "%s: ", e.Key)
	}
	b.WriteString(e.Text)
	if e.Line > 0 {
		indent := strings.Map(func(r rune) rune {
			if r == '\t' {
				return '\t'
			}
			return ' '
		}, e.Source[:min(e.Col-1, len(e.Source))])
		fmt.Fprintf(&b, "\n  %s\n  %s%s", e.Source, indent, strings.Repeat("^", max(e.Len, 1)))
	}
	if e.Hint != "" {
		b.WriteString("\n" + e.Hint)
	}
	return b.String()
}

// Nearest gives the candidate that takes the fewest edits to reach, or ""
// when none is near.
func Nearest(word string, candidates []string) string {
	best, bestCost := "", len(word)/2+1
	for _, c := range candidates {
		if cost := editDistance(word, c); cost < bestCost {
			best, bestCost = c, cost
		}
	}
	return best
}

// editDistance is how many bytes are inserted, left out, replaced or swapped with the
// next.
func editDistance(a, b string) int {
	previous, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			replaced := row[j]
			if a[i] != b[j] {
				replaced++
			}
			next[j+1] = min(replaced, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], previous[j-1]+1)
			}
		}
		previous, row, next = row, next, previous
	}
	return row[len(b)]
}
