package shellparse

import (
	"path"
	"strings"
)

// A psArg is an argument of a command: -Name, a value, or both.
type psArg struct {
	name  string
	value psValue
	span  Span
}

// A psStage is what a command of a pipeline has in front of it.
type psStage struct {
	in    psValue
	piped bool
	from  int // the command that writes the input, or -1
}

// pipeline runs the stages of a pipeline, each with what the one before puts out.
func (ps *powershell) pipeline(n *psNode) psValue {
	sh := ps.sh
	outer := sh.pipe
	defer func() { sh.pipe = outer }()
	stages := 0
	for _, kid := range n.kids {
		stages += len(kid.kids[:min(len(kid.kids), 1)])
	}
	if len(n.kids) > 1 {
		sh.r.pipelines++
	}
	stage := psStage{from: -1}
	for i, kid := range n.kids {
		if !sh.r.step() {
			break
		}
		if len(n.kids) > 1 {
			sh.pipe = position{pipeline: sh.r.pipelines, stage: i, stages: len(n.kids)}
		}
		if kid.kind == psCommand {
			stage.in = ps.command(kid, stage)
		} else {
			stage.in = ps.eval(kid)
			if kid.kind == psVar && strings.HasPrefix(kid.text, "env:") && len(n.kids) == 1 {
				ps.echo(ps.span(n), stage.in.words)
			}
		}
		stage.piped = true
		if last := len(sh.r.script.Commands) - 1; kid.kind == psCommand && last >= 0 {
			stage.from = last
		}
	}
	return stage.in
}

// command runs one command and gives what it puts out.
func (ps *powershell) command(n *psNode, stage psStage) psValue {
	name := ps.eval(n.kids[0])
	if name.block != nil && n.text != "" { // & {…}
		return ps.call(name.block.kids[0], ps.arguments(n.kids[1:]))
	}
	args := ps.arguments(n.kids[1:])
	if len(name.words) == 0 {
		name = ps.unknown(n.kids[0])
	}
	word := name.words[0]
	if f := ps.funcs[strings.ToLower(word.Text)]; f != nil && word.Known() {
		return ps.call(f, args)
	}
	plain := word.Text
	if i := strings.LastIndexByte(plain, '\\'); i > 0 && strings.HasPrefix(plain, "Microsoft.PowerShell") {
		plain = plain[i+1:]
	}
	if let, known := cmdletOf(plain); known && word.Known() && let.takes(args, plain) {
		b := let.bind(args)
		b.redirs, b.span, b.node, b.stage = ps.redirs(n), ps.span(n), n, stage
		return ps.run(n, &b)
	}
	return ps.program(n, slashes(word), args, stage)
}

// arguments evaluates the words of a command; a table that is splatted becomes
// parameters.
func (ps *powershell) arguments(nodes []*psNode) (args []psArg) {
	for _, n := range nodes {
		if len(args) > maxFields {
			break
		}
		switch n.kind {
		case psRedir:
		case psParam:
			arg := psArg{name: n.text, span: ps.span(n)}
			if len(n.kids) > 0 && n.kids[0] != nil {
				arg.value = ps.eval(n.kids[0])
				if len(arg.value.words) == 1 && strings.EqualFold(arg.value.words[0].Text, "$false") {
					arg.name += ":$false"
					arg.value = psValue{}
				}
			}
			args = append(args, arg)
		case psSplat:
			v := ps.eval(n)
			for _, pair := range v.table {
				if w := pair.value.words; len(w) == 1 && strings.EqualFold(w[0].Text, "$true") {
					args = append(args, psArg{name: "-" + pair.key})
				} else if len(w) != 1 || !strings.EqualFold(w[0].Text, "$false") {
					args = append(args, psArg{name: "-" + pair.key, value: pair.value})
				}
			}
			if v.table == nil {
				args = append(args, psArg{value: v})
			}
		default:
			v := ps.eval(n)
			bare := n.kind == psWord && !n.quoted || n.kind == psText && !n.quoted || n.kind == psArray
			for i := range v.words {
				if bare && strings.ContainsAny(v.words[i].Text, "*?[") {
					v.words[i].Glob = true
				}
			}
			args = append(args, psArg{value: v, span: ps.span(n)})
		}
	}
	return args
}

