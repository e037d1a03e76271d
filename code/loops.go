package code

import "slices"

// This file writes out the rounds of loops over lists that are known, and the calls
// of a function that is handed to what goes through a list.

// A loop is one over a list, or a function that is given each of its elements.
type loop struct {
	params []parameter
	items  [][]Token
	body   span
	f      *function // what is called for each element
	path   []Token   // the same, of a library
	same   bool      // it leaves the elements as they are
	end    int       // behind what is called
}

// loop reads the loop that starts at i: for d in ("a", "b"), for (const d of
// ["a"]), ["a"].each { |d| … }, foreach my $d ("a"), map(f, ["a"]).
func (e *expander) loop(i int, with values) (l loop, ok bool) {
	switch name := e.name(i); name {
	case "foreach", "each_line":
		if e.lang == "ruby" && e.punct(i-1, ".") { // File.foreach("f") { |l| … }
			end := i + 1
			if e.punct(end, "(") && e.match[end] > end {
				end = e.match[end] + 1
			}
			l.items = e.elements(e.eval(span{e.chainStart(i - 1), end}, with), 1)
			return l, len(l.items) > 0 && e.block(&l, end, with) && !l.same
		}
		return e.forLoop(i, with)
	case "for":
		return e.forLoop(i, with)
	case "each", "forEach", "map", "each_with_index", "flatMap", "imap", "thread_map":
		if e.punct(i-1, ".") && e.lang != "python" {
			if l.items = e.elements(e.eval(span{e.chainStart(i - 1), i - 1}, with), 2); len(l.items) == 0 {
				return l, false
			}
			return l, e.block(&l, i+1, with) && !l.same
		}
		return e.mapCall(i, 0, with)
	case "array_map", "array_walk":
		place := 0
		if name == "array_walk" {
			place = 1
		}
		return e.mapCall(i, place, with)
	}
	if e.lang == "python" && (e.punct(i, "[") || e.punct(i, "(")) {
		return e.generated(i, with)
	}
	return l, false
}

// mapCall reads map(f, list), with f at a place among the arguments.
func (e *expander) mapCall(i, place int, with values) (l loop, ok bool) {
	if e.lang != "python" && e.lang != "php" || !e.punct(i+1, "(") || e.match[i+1] <= i {
		return l, false
	}
	parts := e.split(span{i + 2, e.match[i+1]})
	if len(parts) < 2 {
		return l, false
	}
	if l.items = e.elements(e.eval(parts[1-place], with), 1); len(l.items) == 0 {
		return l, false
	}
	ok = e.callable(&l, parts[place], with)
	return l, ok && !l.same
}

// chainStart is where the expression begins that ends in front of the sign at i.
func (e *expander) chainStart(i int) int {
	for i > 0 {
		at := i - 1
		if closes(e.tokens[at]) && e.match[at] < at {
			at = e.match[at]
			switch {
			case at > 0 && closes(e.tokens[at-1]) && !e.newLine(at): // f(x)["y"]
				i = at
				continue
			case e.name(at-1) != "" && !isKeyword(e.name(at-1)) && !e.newLine(at):
				at--
			}
		} else if e.tokens[at].Kind == TokenPunct {
			return i
		}
		if e.lang == "ruby" && e.punct(at-1, "@") {
			at--
		}
		if i = at; e.tokens[at].Depth > 0 || at < 1 {
			return i
		}
		switch {
		case e.punct(at-1, ".") && e.punct(at-2, "?"), e.punct(at-1, ">") && e.punct(at-2, "-"), e.punct(at-1, ":") && e.punct(at-2, ":"):
			i = at - 2
		case e.punct(at-1, ".") && !e.punct(at-2, "."):
			i = at - 1
		default:
			return at
		}
	}
	return i
}

func (e *expander) forLoop(i int, with values) (l loop, ok bool) {
	at := i + 1
	if e.name(at) == "await" {
		at++
	}
	var list span
	switch e.lang {
	case "python", "ruby":
		in := e.find(at, "in")
		after := e.listEnd(in + 1)
		if in == 0 || after == 0 {
			return l, false
		}
		l.params, list = e.parameters(span{at, in}), span{in + 1, after}
		if e.lang == "python" {
			l.body = span{after + 1, e.blockEnd(i, after+1)}
			break
		}
		do := after
		if e.name(do) == "do" {
			after++
		}
		if end := e.endOf(do); end > 0 {
			l.body = span{after, end}
		}
	case "perl":
		if e.name(at) == "my" {
			at++
		}
		name := "$_"
		if e.name(at) != "" {
			name = e.name(at)
			at++
		}
		if !e.punct(at, "(") || e.match[at] <= at {
			return e.postfix(i, with)
		}
		l.params, list = []parameter{{name: name}}, span{at + 1, e.match[at]}
		e.bodyAt(&l, e.match[at]+1)
	default:
		if !e.punct(at, "(") || e.match[at] <= at {
			return l, false
		}
		end := e.match[at]
		if e.lang == "php" {
			as := e.find(at+1, "as")
			if as == 0 || as > end {
				return l, false
			}
			list = span{at + 1, as}
			l.params = []parameter{{name: e.name(end - 1)}}
			if e.punct(as+2, "=") && e.punct(as+3, ">") {
				l.params = []parameter{{name: e.name(as + 1)}, {name: e.name(end - 1)}}
			}
		} else {
			of := e.find(at+1, "of")
			if of == 0 || of > end {
				return l, false
			}
			from := at + 1
			if word := e.name(from); word == "const" || word == "let" || word == "var" {
				from++
			}
			l.params, list = e.parameters(span{from, of}), span{of + 1, end}
		}
		e.bodyAt(&l, end+1)
	}
	return l, l.body.end > l.body.start && len(l.params) > 0 && e.rangeOver(&l, list, with)
}

