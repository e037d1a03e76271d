package code

import "slices"

// This file gives expressions their values, as far as they are known: names that
// stand for something, what functions return, what a comprehension or a map makes of
// a list.

// values are what names stand for in a body: parameters, variables of loops, self.x
// for what an object holds. A name that has nil stands for something unknown.
type values map[string][]Token

func (e *expander) valueOf(name string, with values) []Token {
	if value, ok := with[name]; ok {
		return value
	}
	return e.globals[name]
}

// eval gives the expression in a range with what it makes of constants.
func (e *expander) eval(s span, with values) []Token {
	return e.folded(e.substitute(s, with))
}

// folded gives an expression as what it amounts to.
func (e *expander) folded(list []Token) []Token {
	if e.size > maxInlined {
		e.cut = true
		return list
	}
	list = foldTokens(e.lang, e.p, list)
	for len(list) > 2 && isPunct(list[0], "(") && literalTokens(list) && e.lang != "perl" && len(splitTokens(list[1:len(list)-1])) == 1 && !isPunct(list[len(list)-2], ",") {
		list = list[1 : len(list)-1]
	}
	if len(list) > 0 && list[0].Kind == TokenName && list[0].Text == "await" {
		list = list[1:]
	}
	if len(list) == 6 && list[0].Text == "pathlib" && isKnown(list[2:]) {
		list = list[2:]
	}
	if len(list) > 2 && list[0].Kind == TokenString && list[0].Text != "" && isOr(list[1:]) { // "x" || y
		return list[:1]
	}
	return list
}

// isOr reports that what follows counts only when there is no value in front of it.
func isOr(list []Token) bool {
	return list[0].Text == "or" || isPunct(list[0], "|") && isPunct(list[1], "|") || isPunct(list[0], "?") && (isPunct(list[1], "?") || isPunct(list[1], ":"))
}

// isKnown reports an expression that is a constant, a list or a map of them, or a path.
func isKnown(list []Token) bool {
	switch {
	case len(list) == 1:
		return list[0].Kind == TokenString || list[0].Kind == TokenNumber
	case len(list) == 4 && list[0].Kind == TokenName && wrapsPath(list[0].Text):
		return list[2].Kind == TokenString
	}
	return literalTokens(list)
}

