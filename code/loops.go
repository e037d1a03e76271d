package code

// A loop is one over a list that the code writes out.
type loop struct {
	name string
	list span
	body span
}

// loop reads the loop that starts at i: for d in ("a", "b"), for (const d of
// ["a"]), ["a"].each { |d| … }, foreach my $d ("a").
func (e *expander) loop(i int) (l loop, ok bool) {
	switch e.name(i) {
	case "for", "foreach":
		return e.forLoop(i)
	case "each", "forEach", "map":
		if !e.punct(i-1, ".") || !e.punct(i-2, "]") || !e.punct(e.match[i-2], "[") {
			return l, false
		}
		l.list = span{e.match[i-2] + 1, i - 2}
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
			after = e.listAt(at+2, &l.list)
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
		after := e.listAt(at+1, &l.list)
		if after == 0 || e.name(after) != "as" {
			return l, false
		}
		l.name = e.name(end - 1)
		return l, e.bodyAt(&l, end+1)
	}
	for j := at + 1; j < min(at+5, end); j++ {
		if e.name(j) == "of" && e.listAt(j+1, &l.list) == end {
			l.name = e.name(j - 1)
			return l, e.bodyAt(&l, end+1)
		}
	}
	return l, false
}

// listAt reads a list of literals at i, or a name that is given one and nothing
// else. It returns what follows, 0 for no list.
func (e *expander) listAt(i int, list *span) (next int) {
	next = i + 1
	if name := e.name(i); name != "" {
		at := 0
		for j := range e.tokens {
			switch {
			case e.name(j) != name:
			case e.punct(j+1, "=") && at == 0 && e.punct(j+2, "["):
				at = j + 2
			case e.name(j-1) == "in", e.name(j-1) == "of", e.name(j+1) == "as":
			case e.punct(j-1, "(") && (e.name(j-2) == "len" || e.name(j-2) == "print" || e.name(j-2) == "log" || e.name(j-2) == "count"):
			default:
				return 0 // it may be another list by then
			}
		}
		i = at
	} else if e.match[i] > i {
		next = e.match[i] + 1
	}
	if (e.punct(i, "[") || e.punct(i, "(")) && e.match[i] > i {
		*list = span{i + 1, e.match[i]}
		return next
	}
	return 0
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
	for n, item := range e.split(l.list) {
		if n == maxRounds {
			break
		}
		with := values{}
		for name, value := range outer {
			with[name] = value
		}
		with[l.name] = e.substitute(item, outer)
		written = append(written, e.body(l.body, with, depth+1)...)
	}
	return written
}
