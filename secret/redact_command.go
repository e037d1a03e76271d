package secret

import "strings"

// unnamed looks at what a word that is no secret's name says about what follows.
func (r *redactor) unnamed(word string, start, end int) {
	t := r.text
	switch word {
	case "echo", "printf":
		if piped(t[end:]) {
			r.echoed(end)
		}
		return
	case "ALTER", "CREATE", "SET", "alter", "create", "IDENTIFIED", "identified":
		r.at.sql = true
		return
	case "BY", "by":
		if r.at.sql {
			r.quotedNext(end)
		}
		return
	case "login", "machine":
		r.at.login = true
		return
	case "bot", "Bearer", "bearer", "Basic":
		return
	}
	if end < len(t) && t[end] == '=' && r.at.takes(pairs) && (start == 0 || t[start-1] != '-') {
		r.redactValue(end+1, false, strongName, "")
		return
	}
	if (word == "user" || word == "proxy-user") && start > 1 && t[start-2:start] == "--" {
		if value := skipSign(t, end); value > end {
			r.userFlag(value)
		}
	}
}

// skipSign goes over what lies between a flag and its value.
func skipSign(t string, pos int) int {
	if pos < len(t) && t[pos] == '=' {
		return pos + 1
	}
	return skipBlanks(t, pos)
}

// saidBefore redacts the value of a name that no sign separates from it, where
// what was read before says that one follows: in SQL, in a netrc, behind "set".
func (r *redactor) saidBefore(word string, end int) bool {
	switch {
	case r.at.sql && (r.quotedNext(end) || r.quotedNext(equalSign(r.text, end))):
		return true
	case r.at.login && strings.EqualFold(word, "password"), r.at.takes(named):
		value := skipBlanks(r.text, end)
		if end < len(r.text) && isQuote(r.text[end]) { // "token" VALUE
			value = skipBlanks(r.text, end+1)
		}
		if value == end || value >= len(r.text) || r.text[value] == '-' || isValueEnd(r.text[value]) {
			return false
		}
		r.redactValue(value, false, strongName, "")
		return true
	}
	return false
}

// equalSign is behind the = of SET PASSWORD FOR user = 'value'.
func equalSign(t string, pos int) int {
	const near = 80
	i := strings.IndexAny(t[pos:min(len(t), pos+near)], "=;'\"\n")
	if i < 0 || t[pos+i] != '=' {
		return len(t)
	}
	return pos + i + 1
}

// quotedNext redacts the quoted text that follows.
func (r *redactor) quotedNext(pos int) bool {
	value := skipBlanks(r.text, pos)
	if value < len(r.text) && r.text[value] == '(' {
		value++
	}
	quoted := value
	if quoted < len(r.text) && r.text[quoted] == '\\' {
		quoted++ // a quote in a text in quotes
	}
	if quoted >= len(r.text) || r.text[quoted] != '\'' && r.text[quoted] != '"' || quoted == pos {
		return false
	}
	r.redactValue(value, false, strongName, "")
	return true
}

// operand counts the operands behind the verb of a place, and redacts the one
// that is the secret. It reports whether it has gone on.
func (r *redactor) operand(start int) bool {
	at := &r.at
	if at.active == 0 || start > 0 && !isBlank(r.text[start-1]) && !isQuote(r.text[start-1]) {
		return false
	}
	if start > 0 && isQuote(r.text[start-1]) && start > 1 && !isBlank(r.text[start-2]) {
		return false
	}
	at.operand++
	if !(at.operand == 2 && at.takes(second)) && !(at.operand == 3 && at.takes(third)) {
		return false
	}
	if start > 0 && isQuote(r.text[start-1]) {
		start--
	}
	before := r.pos
	r.redactValue(start, false, strongName, "")
	return r.pos > before
}

// isMixed reports whether the word from start to end is random, and no id.
func (r *redactor) isMixed(start, end int) bool {
	if end-start > maxMixed || !isMixed(r.text[start:end]) {
		return false
	}
	for i := start - 1; i >= 0 && i > start-6; i-- {
		switch c := r.text[i]; {
		case c == ':' || c == '=' || c == ' ' || c == '\\' || isQuote(c):
		case c == 'd' || c == 'D': // volumeId: "…"
			return i == 0 || r.text[i-1]|0x20 != 'i'
		default:
			return true
		}
	}
	return true
}

const maxMixed = 4096

// mixedEnd goes on over what base64 has and a word has not.
func (r *redactor) mixedEnd(end int) int {
	for end < len(r.text) && (isWordByte(r.text[end]) || r.text[end] == '+' || r.text[end] == '=') {
		end++
	}
	return end
}

