package code

// A loop is one over a list that the code writes out, or over what a name of a
// function's stands for.
type loop struct {
	name  string
	list  span
	named string
	body  span
}

// loop reads the loop that starts at i: for d in ("a", "b"), for (const d of
// ["a"]), ["a"].each { |d| … }, foreach my $d ("a").
func (e *expander) loop(i int) (l loop, ok bool) {
	switch e.name(i) {
	case "for", "foreach":
		return e.forLoop(i)
	case "each", "forEach", "map":
		switch {
		case !e.punct(i-1, "."):
			return l, false
		case e.punct(i-2, "]") && e.punct(e.match[i-2], "["):
			l.list = span{e.match[i-2] + 1, i - 2}
		case e.punct(i-3, ".") || e.listAt(i-2, &l) == 0:
			return l, false
		}
		return l, e.block(&l, i+1)
	}
	return l, false
}

func (e *expander) forLoop(i int) (l loop, ok bool) {
	at := i + 1
	if e.lang == "python" || e.lang == "ruby" {
		l.name = e.name(at)
		after := 0
		if e.name(at+1) == "in" {
			after = e.listAt(at+2, &l)
		}
		if after == 0 || e.lang == "ruby" || !e.punct(after, ":") {
			return l, false
		}
		l.body = span{after + 1, e.blockEnd(i, after+1)}
		return l, true
	}
	if e.lang == "perl" {
		if e.name(at) == "my" {
			at++
		}
		l.name = e.name(at)
		if l.name == "" || !e.punct(at+1, "(") || e.match[at+1] == 0 {
			return l, false
		}
		l.list = span{at + 2, e.match[at+1]}
		return l, e.bodyAt(&l, e.match[at+1]+1)
	}
	if !e.punct(at, "(") || e.match[at] <= at {
		return l, false
	}
	end := e.match[at]
	if e.lang == "php" {
		after := e.listAt(at+1, &l)
		if after == 0 || e.name(after) != "as" {
			return l, false
		}
		l.name = e.name(end - 1)
		return l, e.bodyAt(&l, end+1)
	}
	for j := at + 1; j < min(at+5, end); j++ {
		if e.name(j) == "of" && e.listAt(j+1, &l) == end {
			l.name = e.name(j - 1)
			return l, e.bodyAt(&l, end+1)
		}
	}
	return l, false
}

// listAt reads a list of literals at i, or a name: of one that it is given and nothing
// else, or of what a function is called with. It returns what follows, 0 for no list.
func (e *expander) listAt(i int, l *loop) (next int) {
	next = i + 1
	if name := e.name(i); name != "" {
		i = e.listOf(name)
		if l.named = name; i < 0 {
			return next
		}
		l.named = ""
	} else if e.match[i] > i {
		next = e.match[i] + 1
	}
	if (e.punct(i, "[") || e.punct(i, "(")) && e.match[i] > i {
		l.list = span{i + 1, e.match[i]}
		return next
	}
	return 0
}

// listOf is where the list opens that a name is assigned, if it is assigned that
// and nothing else; -1 for none.
func (e *expander) listOf(name string) int {
	for i := range e.tokens {
		if e.name(i) == name && e.punct(i+1, "=") && e.punct(i+2, "[") && !e.punct(i-1, ".") {
			if changes(e.tokens, name) == 1 {
				return i + 2
			}
			return -1
		}
	}
	return -1
}

// bodyAt reads { … } or one statement at i.
func (e *expander) bodyAt(l *loop, i int) bool {
	if e.punct(i, "{") && e.match[i] > i {
		l.body = span{i + 1, e.match[i]}
	} else {
		l.body = span{i, e.statementEnd(i, len(e.tokens))}
	}
	return l.body.end > l.body.start
}

// block reads the function that a list is given: (d => …), { |d| … }, do |d| … end.
func (e *expander) block(l *loop, i int) bool {
	switch {
	case e.punct(i, "(") && e.match[i] > i:
		f := function{}
		at := i + 1
		if e.name(at) == "async" {
			at++
		}
		if e.name(at) == "function" && !e.braced(&f, at+1) || e.name(at) != "function" && !e.arrow(&f, at) || len(f.params) == 0 {
			return false
		}
		l.name, l.body = f.params[0].name, f.body
	case e.punct(i, "{") && e.match[i] > i && e.punct(i+1, "|") && e.punct(i+3, "|"):
		l.name, l.body = e.name(i+2), span{i + 4, e.match[i]}
	case e.name(i) == "do" && e.punct(i+1, "|") && e.punct(i+3, "|"):
		l.name = e.name(i + 2)
		for j := i + 4; j < len(e.tokens); j++ {
			if e.name(j) == "end" {
				l.body = span{i + 4, j}
				break
			}
		}
	}
	return l.name != "" && l.body.end > l.body.start
}

// rounds writes out the rounds of a loop.
func (e *expander) rounds(l *loop, outer values, depth int) (written []Token) {
	var items [][]Token
	if l.named != "" {
		list := outer[l.named]
		items = splitTokens(list[1 : len(list)-1])
	} else {
		for _, item := range e.split(l.list) {
			items = append(items, e.substitute(item, outer))
		}
	}
	for _, item := range items[:min(len(items), maxRounds)] {
		with := values{}
		for name, value := range outer {
			with[name] = value
		}
		with[l.name] = item
		written = append(written, e.body(l.body, with, depth+1)...)
	}
	return written
}
