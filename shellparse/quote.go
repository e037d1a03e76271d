package shellparse

import (
	"strings"

	"restrain/code"
)

// Quote writes argv as one shell line that a person can read and a shell reads
// back as the same words.
func Quote(argv []string) string {
	n := len(argv)
	for _, arg := range argv {
		n += quotedLen(arg)
	}
	var b strings.Builder
	b.Grow(n)
	for i, arg := range argv {
		if i > 0 {
			b.WriteByte(' ')
		}
		quoteWord(&b, arg)
	}
	return b.String()
}

// quoteWord writes single quotes around a word that needs them.
func quoteWord(b *strings.Builder, s string) {
	if plain(s) {
		b.WriteString(s)
		return
	}
	b.WriteByte('\'')
	for {
		i := strings.IndexByte(s, '\'')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(`'\''`)
		s = s[i+1:]
	}
	b.WriteString(s)
	b.WriteByte('\'')
}

// quotedLen is the number of bytes that quoteWord writes.
func quotedLen(s string) int {
	if plain(s) {
		return len(s)
	}
	return len(s) + 2 + 3*strings.Count(s, "'")
}

// plain reports whether no shell gives any byte of s a meaning.
func plain(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("_-./:@%+,", c) >= 0:
		case c == '=' && i > 0:
		default:
			return false
		}
	}
	return true
}

// ansiC decodes the inside of $'…'. Like bash it stops at a NUL.
func ansiC(s string) string {
	out, _ := code.Unescape(s, code.EscapeANSI)
	return clean(out)
}
