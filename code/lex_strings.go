package code

import "strings"

// This file reads the strings of other languages, and what is interpolated into
// them.

func stringPrefix(s string) bool {
	return len(s) <= 2 && strings.Trim(s, "rRbBfFuU") == ""
}

// quoted reads a string that starts with a quote at l.pos.
func (l *lexer) quoted(start int, prefix string) {
	quote := l.src[l.pos : l.pos+1]
	kind := TokenString
	if quote == "`" && (l.lang == "ruby" || l.lang == "perl" || l.lang == "php") {
		kind = TokenCommand
	}
	triple := strings.Repeat(quote, 3)
	if l.lang == "python" && strings.HasPrefix(l.src[l.pos:], triple) {
		quote = triple
	}
	l.pos += len(quote)
	raw := strings.ContainsAny(prefix, "rR") || l.lang == "sql" || quote == "'" && (l.lang == "ruby" || l.lang == "perl" || l.lang == "php")
	text := l.body("", quote, raw, l.interpolation(quote, prefix))
	l.addString(kind, text, start)
}

// interpolation is what introduces a value inside a string: "${", "#{", "{",
// "$", or "" for none.
func (l *lexer) interpolation(quote, prefix string) string {
	switch l.lang {
	case "python":
		if strings.ContainsAny(prefix, "fF") {
			return "{"
		}
	case "javascript":
		if quote == "`" {
			return "${"
		}
	case "ruby":
		if quote != "'" {
			return "#{"
		}
	case "perl", "php":
		if quote != "'" {
			return "$"
		}
	}
	return ""
}

// body reads up to the closing delimiter. open is the delimiter that nests,
// as in %x(…).
func (l *lexer) body(open, end string, raw bool, inter string) string {
	var b strings.Builder
	depth := 0
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case strings.HasPrefix(rest, end):
			l.pos += len(end)
			if depth == 0 {
				if l.lang == "sql" && strings.HasPrefix(l.src[l.pos:], end) { // ''
					b.WriteString(end)
					l.pos += len(end)
					continue
				}
				return b.String()
			}
			depth--
			b.WriteString(end)
		case open != "" && strings.HasPrefix(rest, open):
			depth++
			b.WriteString(open)
			l.pos += len(open)
		case rest[0] == '\\' && len(rest) > 1 && l.lang != "sql":
			l.pos += l.escape(&b, rest, raw, end)
		case inter == "{" && (strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}")):
			b.WriteByte(rest[0])
			l.pos += 2
		case inter == "$" && l.lang == "php" && strings.HasPrefix(rest, "{$"):
			l.interpolated(&b, "{")
		case inter != "" && strings.HasPrefix(rest, inter):
			l.interpolated(&b, inter)
		default:
			b.WriteByte(rest[0])
			l.pos++
		}
	}
	return b.String()
}

// escape decodes a backslash sequence and returns its length.
func (l *lexer) escape(b *strings.Builder, s string, raw bool, end string) int {
	if raw {
		if s[1] != end[0] && s[1] != '\\' || l.lang == "python" {
			b.WriteByte('\\')
		}
		b.WriteByte(s[1])
		return 2
	}
	switch s[1] {
	case '\n':
		return 2
	case 'n', 't', 'r', 'x', 'u', '0', '1', '2', '3', '4', '5', '6', '7', '\\', '"', '\'':
		n, _ := UnescapeOne(b, s, EscapeANSI)
		return max(n, 2)
	}
	b.WriteByte(s[1])
	return 2
}

// interpolated skips an interpolated value and writes a Hole for it.
func (l *lexer) interpolated(b *strings.Builder, inter string) {
	b.WriteRune(Hole)
	start := l.pos
	l.pos += len(inter)
	if inter == "$" {
		for l.pos < len(l.src) && (nameByte(l.src[l.pos]) || l.src[l.pos] >= '0' && l.src[l.pos] <= '9') {
			l.pos++
		}
		l.pos += elementLen(l.src[l.pos:])
		l.holes = append(l.holes, span{min(start, l.pos), l.pos})
		return
	}
	start = l.pos
	for depth := 1; l.pos < len(l.src); l.pos++ {
		switch c := l.src[l.pos]; c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				l.holes = append(l.holes, span{start, l.pos})
				l.pos++
				return
			}
		case '"', '\'', '`':
			l.skipString(c)
		}
	}
}

