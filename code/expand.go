package code

import "strings"

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
}

// Read splits code into tokens as Lex does, with what the program is called
// with, and with calls of its own functions, in their places.
func Read(lang, text string, p Program) []Token {
	l := lexer{src: text[:min(len(text), maxCode)], lang: lang}
	l.run()
	tokens := unpacked(lang, l.src, p.bindArguments(lang, untyped(lang, l.src, l.out)))
	tokens = fullNames(lang, tokens)
	return foldTokens(lang, expand(lang, l.src, tokens))
}

// An expander writes out the calls of one piece of code.
type expander struct {
	lang   string
	src    string
	tokens []Token
	match  []int // of an opening bracket the closing one, and the other way round
	funcs  []function
	out    []Token
	gone   []bool // tokens that stand somewhere else by now
	named  map[string]int
	size   int  // tokens written out
	cut    bool // a bound was met: all that the code has counts as well
}

func expand(lang, src string, tokens []Token) []Token {
	e := expander{lang: lang, src: src, tokens: tokens}
	if !e.worth() {
		return tokens
	}
	e.pair()
	e.gone = make([]bool, len(tokens))
	e.define()
	e.drop()
	written := e.calls(span{0, len(tokens)}, nil, 0)
	for i := range tokens {
		if !e.gone[i] || e.cut {
			e.out = append(e.out, tokens[i])
		}
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
			case "def", "function", "sub", "for", "foreach", "each", "forEach", "lambda":
				return true
			}
		} else if e.punct(i, "=") && e.punct(i+1, ">") {
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

// values are what names stand for in a body: parameters, variables of loops,
// self.x for what an object holds.
type values map[string][]Token

// calls writes out the calls and loops in a range, in which names stand for
// values, and gives what they run.
func (e *expander) calls(in span, with values, depth int) (written []Token) {
	if depth > maxDepth {
		e.cut = true
		return nil
	}
	for i := in.start; i < in.end; i++ {
		if e.size > maxInlined {
			e.cut = true
			return written
		}
		if e.gone[i] && depth == 0 {
			continue
		}
		if l, ok := e.loop(i); ok && l.body.end <= in.end && (l.named == "" || isList(with[l.named])) {
			written = append(written, e.rounds(&l, with, depth)...)
			e.forget(l.body)
			i = l.body.end - 1
			continue
		}
		f := e.called(i)
		if f == nil || f.open || f.whole.start <= i && i < f.body.start {
			continue
		}
		args := e.arguments(i + 1)
		if args == nil && !e.punct(i+1, "(") {
			continue
		}
		for j := range args {
			args[j].value = e.substitute(args[j].at, with)
		}
		f.open = true
		written = append(written, e.body(f.body, e.bind(f, args, with), depth+1)...)
		f.open = false
		if e.named[f.name] == f.calls+1 { // else somebody is given it
			e.forget(f.whole)
		}
	}
	return written
}

// isList reports a value that is a list that is written out.
func isList(value []Token) bool {
	n := len(value)
	return n > 2 && (isPunct(value[0], "[") && isPunct(value[n-1], "]") || isPunct(value[0], "(") && isPunct(value[n-1], ")"))
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
	inner := e.calls(in, with, depth)
	sign := Token{Kind: TokenPunct, Text: ";"}
	if in.start < len(e.tokens) {
		sign.Start = e.tokens[in.start].Start
	}
	out := append([]Token{sign}, e.substitute(in, with)...)
	return append(append(out, sign), inner...)
}

// substitute gives a range of tokens with the values of names.
func (e *expander) substitute(in span, with values) []Token {
	out := make([]Token, 0, in.end-in.start)
	e.size += in.end - in.start
	for i := in.start; i < in.end && len(out) < maxInlined; i++ {
		tok := e.tokens[i]
		if tok.Kind != TokenName || len(with) == 0 || e.isKey(i) {
			out = append(out, tok)
			continue
		}
		value, ok := with[tok.Text]
		end := i
		if e.isSelf(tok.Text) && e.name(e.member(i)) != "" {
			end = e.member(i)
			value, ok = with["self."+e.name(end)]
		} else if e.punct(i-1, ".") && !(e.punct(i-2, ".") && e.punct(i-3, ".")) || e.punct(i-1, ">") && e.punct(i-2, "-") {
			ok = false
		}
		if !ok {
			out = append(out, tok)
			continue
		}
		if isShorthand(e.lang, e.tokens, i) {
			out = append(out, tok, Token{Kind: TokenPunct, Text: ":", Start: tok.Start, Depth: tok.Depth, Value: tok.Value})
		}
		out = append(out, moved(value, tok)...)
		i = end
	}
	return out
}

// moved gives the tokens of a value as they stand in the place of another token.
func moved(value []Token, at Token) []Token {
	list := value
	if len(value) > 1 && at.Depth == 0 && !(value[0].Text == "[" && value[0].Kind == TokenPunct) {
		list = append(append([]Token{{Kind: TokenPunct, Text: "("}}, value...), Token{Kind: TokenPunct, Text: ")"})
	}
	out := make([]Token, len(list))
	for i, tok := range list {
		base := 0
		if len(value) > 0 {
			base = value[0].Depth
		}
		if tok.Depth <= base {
			tok.Value = at.Value
		}
		tok.Depth, tok.Start = at.Depth+max(tok.Depth-base, 0), at.Start
		out[i] = tok
	}
	return out
}

// isKey reports a name that only names an argument or a member: method=m, {a: b}.
func (e *expander) isKey(i int) bool {
	if e.punct(i+1, "=") && !e.punct(i+2, "=") {
		return true
	}
	return e.punct(i+1, ":") && !e.punct(i+2, ":") && (e.punct(i-1, "{") || e.punct(i-1, ",") || e.punct(i-1, "("))
}

func (e *expander) isSelf(name string) bool {
	return name == "self" || name == "this" || name == "$this"
}

// member is where the member stands of the name at i, 0 for none.
func (e *expander) member(i int) int {
	switch {
	case e.punct(i+1, "."):
		return i + 2
	case e.punct(i+1, "-") && e.punct(i+2, ">"):
		return i + 3
	}
	return 0
}

// lets adds the names that a body assigns once to its values.
func (e *expander) lets(in span, with values) {
	count := map[string]int{}
	assigns := func(i int) bool {
		return e.name(i) != "" && e.punct(i+1, "=") && !e.punct(i+2, "=") && !e.punct(i+2, ">") && !e.punct(i-1, ".") && !e.punct(i-1, "(") && !e.punct(i-1, ",")
	}
	for i := in.start; i < in.end; i++ {
		if assigns(i) {
			count[e.name(i)]++
		}
	}
	for i := in.start; i < in.end; i++ {
		if !assigns(i) || count[e.name(i)] != 1 || with[e.name(i)] != nil {
			continue
		}
		if value := (span{i + 2, e.statementEnd(i+2, in.end)}); value.end-value.start <= maxLet && e.isValue(value) {
			with[e.name(i)] = e.substitute(value, with)
		}
	}
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

// isValue reports an expression that does nothing but to give a value.
func (e *expander) isValue(s span) bool {
	for i := s.start; i < s.end; i++ {
		if !e.punct(i+1, "(") || e.name(i) == "" {
			continue
		}
		switch e.name(i) {
		case "join", "Path", "str", "String", "resolve", "dirname", "abspath", "expanduser", "format", "URL", "quote", "Pathname", "home", "homedir", "bytes", "encode", "stringify", "dumps":
		default:
			return false
		}
	}
	return s.end > s.start
}
