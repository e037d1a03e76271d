package shellparse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// match reports whether a pattern with *, ? and […] matches all of s. Two
// pointers instead of a regular expression: it is linear but for the last star.
func match(pat, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		if p < len(pat) && pat[p] == '*' {
			star, mark = p, i
			p++
			continue
		}
		if n, width := matchOne(pat[p:], s[i:]); n > 0 {
			p += n
			i += width
			continue
		}
		if star < 0 {
			return false
		}
		p = star + 1
		mark++
		i = mark
	}
	for p < len(pat) && pat[p] == '*' {
		p++
	}
	return p == len(pat)
}

// matchOne matches one pattern element and returns its length and that of the
// text it took; n is 0 when it does not match.
func matchOne(pat, s string) (n, width int) {
	if pat == "" {
		return 0, 0
	}
	c, size := utf8.DecodeRuneInString(s)
	switch pat[0] {
	case '?':
		return 1, size
	case '[':
		if end, ok := matchClass(pat, c); end > 0 {
			if !ok {
				return 0, 0
			}
			return end, size
		}
	case '\\':
		if len(pat) > 1 {
			if pat[1] == s[0] {
				return 2, 1
			}
			return 0, 0
		}
	}
	if pat[0] == s[0] {
		return 1, 1
	}
	return 0, 0
}

// matchClass matches a bracket expression; end is 0 when it is not closed.
func matchClass(pat string, c rune) (end int, ok bool) {
	i := 1
	negate := i < len(pat) && (pat[i] == '!' || pat[i] == '^')
	if negate {
		i++
	}
	for first := true; i < len(pat) && (pat[i] != ']' || first); first = false {
		if end := strings.Index(pat[i:], ":]"); strings.HasPrefix(pat[i:], "[:") && end > 0 {
			ok = ok || inClass(pat[i+2:i+end], c)
			i += end + 2
			continue
		}
		lo, size := utf8.DecodeRuneInString(pat[i:])
		i += size
		hi := lo
		if i+1 < len(pat) && pat[i] == '-' && pat[i+1] != ']' {
			hi, size = utf8.DecodeRuneInString(pat[i+1:])
			i += 1 + size
		}
		ok = ok || lo <= c && c <= hi
	}
	if i >= len(pat) {
		return 0, false
	}
	return i + 1, ok != negate
}

// inClass reports whether a character is in [:name:].
func inClass(name string, c rune) bool {
	switch name {
	case "alpha":
		return unicode.IsLetter(c)
	case "digit":
		return c >= '0' && c <= '9'
	case "alnum":
		return unicode.IsLetter(c) || unicode.IsDigit(c)
	case "upper":
		return unicode.IsUpper(c)
	case "lower":
		return unicode.IsLower(c)
	case "space":
		return unicode.IsSpace(c)
	case "blank":
		return c == ' ' || c == '\t'
	case "punct":
		return c < utf8.RuneSelf && (unicode.IsPunct(c) || unicode.IsSymbol(c))
	case "xdigit":
		return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
	}
	return false
}

// extended reports the operators of extglob, which match does not read.
func extended(pat string) bool {
	for i := 1; i < len(pat); i++ {
		if pat[i] == '(' && strings.IndexByte("@?*+!", pat[i-1]) >= 0 {
			return true
		}
	}
	return false
}

// longest is how many bytes at the start of s a pattern matches at most;
// with whole set it must match all of s.
func (m *matcher) longest(pat, s string, whole bool) int {
	for n := len(s); n > 0; n-- {
		if (n == len(s) || utf8.RuneStart(s[n])) && m.match(pat, s[:n]) {
			return n
		}
		if whole {
			return 0
		}
	}
	return 0
}
