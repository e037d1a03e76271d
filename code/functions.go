package code

import "strings"

// A function is one that the code defines.
type function struct {
	name   string
	params []parameter
	body   span
	whole  span // with its head
	class  string
	open   bool // being written out: recursion stops here
	calls  int  // of it in the code
}

// A parameter has a name, or fields when it takes an object apart.
type parameter struct {
	name   string
	fields []string
	preset span // its default
	rest   bool // it takes all arguments that are left
}

// define finds the functions of the code.
func (e *expander) define() {
	const maxFunctions = 256
	class, classEnd := "", 0
	for i := 0; i < len(e.tokens) && len(e.funcs) < maxFunctions; i++ {
		if i >= classEnd {
			class = ""
		}
		if e.name(i) == "class" && e.name(i+1) != "" {
			class, classEnd = e.name(i+1), e.classEnd(i)
		}
		f, ok := e.definition(i)
		if !ok || f.body.end <= f.body.start {
			continue
		}
		f.class = class
		e.funcs = append(e.funcs, f)
	}
}

func (e *expander) classEnd(i int) int {
	if e.lang == "python" {
		return e.blockEnd(i, i+1)
	}
	for j := i; j < min(i+16, len(e.tokens)); j++ {
		if e.punct(j, "{") && e.match[j] > j {
			return e.match[j]
		}
	}
	return i
}

// blockEnd is where the block of Python ends whose head starts at i.
func (e *expander) blockEnd(i, from int) int {
	column := max(e.column(i), 0)
	for j := from; j < len(e.tokens); j++ {
		if e.tokens[j].Depth > 0 {
			continue
		}
		if at := e.column(j); at >= 0 && at <= column && j > i && !e.punct(j, ")") && !e.punct(j, "]") && !e.punct(j, "}") {
			return j
		}
	}
	return len(e.tokens)
}

// definition reads the function that is defined at i.
func (e *expander) definition(i int) (f function, ok bool) {
	word := e.name(i)
	switch {
	case word == "def" && e.name(i+1) != "" && (e.lang == "python" || e.lang == "ruby"):
		f.name = e.name(i + 1)
		f.whole.start = i
		at := i + 2
		if e.punct(at, "(") && e.match[at] > at {
			f.params = e.parameters(span{at + 1, e.match[at]})
			at = e.match[at] + 1
		} else if e.lang == "ruby" {
			for at < len(e.tokens) && !e.newLine(at) {
				at++
			}
			f.params = e.parameters(span{i + 2, at})
		}
		if e.lang == "ruby" {
			return f, e.rubyBody(&f, i, at)
		}
		for at < len(e.tokens) && !e.punct(at, ":") {
			at++ // -> type
		}
		f.body = span{at + 1, e.blockEnd(i, at+1)}
		f.whole.end = f.body.end
		return f, true
	case (word == "function" || word == "sub") && e.name(i+1) != "":
		f.name, f.whole.start = e.name(i+1), i
		return f, e.braced(&f, i+2)
	case word != "" && e.punct(i+1, "=") && !e.punct(i+2, "=") && (e.lang == "javascript" || e.lang == "python"):
		f.name, f.whole.start = word, i
		at := i + 2
		if e.name(at) == "async" {
			at++
		}
		if e.name(at) == "function" {
			return f, e.braced(&f, at+1)
		}
		return f, e.arrow(&f, at)
	case e.lang == "javascript" && word != "" && e.punct(i+1, "(") && e.match[i+1] > 0 && e.punct(e.match[i+1]+1, "{") && !isKeyword(word) && !e.punct(i-1, ".") && e.name(i-1) != "function" && e.name(i-1) != "new":
		f.name, f.whole.start = word, i
		return f, e.braced(&f, i+1)
	}
	return f, false
}

func isKeyword(word string) bool {
	switch word {
	case "if", "for", "while", "switch", "catch", "with", "function", "return", "await", "then":
		return true
	}
	return false
}

// braced reads (parameters) { body } at i. Perl's parameters are in its body.
func (e *expander) braced(f *function, i int) bool {
	if e.punct(i, "(") && e.match[i] > i {
		f.params = e.parameters(span{i + 1, e.match[i]})
		i = e.match[i] + 1
	}
	for n := 0; n < 8 && i < len(e.tokens) && !e.punct(i, "{"); n++ {
		i++ // : type
	}
	if !e.punct(i, "{") || e.match[i] <= i {
		return false
	}
	f.body = span{i + 1, e.match[i]}
	f.whole.end = e.match[i] + 1
	if e.lang == "perl" {
		f.params = e.perlParameters(f.body)
	}
	return true
}

