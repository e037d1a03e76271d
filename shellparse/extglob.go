package shellparse

import "strings"

// maxMatch bounds the steps that one expansion may take to match a pattern
// with extglob's operators, which can need exponentially many, and maxExtended,
// in bytes, the text that is matched.
const (
	maxMatch    = 20_000
	maxExtended = 256
)

// A matcher matches patterns, with the operators of extglob where they stand.
type matcher struct{ steps int }

// over reports that matching was given up: its answers do not hold.
func (m *matcher) over() bool { return m.steps > maxMatch }

// matches reports whether a pattern can be matched with a text: extglob's
// operators count where the text has switched them on.
func (sh *shell) matches(pat, text string) bool {
	return !extended(pat) || sh.r.extglob && len(text) <= maxExtended
}

func (m *matcher) match(pat, s string) bool {
	if !extended(pat) {
		return match(pat, s)
	}
	return m.at(pat, s)
}

func (m *matcher) at(pat, s string) bool {
	if m.steps++; m.over() {
		return false
	}
	if pat == "" {
		return s == ""
	}
	if alternatives, rest, ok := group(pat); ok {
		return m.group(pat[0], alternatives, rest, s)
	}
	if pat[0] == '*' {
		for i := range len(s) + 1 {
			if m.at(pat[1:], s[i:]) {
				return true
			}
		}
		return false
	}
	if s == "" {
		return false
	}
	n, width := matchOne(pat, s)
	return n > 0 && m.at(pat[n:], s[width:])
}

// group matches op(a|b) and what follows it.
func (m *matcher) group(op byte, alternatives []string, rest, s string) bool {
	if (op == '?' || op == '*') && m.at(rest, s) {
		return true
	}
	for i := range len(s) + 1 {
		fits := false
		for _, a := range alternatives {
			fits = fits || m.at(a, s[:i])
		}
		again := (op == '*' || op == '+') && i > 0
		switch {
		case fits == (op == '!'):
		case m.at(rest, s[i:]), again && m.group('*', alternatives, rest, s[i:]):
			return true
		}
		if m.over() {
			return false
		}
	}
	return false
}

// group splits a pattern that starts with op(a|b).
func group(pat string) (alternatives []string, rest string, ok bool) {
	if len(pat) < 3 || pat[1] != '(' || strings.IndexByte("@?*+!", pat[0]) < 0 {
		return nil, "", false
	}
	depth, start := 0, 2
	for i := 1; i < len(pat); i++ {
		switch pat[i] {
		case '\\':
			i++
		case '(':
			depth++
		case '|':
			if depth == 1 {
				alternatives, start = append(alternatives, pat[start:i]), i+1
			}
		case ')':
			if depth--; depth == 0 {
				return append(alternatives, pat[start:i]), pat[i+1:], true
			}
		}
	}
	return nil, "", false
}

// Fits reports whether a name fits a pattern of the shell, with the operators
// of extglob. A pattern that is too hard to match fits.
func Fits(pattern, name string) bool {
	m := matcher{}
	return m.match(pattern, name) || m.over()
}
