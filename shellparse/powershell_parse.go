package shellparse

import "strings"

// A psKind is what a piece of PowerShell is.
type psKind uint8

const (
	psBlock    psKind = iota // statements
	psAssign                 // target, value; text is the operator
	psPipe                   // the stages of a pipeline
	psIf                     // condition, block, …, and perhaps a last block
	psForeach                // items, body; text is the variable
	psLoop                   // parts in front, which is evaluated once; body
	psEither                 // blocks of which any may run: switch, catch
	psFunction               // body; text is the name
	psParams                 // psAssign or psVar, one a parameter
	psCommand                // the words of a command; text is & or .
	psRedir                  // target; text is the operator
	psParam                  // -Name, with the value of -Name:value
	psWord                   // literal text
	psText                   // parts that are joined
	psVar                    // text is the name, without $
	psSplat                  // @name
	psMember                 // object; text is the name
	psCall                   // object, arguments; text is the method
	psIndex                  // object, index
	psArray                  // elements
	psSub                    // $(…), @(…), (…): statements
	psTable                  // @{…}: key, value, …
	psCode                   // {…}: a block that is a value
	psType                   // [Name]
	psOp                     // one or two operands; text is the operator
)

// A psNode is a node of PowerShell's syntax tree.
type psNode struct {
	kind   psKind
	text   string
	kids   []*psNode
	quoted bool // of a psWord or psText: it stood in quotes
	span   Span // in the text that is read
}

// maxPSDepth bounds how deeply expressions and blocks nest; a deeper text is an error.
const maxPSDepth = 60

// A psParser reads PowerShell: where a command stands words are taken as they are,
// and elsewhere as expressions.
type psParser struct {
	src   string
	pos   int
	depth int
	err   string // the first error
	errAt int
	deep  bool
}

func (p *psParser) fail(text string) {
	if p.err == "" {
		p.err, p.errAt = text, p.pos
	}
}

func (p *psParser) node(kind psKind, text string, start int, kids ...*psNode) *psNode {
	return &psNode{kind: kind, text: text, kids: kids, span: Span{start, p.pos}}
}

// enter reports that one more level may be read; leave must follow.
func (p *psParser) enter() bool {
	if p.depth++; p.depth > maxPSDepth {
		p.deep = true
		p.fail("nested too deeply to be read")
		p.pos = len(p.src)
	}
	return !p.deep
}

func (p *psParser) leave() { p.depth-- }

func (p *psParser) at(i int) byte {
	if p.pos+i < len(p.src) {
		return p.src[p.pos+i]
	}
	return 0
}

func (p *psParser) has(s string) bool { return strings.HasPrefix(p.src[p.pos:], s) }

func (p *psParser) take(s string) bool {
	if p.has(s) {
		p.pos += len(s)
		return true
	}
	return false
}

// space skips blanks, comments and continued lines, and with lines also the ends
// of lines.
func (p *psParser) space(lines bool) {
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && lines:
			p.pos++
		case c == '`' && (p.at(1) == '\n' || p.at(1) == '\r' && p.at(2) == '\n'):
			p.pos += 2 + strings.Count(p.src[p.pos+1:p.pos+2], "\r")
		case p.has("\u00a0"):
			p.pos += len("\u00a0")
		case p.has("<#"):
			if end := strings.Index(p.src[p.pos:], "#>"); end >= 0 {
				p.pos += end + 2
			} else {
				p.pos = len(p.src)
			}
		case c == '#' && (p.pos == 0 || strings.IndexByte(" \t\r\n;|&(){},", p.src[p.pos-1]) >= 0):
			for p.pos < len(p.src) && p.src[p.pos] != '\n' {
				p.pos++
			}
		default:
			return
		}
	}
}

// statements reads up to a closing bracket, or to the end when it is 0.
func (p *psParser) statements(closing byte) *psNode {
	block := &psNode{kind: psBlock, span: Span{p.pos, p.pos}}
	if !p.enter() {
		return block
	}
	defer p.leave()
	for {
		p.space(true)
		for p.at(0) == ';' {
			p.pos++
			p.space(true)
		}
		switch c := p.at(0); {
		case p.pos >= len(p.src):
			if closing != 0 {
				p.fail("a bracket is not closed: " + string(closing))
			}
			return block
		case c == closing && closing != 0:
			p.pos++
			block.span.End = p.pos
			return block
		case c == ')' || c == '}' || c == ']':
			p.fail("a closing bracket that nothing has opened")
			p.pos++
		default:
			before := p.pos
			if st := p.statement(); st != nil {
				block.kids = append(block.kids, st)
			}
			if p.pos == before {
				p.fail("cannot be read as PowerShell")
				p.pos++
			}
		}
	}
}

// block reads {…}.
func (p *psParser) block() *psNode {
	p.space(true)
	if !p.take("{") {
		p.fail("a block is missing")
		return &psNode{kind: psBlock}
	}
	return p.statements('}')
}

// condition reads (…).
func (p *psParser) condition() *psNode {
	p.space(true)
	start := p.pos
	if !p.take("(") {
		p.fail("a condition is missing")
		return &psNode{kind: psBlock}
	}
	block := p.statements(')')
	return p.node(psSub, "(", start, block)
}