func (ps *powershell) redirs(n *psNode) (list []Redir) {
	for _, kid := range n.kids {
		if kid.kind != psRedir {
			continue
		}
		target := ps.eval(kid.kids[0])
		if len(target.words) == 0 || strings.EqualFold(target.words[0].Text, "nul") {
			continue // $null
		}
		r := Redir{FD: -1, Op: RedirWrite, Target: slashes(target.words[0])}
		if strings.HasSuffix(kid.text, ">>") {
			r.Op = RedirAppend
		} else if kid.text == "<" {
			r.Op = RedirRead
		}
		list = append(list, r)
	}
	return list
}

// program runs a command that is no cmdlet of the table: a program with its words.
func (ps *powershell) program(n *psNode, name Word, args []psArg, stage psStage) psValue {
	c := Command{Argv: []Word{name}, Redirs: ps.redirs(n), Span: ps.span(n), Stages: 1, From: stage.from}
	cmdlet := isVerbNoun(name.Text)
	for _, arg := range args {
		if arg.name != "" {
			text := arg.name
			if len(arg.value.words) > 0 {
				text += ":" + arg.value.words[0].Text
			}
			c.Argv = append(c.Argv, Word{Text: text, Unknown: joinWords(arg.value.words, "").Unknown, Span: arg.span})
			continue
		}
		for _, w := range arg.value.words {
			if w.Glob && !cmdlet || looksPath(w.Text) {
				w = slashes(w)
			}
			if w.Known() || len(arg.value.words) == 1 {
				w.Span = arg.span
			}
			c.Argv = append(c.Argv, w)
		}
	}
	for _, arg := range args { // what is handed on may be run
		if arg.value.block != nil {
			ps.aBlock(arg.value.block, stage.in)
		}
	}
	if c.Argv[0].Text == string(Hole) && n.text == "" {
		return ps.unknown(n) // no variable is a command without &
	}
	if stage.piped && len(stage.in.words) > 0 {
		in := joinWords(stage.in.words, "\n")
		if !stage.in.words[0].Glob {
			in.Text += "\n"
			c.Stdin = &in
		}
	}
	if n.text == "." && strings.HasSuffix(strings.ToLower(name.Text), ".ps1") || strings.HasSuffix(strings.ToLower(name.Text), ".ps1") {
		ps.sh.powershellFile(&c, name)
		return ps.unknown(n)
	}
	c.Argv[0].Text = withoutExe(name.Text)
	sub := *ps.sh
	sub.stdin = input{from: stage.from}
	sub.run(c)
	return ps.unknown(n)
}

func withoutExe(name string) string {
	if strings.HasSuffix(strings.ToLower(name), ".exe") {
		return name[:len(name)-len(".exe")]
	}
	return name
}