// substitute gives a range of tokens with the values of names.
func (e *expander) substitute(in span, with values) []Token {
	out := make([]Token, 0, max(in.end-in.start, 0))
	e.size += max(in.end-in.start, 0)
	for i := in.start; i < in.end && len(out) < maxInlined; i++ {
		if value, end := e.made(i, in.end, with, &out); end > i {
			out = append(out, moved(value, e.tokens[i])...)
			i = end - 1
			continue
		}
		tok := e.tokens[i]
		value, end := e.named(i, with)
		if value == nil {
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

// named gives what the name at i stands for, a member of an object's too, and its last
// token; nil for nothing.
func (e *expander) named(i int, with values) (value []Token, end int) {
	name := e.name(i)
	switch {
	case e.lang == "ruby" && e.punct(i, "@") && e.name(i+1) != "" && !e.punct(i+2, "="):
		return with["self."+e.name(i+1)], i + 1
	case name == "" || e.isKey(i) || e.isMember(i):
		return nil, i
	case isSelf(name) && e.member(i) > 0 && e.name(e.member(i)) != "":
		return with["self."+e.name(e.member(i))], e.member(i)
	}
	value = e.valueOf(name, with)
	if call := partialOf(value); call != nil && e.punct(i+1, "(") { // wipe = partial(rm, "x"); wipe()
		if !e.punct(i+2, ")") && !isPunct(call[len(call)-1], "(") {
			call = append(call, Token{Kind: TokenPunct, Text: ","})
		}
		return call, i + 1
	}
	if value == nil && e.lang == "ruby" && !e.punct(i+1, "(") {
		value = with["self."+name] // attr_reader
	}
	return value, i
}

// partialOf writes partial(f, "x") as the beginning of a call of f.
func partialOf(value []Token) (call []Token) {
	open := slices.IndexFunc(value, func(t Token) bool { return isPunct(t, "(") })
	if open < 1 || value[open-1].Text != "partial" || !literalTokens(value[open:]) {
		return nil
	}
	groups := splitTokens(value[open+1 : len(value)-1])
	if len(groups) == 0 || !isDotted(groups[0]) {
		return nil
	}
	call = append(slices.Clone(groups[0]), Token{Kind: TokenPunct, Text: "("})
	for n, group := range groups[1:] {
		if n > 0 {
			call = append(call, Token{Kind: TokenPunct, Text: ","})
		}
		call = append(call, group...)
	}
	return call
}

// made gives the value of what starts at i, and its end: a call of the code's own
// function, a comprehension, a list that is mapped. What is mapped ends out.
func (e *expander) made(i, end int, with values, out *[]Token) (value []Token, after int) {
	if e.size > maxInlined {
		return nil, 0
	}
	if e.lang == "python" && (e.punct(i, "[") || e.punct(i, "(")) {
		return e.comprehension(i, with)
	}
	if e.name(i) == "" {
		return nil, 0
	}
	if e.punct(i-1, ".") && (e.name(i) == "map" || e.name(i) == "flatMap") {
		return e.mapped(i, with, out)
	}
	if e.isMember(i) {
		return nil, 0
	}
	at := i
	for next := e.member(at); next > 0 && e.name(next) != ""; next = e.member(at) {
		at = next
	}
	c, ok := e.callByName(at, with)
	if !ok || c.end > end || c.f.open {
		return nil, 0
	}
	if value = e.result(&c, with); value == nil {
		return nil, 0
	}
	return value, c.end
}

// result is what a call of the code's own function gives, when that is known.
func (e *expander) result(c *ownCall, with values) []Token {
	f := c.f
	if f.open || e.results > maxResults {
		return nil
	}
	e.results++
	f.open = true
	defer func() { f.open = false }()
	inner := e.bind(f, c.args, e.object(c, with))
	e.lets(f.body, inner)
	var found, yields []Token
	for i := f.body.start; i < f.body.end; i++ {
		word := e.name(i)
		if word != "return" && word != "yield" {
			continue
		}
		s := span{i + 1, e.statementEnd(i+1, f.body.end)}
		value := e.eval(s, inner)
		switch {
		case !isKnown(value):
			return nil
		case word == "yield":
			yields = listWith(yields, value)
		case found != nil && !sameTokens(found, value):
			return nil
		default:
			found = value
		}
	}
	if yields != nil {
		return append(yields, Token{Kind: TokenPunct, Text: "]"})
	}
	if found == nil && (f.expression || e.lang == "ruby") {
		if value := e.eval(e.lastStatement(f), inner); isKnown(value) {
			return value
		}
	}
	return found
}

// lastStatement is the one whose value a function gives without return.
func (e *expander) lastStatement(f *function) span {
	start := f.body.start
	for i := start; !f.expression && i < f.body.end; i++ {
		if e.match[i] > i {
			i = e.match[i]
		} else if i > f.body.start && (e.newLine(i) || e.punct(i-1, ";")) {
			start = i
		}
	}
	return span{start, f.body.end}
}

func sameTokens(x, y []Token) bool {
	return slices.EqualFunc(x, y, func(a, b Token) bool { return a.Kind == b.Kind && a.Text == b.Text })
}

// listWith begins a list, or goes on with it.
func listWith(list, item []Token) []Token {
	sign := ","
	if list == nil {
		sign = "["
	}
	return append(append(list, Token{Kind: TokenPunct, Text: sign}), item...)
}

// comprehension gives the list that [x for d in l], which starts at i, makes.
func (e *expander) comprehension(i int, with values) (value []Token, after int) {
	l, ok := e.generated(i, with)
	if !ok {
		return nil, 0
	}
	for _, item := range l.items {
		inner := e.round(&l, item, with)
		element := e.eval(l.body, inner)
		if !isKnown(element) {
			return nil, 0
		}
		value = listWith(value, element)
	}
	if value == nil {
		return nil, 0
	}
	return append(value, Token{Kind: TokenPunct, Text: "]"}), e.match[i] + 1
}

// mapped gives the list that l.map(f) makes, with map at i and l at the end of out.
func (e *expander) mapped(i int, with values, out *[]Token) (value []Token, after int) {
	at := expressionStart(*out, len(*out)-1)
	list := e.folded(slices.Clone((*out)[at : len(*out)-1]))
	l := loop{items: e.elements(list, 1)}
	if len(l.items) == 0 || !e.block(&l, i+1, with) || l.end == 0 {
		return nil, 0
	}
	for _, item := range l.items {
		element := item
		switch {
		case l.same:
		case l.f == nil:
			return nil, 0
		default:
			c := ownCall{f: l.f, args: []argument{{value: item}}}
			if element = e.result(&c, with); element == nil {
				return nil, 0
			}
		}
		value = listWith(value, element)
	}
	*out = (*out)[:at]
	return append(value, Token{Kind: TokenPunct, Text: "]"}), l.end
}

// expressionStart is where the expression begins that ends in front of the sign at i.
func expressionStart(list []Token, i int) int {
	for i > 0 {
		at := i - 1
		if closes(list[at]) {
			for depth := 0; at >= 0; at-- {
				if closes(list[at]) {
					depth++
				} else if opens(list[at]) {
					if depth--; depth == 0 {
						break
					}
				}
			}
			if at > 0 && closes(list[at-1]) { // f(x)["y"]
				i = at
				continue
			}
			if at > 0 && list[at-1].Kind == TokenName {
				at--
			}
		} else if list[at].Kind == TokenPunct {
			return i
		}
		if i = at; i < 1 || !isPunct(list[i-1], ".") {
			break
		}
		i--
	}
	return max(i, 0)
}

// moved gives the tokens of a value as they stand in the place of another token.
func moved(value []Token, at Token) []Token {
	list := value
	if n := len(value); n > 1 && at.Depth == 0 && !isKnown(value) && !isDotted(value) && !isPunct(value[n-1], "(") && !isPunct(value[n-1], ",") {
		list = append(append([]Token{{Kind: TokenPunct, Text: "("}}, value...), Token{Kind: TokenPunct, Text: ")"})
	}
	out := make([]Token, len(list))
	base := 0
	if len(value) > 0 {
		base = value[0].Depth
	}
	for i, tok := range list {
		if tok.Depth <= base {
			tok.Value = at.Value
		}
		tok.Depth, tok.Start = at.Depth+max(tok.Depth-base, 0), at.Start
		out[i] = tok
	}
	return out
}

// isDotted reports a path of names: shutil.rmtree.
func isDotted(list []Token) bool {
	return !slices.ContainsFunc(list, func(t Token) bool { return t.Kind != TokenName && !isPunct(t, ".") })
}

// lets adds the names that a range assigns once to its values.
func (e *expander) lets(in span, with values) {
	count := map[string]int{}
	global := in.start == 0 && in.end == len(e.tokens)
	for i := in.start; i < in.end; i++ {
		if e.assigns(i) && !(global && e.own[i]) {
			count[e.name(i)]++
		}
	}
	for i := in.start; i < in.end; i++ {
		if global && e.own[i] {
			continue
		}
		e.opened(i, in.end, with)
		name := e.name(i)
		if count[name] == 0 || !e.assigns(i) {
			continue
		}
		if _, ok := with[name]; count[name] != 1 || ok {
			if !ok {
				with[name] = nil
			}
			continue
		}
		with[name] = e.let(span{i + 2, e.statementEnd(i+2, in.end)}, in, name, with)
	}
}

// let is the value that a name is assigned, nil when it is not known.
func (e *expander) let(s, in span, name string, with values) []Token {
	if f := (function{}); e.anonymous(&f, s.start) {
		return nil
	}
	if s.end-s.start > maxLet && !(s.end > s.start && e.match[s.start] == s.end-1 && s.end-s.start < maxDataTokens) {
		return nil
	}
	value := e.eval(s, with)
	if n := len(value); n > 5 && isPunct(value[n-1], ")") && value[n-4].Text == "bind" && isPunct(value[n-5], ".") { // fs.rmSync.bind(fs)
		value = value[:n-5]
	}
	switch {
	case partialOf(value) != nil:
		return value
	case isDotted(value) && len(value) > 0 && (e.function(value[0].Text, with) != nil || len(value) > 1):
		return value
	case isKnown(value):
		if literalTokens(value) && changes(e.tokens[in.start:in.end], name)-e.handedTo(in, name) > 1 {
			return nil
		}
		return value
	case len(value) <= maxLet && e.isValue(s):
		return value
	}
	return nil
}

// handedTo counts where the code's own functions are given a name and nothing else: they
// are read themselves.
func (e *expander) handedTo(in span, name string) (count int) {
	for i := in.start; i < in.end; i++ {
		if e.name(i) == name && e.punct(i-1, "(") && e.punct(i+1, ")") && !e.isMember(i-2) && e.functionOf(e.name(i-2), "") != nil {
			count++
		}
	}
	return count
}

// assigns reports that the name at i is given a value there.
func (e *expander) assigns(i int) bool {
	return e.name(i) != "" && e.punct(i+1, "=") && !e.punct(i+2, "=") && !e.punct(i+2, ">") && !e.punct(i+2, "~") && !e.isMember(i) && !e.punct(i-1, "(") && !e.punct(i-1, ",") && !e.punct(i-1, "@")
}

// opened reads with open("f") as x at i: x stands for the call.
func (e *expander) opened(i, end int, with values) {
	if e.lang != "python" || e.name(i) != "as" || e.name(i+1) == "" || !e.punct(i-1, ")") {
		return
	}
	start := e.match[i-1] - 1
	for start > 0 && e.punct(start-1, ".") {
		start -= 2
	}
	if e.name(start-1) == "with" || e.punct(start-1, ",") {
		with[e.name(i+1)] = e.substitute(span{start, i}, with)
	}
}

// isValue reports an expression that does nothing but to give a value, or an object.
func (e *expander) isValue(s span) bool {
	for i := s.start; i < s.end; i++ {
		if !e.punct(i+1, "(") || e.name(i) == "" {
			continue
		}
		switch e.name(i) {
		case "join", "Path", "str", "String", "resolve", "dirname", "abspath", "expanduser", "format", "URL", "quote", "Pathname", "home", "homedir", "bytes", "encode", "stringify", "dumps", "open":
		default:
			if !e.isClass(e.name(i)) && !(e.name(i) == "new" && e.isMember(i)) {
				return false
			}
		}
	}
	return s.end > s.start
}
