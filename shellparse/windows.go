package shellparse

import "strings"

// windowsPaths writes the backslashes of Windows' paths, such as C:\Users, as
// slashes: the shell that the line is for keeps them, and a POSIX shell, as
// which it is read, would take them away. Every byte keeps its place.
func windowsPaths(src string) string {
	at := strings.Index(src, `:\`)
	if at < 0 {
		return src
	}
	var b []byte
	for ; at >= 0; at = nextFrom(src, `:\`, at+2) {
		if at == 0 || !isLetter(src[at-1]) || at > 1 && (isLetter(src[at-2]) || src[at-2] >= '0' && src[at-2] <= '9') {
			continue
		}
		if b == nil {
			b = []byte(src)
		}
		end := "" // of a path in quotes that are escaped themselves
		if at > 2 && src[at-3] == '\\' && (src[at-2] == '"' || src[at-2] == '\'') {
			end = src[at-3 : at-1]
		}
		for i := at + 1; i < len(src) && strings.IndexByte(" \t\n\"';|&<>()", src[i]) < 0; i++ {
			if end != "" && strings.HasPrefix(src[i:], end) {
				break
			}
			if src[i] == '\\' {
				b[i] = '/'
			}
		}
	}
	if b == nil {
		return src
	}
	return string(b)
}

// looksEscaped reports that what reads as a path of Windows may be an escape in
// a quoted text instead: printf 'a:\nls'. Then the line has to be read both ways.
func looksEscaped(src string) bool {
	quote := byte(0)
	for i := 0; i+2 < len(src); i++ {
		switch c := src[i]; {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote != 0 && c == ':' && src[i+1] == '\\' && strings.IndexByte("abefnrtvxu01234567", src[i+2]) >= 0:
			return true
		}
	}
	return false
}

func nextFrom(s, part string, from int) int {
	if from >= len(s) {
		return -1
	}
	if n := strings.Index(s[from:], part); n >= 0 {
		return from + n
	}
	return -1
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