// rangeOver gives a loop its elements.
func (e *expander) rangeOver(l *loop, list span, with values) bool {
	if list.end <= list.start {
		return false
	}
	if e.lang == "perl" {
		for _, part := range e.split(list) {
			for e.punct(part.start, "@") || e.punct(part.start, "%") {
				if part.start++; e.punct(part.start, "{") && e.match[part.start] == part.end-1 {
					part = span{part.start + 1, part.end - 1}
				}
			}
			item := e.eval(part, with)
			if inner := e.elements(item, 1); inner != nil {
				l.items = append(l.items, inner...)
			} else if !isKnown(item) && slices.ContainsFunc(item, opens) {
				return false // a list that nobody knows
			} else {
				l.items = append(l.items, item)
			}
		}
	} else {
		l.items = e.elements(e.eval(list, with), len(l.params))
	}
	return len(l.items) > 0
}

// find is where a word stands at or behind i in the head of a loop, 0 for nowhere.
func (e *expander) find(i int, word string) int {
	const maxHead = 512
	for j := i; j < min(len(e.tokens), i+maxHead); j++ {
		if e.name(j) == word {
			return j
		} else if e.punct(j, ";") {
			return 0
		}
		if e.match[j] > j {
			j = e.match[j]
		}
	}
	return 0
}

// listEnd is where the list at i ends that a loop of Python or Ruby goes through.
func (e *expander) listEnd(i int) int {
	for j := i; j < len(e.tokens); j++ {
		switch {
		case e.match[j] > j:
			j = e.match[j]
		case e.lang == "python" && e.punct(j, ":"), e.lang == "ruby" && (e.name(j) == "do" || j > i && e.newLine(j)):
			return j
		case e.punct(j, ";") || e.punct(j, ")") || e.punct(j, "]"):
			return 0
		}
	}
	return 0
}

// generated reads the loop inside of the bracket at i: [f(d) for d in ["a"]].
func (e *expander) generated(i int, with values) (l loop, ok bool) {
	end := e.match[i]
	if end <= i+1 || e.tokens[i].Depth > 0 {
		return l, false
	}
	loop := e.find(i+1, "for")
	if loop == 0 || loop > end {
		return l, false
	}
	in := e.find(loop, "in")
	if in == 0 || in > end {
		return l, false
	}
	stop := end
	for _, word := range [...]string{"if", "for"} {
		if at := e.find(in, word); at > 0 && at < stop {
			stop = at
		}
	}
	l.params, l.body = e.parameters(span{loop + 1, in}), span{i + 1, loop}
	if e.onlySpells(l.body) {
		return l, false
	}
	return l, len(l.params) > 0 && l.body.end > l.body.start && e.rangeOver(&l, span{in + 1, stop}, with)
}

// onlySpells reports an element whose calls only make another text of it, as chr(c)
// does: they count where they stand.
func (e *expander) onlySpells(s span) bool {
	calls := 0
	for i := s.start; i < s.end; i++ {
		if e.name(i) == "" || !e.punct(i+1, "(") {
			continue
		}
		switch calls++; e.name(i) {
		case "chr", "ord", "int", "hex", "len":
		default:
			return false
		}
	}
	return calls > 0
}

// postfix reads rm($_) for "a", "b"; of Perl.
func (e *expander) postfix(i int, with values) (l loop, ok bool) {
	start := i
	for start > 0 && !e.punct(start-1, ";") && !e.punct(start-1, "{") && !e.punct(start-1, "}") {
		start--
	}
	end := e.statementEnd(i+1, len(e.tokens))
	l.params, l.body = []parameter{{name: "$_"}}, span{start, i}
	return l, i > start && e.rangeOver(&l, span{i + 1, end}, with)
}