// echoed redacts what a command prints into one that reads a secret.
func (r *redactor) echoed(pos int) {
	for {
		pos = skipBlanks(r.text, pos)
		if pos >= len(r.text) || r.text[pos] != '-' {
			break
		}
		for pos < len(r.text) && !isBlank(r.text[pos]) {
			pos++
		}
	}
	if rest := r.text[pos:]; len(rest) > 1 && (rest[0] == '%' || isQuote(rest[0]) && rest[1] == '%') { // printf '%s' VALUE
		_, end, _ := valueSpan(r.text, pos)
		if rest[0] != '%' {
			end++ // the quote
		}
		if end < len(r.text) && isBlank(r.text[end]) {
			pos = skipBlanks(r.text, end)
		}
	}
	if user := strings.IndexByte(r.text[pos:min(len(r.text), pos+64)], ':'); user > 0 && strings.Contains(r.text[pos:min(len(r.text), pos+240)], "chpasswd") {
		start, end, _ := valueSpan(r.text, pos)
		if start <= pos+user && pos+user+1 < end {
			r.replace(pos+user+1, end)
			return
		}
	}
	r.redactValue(pos, false, strongName, "")
}

// hereString redacts <<< VALUE for a command that reads a secret, and reports
// whether it did.
func (r *redactor) hereString() bool {
	line := r.text[max(0, r.pos-120):r.pos]
	line = line[strings.LastIndexAny(line, "\n;|&")+1:]
	for _, words := range fromInput {
		if strings.Contains(line, strings.TrimSpace(words)) {
			r.redactValue(skipBlanks(r.text, r.pos+len("<<<")), false, strongName, "")
			return true
		}
	}
	return false
}

// flag redacts the secret of a flag: of a place, -u user:password of anything,
// and what looks like a password behind any -p.
func (r *redactor) flag() bool {
	t := r.text
	if r.pos+1 >= len(t) {
		return false
	}
	if at := r.at.flag(t[r.pos:]); at > 0 {
		at += r.pos
		switch start := openQuote(t, at); {
		case r.at.takes(pairs): // --from-literal=NAME=VALUE
			return false
		case strings.HasPrefix(t[start:], "pass:"):
			at = start + len("pass:")
		case strings.HasPrefix(t[start:], "file:"), strings.HasPrefix(t[start:], "env:"), strings.HasPrefix(t[start:], "stdin"):
			return false
		case r.userFlag(at):
			return true
		}
		r.redactValue(at, false, strongName, "")
		return true
	}
	if !isLetter(t[r.pos+1]) {
		return false
	}
	letter, attached := t[r.pos+1], r.pos+2
	value := skipBlanks(t, attached)
	if value >= len(t) || t[value] == '-' {
		return false
	}
	switch {
	case letter == 'u':
		return r.userFlag(value)
	case letter == 'p' && value > attached:
		if start, end, _ := valueSpan(t, value); looksPassword(t[start:end]) {
			r.replace(start, end)
			return true
		}
	}
	return false
}

// looksPassword reports whether a word without a name is what a human takes for
// a password: letters of both cases and a digit or a sign, and no path, no
// address and no pattern.
func looksPassword(value string) bool {
	const longest = 64
	if len(value) < 8 || len(value) > longest || isReference(value) {
		return false
	}
	upper, lower, other := false, false, false
	for i := range len(value) {
		switch c := value[i]; {
		case isUpper(c):
			upper = true
		case isLetter(c):
			lower = true
		case c >= '0' && c <= '9' || c == '!' || c == '#' || c == '@':
			other = true
		case strings.IndexByte("-_+^%", c) < 0:
			return false
		}
	}
	return upper && lower && other
}

// userFlag redacts the password in user:password at pos. Numbers on both sides
// are a user and a group.
func (r *redactor) userFlag(pos int) bool {
	start, end, _ := valueSpan(r.text, pos)
	value := r.text[start:end]
	colon := userColon(value)
	if colon <= 0 && r.at.active != 0 && strings.IndexByte(value, '%') > 0 { // smbclient -U user%password
		colon = strings.IndexByte(value, '%')
	}
	if colon <= 0 || strings.HasPrefix(value[colon:], "://") || strings.Trim(value, "0123456789:") == "" || value[:colon] == "pass" {
		return false
	}
	if secret := value[colon+1:]; secret == "" || isReference(secret) || !hasAlphanumeric(secret) {
		return false
	}
	r.replace(start+colon+1, end)
	return true
}