// elementLen is the length of the {name}, {'name'} or [name] that s starts with:
// "$ENV{HOME}/x".
func elementLen(s string) int {
	if s == "" || s[0] != '{' && s[0] != '[' {
		return 0
	}
	end := strings.IndexAny(s[1:], "]}") + 1
	if end < 2 || s[0]+2 != s[end] || strings.Trim(s[1:end], "$'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") != "" {
		return 0
	}
	return end + 1
}

// skipString moves to the closing quote of a string inside a value.
func (l *lexer) skipString(quote byte) {
	if l.depth++; l.depth < maxStrings {
		l.pos++
		outer := l.holes
		l.body("", string(rune(quote)), false, l.interpolation(string(rune(quote)), ""))
		l.holes = outer
		l.pos--
	}
	l.depth--
}

// percent reads Ruby's %x(…), %q(…) and their kind.
func (l *lexer) percent() bool {
	rest := l.src[l.pos:]
	if len(rest) < 3 {
		return false
	}
	kind, at := TokenString, 2
	switch rest[1] {
	case 'x':
		kind = TokenCommand
	case 'q', 'Q', 'w', 'W', 's', 'S', 'c', 'C':
	default:
		return false
	}
	if !l.delimited(kind, at, rest[1] == 'q') {
		return false
	}
	if rest[1] == 'w' || rest[1] == 'W' {
		l.words()
	}
	return true
}

// words makes a list of the words of the last token: %w[rm x], qw(rm x).
func (l *lexer) words() {
	last := l.out[len(l.out)-1]
	fields := strings.Fields(last.Text)
	if last.Kind != TokenString || last.Depth != l.depth || len(fields) > maxFields {
		return // it has values
	}
	l.out = l.out[:len(l.out)-1]
	sign := "["
	for _, field := range fields {
		l.add(TokenPunct, sign, last.Start)
		l.add(TokenString, field, last.Start)
		sign = ","
	}
	if sign == "[" {
		l.add(TokenPunct, sign, last.Start)
	}
	l.add(TokenPunct, "]", last.Start)
}

// perlQuote reads q{…}, qq{…} and qx{…}.
func (l *lexer) perlQuote(word string, start int) bool {
	at := l.pos - start
	l.pos = start
	switch word {
	case "q":
		if l.delimited(TokenString, at, true) {
			return true
		}
	case "qq":
		if l.delimited(TokenString, at, false) {
			return true
		}
	case "qw":
		if l.delimited(TokenString, at, true) {
			l.words()
			return true
		}
	case "qx":
		if l.delimited(TokenCommand, at, false) {
			return true
		}
	}
	l.pos = start + at
	return false
}

// delimited reads a string whose opening delimiter stands at l.pos+at.
func (l *lexer) delimited(kind TokenKind, at int, raw bool) bool {
	start := l.pos
	for l.lang == "perl" && start+at < len(l.src) && l.src[start+at] == ' ' {
		at++
	}
	if start+at >= len(l.src) {
		return false
	}
	open, end := l.src[start+at], byte(0)
	switch open {
	case '(':
		end = ')'
	case '{':
		end = '}'
	case '[':
		end = ']'
	case '<':
		end = '>'
	case '/', '|', '!', '~', '#', '@', '\'', '"':
		open, end = 0, open
	default:
		return false
	}
	nests := ""
	if open != 0 {
		nests = string(rune(open))
	}
	l.pos += at + 1
	inter := ""
	if !raw {
		inter = l.interpolation(`"`, "")
	}
	text := l.body(nests, string(rune(end)), raw, inter)
	l.addString(kind, text, start)
	return true
}
