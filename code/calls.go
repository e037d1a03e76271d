package code

import "strings"

// This file finds the calls of the code's own functions, and binds what they are
// called with to parameters.

// maxResults bounds how often it is looked what a function gives.
const maxResults = 512

// An ownCall is a call of a function of the code.
type ownCall struct {
	f        *function
	args     []argument
	at       int  // of the name
	end      int  // behind its arguments
	callback bool // it is not called by its name
}

// An argument is one of a call, with its name if it has one.
type argument struct {
	name  string
	value []Token
}

// call is the call of the code's own function at i, by its name or by its place in a map.
func (e *expander) call(i int, with values) (c ownCall, ok bool) {
	if c, ok = e.callByName(i, with); ok {
		return c, true
	}
	open := e.dispatched(i)
	if open == 0 {
		return c, false
	}
	value := e.eval(span{i, open}, with)
	if len(value) != 1 || value[0].Kind != TokenName {
		return c, false
	}
	if c.f = e.function(value[0].Text, with); c.f == nil {
		return c, false
	}
	c.f.dispatched, c.callback = true, true
	return e.withArguments(c, i, open, with)
}

func (e *expander) callByName(i int, with values) (c ownCall, ok bool) {
	open := e.opensCall(i)
	if e.name(i) == "" || open == 0 || e.name(i-1) == "def" || e.name(i-1) == "function" || e.name(i-1) == "sub" {
		return c, false
	}
	if c.f = e.functionAt(i, with); c.f == nil || c.f.whole.start == i {
		return c, false
	}
	return e.withArguments(c, i, open, with)
}

// withArguments adds those of the call at i that open at a token.
func (e *expander) withArguments(c ownCall, i, open int, with values) (_ ownCall, ok bool) {
	c.at, c.end = i, open
	switch {
	case e.punct(open, "(") && e.match[open] > open:
		c.end = e.match[open] + 1
		c.args = e.arguments(span{open + 1, e.match[open]}, with)
	case e.punct(open, "("):
		return c, false
	case open <= i: // without any
		c.end = i + 1
	default:
		c.end = e.statementEnd(open, len(e.tokens))
		c.args = e.arguments(span{open, c.end}, with)
	}
	return c, true
}

// opensCall is where the arguments of the call by the name at i open: its bracket, or
// in Ruby the first of them; i itself for none, and 0 for no call.
func (e *expander) opensCall(i int) int {
	switch {
	case e.punct(i+1, "("):
		return i + 1
	case e.lang == "ruby" && e.punct(i+1, ".") && e.name(i+2) == "call" && e.punct(i+3, "("):
		return i + 3
	case e.lang == "ruby" && e.punct(i+1, ".") && e.punct(i+2, "("):
		return i + 2
	case e.lang == "perl" && e.punct(i+1, "-") && e.punct(i+2, ">") && e.punct(i+3, "("):
		return i + 3
	case e.lang != "ruby" || e.punct(i-1, ":") || e.punct(i-1, "&") || e.punct(i+1, "=") || e.punct(i+1, "."):
		return 0
	case i+1 < len(e.tokens) && !e.newLine(i+1) && (e.tokens[i+1].Kind == TokenString || e.tokens[i+1].Kind == TokenName && !isKeyword(e.name(i+1))):
		return i + 1
	}
	return i
}

// dispatched is where the arguments open of what is called by its place in a map that
// begins at i: {"a": f}[x](…), ops[x](…), ops.get(x)(…).
func (e *expander) dispatched(i int) (open int) {
	at := i + 1
	if e.punct(i, "{") {
		at = e.match[i] + 1
	} else if e.name(i) == "" || e.isMember(i) {
		return 0
	}
	switch {
	case e.punct(at, "[") && e.match[at] > at:
		at = e.match[at] + 1
	case e.punct(at, ".") && e.name(at+1) == "get" && e.match[min(at+2, len(e.tokens)-1)] > at:
		at = e.match[at+2] + 1
	default:
		return 0
	}
	if !e.punct(at, "(") {
		return 0
	}
	return at
}

