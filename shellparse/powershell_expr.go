package shellparse

import "strings"

// expression reads operands joined by operators, all of one rank: what matters here
// is what they are made of.
func (p *psParser) expression() *psNode {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	start := p.pos
	left := p.list()
	for left != nil {
		p.space(false)
		op := p.operator()
		if op == "" {
			break
		}
		p.space(true)
		left = p.node(psOp, op, start, left, p.list())
	}
	return left
}

// operator takes an operator between two operands.
func (p *psParser) operator() string {
	start := p.pos
	switch c := p.at(0); c {
	case '+', '*', '/', '%', '-':
		if c == '-' && isLetter(p.at(1)) {
			for p.pos++; isLetter(p.at(0)); p.pos++ {
			}
			return strings.ToLower(p.src[start:p.pos])
		}
		if p.at(1) != '=' {
			p.pos++
			return string(c)
		}
	case '.':
		if p.take("..") {
			return ".."
		}
	case '?':
		if p.has("??") && p.at(2) != '=' || p.at(1) == ' ' {
			p.pos += 1 + strings.Count(p.src[p.pos:p.pos+2], "?")/2
			return "?"
		}
	case ':':
		if p.at(1) == ' ' {
			p.pos++
			return ":"
		}
	}
	return ""
}

// list reads a, b, c.
func (p *psParser) list() *psNode {
	start := p.pos
	p.take(",") // ,$x is an array of one
	return p.commas(start, p.unary)
}

// commas reads values with commas in between, which are an array, or a single one.
func (p *psParser) commas(start int, read func() *psNode) *psNode {
	first := read()
	list := first
	for first != nil && first.kind != psParam {
		before := p.pos
		p.space(false)
		if p.at(0) != ',' {
			p.pos = before
			break
		}
		p.pos++
		p.space(true)
		if list == first {
			list = p.node(psArray, "", start, first)
		}
		next := read()
		if next == nil {
			break
		}
		list.kids = append(list.kids, next)
		list.span.End = p.pos
	}
	return list
}

func (p *psParser) unary() *psNode {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	start := p.pos
	switch c := p.at(0); {
	case c == '!' || (c == '+' || c == '-') && !isLetter(p.at(1)):
		p.pos++
		p.take(string(c)) // ++$x
		p.space(false)
		return p.node(psOp, string(c), start, p.unary())
	case c == '-':
		op := p.operator()
		p.space(false)
		return p.node(psOp, op, start, p.unary())
	case c == '[':
		p.pos++
		p.bracket(']')
		typ := p.node(psType, strings.ToLower(strings.Trim(p.src[start:p.pos], "[] ")), start)
		if p.at(0) == ':' || p.at(0) == '.' {
			return p.postfix(typ)
		}
		if p.space(false); p.startsExpression() { // a cast
			return p.node(psOp, "cast "+typ.text, start, p.unary())
		}
		return typ
	}
	return p.primary()
}

func (p *psParser) primary() *psNode {
	start := p.pos
	var n *psNode
	switch c := p.at(0); {
	case c == '$' && p.at(1) == '(' || c == '@' && p.at(1) == '(':
		p.pos += 2
		n = p.node(psSub, "$(", start, p.statements(')'))
	case c == '(':
		p.pos++
		n = p.node(psSub, "(", start, p.statements(')'))
	case c == '@' && p.at(1) == '{':
		p.pos += 2
		n = p.table(start)
	case c == '@' && (p.at(1) == '"' || p.at(1) == '\''):
		n = p.hereString()
	case c == '@':
		p.pos++
		n = p.node(psSplat, strings.ToLower(p.name()), start)
	case c == '$':
		p.pos++
		n = p.variable(start)
	case c == '"':
		p.pos++
		n = p.expandable(`"`, start)
	case c == '\'':
		n = p.literal()
	case c == '{':
		p.pos++
		n = p.node(psCode, "", start, p.statements('}'))
	default:
		for p.pos < len(p.src) && (isDigit(p.src[p.pos]) || isLetter(p.src[p.pos]) || p.src[p.pos] == '_' || p.src[p.pos] == '.' && p.at(1) != '.') {
			p.pos++
		}
		if p.pos == start {
			return nil
		}
		n = p.node(psWord, p.src[start:p.pos], start)
	}
	n.span.End = p.pos
	return p.postfix(n)
}

