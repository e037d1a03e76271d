package classify

import (
	"strings"

	"github.com/DataDog/go-sqllexer"
)

// Bounds of SQL text.
const (
	maxStatements = 500
	maxSQLNesting = 3 // statements in strings of statements
)

// The verbs that no statement has.
const (
	sqlUnknown = "unknown" // text that cannot be read
	sqlShell   = "shell"   // a shell command that the client runs
	sqlProgram = "program" // a program that the server runs
)

// An sqlReader turns SQL text into statements.
type sqlReader struct {
	dbms  sqllexer.DBMSType
	facts []sqlFact
	// include reads a file that a client's own command names (\i); nil when
	// there is none to read.
	include func(path string) (string, bool)
	// included are the files that it was told to run.
	included []string
	attaches bool // a statement opens another database beside the client's
	depth    int
}

// An sqlToken is a token without the white space and comments around it.
type sqlToken struct {
	text string
	kind sqllexer.TokenType
	// glued reports that it directly follows the token before it.
	glued bool
}

func (t *sqlToken) is(word string) bool {
	return t.kind != sqllexer.STRING && strings.EqualFold(t.text, word)
}

// read takes over all statements of a text.
func (s *sqlReader) read(text string) {
	if s.depth == maxSQLNesting || len(s.facts) >= maxStatements {
		return
	}
	s.depth++
	defer func() { s.depth-- }()
	if len(text) > maxBody {
		text = text[:maxBody]
		s.add(sqlFact{verb: sqlUnknown, text: "SQL text that is too long to read"})
	}
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", " ") // the lexer takes it for the end
	}
	text = s.clientCommands(text)
	first := len(s.facts)
	var tokens []sqlToken
	s.lex(text, func(t sqlToken) {
		if t.text == ";" || t.is("GO") && len(tokens) > 0 && s.dbms == sqllexer.DBMSSQLServer {
			s.statement(tokens)
			tokens = tokens[:0]
			return
		}
		tokens = append(tokens, t)
	})
	s.statement(tokens)
	s.rollBack(s.facts[first:])
}

// rollBack marks the statements of a transaction that ends with ROLLBACK, as
// in a rehearsal: nothing of them stays. MySQL and Oracle commit at each change
// of a table.
func (s *sqlReader) rollBack(facts []sqlFact) {
	last := len(facts) - 1
	if last < 1 || s.dbms == sqllexer.DBMSMySQL || s.dbms == sqllexer.DBMSOracle || s.dbms == "" ||
		facts[0].verb != "begin" && facts[0].verb != "start" || !strings.EqualFold(facts[last].text, "rollback") {
		return
	}
	for _, f := range facts[1:last] {
		switch f.verb {
		case "commit", "end", "begin", "start", "rollback", "prepare", sqlUnknown:
			return
		}
	}
	for i := range facts[:last] {
		switch verb, _, _ := strings.Cut(facts[i].verb, " "); verb {
		case "drop", "truncate", "delete", "update", "alter", "insert", "merge", "create":
			facts[i].verb = "rolled back " + facts[i].verb
		}
	}
}

// lex gives the tokens of a text. What the lexer cannot read it gives as one
// error up to the end; reading goes on behind the sign that was the cause, so
// that a stray quote hides nothing.
func (s *sqlReader) lex(text string, token func(sqlToken)) {
	const maxErrors = 4
	for range maxErrors {
		lexer := sqllexer.New(text, sqllexer.WithDBMS(s.dbms))
		at, glued := 0, false
		for {
			t := lexer.Scan()
			if t.Type == sqllexer.EOF {
				return
			}
			if t.Type == sqllexer.ERROR || t.Type == sqllexer.INCOMPLETE_STRING {
				break
			}
			at += len(t.Value)
			switch t.Type {
			case sqllexer.SPACE, sqllexer.COMMENT:
				glued = false
			case sqllexer.MULTILINE_COMMENT:
				glued = false
				if s.dbms == sqllexer.DBMSMySQL && strings.HasPrefix(t.Value, "/*!") {
					// MySQL runs what is in it: /*!50000 DROP TABLE x */
					code := strings.TrimLeft(strings.TrimSuffix(t.Value[3:], "*/"), "0123456789")
					s.lex(code, token)
				}
			default:
				token(sqlToken{text: t.Value, kind: t.Type, glued: glued})
				glued = true
			}
		}
		if text = text[min(at+1, len(text)):]; text == "" {
			return
		}
	}
	s.add(sqlFact{verb: sqlUnknown, text: "SQL text with broken quotes"})
}

