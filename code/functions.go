package code

import "strings"

// A function is one that the code defines.
type function struct {
	name       string
	params     []parameter
	body       span
	whole      span // with its head
	class      string
	expression bool // its body is the value that it gives
	closure    bool // names around it are known in it
	open       bool // being written out: recursion stops here
	reached    bool // it was written out, or nothing calls it
	dispatched bool // it was called by its place in a map
	// uses are the places where its name stands and is not called, entries those
	// of them that are in a map.
	uses, entries int
}

// A parameter has a name, or fields when it takes an object or a list apart.
type parameter struct {
	name   string
	fields []field
	list   bool // the fields are the elements of a list
	preset span // its default
	rest   bool // it takes all arguments that are left
	holds  bool // the object holds it: private dir of TypeScript
}

// A field is a name that a member of an object is given.
type field struct {
	key, name string
	preset    span
}

// define finds the functions and the classes of the code.
func (e *expander) define() {
	const maxFunctions = 256
	e.own = make([]bool, len(e.tokens))
	for i := 0; i < len(e.tokens) && len(e.funcs) < maxFunctions; i++ {
		if e.name(i) == "class" && e.name(i+1) != "" && !e.isMember(i) && len(e.classes) < maxFunctions {
			e.classes = append(e.classes, class{name: e.name(i + 1), body: e.classBody(i)})
		}
		f, ok := e.definition(i)
		if !ok || f.body.end < f.body.start || f.body.end == f.body.start && !constructs(f.name) {
			continue
		}
		for j := range e.classes {
			if b := e.classes[j].body; b.start <= i && i < b.end {
				f.class = e.classes[j].name
			}
		}
		for j := f.whole.start; j < f.whole.end; j++ {
			e.own[j] = true
		}
		e.funcs = append(e.funcs, f)
	}
}

// constructs reports the names of functions that make an object.
func constructs(name string) bool {
	switch name {
	case "__init__", "constructor", "__construct", "initialize":
		return true
	}
	return false
}