// elements are what a loop finds in a value, one after the other; nil when it is no
// list that is known. A loop with several variables finds pairs in a map.
func (e *expander) elements(list []Token, params int) (items [][]Token) {
	if len(list) > 3 && list[0].Text == "open" && list[2].Kind == TokenString { // a file goes line by line
		if text, ok := e.p.content(list[2].Text); ok {
			list = lineTokens(text)
		}
	}
	if !literalTokens(list) {
		return nil
	}
	for _, group := range splitTokens(list[1 : len(list)-1]) {
		at := keyOf(group)
		switch spread := len(group) > 2 && !opens(group[0]) && opens(group[len(group)-len(trimSpread(group))]); {
		case spread && literalTokens(trimSpread(group)):
			items = append(items, e.elements(trimSpread(group), params)...)
		case at == 0 || isPunct(list[0], "["):
			if at > 0 && e.lang == "php" && params == 1 {
				group = group[at:]
			} else if at > 0 && e.lang == "php" {
				group = pairOf(group, "entries", 0)
			}
			items = append(items, group)
		case e.lang == "python":
			items = append(items, group[:1])
		default:
			items = append(items, pairOf(group, "entries", 0))
		}
	}
	return items
}

// trimSpread leaves out the signs in front of a list that is spread.
func trimSpread(group []Token) []Token {
	for len(group) > 1 && (isPunct(group[0], "*") || isPunct(group[0], ".")) {
		group = group[1:]
	}
	return group
}

// bodyAt reads { … } or one statement at i.
func (e *expander) bodyAt(l *loop, i int) {
	if e.punct(i, "{") && e.match[i] > i {
		l.body = span{i + 1, e.match[i]}
	} else {
		l.body = span{i, e.statementEnd(i, len(e.tokens))}
	}
}

// block reads the function that a list is given at i: (d => …), (f), { |d| … },
// (&f), (&method(:f)).
func (e *expander) block(l *loop, i int, with values) bool {
	if e.punct(i, "(") && e.match[i] > i {
		l.end = e.match[i] + 1
		return e.callable(l, span{i + 1, e.match[i]}, with)
	}
	f := function{closure: true}
	if e.lang != "ruby" || !e.rubyBlock(&f, i) {
		return false
	}
	l.f, l.body, l.end = &f, f.body, f.whole.end
	return true
}

// callable reads a function that is an argument.
func (e *expander) callable(l *loop, in span, with values) bool {
	i := in.start
	if e.punct(i, "&") { // of Ruby
		i++
	}
	f := function{closure: true, whole: span{start: i}}
	switch {
	case e.punct(i, ":") && e.punct(i-1, "&"): // &:strip
		l.same = leavesText(e.name(i + 1))
		return l.same
	case e.anonymous(&f, i):
		l.f, l.body = &f, f.body
		return true
	case e.name(i) == "method" && e.punct(i+2, ":"), e.member(i) > 0 && e.name(e.member(i)) == "method" && e.punct(e.member(i)+2, ":"):
		at := i
		if e.name(i) != "method" {
			at = e.member(i)
			l.path = append(l.path, e.tokens[i:at]...)
		}
		name := e.tokens[at+3]
		l.path = append(l.path, name)
		if l.f = e.function(name.Text, with); l.f != nil {
			l.f.uses--
		}
		return true
	case e.lang == "php" && i < len(e.tokens) && e.tokens[i].Kind == TokenString:
		name := e.tokens[i]
		name.Kind = TokenName
		if l.f = e.function(name.Text, with); l.f != nil {
			l.f.uses--
		}
		l.path = []Token{name}
		return isIdentifier(name.Text)
	case e.name(i) == "":
		return false
	}
	parts := e.split(span{i, in.end})
	l.path = e.eval(span{i, parts[0].end}, with)
	if !isDotted(l.path) || len(l.path) == 0 {
		return false
	}
	last := l.path[len(l.path)-1].Text
	if l.same = leavesText(last); l.same {
		return true
	}
	if l.f = e.function(last, with); l.f != nil && !l.f.closure {
		l.f.uses--
	}
	return true
}

// leavesText reports the functions that leave a text as it is.
func leavesText(name string) bool {
	switch name {
	case "strip", "chomp", "to_s", "String", "str", "trim", "existsSync", "Path", "to_sym", "freeze":
		return true
	}
	return false
}

// rounds writes out the rounds of a loop.
func (e *expander) rounds(l *loop, outer values, depth int) (written []Token) {
	for _, item := range l.items[:min(len(l.items), maxRounds)] {
		switch {
		case l.f != nil && l.f.open:
		case l.f != nil:
			l.f.open = true
			l.f.reached = true
			written = append(written, e.body(l.f.body, e.bind(l.f, []argument{{value: item}}, outer), depth+1)...)
			l.f.open = false
		case l.path != nil:
			sign := func(text string) Token { return Token{Kind: TokenPunct, Text: text, Start: l.path[0].Start} }
			written = append(written, sign(";"))
			written = append(written, l.path...)
			written = append(written, sign("("))
			written = append(written, item...)
			written = append(written, sign(")"), sign(";"))
		default:
			written = append(written, e.body(l.body, e.round(l, item, outer), depth+1)...)
		}
	}
	return written
}

// round is what names stand for in one round of a loop.
func (e *expander) round(l *loop, item []Token, outer values) values {
	f := function{params: l.params, closure: true}
	args := []argument{{value: item}}
	if len(l.params) > 1 && literalTokens(item) {
		args = spreadArguments(item)
	}
	return e.bind(&f, args, outer)
}
