package secret

import "strings"

// Redact replaces the secrets in a text by a short form that keeps what tells
// them apart: the known prefix of a token (at most four bytes) and a class of
// its length, as in ghp_[redacted:32+]. A text without secrets comes back as
// it is, without an allocation. Redacting twice changes nothing more.
//
// It knows secrets by their name (KEY=value, "password": "…", --token …,
// Authorization headers, user:password in -u and URLs), and by their shape
// (ghp_…, AKIA…, JSON Web Tokens, private key blocks). Variables stay, so do
// ids of resources and commit hashes: a reader must see what is destroyed. It
// errs towards redacting.
func Redact(text string) string {
	r := redactor{text: text, hot: -1}
	for r.pos < len(text) {
		r.next()
	}
	if r.out == nil {
		return text
	}
	return string(append(r.out, text[r.done:]...))
}

// minRepeated is the shortest secret that is looked for elsewhere: a shorter one
// stands in too much by chance.
const minRepeated = 6

// Values gives what Redact takes out of a text, for Without: what of it stands in
// another text, where nothing tells that it is a secret, is one all the same.
func Values(text string) []string {
	var values []string
	r := redactor{text: text, hot: -1, values: &values}
	for r.pos < len(text) {
		r.next()
	}
	return values
}

// Without takes values out of a text, and what Redact finds. With none it is
// Redact.
func Without(text string, values []string) string {
	for _, value := range values {
		if strings.Contains(text, value) {
			r := redactor{text: text, hot: -1}
			for i := strings.Index(text, value); i >= 0; {
				r.replace(i, i+len(value))
				next := strings.Index(text[r.pos:], value)
				if next < 0 {
					break
				}
				i = r.pos + next
			}
			text = string(append(r.out, text[r.done:]...))
		}
	}
	return Redact(text)
}

// A redactor walks a text once; pos never goes back.
type redactor struct {
	text string
	pos  int
	out  []byte // nil until something is redacted
	// values takes what is redacted; nil keeps nothing.
	values *[]string
	done   int // text before it is in out
	// hot is the end of a word that announces a secret, -1 when there is none:
	// what follows it directly, long and random, is one.
	hot int
	// at is the command that is being read: mysql's -p is not mkdir's.
	at position
}

// next reads one word, or one byte of anything else.
func (r *redactor) next() {
	c := r.text[r.pos]
	switch {
	case isWordStart(c):
		r.word()
	case c == '-' && strings.HasPrefix(r.text[r.pos:], "-----BEGIN ") && r.keyBlock():
	case (c == '-' || c == '/' && r.at.active != 0) && (r.pos == 0 || isBlank(r.text[r.pos-1]) || isQuote(r.text[r.pos-1])) && r.flag():
	case c == ':' && strings.HasPrefix(r.text[r.pos:], "://"):
		r.pos += len("://")
		r.userinfo()
	case c == '[' && markerLen(r.text[r.pos:]) > 0:
		r.pos += markerLen(r.text[r.pos:])
		r.hot = -1
	case c == '\\' && r.pos+1 < len(r.text) && strings.IndexByte("nrt", r.text[r.pos+1]) >= 0:
		r.pos += 2 // an escape in JSON: what follows the letter is a word of its own
	case (c == '+' || c == '/' || c == '!' || c == '#' || c == '%') && r.operand(r.pos):
	case c == '<' && strings.HasPrefix(r.text[r.pos:], "<<<") && r.hereString():
	case c == '\n' || c == ';' || c == '|' || c == '&' && strings.HasPrefix(r.text[r.pos:], "&&"):
		r.at.command()
		r.hot = -1
		r.pos++
	default:
		r.pos++
	}
}