func (s *sqlReader) add(f sqlFact) {
	if len(s.facts) < maxStatements {
		s.facts = append(s.facts, f)
	}
}

// statement takes over one statement.
func (s *sqlReader) statement(tokens []sqlToken) {
	tokens = skipLabels(tokens)
	if len(tokens) == 0 {
		return
	}
	p := sqlParser{tokens: tokens}
	first := strings.ToLower(p.take())
	if strings.HasPrefix(first, hole) {
		s.fact(&p, sqlUnknown, "", false)
		return
	}
	switch first {
	case "attach":
		s.attaches = true
	case "drop":
		s.drop(&p)
	case "truncate":
		p.skip("table", "only", "database", "if", "exists")
		s.objects(&p, "truncate")
	case "delete":
		s.fact(&p, "delete", p.objectAfter("from"), p.limited())
	case "update":
		p.skip("only", "low_priority", "ignore", "or", "rollback", "abort", "replace", "fail")
		s.fact(&p, "update", p.name(), p.limited())
	case "alter":
		s.alter(&p)
	case "create", "replace":
		s.create(&p, first)
	case "grant", "revoke":
		s.fact(&p, first, p.objectAfter("on", "to", "from"), false)
	case "copy":
		s.copy(&p)
	case "insert", "merge":
		if first == "merge" && p.deletes() {
			first = "merge delete"
		}
		s.fact(&p, first, p.objectAfter("into"), false)
	case "select", "table", "values":
		s.selects(&p)
	case "with":
		s.with(&p)
	case "explain":
		s.explain(&p)
	case "do", "exec", "execute", "prepare", "call":
		s.execute(&p, first)
	case "begin", "if", "else", "then", "loop", "declare", "while", "for":
		s.block(&p)
	case "end", "commit", "rollback":
		s.fact(&p, first, "", false)
	default:
		s.fact(&p, first, p.objectAfter("table", "from", "database", "schema"), false)
	}
}

// skipLabels drops opening parentheses and quotes that stand in front.
func skipLabels(tokens []sqlToken) []sqlToken {
	for len(tokens) > 0 {
		switch tokens[0].text {
		case "(", "{", "`", ")", "}":
			tokens = tokens[1:]
			continue
		}
		return tokens
	}
	return nil
}

// fact adds a statement with its text as the evidence.
func (s *sqlReader) fact(p *sqlParser, verb, object string, where bool) {
	s.add(sqlFact{verb: verb, object: object, where: where, text: p.evidence()})
}

// objects adds a fact for each of the names in a list.
func (s *sqlReader) objects(p *sqlParser, verb string) {
	const maxObjects = 32
	for range maxObjects {
		s.fact(p, verb, p.name(), false)
		if !p.skip(",") {
			return
		}
	}
}

func (s *sqlReader) drop(p *sqlParser) {
	verb := "drop"
	for p.at < len(p.tokens) {
		word := strings.ToLower(p.take())
		if verb += " " + word; !isModifier(word) {
			break
		}
	}
	switch verb {
	case "drop materialized view", "drop foreign table", "drop external table", "drop dynamic table":
		verb = "drop " + verb[strings.LastIndexByte(verb, ' ')+1:]
	case "drop owned":
		p.skip("by")
	}
	p.skip("concurrently", "if", "exists")
	s.objects(p, verb)
}

// isModifier reports the words between DROP or CREATE and the kind of object.
func isModifier(word string) bool {
	switch strings.ToLower(word) {
	case "temporary", "temp", "materialized", "foreign", "external", "unique", "global", "local", "transient", "dynamic", "unlogged", "virtual", "or", "replace":
		return true
	}
	return false
}

func (s *sqlReader) alter(p *sqlParser) {
	kind := strings.ToLower(p.take())
	for isModifier(kind) {
		kind = strings.ToLower(p.take())
	}
	p.skip("if", "exists", "only")
	object := p.name()
	if kind != "table" {
		s.fact(p, "alter "+kind, object, false)
		return
	}
	plain := true
	for p.at < len(p.tokens) {
		switch word := strings.ToLower(p.take()); word {
		case "drop":
			plain = false
			switch next := strings.ToLower(p.peek()); next {
			case "constraint", "index", "key", "primary", "foreign", "default", "not", "check", "identity", "expression", "policy":
				s.fact(p, "alter drop "+next, object, false)
			default:
				s.fact(p, "alter drop", object, false)
			}
		case "delete", "update": // ClickHouse's mutations
			plain = false
			s.fact(p, word, object, p.limited())
			return
		case "(":
			p.skipParens()
		}
	}
	if plain {
		s.fact(p, "alter table", object, false)
	}
}