// keyword is the word at the cursor in small letters, when it stands alone.
func (p *psParser) keyword() string {
	end := p.pos
	for end < len(p.src) && isLetter(p.src[end]) {
		end++
	}
	if end == p.pos || end-p.pos > 12 || end < len(p.src) && strings.IndexByte(" \t\r\n({;}", p.src[end]) < 0 {
		return ""
	}
	return strings.ToLower(p.src[p.pos:end])
}

func (p *psParser) statement() *psNode {
	start, word := p.pos, p.keyword()
	skip := func() { p.pos += len(word) }
	switch word {
	case "if":
		return p.ifStatement()
	case "foreach":
		return p.foreach()
	case "while", "until":
		skip()
		return p.node(psLoop, word, start, p.condition(), p.block())
	case "for":
		skip()
		return p.node(psLoop, word, start, p.condition(), p.block())
	case "do":
		skip()
		body := p.block()
		p.space(true)
		p.pos += len(p.keyword())
		return p.node(psLoop, word, start, p.condition(), body)
	case "switch":
		skip()
		return p.switchStatement(start)
	case "try", "begin", "process", "end", "finally", "clean", "dynamicparam":
		skip()
		p.space(true)
		if p.at(0) == '{' {
			return p.block()
		}
		p.pos = start
	case "catch", "trap":
		skip()
		for p.space(true); p.at(0) == '[' || p.at(0) == ','; p.space(true) {
			p.pos++
			p.bracket(']')
		}
		return p.node(psEither, word, start, p.block())
	case "function", "filter":
		return p.function(word)
	case "param":
		skip()
		return p.params()
	case "return", "throw", "exit", "break", "continue":
		skip()
		p.space(false)
		if strings.IndexByte("\n;})", p.at(0)) >= 0 || p.pos >= len(p.src) {
			return nil
		}
	case "class", "enum":
		p.bracket('{')
		p.bracket('}')
		return nil
	case "using":
		p.bracket('\n')
		return nil
	}
	return p.chain()
}

// bracket skips to behind the next c, with the brackets in between.
func (p *psParser) bracket(c byte) {
	for depth := 0; p.pos < len(p.src); p.pos++ {
		switch b := p.src[p.pos]; {
		case b == c && depth == 0:
			p.pos++
			return
		case b == '{' || b == '(' || b == '[':
			depth++
		case b == '}' || b == ')' || b == ']':
			depth--
		}
	}
}

// chain reads pipelines joined by && and ||.
func (p *psParser) chain() *psNode {
	start := p.pos
	first := p.pipeline()
	var all *psNode
	for {
		p.space(false)
		if !p.take("&&") && !p.take("||") {
			break
		}
		p.space(true)
		if all == nil {
			all = p.node(psBlock, "", start, first)
		}
		all.kids = append(all.kids, p.statement())
	}
	if p.at(0) == '&' && p.at(1) != '&' {
		p.pos++ // in the background
	}
	if all == nil {
		return first
	}
	return all
}

func (p *psParser) pipeline() *psNode {
	start := p.pos
	n := p.node(psPipe, "", start)
	if !p.enter() {
		return n
	}
	defer p.leave()
	for {
		var stage *psNode
		if p.startsExpression() {
			stage = p.expression()
			if p.space(false); len(n.kids) == 0 && stage != nil {
				if op := p.assignment(); op != "" {
					p.space(true)
					value := p.statement()
					return p.node(psAssign, op, start, stage, value)
				}
			}
			if redirs := p.redirections(); len(redirs) > 0 {
				out := p.node(psCommand, "", start, &psNode{kind: psWord, text: "Out-File"})
				for _, redir := range redirs {
					if strings.HasSuffix(redir.text, ">>") {
						out.kids = append(out.kids, &psNode{kind: psParam, text: "-Append"})
					}
					out.kids = append(out.kids, redir.kids...)
				}
				stage = p.node(psPipe, "", start, stage, out)
			}
		} else {
			stage = p.command()
		}
		if stage != nil {
			n.kids = append(n.kids, stage)
		}
		p.space(false)
		if p.at(0) != '|' { // or on the next line
			before := p.pos
			if p.space(true); p.at(0) != '|' || p.at(1) == '|' {
				p.pos = before
				break
			}
		}
		if p.at(1) == '|' {
			break
		}
		p.pos++
		p.space(true)
	}
	n.span.End = p.pos
	return n
}

// assignment takes an operator that assigns.
func (p *psParser) assignment() string {
	for _, op := range [...]string{"=", "+=", "-=", "*=", "/=", "%=", "??="} {
		if p.has(op) && p.at(len(op)) != '=' {
			p.pos += len(op)
			return op
		}
	}
	return ""
}

// startsExpression reports that an expression begins here, and no command.
func (p *psParser) startsExpression() bool {
	switch c := p.at(0); c {
	case '$', '(', '[', '"', '\'', '{', '!':
		return true
	case '@':
		return p.at(1) == '(' || p.at(1) == '{' || p.at(1) == '"' || p.at(1) == '\'' || isLetter(p.at(1))
	case '+', '-', ',':
		return p.at(1) == c || p.at(1) == '$' || p.at(1) == '(' || p.has("-not ") || p.has("-join ") || isDigit(p.at(1))
	default:
		if !isDigit(c) {
			return false
		}
		end := p.pos
		for end < len(p.src) && (isDigit(p.src[end]) || p.src[end] == '.') {
			end++
		}
		return end == len(p.src) || strings.IndexByte(" \t\r\n;|)},+-*/%]", p.src[end]) >= 0
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
