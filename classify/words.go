package classify

import "strings"

// inSearch reports whether what a search looks for is of the set's kind, and
// not a name in source code that happens to contain such a word. mostly asks that
// of at least half of its alternatives: who looks for one such name among others
// reads how code treats it.
func (w *WordSet) inSearch(f *searchFact, mostly bool) bool {
	if hasPrefixWord(f.pattern, w.Prefix) {
		return true
	}
	switch f.what {
	case searchEnv:
		return w.inName(f.pattern)
	case searchNames:
		return w.inFileName(f.pattern)
	}
	if f.limited {
		return false
	}
	all, of := 0, 0
	for rest, more := ungrouped(f.pattern), true; more; all++ {
		var one string
		if one, rest, more = cutAlternative(rest); w.sought(one, f.ignoreCase) {
			of++
		}
	}
	return of > 0 && (!mostly || 2*of >= all)
}

// cutAlternative cuts a pattern at the first "|" that stands in no group.
func cutAlternative(pattern string) (one, rest string, more bool) {
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			if i++; i < len(pattern) && pattern[i] == '|' && depth == 0 { // grep without -E
				return pattern[:i-1], pattern[i+1:], true
			}
		case '(', '[':
			depth++
		case ')', ']':
			depth = max(0, depth-1)
		case '|':
			if depth == 0 {
				return pattern[:i], pattern[i+1:], true
			}
		}
	}
	return pattern, "", false
}

// ungrouped takes the parentheses off a pattern that is one group.
func ungrouped(pattern string) string {
	inner, ok := strings.CutPrefix(pattern, "(")
	if inner, whole := strings.CutSuffix(inner, ")"); ok && whole && !strings.ContainsAny(inner, "()") {
		return inner
	}
	return pattern
}

// sought reports whether one alternative of a pattern looks for what the words name.
func (w *WordSet) sought(pattern string, ignoreCase bool) bool {
	names := nameReader{text: pattern}
	owner := false // a name stands before, joined by a wildcard: "stripe.*key"
	for ; names.next(); owner = owner || names.joins() {
		switch {
		case matchesName(w.Not, names.name):
		case matchesName(w.Any, names.name):
			return true
		case allUpper(names.name) && endsName(w.Upper, names.name):
			return true
		case matchesName(w.Weak, names.name) && (names.asksValue() || owner && ignoreCase):
			return true
		}
	}
	return false
}

// inFileName reports whether a glob for file names asks for what the words
// name: "*.pem" for ".pem", "*credentials*" for "credentials".
func (w *WordSet) inFileName(glob string) bool {
	name := soughtName(glob)
	stem := name
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		stem = name[:dot]
	}
	return matchAnyFold(w.Any, name) || matchAnyFold(w.Any, stem)
}

// soughtName gives the plain part of a glob or pattern for file names.
func soughtName(pattern string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '*', '\\', '^', '$':
			return -1
		}
		return r
	}, pattern)
}

// inName reports whether a variable's name, or a pattern for such names, is of
// the set's kind.
func (w *WordSet) inName(name string) bool {
	names := nameReader{text: name}
	for names.next() {
		if matchesName(w.Not, names.name) {
			continue
		}
		if matchesName(w.Any, names.name) || endsName(w.Upper, names.name) || endsName(w.Weak, names.name) {
			return true
		}
	}
	return false
}

// hasPrefixWord reports a word that begins like a secret itself.
func hasPrefixWord(text string, prefixes []string) bool {
	for _, p := range prefixes {
		if at := strings.Index(text, p); at == 0 || at > 0 && !isNameByte(text[at-1]) {
			return true
		}
	}
	return false
}

// matchesName reports whether a name is one of the words, in any case and
// whatever joins its parts: api_key, apikey and API-KEY are one.
func matchesName(words []string, name string) bool {
	for _, w := range words {
		if sameLetters(w, name) {
			return true
		}
	}
	return false
}

// sameLetters compares two names without case, "_" and "-".
func sameLetters(a, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && (a[i] == '_' || a[i] == '-') {
			i++
		}
		for j < len(b) && (b[j] == '_' || b[j] == '-') {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if lower(a[i]) != lower(b[j]) {
			return false
		}
		i++
		j++
	}
}

// endsName reports whether a name begins or ends with one of the words, set
// off by "_": TOKEN in GITHUB_TOKEN.
func endsName(words []string, name string) bool {
	for _, w := range words {
		n := len(w)
		switch {
		case len(name) < n:
		case len(name) == n && strings.EqualFold(name, w),
			len(name) > n && strings.EqualFold(name[len(name)-n:], w) && name[len(name)-n-1] == '_',
			len(name) > n && strings.EqualFold(name[:n], w) && name[n] == '_':
			return true
		}
	}
	return false
}

func allUpper(name string) bool {
	for i := range len(name) {
		if 'a' <= name[i] && name[i] <= 'z' {
			return false
		}
	}
	return true
}

// A nameReader walks over the names in a pattern: runs of letters, digits, "_"
// and "-".
type nameReader struct {
	text string
	name string
}

func (n *nameReader) next() bool {
	start := 0
	for start < len(n.text) && !isNameByte(n.text[start]) {
		start += escapeLen(n.text[start:])
	}
	end := start
	for end < len(n.text) && isNameByte(n.text[end]) {
		end++
	}
	if start >= len(n.text) {
		return false
	}
	n.name, n.text = n.text[start:end], n.text[end:]
	return true
}

// escapeLen is the length of an escape such as \b or \s, whose letter is no
// part of a name, or 1.
func escapeLen(s string) int {
	if len(s) > 1 && s[0] == '\\' {
		return 2
	}
	return 1
}

// asksValue reports that the pattern goes on, after the name, to what is
// assigned to it.
func (n *nameReader) asksValue() bool {
	rest := n.text
	for _, filler := range [...]string{"\\s", ".", "*", "?", " ", "[", "\"", "'", ")", "]", "+"} {
		rest = strings.TrimLeft(strings.TrimPrefix(rest, filler), " *?+")
	}
	return strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, ":")
}

// joins reports that the pattern goes on, after the name, with a wildcard.
func (n *nameReader) joins() bool {
	return strings.HasPrefix(n.text, ".*") || strings.HasPrefix(n.text, ".?") || strings.HasPrefix(n.text, "[")
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z'
}