// arrow reads (p) => body, p => body and lambda p: body at i.
func (e *expander) arrow(f *function, i int) bool {
	switch {
	case e.lang == "python":
		if e.name(i) != "lambda" {
			return false
		}
		end := i
		for end < len(e.tokens) && !e.punct(end, ":") {
			end++
		}
		f.params = e.parameters(span{i + 1, end})
		f.body = span{end + 1, e.statementEnd(end+1, len(e.tokens))}
		f.whole.end = f.body.end
		return true
	case e.punct(i, "(") && e.match[i] > i:
		f.params = e.parameters(span{i + 1, e.match[i]})
		i = e.match[i] + 1
	case e.name(i) != "":
		f.params = []parameter{{name: e.name(i)}}
		i++
	default:
		return false
	}
	for n := 0; n < 8 && i+1 < len(e.tokens) && !e.punct(i, "=") && e.punct(i, ":") == (n == 0); n++ {
		i++ // : type
	}
	if !e.punct(i, "=") || !e.punct(i+1, ">") {
		return false
	}
	if i += 2; e.punct(i, "{") && e.match[i] > i {
		f.body = span{i + 1, e.match[i]}
		f.whole.end = e.match[i] + 1
		return true
	}
	f.body = span{i, e.statementEnd(i, len(e.tokens))}
	f.whole.end = f.body.end
	return true
}

// rubyBody reads up to the end that stands below the def.
func (e *expander) rubyBody(f *function, i, at int) bool {
	column := e.column(i)
	for j := at; j < len(e.tokens); j++ {
		if e.name(j) == "end" && (e.column(j) == column || column < 0) {
			f.body, f.whole.end = span{at, j}, j+1
			return true
		}
	}
	return false
}

// parameters reads the list of a head.
func (e *expander) parameters(in span) (list []parameter) {
	for _, part := range e.split(in) {
		p, i := parameter{}, part.start
		p.rest = e.punct(i, ".") || e.punct(i, "*") && !e.punct(i+1, "*")
		for e.punct(i, "*") || e.punct(i, ".") || e.punct(i, "&") {
			i++
		}
		if e.lang == "php" { // a type may stand in front
			for i < part.end && !strings.HasPrefix(e.name(i), "$") {
				i++
			}
		}
		if e.punct(i, "{") && e.match[i] > 0 {
			for _, field := range e.split(span{i + 1, e.match[i]}) {
				p.fields = append(p.fields, e.name(field.start))
			}
		} else {
			p.name = e.name(i)
		}
		for j := i; j < part.end; j++ {
			if e.punct(j, "=") {
				p.preset = span{j + 1, part.end}
				break
			}
		}
		list = append(list, p)
	}
	return list
}

// perlParameters reads my ($a, $b) = @_ and my $a = shift.
func (e *expander) perlParameters(body span) (list []parameter) {
	for i := body.start; i+3 < body.end; i++ {
		switch {
		case e.name(i) == "my" && e.punct(i+1, "(") && e.match[i+1] > 0 && e.punct(e.match[i+1]+1, "="):
			return e.parameters(span{i + 2, e.match[i+1]})
		case e.name(i) == "my" && e.punct(i+2, "=") && e.name(i+3) == "shift":
			list = append(list, parameter{name: e.name(i + 1)})
		}
	}
	return list
}

// split splits a range at its commas.
func (e *expander) split(in span) (parts []span) {
	start := in.start
	for i := in.start; i < in.end && len(parts) < 32; i++ {
		if e.match[i] > i && e.match[i] <= in.end {
			i = e.match[i]
		} else if e.punct(i, ",") && e.tokens[i].Depth == 0 {
			parts = append(parts, span{start, i})
			start = i + 1
		}
	}
	if start < in.end {
		parts = append(parts, span{start, in.end})
	}
	return parts
}

// An argument is one of a call, with its name if it has one.
type argument struct {
	name  string
	at    span
	value []Token
}

// arguments reads those of the call whose parenthesis opens at i.
func (e *expander) arguments(i int) (list []argument) {
	if !e.punct(i, "(") || e.match[i] <= i {
		return nil
	}
	for _, part := range e.split(span{i + 1, e.match[i]}) {
		a := argument{at: part}
		if name := e.name(part.start); name != "" && (e.punct(part.start+1, "=") && !e.punct(part.start+2, "=") || e.lang == "ruby" && e.punct(part.start+1, ":")) {
			a.name, a.at.start = name, part.start+2
		}
		list = append(list, a)
	}
	return list
}