func (p *psParser) name() string {
	start := p.pos
	for p.pos < len(p.src) && (isLetter(p.src[p.pos]) || isDigit(p.src[p.pos]) || p.src[p.pos] == '_' || p.src[p.pos] >= 0x80) {
		p.pos++
	}
	return p.src[start:p.pos]
}

// variable reads a variable behind its $.
func (p *psParser) variable(start int) *psNode {
	if p.take("{") {
		from := p.pos
		p.bracket('}')
		return p.node(psVar, strings.ToLower(strings.TrimSuffix(p.src[from:p.pos], "}")), start)
	}
	if strings.IndexByte("?^$", p.at(0)) >= 0 && p.pos < len(p.src) {
		p.pos++
		return p.node(psVar, p.src[start+1:p.pos], start)
	}
	name := p.name()
	if p.at(0) == ':' && p.at(1) != ':' && (isLetter(p.at(1)) || p.at(1) == '_') { // env:X, script:X
		p.pos++
		name += ":" + p.name()
	}
	return p.node(psVar, strings.ToLower(name), start)
}

// postfix reads members, calls and indices behind an operand.
func (p *psParser) postfix(n *psNode) *psNode {
	for range maxFields {
		start := n.span.Start
		switch c := p.at(0); {
		case c == '.' && p.at(1) != '.' || c == ':' && p.at(1) == ':' || c == '?' && p.at(1) == '.':
			before := p.pos
			if p.pos++; c != '.' {
				p.pos++
			}
			n = p.member(n, start, before)
			if p.pos == before {
				return n
			}
		case c == '[':
			p.pos++
			p.space(true)
			index := p.expression()
			if p.space(true); !p.take("]") {
				p.fail("an index is not closed")
			}
			n = p.node(psIndex, "", start, n, index)
		case c == '+' && p.at(1) == '+' || c == '-' && p.at(1) == '-' && strings.IndexByte(" ;)\n|", p.at(2)) >= 0:
			p.pos += 2
			n = p.node(psOp, "++", start, n)
		default:
			return n
		}
	}
	return n
}

// member reads the name behind a dot, and the arguments of a call. A dot that no
// name follows, at before, is none.
func (p *psParser) member(n *psNode, start, before int) *psNode {
	name := p.name()
	var kids []*psNode
	if name == "" {
		if c := p.at(0); c != '$' && c != '"' && c != '\'' && c != '(' {
			p.pos = before
			return n
		}
		from := p.pos
		p.enter()
		if p.at(0) == '\'' {
			p.literal()
		} else {
			p.primary()
		}
		p.leave()
		name = strings.Trim(p.src[from:p.pos], `'"`)
	}
	if p.at(0) != '(' {
		return p.node(psMember, strings.ToLower(name), start, n)
	}
	p.pos++
	for p.space(true); p.pos < len(p.src) && !p.take(")"); p.space(true) {
		at := p.pos
		if arg := p.expression(); arg != nil {
			kids = append(kids, arg)
		}
		if p.space(true); p.at(0) == ',' {
			p.pos++
		}
		if p.pos == at {
			p.fail("an argument cannot be read")
			p.bracket(')')
			break
		}
	}
	if len(kids) == 1 && kids[0].kind == psArray {
		kids = kids[0].kids
	}
	return p.node(psCall, strings.ToLower(name), start, append([]*psNode{n}, kids...)...)
}

