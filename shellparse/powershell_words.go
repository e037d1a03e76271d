package shellparse

import "strings"

// command reads a command with its words, up to the end of its stage.
func (p *psParser) command() *psNode {
	n := p.node(psCommand, "", p.pos)
	if !p.enter() {
		return n
	}
	defer p.leave()
	if c := p.at(0); (c == '&' || c == '.') && (p.at(1) == ' ' || p.at(1) == '\t' || p.at(1) == '"' || p.at(1) == '\'' || p.at(1) == '$' || p.at(1) == '{' || p.at(1) == '(') {
		n.text = string(c)
		p.pos++
		p.space(false)
	}
	for {
		p.space(false)
		if p.pos >= len(p.src) || strings.IndexByte("|;)}\n", p.at(0)) >= 0 || p.at(0) == '&' && (p.at(1) == '&' || len(n.kids) > 0) {
			break
		}
		if p.has("--%") { // the rest of the line as it is
			p.pos += len("--%")
			end := strings.IndexAny(p.src[p.pos:]+"\n", "\n|")
			for w := range strings.FieldsSeq(p.src[p.pos : p.pos+end]) {
				n.kids = append(n.kids, p.node(psWord, strings.Trim(w, `"`), p.pos))
			}
			p.pos += end
			break
		}
		before := p.pos
		if redirs := p.redirections(); len(redirs) > 0 {
			n.kids = append(n.kids, redirs...)
			continue
		}
		if arg := p.argument(); arg != nil {
			n.kids = append(n.kids, arg)
		}
		if p.pos == before {
			p.fail("a word cannot be read")
			p.pos++
		}
	}
	n.span.End = p.pos
	if len(n.kids) == 0 {
		return nil
	}
	return n
}

// redirections reads > file, 2>&1, *>> file.
func (p *psParser) redirections() (list []*psNode) {
	for {
		start := p.pos
		p.space(false)
		if c := p.at(0); (c >= '1' && c <= '6' || c == '*') && p.at(1) == '>' {
			p.pos++
		}
		from := p.src[start:p.pos]
		switch {
		case p.take(">>"):
			from += ">>"
		case p.take(">&"): // 2>&1
			p.pos = min(p.pos+1, len(p.src))
			continue
		case p.take(">"):
			from += ">"
		case p.take("<"):
			from += "<"
		default:
			p.pos = start
			return list
		}
		p.space(false)
		if target := p.argument(); target != nil {
			list = append(list, p.node(psRedir, strings.TrimSpace(from), start, target))
		}
	}
}

// argument reads a word of a command, or several with commas in between.
func (p *psParser) argument() *psNode { return p.commas(p.pos, p.word) }

// word reads one word of a command: -Name, a value, or text of several parts.
func (p *psParser) word() *psNode {
	start := p.pos
	switch c := p.at(0); {
	case c == '-' && (isLetter(p.at(1)) || p.at(1) == '?'):
		for p.pos++; p.pos < len(p.src) && strings.IndexByte(" \t\r\n;|&(){},:\"'$=", p.src[p.pos]) < 0; p.pos++ {
		}
		switch {
		case p.at(0) == ':' && p.at(1) != '\\' && p.at(1) != '/':
			n := p.node(psParam, p.src[start:p.pos], start)
			p.pos++
			if p.space(false); strings.IndexByte("\n;|)}", p.at(0)) < 0 {
				n.kids = append(n.kids, p.argument())
			}
			return n
		case p.pos >= len(p.src) || strings.IndexByte(" \t\r\n;|&)}", p.at(0)) >= 0:
			return p.node(psParam, p.src[start:p.pos], start)
		}
		p.pos = start
	case c == '{', c == '(', c == '@' && (p.at(1) == '(' || p.at(1) == '{' || isLetter(p.at(1))), c == '@' && (p.at(1) == '"' || p.at(1) == '\'') && strings.IndexAny(p.src[p.pos+2:], "\r\n") == 0:
		return p.primary()
	case c == '$' && (p.at(1) == '(' || p.at(1) == '{' || isLetter(p.at(1)) || p.at(1) == '_' || p.at(1) >= 0x80):
		n := p.primary()
		if p.wordEnds() {
			return n
		}
		return p.parts(n, start)
	}
	return p.parts(nil, start)
}

func (p *psParser) wordEnds() bool {
	return p.pos >= len(p.src) || strings.IndexByte(" \t\r\n;|&(){},>", p.src[p.pos]) >= 0
}

// parts reads a word of parts: text, quoted text, variables.
func (p *psParser) parts(first *psNode, start int) *psNode {
	n := &psNode{kind: psText}
	if first != nil {
		n.kids = append(n.kids, first)
	}
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			n.kids = append(n.kids, &psNode{kind: psWord, text: b.String()})
			b.Reset()
		}
	}
	quoted := false
	for !p.wordEnds() || p.pos < len(p.src) && p.src[p.pos] == '{' && b.Len() > 0 {
		switch c := p.src[p.pos]; {
		case c == '"':
			flush()
			quoted = true
			at := p.pos
			p.pos++
			n.kids = append(n.kids, p.expandable(`"`, at))
		case c == '\'':
			flush()
			quoted = true
			n.kids = append(n.kids, p.literal())
		case c == '`' && p.pos+1 < len(p.src):
			b.WriteString(psEscape(p.at(1)))
			p.pos += 2
		case c == '$' && (p.at(1) == '(' || p.at(1) == '{' || isLetter(p.at(1)) || p.at(1) == '_' || p.at(1) >= 0x80):
			flush()
			n.kids = append(n.kids, p.embedded())
		case c == '{': // HEAD@{1}, stash@{0}
			from := p.pos
			p.pos++
			p.bracket('}')
			b.WriteString(p.src[from:p.pos])
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	flush()
	n.span = Span{start, p.pos}
	switch {
	case len(n.kids) == 0:
		return nil
	case len(n.kids) == 1 && (n.kids[0].kind == psWord || n.kids[0].kind == psText):
		one := n.kids[0]
		one.span, one.quoted = n.span, quoted
		return one
	}
	return n
}
