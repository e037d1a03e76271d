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

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