// replace redacts text[start:end] and goes on behind it.
func (r *redactor) replace(start, end int) {
	if markerLen(r.text[start:end]) == end-start {
		r.pos = end
		return
	}
	if r.out == nil {
		r.out = make([]byte, 0, len(r.text)+16)
	}
	r.out = append(r.out, r.text[r.done:start]...)
	secret := r.text[start:end]
	if r.values != nil && len(secret) >= minRepeated && !isCommonWord(secret) {
		*r.values = append(*r.values, secret)
	}
	r.out = append(r.out, secret[:tokenPrefix(secret)]...)
	switch n := len(secret); {
	case n >= 64:
		r.out = append(r.out, "[redacted:64+]"...)
	case n >= 32:
		r.out = append(r.out, "[redacted:32+]"...)
	case n >= 16:
		r.out = append(r.out, "[redacted:16+]"...)
	default:
		r.out = append(r.out, "[redacted]"...)
	}
	r.done, r.pos, r.hot = end, end, -1
}

// markerLen gives the length of what replace wrote at the start of s, with the
// prefix that it kept, or 0.
func markerLen(s string) int {
	open := 0
	for open < len(s) && open < maxTokenPrefix && isWordByte(s[open]) {
		open++
	}
	if open > 0 && tokenPrefix(s[:open]) != open || !strings.HasPrefix(s[open:], "[redacted") {
		return 0
	}
	rest := s[open+len("[redacted"):]
	for _, end := range [...]string{"]", ":16+]", ":32+]", ":64+]"} {
		if strings.HasPrefix(rest, end) {
			return len(s) - len(rest) + len(end)
		}
	}
	return 0
}

// word reads a name, a token or any other word.
func (r *redactor) word() {
	start := r.pos
	end := start + 1
	for end < len(r.text) && isWordByte(r.text[end]) && !strings.HasPrefix(r.text[end:], "-----") {
		end++
	}
	word := r.text[start:end]
	if n := markerLen(r.text[start:]); n > 0 {
		r.announce(word, start+n)
		r.pos = start + n
		return
	}
	if n := tokenLen(r.text[start:], len(word)); n > 0 {
		r.replace(start, start+n)
		r.announce(word, start+n)
		return
	}
	if r.isHot(start) {
		if n := randomLen(r.text[start:]); n > 0 {
			r.hot = -1
			r.replace(start, start+n)
			return
		}
	}
	if r.isMixed(start, end) {
		r.replace(start, r.mixedEnd(end))
		return
	}
	if r.operand(start) {
		return
	}
	r.pos = end
	kind := secretName(word)
	r.at.word(word)
	switch {
	case kind == notSecret:
		r.unnamed(word, start, end)
	case r.namedValue(start, end, kind), kind == strongName && r.saidBefore(word, end):
	default:
		r.hot = end
	}
}

// announce says that what follows an access key id is its secret.
func (r *redactor) announce(word string, end int) {
	if r.hot = -1; strings.HasPrefix(word, "AKIA") || strings.HasPrefix(word, "ASIA") {
		r.hot = end
	}
}

// isHot reports whether only a few signs lie between a word that announces a
// secret and pos.
func (r *redactor) isHot(pos int) bool {
	const maxGap = 8
	if r.hot < 0 {
		return false
	}
	if pos-r.hot > maxGap {
		r.hot = -1
		return false
	}
	for _, c := range []byte(r.text[r.hot:pos]) {
		if isWordByte(c) && c != '-' {
			r.hot = -1
			return false
		}
	}
	return true
}

// namedValue redacts the value behind a name that says secret, if there is
// one, and reports whether there was a value at all.
func (r *redactor) namedValue(start, end int, kind nameKind) bool {
	value, spaced := r.separator(end)
	if start > 1 && r.text[start-2:start] == "${" && !strings.HasPrefix(r.text[end:], ":-") && !strings.HasPrefix(r.text[end:], ":=") {
		return false // ${TOKEN:0:4}, ${TOKEN:+set}
	}
	if value < 0 {
		if kind != strongName || start == 0 || r.text[start-1] != '-' || r.at.takes(second) {
			return false
		}
		// --token VALUE
		value = skipBlanks(r.text, end)
		if value == end || value == len(r.text) || r.text[value] == '-' {
			return false
		}
		spaced = false
	}
	r.redactValue(value, spaced, kind, r.text[start:end])
	return true
}

