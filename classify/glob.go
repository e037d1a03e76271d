package classify

import "strings"

// matchWord reports whether text fits one of the alternatives of a pattern,
// which are separated by "|". A "*" is any run of bytes, a "?" any one.
func matchWord(pattern, text string) bool { return matchOne(pattern, text, false) }

// matchFold is matchWord without regard to ASCII case.
func matchFold(pattern, text string) bool { return matchOne(pattern, text, true) }

// matchOne tries the alternatives in one pass: nearly all differ in their first
// byte, and rules have many of them for each word of a command.
func matchOne(pattern, text string, fold bool) bool {
	for p := 0; ; p++ {
		t := 0
		for p < len(pattern) && t < len(text) && !isMeta(pattern[p]) && sameByte(pattern[p], text[t], fold) {
			p++
			t++
		}
		plain := p
		if n := strings.IndexByte(pattern[p:], '|'); n >= 0 {
			p += n
		} else {
			p = len(pattern)
		}
		switch {
		case plain == p && t == len(text):
			return true
		case plain < p && matchesFrom(pattern[plain:p], text[t:], fold):
			return true
		case p == len(pattern):
			return false
		}
	}
}

// matchesFrom matches the rest of an alternative behind its plain beginning.
// Nearly all are "*", "*end" or "*middle*", which need no going back.
func matchesFrom(pattern, text string, fold bool) bool {
	if !isMeta(pattern[0]) {
		return false
	}
	if pattern[0] == '*' && !fold {
		plain := 1
		for plain < len(pattern) && !isMeta(pattern[plain]) {
			plain++
		}
		switch middle := pattern[1:plain]; {
		case plain == len(pattern):
			return strings.HasSuffix(text, middle)
		case plain == len(pattern)-1 && pattern[plain] == '*':
			return strings.Contains(text, middle)
		}
	}
	return matchGlob(pattern, text, fold)
}

func isMeta(c byte) bool { return c == '*' || c == '?' || c == '|' }

// matchAny reports whether text fits one of the patterns.
func matchAny(patterns []string, text string) bool {
	for _, p := range patterns {
		if matchWord(p, text) {
			return true
		}
	}
	return false
}

// matchAnyFold is matchAny without regard to ASCII case.
func matchAnyFold(patterns []string, text string) bool {
	for _, p := range patterns {
		if matchFold(p, text) {
			return true
		}
	}
	return false
}

// matchGlob matches one pattern. After a mismatch only the last "*" has to
// give way, so the time is at most len(pattern) × len(text).
func matchGlob(pattern, text string, fold bool) bool {
	p, t := 0, 0
	star, held := -1, 0
	for t < len(text) || p < len(pattern) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			p++
			star, held = p, t
		case p < len(pattern) && t < len(text) && (pattern[p] == '?' || sameByte(pattern[p], text[t], fold)):
			p++
			t++
		case star >= 0 && held < len(text):
			held++
			p, t = star, held
		default:
			return false
		}
	}
	return true
}

func sameByte(a, b byte, fold bool) bool {
	return a == b || fold && lower(a) == lower(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// matchPath matches a path: "*" and "?" stay within one name, "**/" is any
// number of directories and a final "**" is all that is left. With below, a
// path below one that fits also fits.
func matchPath(pattern, path string, below bool) bool {
	p, t := 0, 0
	star, starHeld := -1, 0 // the last "*", and up to where it reaches
	deep, deepHeld := -1, 0 // the same for the last "**/"
	for t < len(path) || p < len(pattern) {
		if p == len(pattern) && below && path[t] == '/' {
			return true
		}
		switch {
		case p == len(pattern):
		case pattern[p] == '*':
			switch {
			case strings.HasPrefix(pattern[p:], "**/"):
				p += 3
				deep, deepHeld, star = p, t, -1
			case pattern[p:] == "**":
				return true
			default:
				p++
				star, starHeld = p, t
			}
			continue
		case t < len(path) && (pattern[p] == path[t] || pattern[p] == '?' && path[t] != '/'):
			p++
			t++
			continue
		}
		if star >= 0 && starHeld < len(path) && path[starHeld] != '/' {
			starHeld++
			p, t = star, starHeld
			continue
		}
		if deep < 0 {
			return false
		}
		slash := strings.IndexByte(path[deepHeld:], '/')
		if slash < 0 {
			return false
		}
		deepHeld += slash + 1
		p, t, star = deep, deepHeld, -1
	}
	return true
}

// isGlob reports whether a pattern has to be matched rather than compared.
func isGlob(pattern string) bool { return strings.ContainsAny(pattern, "*?|") }

func isLetter(c byte) bool    { return lower(c) >= 'a' && lower(c) <= 'z' }
func isUpper(c byte) bool     { return c >= 'A' && c <= 'Z' }
func isQuote(c byte) bool     { return c == '"' || c == '\'' || c == '`' }
func isWordStart(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }
