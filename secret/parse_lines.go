package secret

import (
	"encoding/base64"
	"strings"
)

// lines reads settings, one a line: dotenv, INI, TOML, npmrc, a shell's files,
// and what looks like them in any other text. first is the number of the first
// line.
func (c *collector) lines(text string, first int) {
	section, line := "", first
	for len(text) > 0 && len(c.values) < maxValues {
		raw, rest, _ := strings.Cut(text, "\n")
		entry := strings.TrimSpace(raw)
		used := 1
		switch {
		case entry == "" || entry[0] == '#' || strings.HasPrefix(entry, "//") && !strings.Contains(entry, ":_"):
		case entry[0] == ';':
		case strings.HasPrefix(entry, "-----BEGIN ") && strings.Contains(entry, "PRIVATE KEY"):
			used = c.pem(section, text, line)
			rest = skipLines(text, used)
		case entry[0] == '[' && strings.HasSuffix(entry, "]") && !strings.ContainsAny(entry, `{,`):
			section = strings.Trim(strings.TrimPrefix(strings.Trim(entry, "[] "), "profile "), `"'`)
		default:
			if name, value, ok := assignment(entry); ok {
				value, used = c.quoted(value, rest)
				rest = skipLines(text, used)
				c.field(joinName(section, name), value, line)
			} else {
				c.loose(section, entry, line)
			}
		}
		text, line = rest, line+used
	}
}

// loose reads a line that is no assignment as a whole: an address, a pair in
// the middle of code, a token.
func (c *collector) loose(section, entry string, line int) {
	for i := 0; i < len(entry); {
		if strings.HasPrefix(entry[i:], "://") {
			start := i
			for start > 0 && (isLetter(entry[start-1]) || entry[start-1] == '+') {
				start--
			}
			end := i
			for end < len(entry) && !isBlank(entry[end]) && !isQuote(entry[end]) {
				end++
			}
			c.address(joinName(section, hostOf(entry[start:end])), entry[start:end], line, notSecret)
			i = end
			continue
		}
		i++
	}
	c.pairs(entry, line, 0)
	c.tokens(entry, line)
}

