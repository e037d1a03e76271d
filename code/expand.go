package code

import (
	"slices"
	"strings"
)

// This file writes out what stands one step away, so that a reader of calls
// finds arguments where code has names: the bodies of functions with what they
// are called with, the rounds of loops over literals.

// Bounds of what is written out.
const (
	maxInlined = 20_000 // tokens
	maxDepth   = 4      // calls in each other
	maxRounds  = 16     // of one loop
	maxLet     = 48     // tokens of a value that is put in the place of its name
)

// A Program is what code knows of itself when it runs.
type Program struct {
	File string   // its path, "" when it is given as text
	Args []string // what it is called with
	// Env are the variables that its command line gives it.
	Env []Variable
	// Unset reports a variable that is not in its environment for sure; nil
	// when that is not known of any.
	Unset func(name string) bool
	// Modules is how much of the code, from its beginning, are modules that it
	// imports.
	Modules int
	// Open gives the text of a file that it reads; nil when none can be looked at.
	Open func(name string) (text string, ok bool)
}

// Read splits code into tokens as Lex does, with what the program is called
// with, and with calls of its own functions, in their places.
func Read(lang, text string, p Program) []Token {
	l := lexer{src: text[:min(len(text), maxCode)], lang: lang}
	l.run()
	tokens := unpacked(lang, l.src, p.bindArguments(lang, untyped(lang, l.src, l.out)))
	tokens = fullNames(lang, ownMembers(lang, tokens, p.Modules))
	files := p.notesFiles()
	tokens = foldTokens(lang, &p, expand(lang, l.src, &p, tokens))
	for _, name := range *files { // whose text may stand where the call was that reads it
		for _, t := range [...]Token{{Kind: TokenPunct, Text: ";"}, {Text: "readFileSync"}, {Kind: TokenPunct, Text: "("}, {Kind: TokenString, Text: name}, {Kind: TokenPunct, Text: ")"}} {
			t.Start = len(l.src)
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// notesFiles lets the program note which files it opens.
func (p *Program) notesFiles() *[]string {
	var names []string
	if open := p.Open; open != nil {
		p.Open = func(name string) (string, bool) {
			text, ok := open(name)
			if ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
			return text, ok
		}
	}
	return &names
}

// An expander writes out the calls of one piece of code.
type expander struct {
	lang    string
	src     string
	p       *Program
	tokens  []Token
	match   []int // of an opening bracket the closing one, and the other way round
	funcs   []function
	out     []Token
	gone    []bool // tokens that stand somewhere else by now
	classes []class
	own     []bool       // tokens of functions' bodies
	handed  map[int]bool // tokens that only hand a name from module to module
	exports map[string]bool
	results int // of functions, that were looked for
	// globals are the values of names outside of functions.
	globals values
	size    int  // tokens written out
	cut     bool // a bound was met: all that the code has counts as well
}

func expand(lang, src string, p *Program, tokens []Token) []Token {
	e := expander{lang: lang, src: src, p: p, tokens: tokens}
	if !e.worth() {
		return tokens
	}
	e.pair()
	e.gone = make([]bool, len(tokens))
	e.define()
	e.drop()
	e.globals = values{}
	e.lets(span{0, len(tokens)}, e.globals)
	written, _ := e.calls(span{0, len(tokens)}, values{}, 0)
	e.dropRead()
	for i := 0; i < len(tokens); i++ {
		if e.gone[i] && !e.cut {
			continue
		}
		value, end := e.made(i, len(tokens), nil, &e.out)
		if global := e.globals[e.name(i)]; end <= i && (len(global) > 0 && isDotted(global) || partialOf(global) != nil) && e.punct(i+1, "(") && !e.isMember(i) { // rm = shutil.rmtree
			if value, end = e.named(i, nil); value != nil {
				end++
			}
		}
		if end > i && value != nil {
			e.out = append(e.out, moved(value, tokens[i])...)
			i = end - 1
			continue
		}
		e.out = append(e.out, tokens[i])
	}
	return append(e.out, written...)
}

// worth is a cheap test that saves most code from being looked at.
func (e *expander) worth() bool {
	switch e.lang {
	case "python", "javascript", "ruby", "perl", "php":
	default:
		return false
	}
	for i := range e.tokens {
		if e.tokens[i].Kind == TokenName {
			switch e.tokens[i].Text {
			case "def", "function", "sub", "for", "foreach", "each", "forEach", "lambda", "map", "fn", "array_map", "class", "partial", "getattr", "bind":
				return true
			}
		} else if (e.punct(i, "=") || e.punct(i, "-")) && e.punct(i+1, ">") {
			return true
		}
	}
	return false
}

func (e *expander) pair() {
	e.match = make([]int, len(e.tokens))
	var open []int
	for i := range e.tokens {
		if e.tokens[i].Kind != TokenPunct || e.tokens[i].Depth > 0 {
			continue
		}
		switch e.tokens[i].Text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if n := len(open); n > 0 {
				e.match[open[n-1]], e.match[i] = i, open[n-1]
				open = open[:n-1]
			}
		}
	}
}

func (e *expander) punct(i int, sign string) bool {
	return i >= 0 && i < len(e.tokens) && e.tokens[i].Kind == TokenPunct && e.tokens[i].Text == sign
}

func (e *expander) name(i int) string {
	if i >= 0 && i < len(e.tokens) && e.tokens[i].Kind == TokenName {
		return e.tokens[i].Text
	}
	return ""
}

// column is where a token stands in its line when it is the first one there, -1
// for all others.
func (e *expander) column(i int) int {
	start := e.tokens[i].Start
	line := strings.LastIndexByte(e.src[:start], '\n') + 1
	if strings.TrimLeft(e.src[line:start], " \t") != "" {
		return -1
	}
	return start - line
}

// newLine reports whether a line begins between the token before i and i.
func (e *expander) newLine(i int) bool {
	return i > 0 && i < len(e.tokens) && strings.IndexByte(e.src[e.tokens[i-1].Start:max(e.tokens[i].Start, e.tokens[i-1].Start)], '\n') >= 0 && e.column(i) >= 0
}

// calls writes out the calls and loops in a range, in which names stand for
// values, and gives what they run; done are the bodies of loops that it wrote.
func (e *expander) calls(in span, with values, depth int) (written []Token, done []span) {
	if depth > maxDepth {
		e.cut = true
		return nil, nil
	}
	for i := in.start; i < in.end; i++ {
		if e.size > maxInlined {
			e.cut = true
			return written, done
		}
		if e.gone[i] && depth == 0 {
			continue
		}
		if l, ok := e.loop(i, with); ok && l.body.end <= in.end {
			written = append(written, e.rounds(&l, with, depth)...)
			done = append(done, l.body)
			if !e.joined(i) {
				e.forget(l.body)
			}
			i = max(i, l.body.end-1)
			continue
		}
		c, ok := e.call(i, with)
		if !ok || c.f.open || c.f.whole.start <= i && i < c.f.body.start {
			continue
		}
		written = append(written, e.run(&c, with, depth)...)
	}
	return written, done
}

// run writes out what a call does.
func (e *expander) run(c *ownCall, with values, depth int) []Token {
	f := c.f
	f.open = true
	defer func() { f.open = false }()
	f.reached = true
	return e.body(f.body, e.bind(f, c.args, e.object(c, with)), depth+1)
}

// joined reports a list at i that becomes one text: how its elements are made counts
// where the text is used.
func (e *expander) joined(i int) bool {
	if e.punct(i, "[") {
		i--
	}
	return e.punct(i, "(") && e.name(i-1) == "join"
}

// forget leaves out tokens that stand somewhere else by now.
func (e *expander) forget(s span) {
	for i := s.start; i < s.end; i++ {
		e.gone[i] = true
	}
}

// body gives a body with the values of names, and what it calls in turn.
func (e *expander) body(in span, with values, depth int) []Token {
	e.lets(in, with)
	inner, done := e.calls(in, with, depth)
	sign := Token{Kind: TokenPunct, Text: ";"}
	if in.start < len(e.tokens) {
		sign.Start = e.tokens[in.start].Start
	}
	out := []Token{sign}
	for _, s := range done {
		out = append(out, e.substitute(span{in.start, s.start}, with)...)
		in.start = max(in.start, s.end)
	}
	out = append(out, e.substitute(in, with)...)
	return append(append(out, sign), inner...)
}

// isKey reports a name that only names an argument or a member: method=m, {a: b}.
func (e *expander) isKey(i int) bool {
	if e.punct(i+1, "=") && !e.punct(i+2, "=") {
		return true
	}
	return e.punct(i+1, ":") && !e.punct(i+2, ":") && (e.punct(i-1, "{") || e.punct(i-1, ",") || e.punct(i-1, "("))
}

func isSelf(name string) bool {
	switch name {
	case "self", "this", "$this", "static", "cls":
		return true
	}
	return false
}

// member is where the member stands of the name at i, 0 for none.
func (e *expander) member(i int) int {
	switch {
	case e.punct(i+1, "."):
		return i + 2
	case e.punct(i+1, "?") && e.punct(i+2, "."), e.punct(i+1, "-") && e.punct(i+2, ">"), e.punct(i+1, ":") && e.punct(i+2, ":"):
		return i + 3
	}
	return 0
}

// isMember reports a name that is a member of something.
func (e *expander) isMember(i int) bool {
	joins := e.lang == "php" || e.lang == "perl"
	return !joins && e.punct(i-1, ".") && !(e.punct(i-2, ".") && e.punct(i-3, ".")) || e.punct(i-1, ">") && e.punct(i-2, "-") || e.punct(i-1, ":") && e.punct(i-2, ":")
}

// statementEnd is where the statement ends that i stands in.
func (e *expander) statementEnd(i, end int) int {
	for j := i; j < end; j++ {
		switch {
		case e.punct(j, ";"), e.punct(j, "}"), e.punct(j, ")"), j > i && e.newLine(j):
			return j
		case e.match[j] > j:
			j = e.match[j]
		}
	}
	return end
}