// table reads the pairs of @{…}.
func (p *psParser) table(start int) *psNode {
	n := p.node(psTable, "", start)
	if !p.enter() {
		return n
	}
	defer p.leave()
	for p.space(true); p.pos < len(p.src) && !p.take("}"); p.space(true) {
		before := p.pos
		if p.take(";") {
			continue
		}
		var key *psNode
		if p.startsExpression() {
			key = p.primary()
		} else {
			from := p.pos
			for p.pos < len(p.src) && strings.IndexByte(" \t\r\n=;}", p.src[p.pos]) < 0 {
				p.pos++
			}
			key = p.node(psWord, p.src[from:p.pos], from)
		}
		if p.space(true); !p.take("=") {
			p.fail("a table has a key without a value")
		}
		p.space(true)
		if value := p.statement(); key != nil && value != nil {
			n.kids = append(n.kids, key, value)
		}
		if p.pos == before {
			p.pos++
		}
	}
	return n
}

// literal reads '…'.
func (p *psParser) literal() *psNode {
	start := p.pos
	var b strings.Builder
	for p.pos++; p.pos < len(p.src); p.pos++ {
		if p.src[p.pos] == '\'' {
			if p.at(1) != '\'' {
				p.pos++
				n := p.node(psWord, b.String(), start)
				n.quoted = true
				return n
			}
			p.pos++
		}
		b.WriteByte(p.src[p.pos])
	}
	p.fail("a quote is not closed")
	n := p.node(psWord, b.String(), start)
	n.quoted = true
	return n
}

// hereString reads @'…'@ and @"…"@.
func (p *psParser) hereString() *psNode {
	start, quote := p.pos, p.at(1)
	line := strings.IndexByte(p.src[p.pos:], '\n')
	if line < 0 || strings.TrimSpace(p.src[p.pos+2:p.pos+line]) != "" {
		p.fail("a here-string begins on the next line")
		p.pos++
		return p.node(psWord, "", start)
	}
	p.pos += line + 1
	end := strings.Index(p.src[p.pos-1:], "\n"+string(quote)+"@")
	if end < 0 {
		p.fail("a here-string is not closed")
		end = len(p.src) - p.pos + 1
	}
	body := p.src[p.pos:max(p.pos, p.pos-1+end)]
	after := min(p.pos+end+2, len(p.src))
	if quote == '\'' {
		p.pos = after
		n := p.node(psWord, strings.TrimSuffix(body, "\r"), start)
		n.quoted = true
		return n
	}
	inner := psParser{src: p.src[:p.pos+len(body)], pos: p.pos, depth: p.depth}
	n := inner.expandable("", start)
	if inner.err != "" {
		p.fail(inner.err)
	}
	p.deep = p.deep || inner.deep
	p.pos = after
	n.span = Span{start, after}
	return n
}

// expandable reads text with variables up to the quote, or to the end when it is
// empty.
func (p *psParser) expandable(quote string, start int) *psNode {
	var b strings.Builder
	n := &psNode{kind: psText, quoted: true}
	flush := func() {
		if b.Len() > 0 {
			n.kids = append(n.kids, &psNode{kind: psWord, text: b.String(), quoted: true})
			b.Reset()
		}
	}
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case quote != "" && c == '"':
			if p.pos++; p.at(0) != '"' {
				flush()
				n.span = Span{start, p.pos}
				return n
			}
			b.WriteByte('"')
			p.pos++
		case c == '`' && p.pos+1 < len(p.src):
			b.WriteString(psEscape(p.at(1)))
			p.pos += 2
		case c == '$' && (p.at(1) == '(' || p.at(1) == '{' || isLetter(p.at(1)) || p.at(1) == '_' || p.at(1) >= 0x80):
			flush()
			n.kids = append(n.kids, p.embedded())
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	if quote != "" {
		p.fail("a quote is not closed")
	}
	flush()
	n.span = Span{start, p.pos}
	return n
}

// embedded reads a variable or $(…) in a text, where no member follows.
func (p *psParser) embedded() *psNode {
	start := p.pos
	if p.pos++; p.take("(") {
		return p.node(psSub, "$(", start, p.statements(')'))
	}
	return p.variable(start)
}

// psEscape is what a character behind a backtick stands for.
func psEscape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r', '\r', '\n', '0', 'a', 'b', 'f', 'v':
		return ""
	case 't':
		return "\t"
	}
	return string([]byte{c})
}