// called is the function of the code that is called at i.
func (e *expander) called(i int) *function {
	name := e.name(i)
	if name == "" || !e.punct(i+1, "(") {
		return nil
	}
	if e.name(i-1) == "def" || e.name(i-1) == "function" || e.name(i-1) == "sub" {
		return nil
	}
	var found *function
	for j := range e.funcs {
		f := &e.funcs[j]
		if f.name != name || f.whole.start == i {
			continue
		}
		if found != nil {
			return nil // which of them is not known
		}
		found = f
	}
	return found
}

// bind gives the parameters of a function their values.
func (e *expander) bind(f *function, args []argument, outer values) values {
	with := values{}
	for name, value := range outer {
		if strings.HasPrefix(name, "self.") {
			with[name] = value
		}
	}
	if f.class != "" {
		e.holds(f.class, with)
	}
	params := f.params
	if len(params) > 0 && (e.isSelf(params[0].name) || params[0].name == "cls") {
		params = params[1:]
	}
	for n := range params {
		e.bindOne(&params[n], n, args, with)
	}
	return with
}

func (e *expander) bindOne(p *parameter, n int, args []argument, with values) {
	if p.rest && p.name != "" {
		with[p.name] = restOf(args[min(n, len(args)):])
		return
	}
	for i := range args {
		a := &args[i]
		switch {
		case a.name != "" && a.name == p.name, a.name == "" && i == n && p.name != "":
			with[p.name] = a.value
			return
		case a.name == "" && i == n && len(p.fields) > 0:
			e.fields(p, a.at, with)
			return
		}
	}
	if p.name != "" && p.preset.end > p.preset.start {
		with[p.name] = e.tokens[p.preset.start:p.preset.end]
	}
}

// restOf writes the arguments from one on as a list.
func restOf(args []argument) []Token {
	list := []Token{{Kind: TokenPunct, Text: "["}}
	for _, a := range args {
		if a.name != "" {
			continue
		}
		if len(list) > 1 {
			list = append(list, Token{Kind: TokenPunct, Text: ","})
		}
		list = append(list, a.value...)
	}
	return append(list, Token{Kind: TokenPunct, Text: "]"})
}

// fields gives what a parameter takes apart its values: f({dir: "x"}).
func (e *expander) fields(p *parameter, at span, with values) {
	if !e.punct(at.start, "{") || e.match[at.start] <= 0 {
		return
	}
	for _, part := range e.split(span{at.start + 1, e.match[at.start]}) {
		for _, field := range p.fields {
			if e.name(part.start) == field && e.punct(part.start+1, ":") {
				with[field] = e.tokens[part.start+2 : part.end]
			}
		}
	}
}

// holds adds what the objects of a class hold, when the code makes one of them
// only: self.base = base in its constructor.
func (e *expander) holds(class string, with values) {
	made := -1
	for i := range e.tokens {
		if e.name(i) == class && e.punct(i+1, "(") {
			if made >= 0 {
				return
			}
			made = i
		}
	}
	if made < 0 {
		return
	}
	for j := range e.funcs {
		f := &e.funcs[j]
		if f.class != class || f.name != "__init__" && f.name != "constructor" && f.name != "__construct" {
			continue
		}
		args := e.arguments(made + 1)
		for i := range args {
			args[i].value = e.tokens[args[i].at.start:args[i].at.end]
		}
		f.class = "" // its own parameters only
		given := e.bind(f, args, nil)
		f.class = class
		for i := f.body.start; i < f.body.end; i++ {
			at := e.member(i)
			if e.isSelf(e.name(i)) && at > 0 && e.punct(at+1, "=") {
				value := span{at + 2, e.statementEnd(at+2, f.body.end)}
				with["self."+e.name(at)] = e.substitute(value, given)
			}
		}
		return
	}
}

// drop leaves out the functions that nothing calls or names.
func (e *expander) drop() {
	e.named = map[string]int{}
	for i := range e.tokens {
		switch t := &e.tokens[i]; t.Kind {
		case TokenName, TokenString:
			e.named[t.Text]++
		}
		if f := e.called(i); f != nil {
			f.calls++
		}
	}
	for j := range e.funcs {
		f := &e.funcs[j]
		decorated := f.whole.start > 1 && e.lang == "python" && e.decorated(f.whole.start)
		if e.named[f.name] == 1 && f.class == "" && !strings.HasPrefix(f.name, "__") && !decorated && !strings.HasPrefix(f.name, "test") && e.name(f.whole.start-1) != "export" && e.name(f.whole.start-1) != "default" {
			e.forget(f.whole)
		}
	}
}

// decorated reports a line in front of i that begins with @.
func (e *expander) decorated(i int) bool {
	for j := i - 1; j >= 0 && j > i-64; j-- {
		if e.column(j) >= 0 {
			return e.punct(j, "@")
		}
	}
	return false
}