// function is the function of the code that a name stands for.
func (e *expander) function(name string, with values) *function {
	for range maxDepth {
		value := e.valueOf(name, with)
		if len(value) != 1 || value[0].Kind != TokenName {
			break
		}
		name = value[0].Text
	}
	return e.functionOf(name, "")
}

// functionOf is the function of that name; of a class's if one is given. It is nil where
// there are several.
func (e *expander) functionOf(name, class string) (found *function) {
	for j := range e.funcs {
		f := &e.funcs[j]
		if f.name != name || class != "" && f.class != class {
			continue
		}
		if found != nil {
			return nil
		}
		found = f
	}
	return found
}

// functionAt is the function that the name at i calls, of its receiver's class if that
// is known.
func (e *expander) functionAt(i int, with values) *function {
	if !e.isMember(i) {
		return e.function(e.name(i), with)
	}
	if f := e.functionOf(e.name(i), ""); f != nil {
		return f
	}
	return e.functionOf(e.name(i), e.receiver(i, with).class)
}

// arguments reads those in a range.
func (e *expander) arguments(in span, with values) (list []argument) {
	for _, part := range e.split(in) {
		a := argument{}
		if name := e.name(part.start); name != "" && (e.punct(part.start+1, "=") && !e.punct(part.start+2, "=") || e.lang == "ruby" && e.punct(part.start+1, ":") && !e.punct(part.start+2, ":")) {
			a.name = name
			part.start += 2
		}
		spread := e.punct(part.start, "*") || e.punct(part.start, ".")
		for e.punct(part.start, "*") || e.punct(part.start, ".") {
			part.start++
		}
		a.value = e.eval(part, with)
		if spread && literalTokens(a.value) { // f(*list), f(**table)
			list = append(list, spreadArguments(a.value)...)
			continue
		}
		list = append(list, a)
	}
	return list
}

func spreadArguments(value []Token) (list []argument) {
	for _, group := range splitTokens(value[1 : len(value)-1]) {
		a := argument{value: group}
		if at := keyOf(group); at > 0 {
			a = argument{name: group[0].Text, value: group[at:]}
		}
		list = append(list, a)
	}
	return list
}

// bind gives the parameters of a function their values. outer is what its object
// holds, and for a closure what is known around it.
func (e *expander) bind(f *function, args []argument, outer values) values {
	with := values{}
	for name, value := range outer {
		if f.closure || strings.HasPrefix(name, "self.") {
			with[name] = value
		}
	}
	params := f.params
	if len(params) > 0 && f.class != "" && isSelf(params[0].name) {
		params = params[1:]
	}
	if len(args) == 1 && len(params) > 1 && e.lang == "ruby" && literalTokens(args[0].value) { // |k, v|
		args = spreadArguments(args[0].value)
	}
	for n := range params {
		e.bindOne(&params[n], n, args, with)
	}
	return with
}

func (e *expander) bindOne(p *parameter, n int, args []argument, with values) {
	var value []Token
	switch {
	case p.rest:
		value = restOf(args[min(n, len(args)):])
	case p.preset.end > p.preset.start:
		value = e.eval(p.preset, with)
	}
	for i := range args {
		if a := &args[i]; !p.rest && (a.name != "" && a.name == p.name || a.name == "" && i == n) {
			value = a.value
		}
	}
	if p.name != "" {
		with[p.name] = value
	}
	if len(p.fields) == 0 {
		return
	}
	var groups [][]Token
	if literalTokens(value) {
		groups = splitTokens(value[1 : len(value)-1])
	}
	for j, field := range p.fields {
		part := valueOfKey(groups, field.key)
		if p.list {
			part = nil
			if j < len(groups) {
				part = groups[j]
			}
		}
		if len(part) == 0 && field.preset.end > field.preset.start {
			part = e.eval(field.preset, with)
		}
		with[field.name] = part
	}
}

// restOf writes the arguments from one on as a list.
func restOf(args []argument) (list []Token) {
	for _, a := range args {
		if a.name == "" {
			list = listWith(list, a.value)
		}
	}
	if list == nil {
		list = []Token{{Kind: TokenPunct, Text: "["}}
	}
	return append(list, Token{Kind: TokenPunct, Text: "]"})
}
