package shellparse

import "strings"

// This file reads the statements of PowerShell that hold blocks.

func (p *psParser) ifStatement() *psNode {
	n := p.node(psIf, "", p.pos)
	p.pos += len("if")
	n.kids = append(n.kids, p.condition(), p.block())
	for {
		before := p.pos
		p.space(true)
		switch p.keyword() {
		case "elseif":
			p.pos += len("elseif")
			n.kids = append(n.kids, p.condition(), p.block())
			continue
		case "else":
			p.pos += len("else")
			n.kids = append(n.kids, p.block())
			return n
		}
		p.pos = before
		return n
	}
}

func (p *psParser) foreach() *psNode {
	start := p.pos
	p.pos += len("foreach")
	p.space(true)
	if !p.take("(") { // the alias of ForEach-Object
		p.pos = start
		return p.chain()
	}
	p.space(true)
	name := ""
	if v := p.primary(); v != nil {
		name = v.text
	}
	if p.space(true); p.keyword() == "in" {
		p.pos += len("in")
	}
	items := p.statements(')')
	return p.node(psForeach, name, start, items, p.block())
}

// switchStatement reads switch (…) { pattern {…} … }.
func (p *psParser) switchStatement(start int) *psNode {
	n := p.node(psEither, "switch", start)
	for p.space(false); p.at(0) == '-'; p.space(false) {
		p.word()
	}
	if p.at(0) == '(' {
		n.kids = append(n.kids, p.condition())
	}
	if p.space(true); !p.take("{") {
		p.fail("the cases of a switch are missing")
		return n
	}
	for p.space(true); p.pos < len(p.src) && !p.take("}"); p.space(true) {
		before := p.pos
		if p.at(0) != '{' || len(n.kids) > 0 && n.kids[len(n.kids)-1].kind == psBlock {
			if p.startsExpression() || p.at(0) == '{' {
				p.primary()
			} else {
				p.word()
			}
		}
		n.kids = append(n.kids, p.block())
		if p.take(";"); p.pos == before {
			return n
		}
	}
	return n
}

func (p *psParser) function(word string) *psNode {
	start := p.pos
	p.pos += len(word)
	p.space(true)
	from := p.pos
	for p.pos < len(p.src) && strings.IndexByte(" \t\r\n({", p.src[p.pos]) < 0 {
		p.pos++
	}
	name := p.src[from:p.pos]
	p.space(true)
	var params *psNode
	if p.at(0) == '(' {
		params = p.params()
	}
	body := p.block()
	if params != nil {
		body.kids = append([]*psNode{params}, body.kids...)
	}
	return p.node(psFunction, strings.ToLower(name), start, body)
}

// params reads the parameters of a script, function or block.
func (p *psParser) params() *psNode {
	n := p.node(psParams, "", p.pos)
	if p.space(true); !p.take("(") {
		p.fail("the parameters are missing")
		return n
	}
	for p.space(true); p.pos < len(p.src) && !p.take(")"); p.space(true) {
		before := p.pos
		switch {
		case p.at(0) == '[':
			p.pos++
			p.bracket(']')
		case p.at(0) == '$':
			v := p.primary()
			if p.space(true); p.at(0) == '=' {
				p.pos++
				p.space(true)
				v = p.node(psAssign, "=", before, v, p.expression())
			}
			n.kids = append(n.kids, v)
		case p.at(0) == ',':
			p.pos++
		}
		if p.pos == before {
			p.fail("a parameter cannot be read")
			p.bracket(')')
			return n
		}
	}
	return n
}