// inClass reports that the token at i stands in a class, and in no function of it.
func (e *expander) inClass(i int) bool {
	for j := range e.classes {
		if b := e.classes[j].body; b.start <= i && i < b.end {
			return !e.own[i]
		}
	}
	return false
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
		if e.lang == "ruby" && f.name == "self" && e.punct(at, ".") { // def self.f
			f.name, at = e.name(at+1), at+2
		}
		if e.punct(at, "(") && e.match[at] > at {
			f.params = e.parameters(span{at + 1, e.match[at]})
			at = e.match[at] + 1
		} else if e.lang == "ruby" {
			from := at
			for at < len(e.tokens) && !e.newLine(at) && !e.punct(at, ";") && !e.punct(at, "=") {
				at++
			}
			f.params = e.parameters(span{from, at})
		}
		if e.lang == "ruby" && e.punct(at, "=") && !e.newLine(at) { // def f(p) = rm(p)
			f.body, f.expression = span{at + 1, e.statementEnd(at+1, len(e.tokens))}, true
			f.whole.end = f.body.end
			return f, true
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
	case word != "" && e.punct(i+1, "=") && !e.punct(i+2, "=") && !e.punct(i+2, ">"):
		f.name, f.whole.start = word, i
		return f, e.anonymous(&f, i+2)
	case e.lang == "javascript" && word != "" && e.punct(i+1, ":") && (e.punct(i-1, "{") || e.punct(i-1, ",")): // {f: () => …}
		f.name, f.whole.start = word, i
		return f, e.anonymous(&f, i+2)
	case e.lang == "javascript" && word != "" && e.punct(i+1, "(") && e.match[i+1] > 0 && (e.punct(e.match[i+1]+1, "{") || e.inClass(i) && e.punct(e.match[i+1]+1, ":")) && !isKeyword(word) && !e.punct(i-1, ".") && e.name(i-1) != "function" && e.name(i-1) != "new":
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

// anonymous reads a function without a name of its own at i.
func (e *expander) anonymous(f *function, i int) bool {
	if e.name(i) == "async" || e.name(i) == "static" {
		i++
	}
	switch word := e.name(i); {
	case word == "function" && (e.lang == "javascript" || e.lang == "php"):
		if e.name(i+1) != "" {
			i++
		}
		return e.braced(f, i+1)
	case word == "fn" && e.lang == "php":
		return e.arrow(f, i+1)
	case word == "sub" && e.lang == "perl":
		return e.braced(f, i+1)
	case word == "lambda" && e.lang == "python":
		end := i
		for end < len(e.tokens) && !e.punct(end, ":") {
			end++
		}
		f.params = e.parameters(span{i + 1, end})
		f.body, f.expression = span{end + 1, e.statementEnd(end+1, len(e.tokens))}, true
		f.whole.end = f.body.end
		return true
	case (word == "lambda" || word == "proc") && e.lang == "ruby":
		return e.rubyBlock(f, i+1)
	case word == "Proc" && e.lang == "ruby" && e.name(i+2) == "new":
		return e.rubyBlock(f, i+3)
	case e.lang == "ruby" && e.punct(i, "-") && e.punct(i+1, ">"):
		return e.rubyBlock(f, i+2)
	}
	return e.lang == "javascript" && e.arrow(f, i)
}

// rubyBlock reads (d) { … }, { |d| … } and do |d| … end at i.
func (e *expander) rubyBlock(f *function, i int) bool {
	if e.punct(i, "(") && e.match[i] > i {
		f.params = e.parameters(span{i + 1, e.match[i]})
		i = e.match[i] + 1
	}
	end := 0
	switch {
	case e.punct(i, "{") && e.match[i] > i:
		end = e.match[i]
	case e.name(i) == "do":
		end = e.endOf(i)
	}
	if end == 0 {
		return false
	}
	f.whole.end = end + 1
	if i++; e.punct(i, "|") {
		from := i + 1
		for i++; i < end && !e.punct(i, "|"); i++ {
		}
		f.params = e.parameters(span{from, i})
		i++
	}
	f.body, f.expression = span{i, end}, !e.newLine(i)
	return i < end
}

// endOf is the end of Ruby that closes the do at i.
func (e *expander) endOf(i int) int {
	depth := 1
	for j := i + 1; j < len(e.tokens); j++ {
		switch e.name(j) {
		case "do", "def", "begin", "case", "class", "module":
			depth++
		case "if", "unless", "while", "until", "for":
			if e.newLine(j) || e.punct(j-1, ";") { // else it stands behind a statement
				depth++
			}
		case "end":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return 0
}

// arrow reads (p) => body and p => body at i.
func (e *expander) arrow(f *function, i int) bool {
	switch {
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
	f.body, f.expression = span{i, e.expressionEnd(i)}, true
	f.whole.end = f.body.end
	return f.body.end > f.body.start
}

// expressionEnd is where the expression ends that begins at i.
func (e *expander) expressionEnd(i int) int {
	for j := i; j < len(e.tokens); j++ {
		switch {
		case e.punct(j, ","), e.punct(j, ";"), e.punct(j, "}"), e.punct(j, ")"), e.punct(j, "]"), j > i && e.newLine(j) && !e.punct(j, ".") && !e.punct(j, "?") && !e.punct(j, ":"):
			return j
		case e.match[j] > j:
			j = e.match[j]
		}
	}
	return len(e.tokens)
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
		for i < part.end && (e.lang == "php" && !strings.HasPrefix(e.name(i), "$") || isModifier(e.name(i))) { // a type may stand in front
			p.holds = p.holds || isModifier(e.name(i))
			i++
		}
		if (e.punct(i, "{") || e.punct(i, "[") || e.punct(i, "(")) && e.match[i] > i {
			p.fields, p.list = e.fields(span{i + 1, e.match[i]}), !e.punct(i, "{")
			i = e.match[i]
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

// fields reads what a pattern takes apart: {dir: d, n = 1}, [k, v].
func (e *expander) fields(in span) (list []field) {
	for _, part := range e.split(in) {
		f := field{key: e.name(part.start), name: e.name(part.start)}
		at := part.start + 1
		if e.punct(at, ":") {
			f.name, at = e.name(at+1), at+2
		}
		if e.punct(at, "=") {
			f.preset = span{at + 1, part.end}
		}
		list = append(list, f)
	}
	return list
}

// isModifier reports the words by which a parameter becomes a member of the object.
func isModifier(word string) bool {
	switch word {
	case "private", "public", "protected", "readonly":
		return true
	}
	return false
}

// perlParameters reads my ($a, $b) = @_ and my $a = shift.
func (e *expander) perlParameters(body span) (list []parameter) {
	for i := body.start; i+3 < body.end; i++ {
		switch {
		case e.name(i) == "my" && e.punct(i+1, "(") && e.match[i+1] > 0 && e.punct(e.match[i+1]+1, "="):
			return e.parameters(span{i + 2, e.match[i+1]})
		case e.name(i) == "my" && e.punct(i+2, "=") && e.name(i+3) == "shift" && !e.punct(i+4, "-"):
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