// pairs reads name = "value" and name: "value" in the middle of a text.
func (c *collector) pairs(text string, line, from int) {
	for i := from; i < len(text); {
		if !isWordStart(text[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(text) && (isWordByte(text[end]) || text[end] == '.') {
			end++
		}
		r := redactor{text: text}
		if value, _ := r.separator(end); value >= 0 && value < len(text) && isQuote(text[value]) {
			start, stop, _ := valueSpan(text, value)
			if start < stop {
				c.field(text[i:end], text[start:stop], line)
			}
			end = max(end, min(stop, len(text)))
		}
		i = end
	}
}

// hostOf is the host of an address, which names what lies in it.
func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

func joinName(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + " " + name
}

// assignment splits NAME=VALUE, name: value and their kin, with what a shell or
// a language puts before a name.
func assignment(entry string) (name, value string, ok bool) {
	for _, word := range [...]string{"export ", "set ", "declare -x ", "setx ", "$env:", "const ", "let ", "var ", "ENV ", "ARG "} {
		if strings.HasPrefix(entry, word) {
			entry = strings.TrimLeft(entry[len(word):], " -gxU")
			break
		}
	}
	end := strings.IndexAny(entry, "=: \t")
	if strings.HasPrefix(entry, "//") {
		end = strings.IndexByte(entry, '=') // npmrc: //host:port/:_authToken=…
	}
	if end <= 0 {
		return "", "", false
	}
	name = strings.Trim(entry[:end], `"'`)
	rest := strings.TrimLeft(entry[end:], " \t")
	switch {
	case strings.HasPrefix(rest, "=>"), strings.HasPrefix(rest, ":="), strings.HasPrefix(rest, "?="), strings.HasPrefix(rest, "+="):
		rest = rest[2:]
	case rest != "" && (rest[0] == '=' || rest[0] == ':') && !strings.HasPrefix(rest, "==") && !strings.HasPrefix(rest, "://"):
		rest = rest[1:]
	default:
		return "", "", false
	}
	if strings.ContainsAny(name, " \t(){}[]<>,") || name == "" {
		return "", "", false
	}
	return name, strings.TrimSpace(rest), true
}

// quoted takes the quotes off a value. It may go on over the lines that follow;
// used says over how many it goes in all.
func (c *collector) quoted(value, following string) (text string, used int) {
	if value == "" {
		return "", 1
	}
	quote := value[:1]
	switch {
	case strings.HasPrefix(value, `"""`), strings.HasPrefix(value, "'''"):
		quote = value[:3]
	case quote != `"` && quote != "'" && quote != "`":
		for _, comment := range [...]string{" #", "\t#", " ;"} {
			if i := strings.Index(value, comment); i >= 0 {
				value = value[:i]
			}
		}
		return strings.TrimRight(strings.TrimSpace(value), ",;"), 1
	}
	value = value[len(quote):]
	if text, ok := closing(value, quote); ok {
		return text, 1
	}
	// A text of open quotes would be read over and over.
	const maxLooked = 4 << 20
	following = following[:min(len(following), maxValue)]
	if c.looked += len(following); c.looked < maxLooked {
		if text, ok := closing(following, quote); ok {
			return value + "\n" + text, 2 + strings.Count(text, "\n")
		}
	}
	return value, 1 // a quote that nothing closes
}

// closing gives the text before a closing quote, with its escapes undone.
func closing(text, quote string) (string, bool) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote[0] == '"':
			i++
		case strings.HasPrefix(text[i:], quote):
			text = text[:i]
			if quote[0] == '"' && strings.IndexByte(text, '\\') >= 0 {
				text = strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`, `\$`, `$`).Replace(text)
			}
			return text, true
		}
	}
	return "", false
}

func skipLines(text string, n int) string {
	for ; n > 0; n-- {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}

// pem keeps the body of a private key: as a whole, and line by line, for a part
// of it may be printed. It gives the number of lines that it read.
func (c *collector) pem(name, text string, line int) int {
	const minLine = 16
	begin := strings.Index(text, "-----BEGIN ")
	if begin < 0 {
		return 1
	}
	lead := strings.Count(text[:begin], "\n")
	head, body, _ := strings.Cut(text[begin:], "\n")
	if i := strings.Index(head[1:], "-----"); name == "" && i > 0 {
		name = strings.ToLower(strings.Trim(head, "- \r"))
		name = strings.TrimPrefix(name, "begin ")
	}
	end := strings.Index(body, "-----END ")
	if end < 0 {
		end = len(body)
	}
	body = body[:min(end, maxValue)]
	c.add(name, strings.TrimSpace(body), line)
	used := lead + 1
	for part := range strings.Lines(body) {
		// The first line of every OpenSSH key is the same.
		if part = strings.TrimSpace(part); len(part) >= minLine && !strings.HasPrefix(part, "b3BlbnNzaC1rZXktdjE") && !strings.Contains(part, ": ") {
			at := line
			if line > 0 {
				at = line + used
			}
			c.add(name, part, at)
		}
		used++
	}
	return used
}

// encodedPEM keeps the body of a private key all of which stands in one line.
func (c *collector) encodedPEM(name, text string, line int) {
	before := len(c.values)
	c.pem(name, text, line)
	for i := range c.values[before:] {
		c.values[before+i].Origin.Line = line
	}
}

// netrc reads the passwords of a .netrc, which may stand on one line or many.
func (c *collector) netrc(text string) {
	machine, key, line := "default", "", 0
	for raw := range strings.Lines(text) {
		line++
		if strings.HasPrefix(strings.TrimSpace(raw), "#") {
			continue
		}
		for _, word := range strings.Fields(raw) {
			switch {
			case key == "machine":
				machine, key = word, ""
			case key == "password" || key == "account":
				c.password(machine+" "+key, strings.Trim(word, `"`), line)
				key = ""
			case key != "":
				key = ""
			case word == "machine" || word == "password" || word == "account" || word == "login":
				key = word
			}
		}
	}
}

// pgpass reads host:port:database:user:password, with \: and \\.
func (c *collector) pgpass(text string) {
	line := 0
	for raw := range strings.Lines(text) {
		line++
		raw = strings.TrimRight(raw, "\r\n")
		if raw == "" || raw[0] == '#' {
			continue
		}
		field, start, host := 0, 0, ""
		for i := 0; i < len(raw) && field < 4; i++ {
			if raw[i] == '\\' {
				i++
			} else if raw[i] == ':' {
				if field++; field == 1 {
					host = raw[:i]
				}
				start = i + 1
			}
		}
		if field == 4 {
			c.password(joinName(host, "password"), strings.NewReplacer(`\:`, ":", `\\`, `\`).Replace(raw[start:]), line)
		}
	}
}

// kubernetesData keeps both forms of a value of a Secret.
func (c *collector) kubernetesData(name, value string, line int) {
	plain, err := base64.StdEncoding.DecodeString(value)
	if err != nil || !isText(plain) {
		return
	}
	if strings.Contains(string(plain), "PRIVATE KEY-----") {
		c.encodedPEM(name, string(plain), line)
		return
	}
	c.password(name, strings.TrimSpace(string(plain)), line)
	if len(value) >= 8 && isRandom(value) {
		c.add(name, value, line)
	}
}