// separator finds the value of a name that ends at pos: = : := or =>, with a
// closing quote before and blanks around it. It gives -1 when there is none,
// and whether blanks were there.
func (r *redactor) separator(pos int) (value int, spaced bool) {
	t := r.text
	i := pos
	if i < len(t) && t[i] == '\\' && i+1 < len(t) && t[i+1] == '"' {
		i += 2
	} else if i < len(t) && isQuote(t[i]) {
		i++
	}
	sep := skipBlanks(t, i)
	i = sep
	switch {
	case i >= len(t) || t[i] != '=' && t[i] != ':':
		return -1, false
	case strings.HasPrefix(t[i:], "://"), strings.HasPrefix(t[i:], "::"),
		strings.HasPrefix(t[i:], "=="), strings.HasPrefix(t[i:], "=~"):
		return -1, false
	case strings.HasPrefix(t[i:], ":="), strings.HasPrefix(t[i:], "=>"), strings.HasPrefix(t[i:], ":-"):
		i += 2
	default:
		i++
	}
	value = skipBlanks(t, i)
	return value, value > i || sep > pos && isBlank(t[sep-1])
}

// redactValue redacts the value that starts at pos, if it is one that can be
// secret, and leaves pos behind what it has decided about. What is no secret by
// its first signs is not read to its end: names in it follow.
func (r *redactor) redactValue(pos int, spaced bool, kind nameKind, name string) {
	t := r.text
	if secretScheme(name) {
		pos = skipScheme(t, pos)
	}
	start := openQuote(t, pos)
	if secretScheme(name) && start > pos {
		start = skipScheme(t, start)
	}
	r.pos = start
	if start >= len(t) || isReference(t[start:]) || strings.HasPrefix(t[start:], "-----BEGIN ") {
		return
	}
	if kind == weakName {
		head := t[:min(len(t), pos+maxUndecided)]
		if first, end, _ := valueSpan(head, pos); !isRandom(head[first:end]) {
			return
		}
	}
	first, end, quoted := valueSpan(t, pos)
	if !quoted && isCookie(name) {
		if start > pos {
			return // the quote closes a header without a value
		}
		end = start + lineLen(t[start:])
	}
	if start = max(start, first); start >= end || !hasAlphanumeric(t[start:end]) {
		return
	}
	value := t[start:end]
	if !quoted && spaced && (isTypeOrLiteral(value) || end < len(t) && t[end] == '(') {
		r.pos = end
		return
	}
	r.replace(start, end)
}

// quoteInQuotes is a single quote within single quotes, as shells have it.
const (
	quoteInQuotes = `'\''`
	maxQuoted     = 16 << 10
)

// openQuote goes over the quote that a value starts with.
func openQuote(t string, pos int) int {
	switch {
	case strings.HasPrefix(t[min(pos, len(t)):], quoteInQuotes):
		return pos + len(quoteInQuotes)
	case pos+1 < len(t) && t[pos] == '\\' && isQuote(t[pos+1]):
		return pos + 2
	case pos < len(t) && (t[pos] == '"' || t[pos] == '\''):
		return pos + 1
	}
	return pos
}

// skipScheme goes over the scheme in front of a credential.
func skipScheme(t string, pos int) int {
	i := pos
	for i < len(t) && i < pos+8 && isLetter(t[i]) {
		i++
	}
	for _, scheme := range [...]string{"bearer", "basic", "token", "digest", "apikey", "bot", "key"} {
		if next := skipBlanks(t, i); strings.EqualFold(t[pos:i], scheme) && next > i && next < len(t) && !isQuote(t[next]) {
			return next
		}
	}
	return pos
}

// lineLen is the length of a header's value: to the end of the line, or of the
// quotes around the header.
func lineLen(t string) int {
	for i := range len(t) {
		if c := t[i]; isQuote(c) || c == '\n' || c == '\r' || c == '\\' {
			return i
		}
	}
	return len(t)
}

