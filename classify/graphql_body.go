package classify

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A jsonMember is a name of a JSON text with its value: a string, decoded, or
// the text of another scalar.
type jsonMember struct {
	parent string // the name of the object that it is in
	name   string
	value  string
}

// jsonMembers reads the scalars of a JSON text. It takes what it can get: the
// text may be broken, cut off or have holes.
func jsonMembers(text string) []jsonMember {
	const maxMembers, maxDepth = 512, 64
	var members []jsonMember
	var parents []string
	name := ""
	add := func(value string) {
		parent := ""
		if len(parents) > 0 {
			parent = parents[len(parents)-1]
		}
		members = append(members, jsonMember{parent, name, value})
		name = ""
	}
	for i := 0; i < len(text) && len(members) < maxMembers; {
		switch c := text[i]; c {
		case '"':
			value, n := unescapeString(text[i+1:], '"')
			i += 1 + n
			if rest := strings.TrimLeft(text[i:], " \t\r\n"); strings.HasPrefix(rest, ":") {
				name = value
				i = len(text) - len(rest) + 1
				continue
			}
			add(value)
		case '{', '[':
			if len(parents) < maxDepth {
				parents = append(parents, name)
			}
			name = ""
			i++
		case '}', ']':
			if len(parents) > 0 {
				parents = parents[:len(parents)-1]
			}
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
		default:
			end := i
			for end < len(text) && strings.IndexByte(",:{}[]\" \t\r\n", text[end]) < 0 {
				end++
			}
			if name != "" {
				add(text[i:end])
			}
			i = end
		}
	}
	return members
}

// unescapeString decodes a string with the escapes of JSON, JavaScript and
// their like, up to the closing quote. It gives the length it used, with the
// quote; without a closing quote that is all.
func unescapeString(text string, quote byte) (value string, used int) {
	end := 0
	for end < len(text) && text[end] != quote && text[end] != '\\' {
		end++
	}
	if end == len(text) {
		return text, end
	}
	if text[end] == quote {
		return text[:end], end + 1
	}
	out := append(make([]byte, 0, end+64), text[:end]...)
	i := end
	for i < len(text) && text[i] != quote {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			i++
			continue
		}
		switch c := text[i+1]; c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'u', 'x':
			digits := 4
			if c == 'x' {
				digits = 2
			}
			if i+2+digits <= len(text) {
				if n, err := strconv.ParseUint(text[i+2:i+2+digits], 16, 16); err == nil {
					out = utf8.AppendRune(out, rune(n))
					i += digits
				}
			}
		case '\n': // a line goes on
		default:
			out = append(out, c)
		}
		i += 2
	}
	return string(out), min(i+1, len(text))
}

// formValue gives the decoded value of a name in a form or a query.
func formValue(form, name string) (string, bool) {
	for form != "" {
		var pair string
		pair, form, _ = strings.Cut(form, "&")
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return decodeForm(value), true
		}
	}
	return "", false
}

// decodeForm decodes %XX and, in text that has no blanks, plus signs.
func decodeForm(text string) string {
	if !strings.Contains(text, "%") && !strings.Contains(text, "+") {
		return text
	}
	plus := !strings.Contains(text, " ")
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '+' && plus:
			c = ' '
		case c == '%' && i+2 < len(text):
			if n, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				c = byte(n)
				i += 2
			}
		}
		out = append(out, c)
	}
	return string(out)
}
