package code

import (
	"strings"
	"unicode/utf8"
)

// An EscapeRule is a dialect of backslash escapes.
type EscapeRule uint8

// The dialects.
const (
	EscapeANSI   EscapeRule = iota // $'…': \nnn, \xHH, \uHHHH, \cX, \' \" \?
	EscapePrintf                   // a printf format: \nnn, \xHH, \uHHHH
	EscapeEcho                     // echo -e and printf %b: \0nnn, \xHH, \c ends
)

// Unescape decodes backslash escapes; ended reports that \c (or a NUL in
// $'…') cut the output short.
func Unescape(s string, rule EscapeRule) (out string, ended bool) {
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
		n, stop := UnescapeOne(&b, s[i:], rule)
		if stop {
			return b.String(), true
		}
		i += n
	}
	return b.String(), false
}

// UnescapeOne decodes the escape at the start of s and returns its length.
func UnescapeOne(b *strings.Builder, s string, rule EscapeRule) (n int, stop bool) {
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
			if v == 0 && rule == EscapeANSI {
				return 0, true
			}
			b.WriteRune(rune(v))
			return 2 + n, false
		}
	case c == '0' && rule == EscapeEcho:
		v, n := digits(s[2:], 8, 3)
		return 2 + n, put(b, byte(v), rule)
	case c >= '0' && c <= '7':
		v, n := digits(s[1:], 8, 3)
		return 1 + n, put(b, byte(v), rule)
	case c == 'c' && rule == EscapeEcho:
		return 0, true
	case c == 'c' && rule == EscapeANSI && len(s) > 2:
		if s[2] == '?' {
			return 3, put(b, 0x7f, rule)
		}
		return 3, put(b, s[2]&0x1f, rule)
	case rule == EscapeANSI && (c == '\'' || c == '"' || c == '?'),
		rule == EscapePrintf && c == '"':
		b.WriteByte(c)
		return 2, false
	}
	b.WriteByte('\\')
	b.WriteByte(c)
	return 2, false
}

// put writes a decoded byte; a NUL ends $'…'.
func put(b *strings.Builder, v byte, rule EscapeRule) (stop bool) {
	if v == 0 && rule == EscapeANSI {
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