// valueSpan gives the extent of a value that starts at pos: to the closing
// quote, or to the sign that ends an unquoted one.
func valueSpan(t string, pos int) (start, end int, quoted bool) {
	start = pos
	if strings.HasPrefix(t[min(start, len(t)):], quoteInQuotes) {
		start += len(quoteInQuotes)
		if end = strings.Index(t[start:min(len(t), start+maxQuoted)], quoteInQuotes); end >= 0 {
			return start, start + end, true
		}
	}
	if start < len(t) && t[start] == '\\' {
		if start+1 >= len(t) || !isQuote(t[start+1]) {
			return start, start, false // an escape in a pattern, not a value
		}
		start += 2
		end = start
		for end < len(t) && t[end] != t[start-1] {
			end++
		}
		if end < len(t) && t[end-1] == '\\' {
			end--
		}
		return start, max(start, end), true
	}
	if start < len(t) && (t[start] == '"' || t[start] == '\'') {
		quote := t[start]
		start++
		if start < len(t) && (isBlank(t[start]) || isValueEnd(t[start])) {
			return start, start, false // it was the closing quote of "TOKEN="
		}
		for end = start; end < len(t) && t[end] != quote; end++ {
			if quote == '"' && t[end] == '\\' && end+1 < len(t) {
				end++
			}
		}
		return start, min(end, len(t)), true
	}
	for end = start; end < len(t) && !isValueEnd(t[end]) && !isBlank(t[end]) && !isQuote(t[end]); end++ {
		if t[end] == '\\' && end+1 < len(t) && isQuote(t[end+1]) {
			break
		}
	}
	return start, end, false
}

// keyBlock redacts the body of a private key and reports whether it is one.
func (r *redactor) keyBlock() bool {
	head := r.text[r.pos:]
	begin := strings.Index(head[1:min(len(head), 64)], "PRIVATE KEY")
	if begin < 0 {
		return false
	}
	start := r.pos + 1 + begin + len("PRIVATE KEY")
	for start < len(r.text) && r.text[start] != '\n' && r.text[start] != '\\' && (r.text[start] == '-' || isLetter(r.text[start]) || r.text[start] == ' ') {
		start++
	}
	if markerLen(r.text[start:]) > 0 {
		r.pos = start
		return true
	}
	end := len(r.text)
	if i := strings.Index(r.text[start:], "-----END "); i >= 0 {
		end = start + i
	}
	if strings.Trim(r.text[start:end], " \n\r\\") == "" {
		r.pos = end
		return true
	}
	r.replace(start, end)
	return true
}

// userinfo redacts the password of user:password@host, or a long user without
// one, at pos. What it has judged is not read again.
func (r *redactor) userinfo() {
	start, end := r.pos, -1
	for i := start; i < len(r.text); i++ {
		c := r.text[i]
		if c == '@' {
			end = i
		}
		if c == '/' && !unescapedPassword(r.text[start:i]) || c == '?' || c == '\n' || isBlank(c) || isQuote(c) { // a # should be escaped, and is not
			break
		}
	}
	if end < 0 {
		return
	}
	user := r.text[start:end]
	if markerLen(user) == len(user) {
		r.pos = end
		return
	}
	colon := userColon(user)
	secret := user[colon+1:]
	switch {
	case colon < 0 && !isRandom(secret):
		return
	case secret == "" || isReference(secret) || !hasAlphanumeric(secret):
		r.pos = end
		return
	}
	r.replace(start+colon+1, end)
}

// unescapedPassword reports whether what comes before a slash is user:password
// with a slash in it, and not host:port.
func unescapedPassword(text string) bool {
	colon := strings.IndexByte(text, ':')
	return colon >= 0 && strings.IndexByte(text, '@') < 0 && strings.Trim(text[colon+1:], "0123456789") != ""
}

// userColon finds the colon of user:password, which is not that of a marker.
func userColon(text string) int {
	colon := strings.IndexByte(text, ':')
	if colon > 0 && strings.HasSuffix(text[:colon], "[redacted") {
		return -1
	}
	return colon
}
