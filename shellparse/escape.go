package shellparse

import (
	"strings"
	"unicode/utf8"
)

// ansiC decodes the inside of $'…'. Like bash it stops at a NUL.
func ansiC(s string) string {
	out, _ := unescape(s, escapeANSI)
	return clean(out)
}

// The dialects of backslash escapes.
type escapeRule uint8

const (
	escapeANSI   escapeRule = iota // $'…': \nnn, \xHH, \uHHHH, \cX, \' \" \?
	escapePrintf                   // a printf format: \nnn, \xHH, \uHHHH
	escapeEcho                     // echo -e and printf %b: \0nnn, \xHH, \c ends
)

// unescape decodes backslash escapes; ended reports that \c (or a NUL in
// $'…') cut the output short.
func unescape(s string, rule escapeRule) (out string, ended bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, false
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		n, stop := unescapeOne(&b, s[i:], rule)
		if stop {
			return b.String(), true
		}
		i += n
	}
	return b.String(), false
}

// unescapeOne decodes the escape at the start of s and returns its length.
func unescapeOne(b *strings.Builder, s string, rule escapeRule) (n int, stop bool) {
	c := s[1]
	if i := strings.IndexByte(`abeEfnrtv\`, c); i >= 0 {
		b.WriteByte("\a\b\x1b\x1b\f\n\r\t\v\\"[i])
		return 2, false
	}
	switch {
	case c == 'x':
		if v, n := digits(s[2:], 16, 2); n > 0 {
			return 2 + n, put(b, byte(v), rule)
		}
	case c == 'u' || c == 'U':
		width := 4
		if c == 'U' {
			width = 8
		}
		if v, n := digits(s[2:], 16, width); n > 0 {
			if v > utf8.MaxRune {
				v = utf8.RuneError
			}
			if v == 0 && rule == escapeANSI {
				return 0, true
			}
			b.WriteRune(rune(v))
			return 2 + n, false
		}
	case c == '0' && rule == escapeEcho:
		v, n := digits(s[2:], 8, 3)
		return 2 + n, put(b, byte(v), rule)
	case c >= '0' && c <= '7':
		v, n := digits(s[1:], 8, 3)
		return 1 + n, put(b, byte(v), rule)
	case c == 'c' && rule == escapeEcho:
		return 0, true
	case c == 'c' && rule == escapeANSI && len(s) > 2:
		if s[2] == '?' {
			return 3, put(b, 0x7f, rule)
		}
		return 3, put(b, s[2]&0x1f, rule)
	case rule == escapeANSI && (c == '\'' || c == '"' || c == '?'),
		rule == escapePrintf && c == '"':
		b.WriteByte(c)
		return 2, false
	}
	b.WriteByte('\\')
	b.WriteByte(c)
	return 2, false
}

// put writes a decoded byte; a NUL ends $'…'.
func put(b *strings.Builder, v byte, rule escapeRule) (stop bool) {
	if v == 0 && rule == escapeANSI {
		return true
	}
	b.WriteByte(v)
	return false
}

// digits reads up to width digits of a base and returns how many there were.
func digits(s string, base, width int) (v uint32, n int) {
	for n < len(s) && n < width {
		d := digit(s[n])
		if d >= base {
			break
		}
		v = v*uint32(base) + uint32(d)
		n++
	}
	return v, n
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}