// looksPath reports a word that reads as a path of Windows and as nothing else.
func looksPath(text string) bool {
	if !strings.Contains(text, `\`) {
		return false
	}
	if hasPathPrefix(text) {
		return true
	}
	return !strings.ContainsAny(text, "^$()[]{}+*?|\"\n\t") && !strings.Contains(text, `\\`)
}

func hasPathPrefix(text string) bool {
	return len(text) > 2 && isLetter(text[0]) && text[1] == ':' && text[2] == '\\' || strings.HasPrefix(text, `.\`) || strings.HasPrefix(text, `..\`) ||
		strings.HasPrefix(text, `~\`) || strings.HasPrefix(text, `\\`)
}

// isVerbNoun reports the name of a cmdlet: Get-Item.
func isVerbNoun(name string) bool {
	verb, noun, ok := strings.Cut(name, "-")
	if !ok || noun == "" || !isLetter(noun[0]) || len(verb) < 2 {
		return false
	}
	return hasField("add clear close compress convert convertfrom convertto copy disable dismount enable enter exit expand export find foreach format get group import initialize install "+
		"invoke join limit measure mount move new out pop protect push read receive register remove rename repair reset resize resolve restart restore resume save search select send set show sort "+
		"split start stop submit suspend switch sync tee test trace unblock uninstall unprotect unregister update use wait where write", strings.ToLower(verb))
}

// echo prints words.
func (ps *powershell) echo(span Span, words []Word) {
	c := Command{Argv: append([]Word{{Text: "echo", Span: Span{span.Start, span.Start}}}, words...), Span: span, Stages: 1, From: -1}
	ps.sh.emit(&c)
}

// aBlock runs a block that a command is given, with what comes in as its $_.
func (ps *powershell) aBlock(block *psNode, in psValue) psValue {
	items := in.words
	if len(items) == 0 {
		items = []Word{unknown("$_")}
	}
	return ps.each("_", items, block)
}

// cmdlet runs a cmdlet that does what a method of .NET does.
func (ps *powershell) cmdlet(n *psNode, name string, words []Word) {
	let, known := cmdletOf(name)
	if !known {
		return
	}
	var args []psArg
	for _, w := range words {
		if param, value, ok := strings.Cut(w.Text, ":"); ok && strings.HasPrefix(param, "-") {
			args = append(args, psArg{name: param, value: oneWord(Word{Text: value, Unknown: w.Unknown})})
		} else if strings.HasPrefix(w.Text, "-") && w.Span == (Span{}) {
			args = append(args, psArg{name: w.Text})
		} else {
			args = append(args, psArg{value: oneWord(w)})
		}
	}
	b := let.bind(args)
	b.span, b.stage.from = ps.span(n), -1
	ps.emit(&b)
}

// cmdletValue is the same, and what it puts out.
func (ps *powershell) cmdletValue(n *psNode, name string, args []Word) Word {
	ps.cmdlet(n, name, args)
	note := name
	for _, w := range args {
		note += " " + w.Text
	}
	return unknown(note)
}

// code reads text that is run as PowerShell, or notes that it cannot be read.
func (ps *powershell) code(w Word) psValue {
	if !w.Known() && strings.TrimSpace(strings.ReplaceAll(w.Text, string(Hole), "")) == "" {
		return psValue{}
	}
	if !ps.sh.r.enter() {
		return psValue{}
	}
	defer ps.sh.r.leave()
	if ps.sh.r.parsed += len(w.Text); ps.sh.r.parsed > maxParsed || len(w.Text) > maxSource {
		ps.sh.r.limit(limitSize)
		return psValue{}
	}
	sub := *ps.sh
	sub.base, sub.notes = -1, w.Unknown
	sub.become(Eval)
	text := w.Text
	if !w.Known() {
		text = sub.asWritten(text)
	}
	p := psParser{src: text}
	tree := p.statements(0)
	if p.err != "" {
		ps.sh.r.fail(&sub, p.errAt, p.err)
	}
	inner := powershell{sh: &sub, src: text, values: ps.values, funcs: ps.funcs, calls: ps.calls}
	return inner.block(tree)
}

// childItems is what Get-ChildItem puts out: a pattern for what it finds.
func childItems(b *bound) psValue {
	places, filter := b.operand("Path"), b.operand("Filter")
	name := Word{Text: "*", Glob: true}
	switch {
	case len(filter) == 1:
		name = filter[0]
	case len(b.values["Include"]) > 0:
		name = b.values["Include"][0]
	}
	name.Glob, name.Span = true, Span{}
	if len(places) == 0 {
		places = []Word{{Text: "."}}
	}
	var out psValue
	for _, place := range places {
		place = slashes(place)
		last := place.Text[strings.LastIndexByte(place.Text, '/')+1:]
		if strings.ContainsAny(last, "*?[") { // Get-ChildItem *.md
			if place.Glob = true; b.has("Recurse") {
				place = joinPath(Word{Text: path.Dir(place.Text), Unknown: place.Unknown}, Word{Text: "**/" + last, Glob: true})
			}
			out.words = append(out.words, place)
			continue
		}
		below := name
		if b.has("Recurse") {
			below.Text = "**/" + name.Text
		}
		w := joinPath(place, below)
		w.Glob = true
		out.words = append(out.words, w)
	}
	return out
}
