package code

import "strings"

// This file follows what objects of the code's own classes hold: what their
// constructor is given, and the members that the class declares.

// A class is one that the code defines.
type class struct {
	name string
	body span
}

// classBody is what belongs to the class at i.
func (e *expander) classBody(i int) span {
	switch e.lang {
	case "python":
		for j := i; j < len(e.tokens); j++ {
			if e.punct(j, ":") {
				return span{j + 1, e.blockEnd(i, j+1)}
			} else if e.match[j] > j {
				j = e.match[j]
			}
		}
	case "ruby":
		f := function{}
		if e.rubyBody(&f, i, i+2) {
			return f.body
		}
	}
	for j := i; j < min(i+16, len(e.tokens)); j++ {
		if e.punct(j, "{") && e.match[j] > j {
			return span{j + 1, e.match[j]}
		}
	}
	return span{}
}

func (e *expander) isClass(name string) bool { return e.classOf(name) != nil }

func (e *expander) classOf(name string) *class {
	for j := range e.classes {
		if e.classes[j].name == name {
			return &e.classes[j]
		}
	}
	return nil
}

// A receiver is the object that a method is called on.
type receiver struct {
	class string
	made  []Token // the expression that makes it; nil when that is not known
}

// receiver is what stands in front of the method at i.
func (e *expander) receiver(i int, with values) (r receiver) {
	at := i - 1
	for e.tokens[at].Kind == TokenPunct && strings.Contains(".?:>-", e.tokens[at].Text) && at > 0 {
		at--
	}
	switch {
	case e.punct(at, ")") && e.match[at] < at:
		open := e.match[at]
		if e.name(open-1) == "" { // (new Gc("x"))->run()
			r.made = e.eval(span{open + 1, at}, with)
		} else {
			start := open - 1
			for e.name(start) != "" && e.punct(start-1, ".") {
				start -= 2
			}
			r.made = e.eval(span{start, at + 1}, with)
		}
	case e.name(at) != "":
		if r.made = e.valueOf(e.name(at), with); r.made == nil && e.isClass(e.name(at)) {
			r.class = e.name(at)
		}
	}
	for _, t := range r.made {
		if t.Kind == TokenName && e.isClass(t.Text) {
			r.class = t.Text
			break
		}
	}
	return r
}

// object is what the receiver of a method holds: that of the method around it, or
// what its constructor is given.
func (e *expander) object(c *ownCall, with values) values {
	f := c.f
	if f.class == "" || c.callback {
		return with
	}
	if !e.isMember(c.at) || isSelf(e.name(c.at-2)) || isSelf(e.name(c.at-3)) {
		for name := range with {
			if strings.HasPrefix(name, "self.") {
				return with
			}
		}
	}
	r := receiver{}
	if e.isMember(c.at) {
		r = e.receiver(c.at, with)
	}
	if r.made == nil {
		r.made = e.onlyMade(f.class, with)
	}
	return e.instance(f.class, r.made, with)
}

// onlyMade is the expression that makes the one object of a class, if there is one only.
func (e *expander) onlyMade(class string, with values) []Token {
	made := -1
	for i := range e.tokens {
		open := i + 1
		if e.punct(open, ".") && e.name(open+1) == "new" {
			open += 2
		}
		if e.name(i) == class && e.punct(open, "(") && e.match[open] > open {
			if made >= 0 {
				return nil
			}
			made = i
		}
	}
	if made < 0 {
		return nil
	}
	end := made + 1
	for !e.punct(end, "(") {
		end++
	}
	return e.eval(span{made, e.match[end] + 1}, with)
}

// instance is what an object of a class holds that an expression makes.
func (e *expander) instance(name string, made []Token, outer values) values {
	held := values{}
	c := e.classOf(name)
	if c == nil {
		return held
	}
	var args []argument
	for i, t := range made {
		if isPunct(t, "(") && literalTokens(made[i:]) {
			for _, group := range splitTokens(made[i+1 : len(made)-1]) {
				a := argument{value: group}
				if len(group) > 2 && group[0].Kind == TokenName && (isPunct(group[1], "=") || isPunct(group[1], ":")) {
					a = argument{name: group[0].Text, value: group[2:]}
				}
				args = append(args, a)
			}
			break
		}
	}
	declared := e.declared(c, held)
	for j := range e.funcs {
		f := &e.funcs[j]
		if f.class != name || !constructs(f.name) {
			continue
		}
		e.constructed(f, args, made != nil, held)
		return held
	}
	for n, field := range declared { // a dataclass
		for i, a := range args {
			if a.name == field || a.name == "" && i == n {
				held["self."+field] = a.value
			}
		}
	}
	return held
}

// constructed adds what a constructor puts into its object.
func (e *expander) constructed(f *function, args []argument, known bool, held values) {
	given := values{}
	if known {
		given = e.bind(f, args, nil)
	}
	for _, p := range f.params {
		if value := given[p.name]; p.holds && value != nil {
			held["self."+strings.TrimPrefix(p.name, "$")] = value
		}
	}
	e.lets(f.body, given)
	for i := f.body.start; i < f.body.end; i++ {
		at := 0
		if isSelf(e.name(i)) {
			at = e.member(i)
		} else if e.punct(i, "@") {
			at = i + 1
		}
		if at > 0 && e.name(at) != "" && e.punct(at+1, "=") && !e.punct(at+2, "=") {
			value := span{at + 2, e.statementEnd(at+2, f.body.end)}
			held["self."+e.name(at)] = e.eval(value, given)
		}
	}
}

// declared adds the members that a class declares with a value, and gives the names of
// all that it declares.
func (e *expander) declared(c *class, held values) (names []string) {
	for i := c.body.start; i < c.body.end; i++ {
		for _, f := range e.funcs {
			if f.whole.start == i && f.class == c.name {
				i = max(i, f.whole.end-1)
			}
		}
		if e.match[i] > i {
			i = e.match[i]
			continue
		}
		first := i == c.body.start || e.newLine(i) || e.punct(i-1, ";")
		name := strings.TrimPrefix(e.name(i), "$")
		switch {
		case name == "" || isModifier(name) || isSelf(name):
		case e.punct(i+1, "="):
			s := span{i + 2, e.statementEnd(i+2, c.body.end)}
			if value := e.eval(s, values{}); isKnown(value) && changesMember(e.tokens, name) < 2 {
				held["self."+name] = value
			}
			names = append(names, name)
		case first && e.punct(i+1, ":"):
			names = append(names, name)
			if end := annotationEnd(e.tokens, i+2); end > 0 && e.lang == "javascript" {
				s := span{end + 1, e.statementEnd(end+1, c.body.end)}
				if value := e.eval(s, values{}); isKnown(value) {
					held["self."+name] = value
				}
			}
		}
	}
	return names
}

// changesMember counts where a member of that name is assigned.
func changesMember(tokens []Token, name string) (count int) {
	for i := range tokens {
		if tokens[i].Kind == TokenName && strings.TrimPrefix(tokens[i].Text, "$") == name && punctAt(tokens, i+1, "=") && !punctAt(tokens, i+2, "=") {
			count++
		}
	}
	return count
}
