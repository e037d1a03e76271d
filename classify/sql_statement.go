package classify

import (
	"strings"

	"github.com/DataDog/go-sqllexer"

	"restrain/secret"
)

// An sqlParser reads the tokens of one statement.
type sqlParser struct {
	tokens []sqlToken
	at     int
}

// peek gives the next word, or "".
func (p *sqlParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at].text
	}
	return ""
}

// take gives the next word and goes over it.
func (p *sqlParser) take() string {
	word := p.peek()
	p.at++
	return word
}

// skip goes over any of some words, in any order, and reports whether one was
// there.
func (p *sqlParser) skip(words ...string) bool {
	start := p.at
next:
	for p.at < len(p.tokens) {
		for _, word := range words {
			if p.tokens[p.at].is(word) {
				p.at++
				continue next
			}
		}
		break
	}
	return p.at > start
}

// skipParens goes over a parenthesis and what is in it.
func (p *sqlParser) skipParens() {
	depth := 0
	for p.at < len(p.tokens) {
		switch p.take() {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

// name reads the name of an object, with its qualifiers and without quotes.
func (p *sqlParser) name() string {
	const maxName = 256
	var name string
	for start := p.at; p.at < len(p.tokens) && len(name) < maxName; p.at++ {
		t := &p.tokens[p.at]
		dotted := t.text == "." || strings.HasSuffix(name, ".")
		if p.at > start && !t.glued && !dotted {
			break
		}
		if strings.IndexByte(",()=;*", t.text[0]) >= 0 || t.kind == sqllexer.OPERATOR && t.text != "." {
			break
		}
		if t.kind == sqllexer.STRING && p.at > start {
			break
		}
		name += unquoteName(t.text)
	}
	return name
}

// unquoteName takes the quotes of all dialects off a name.
func unquoteName(text string) string {
	if !strings.ContainsAny(text, "\"`[]'") {
		return text
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("\"`[]'", c) {
			return -1
		}
		return c
	}, text)
}

// nameAfter gives the name behind the first of some words outside of
// parentheses, without going over it.
func (p *sqlParser) nameAfter(words ...string) (string, bool) {
	depth := 0
	for i := p.at; i < len(p.tokens); i++ {
		switch p.tokens[i].text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth != 0 {
			continue
		}
		for _, word := range words {
			if p.tokens[i].is(word) {
				q := sqlParser{tokens: p.tokens, at: i + 1}
				q.skip("only", "table", "if", "exists", "all", "tables", "in", "schema", "database")
				return q.name(), true
			}
		}
	}
	return "", false
}

// objectAfter is nameAfter, and without such a word the next name.
func (p *sqlParser) objectAfter(words ...string) string {
	if name, ok := p.nameAfter(words...); ok {
		return name
	}
	q := *p
	return q.name()
}

// deletes reports a MERGE with … THEN DELETE.
func (p *sqlParser) deletes() bool {
	for i := p.at; i+1 < len(p.tokens); i++ {
		if p.tokens[i].is("THEN") && p.tokens[i+1].is("DELETE") {
			return true
		}
	}
	return false
}

// limited reports whether a condition or a limit narrows the statement. A
// condition that always holds is none.
func (p *sqlParser) limited() bool {
	depth := 0
	for i := p.at; i < len(p.tokens); i++ {
		switch t := &p.tokens[i]; {
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		case depth == 0 && t.is("LIMIT"):
			return true
		case depth == 0 && t.is("WHERE"):
			return !alwaysTrue(p.tokens[i+1:])
		}
	}
	return false
}

// alwaysTrue reports WHERE 1, WHERE true, WHERE 1=1, WHERE 'a'='a', and what
// holds for every row there is: WHERE id > 0, WHERE id IS NOT NULL. Of several
// that OR joins one is enough; AND wants all.
func alwaysTrue(condition []sqlToken) bool {
	and := -1
	for i := range condition {
		t := &condition[i]
		if t.text == "(" || t.is("BETWEEN") {
			and = -1
			break
		}
		if t.is("OR") {
			return alwaysTrue(condition[:i]) || alwaysTrue(condition[i+1:])
		}
		if t.is("AND") && and < 0 {
			and = i
		}
	}
	if and >= 0 {
		return alwaysTrue(condition[:and]) && alwaysTrue(condition[and+1:])
	}
	for len(condition) > 0 && condition[0].text == "(" {
		condition = condition[1:]
	}
	for len(condition) > 0 && (condition[len(condition)-1].text == ")" || condition[len(condition)-1].text == "`") {
		condition = condition[:len(condition)-1]
	}
	switch len(condition) {
	case 0:
		return true
	case 1:
		return condition[0].is("true") || condition[0].kind == sqllexer.NUMBER && condition[0].text != "0"
	case 3:
		return condition[1].text == "=" && condition[0].text == condition[2].text ||
			condition[1].is("LIKE") && strings.Trim(condition[2].text, "'") == "%" ||
			isKey(condition[0].text) && belowAll(condition[1].text, condition[2].text)
	case 4:
		return condition[1].is("IS") && condition[2].is("NOT") && condition[3].is("NULL") ||
			isKey(condition[0].text) && condition[2].text == "-" && belowAll(condition[1].text, "-"+condition[3].text)
	}
	return false
}

// isKey reports the name of a column with a row's number.
func isKey(name string) bool {
	name = strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	return name == "id" || name == "rowid" || name == "ctid" || name == "pk" || strings.HasSuffix(name, "_id")
}

// belowAll reports a comparison that every row's number passes.
func belowAll(op, number string) bool {
	switch number {
	case "0", "-1":
		return op == ">" || op == ">=" || op == "<>" || op == "!="
	case "1":
		return op == ">="
	}
	return false
}

// evidence is the start of the statement, without secrets.
func (p *sqlParser) evidence() string {
	const maxEvidence = 160
	var b strings.Builder
	for i := range p.tokens {
		t := &p.tokens[i]
		if i > 0 && !t.glued {
			b.WriteByte(' ')
		}
		if b.Len()+len(t.text) > maxEvidence {
			b.WriteString("…")
			break
		}
		b.WriteString(t.text)
	}
	return secret.Redact(b.String())
}

// clientCommands reads and takes away the lines that are commands of the
// client and not SQL: \! of psql and mysql, .shell of sqlite3, !! of beeline.
func (s *sqlReader) clientCommands(text string) string {
	if !strings.Contains(text, "\\") && !strings.Contains(text, "\n.") && !strings.HasPrefix(text, ".") &&
		s.dbms != sqllexer.DBMSMySQL {
		return text
	}
	var rest strings.Builder
	for line := range strings.Lines(text) {
		command := strings.TrimSpace(line)
		name, argument, _ := strings.Cut(command, " ")
		argument = strings.Trim(strings.TrimSpace(argument), "'\";")
		switch {
		case strings.HasPrefix(command, "\\!"):
			s.add(sqlFact{verb: sqlShell, object: strings.TrimSpace(command[2:]), text: secret.Redact(command)})
		case name == ".shell", name == ".system", s.dbms == sqllexer.DBMSMySQL && name == "system":
			s.add(sqlFact{verb: sqlShell, object: argument, text: secret.Redact(command)})
		case name == "\\i", name == "\\ir", name == "\\include", name == "\\.", name == ".read",
			s.dbms == sqllexer.DBMSMySQL && name == "source":
			s.includeFile(argument)
		case strings.HasPrefix(strings.ToLower(command), "\\copy "):
			rest.WriteString(strings.TrimPrefix(command, "\\"))
			rest.WriteString(";\n")
		case strings.HasPrefix(command, "\\"), len(name) > 1 && name[0] == '.' && isLetter(name[1]):
			s.add(sqlFact{verb: name, object: argument, text: secret.Redact(command)})
		default:
			rest.WriteString(line)
		}
	}
	return rest.String()
}

func (s *sqlReader) includeFile(path string) {
	if path != "" && len(s.included) < maxRequests {
		s.included = append(s.included, path)
	}
	if s.include != nil {
		if text, ok := s.include(path); ok {
			s.read(text)
			return
		}
	}
	s.add(sqlFact{verb: sqlUnknown, text: "the file " + path})
}