func (s *sqlReader) create(p *sqlParser, first string) {
	if first == "replace" && !p.skip("table") {
		s.fact(p, "insert", p.objectAfter("into"), false) // MySQL's REPLACE INTO
		return
	}
	verb := "create"
	if p.skip("or") && p.skip("replace") {
		verb = "create or replace"
	}
	for isModifier(p.peek()) {
		p.at++
	}
	verb += " " + strings.ToLower(p.take())
	p.skip("concurrently", "if", "not", "exists")
	s.fact(p, verb, p.name(), false)
}

func (s *sqlReader) copy(p *sqlParser) {
	object := p.name()
	if p.peek() == "(" {
		p.skipParens()
	}
	for p.at < len(p.tokens) {
		word := strings.ToLower(p.take())
		if word != "to" && word != "from" {
			continue
		}
		verb := "copy " + word
		if p.skip("program") {
			verb = sqlProgram
		}
		s.fact(p, verb, object, false)
		return
	}
	s.fact(p, "copy", object, false)
}

func (s *sqlReader) selects(p *sqlParser) {
	verb := "select"
	for i := p.at; i < len(p.tokens); i++ {
		if p.tokens[i].is("INTO") && i+1 < len(p.tokens) && (p.tokens[i+1].is("OUTFILE") || p.tokens[i+1].is("DUMPFILE")) {
			verb = "select into outfile"
		}
	}
	object, _ := p.nameAfter("from")
	s.fact(p, verb, object, p.limited())
}

// with reads the statements in WITH … AS (…), and the one behind. Rows that one
// deletes and a SELECT behind only shows are lost in what reads like a query.
func (s *sqlReader) with(p *sqlParser) {
	first := len(s.facts)
	for p.at < len(p.tokens) {
		if p.peek() == "(" {
			start := p.at + 1
			p.skipParens()
			if inner := p.tokens[start:max(start, p.at-1)]; len(inner) > 0 && startsStatement(inner[0].text) {
				s.statement(inner)
			}
			continue
		}
		if startsStatement(p.peek()) {
			shows := strings.EqualFold(p.peek(), "select")
			s.statement(p.tokens[p.at:])
			for i := first; shows && i < len(s.facts); i++ {
				if f := &s.facts[i]; f.verb == "delete" && f.where {
					f.verb = "delete shown"
				}
			}
			return
		}
		p.at++
	}
}

func startsStatement(word string) bool {
	switch strings.ToLower(word) {
	case "select", "insert", "update", "delete", "merge", "drop", "truncate", "alter", "execute", "exec", "create", "grant":
		return true
	}
	return false
}

// explain runs the statement behind it only with ANALYZE.
func (s *sqlReader) explain(p *sqlParser) {
	runs := false
	for p.at < len(p.tokens) && !startsStatement(p.peek()) {
		runs = strings.EqualFold(p.take(), "analyze") || runs
	}
	if runs {
		s.statement(p.tokens[p.at:])
		return
	}
	s.fact(p, "explain", "", false)
}

// execute reads code in strings: DO $$…$$, EXECUTE '…', PREPARE x FROM '…'.
func (s *sqlReader) execute(p *sqlParser, verb string) {
	if strings.Contains(strings.ToLower(p.peek()), "xp_cmdshell") {
		s.fact(p, sqlProgram, "", false)
		return
	}
	s.fact(p, verb, "", false)
	for _, t := range p.tokens[1:] {
		switch t.kind {
		case sqllexer.STRING:
			if len(t.text) > 2 {
				s.read(strings.ReplaceAll(t.text[1:len(t.text)-1], "''", "'"))
			}
		case sqllexer.DOLLAR_QUOTED_STRING, sqllexer.DOLLAR_QUOTED_FUNCTION:
			tag := strings.IndexByte(t.text[1:], '$') + 2
			if len(t.text) >= 2*tag {
				s.read(t.text[tag : len(t.text)-tag])
			}
		}
	}
}

// block reads the statements of procedural code, which do not all stand behind
// a semicolon.
func (s *sqlReader) block(p *sqlParser) {
	for p.at < len(p.tokens) {
		if startsStatement(p.peek()) {
			s.statement(p.tokens[p.at:])
			return
		}
		p.at++
	}
	s.fact(p, strings.ToLower(p.tokens[0].text), "", false)
}
