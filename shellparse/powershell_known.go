package shellparse

import "strings"

// run carries out a cmdlet of the table.
func (ps *powershell) run(n *psNode, b *bound) psValue {
	in := b.stage.in
	switch b.name {
	case "Get-ChildItem":
		ps.emit(b)
		return childItems(b)
	case "Get-Item", "Resolve-Path":
		ps.emit(b)
		return withPattern(b.operand("Path"))
	case "Join-Path":
		return joined(b)
	case "Get-Location":
		return ps.here()
	case "Split-Path":
		if p := b.operand("Path"); len(p) == 1 && !b.has("Leaf") && !b.has("Qualifier") && !b.has("Extension") {
			return oneWord(parentOf(p[0]))
		}
		return ps.unknown(n)
	case "Where-Object":
		for _, block := range b.blocks {
			ps.quietly(func() { ps.aBlock(block, psValue{}) })
		}
		return narrowed(in, b)
	case "Select-Object", "Sort-Object", "Format-List", "Format-Table":
		return in
	case "ForEach-Object":
		return ps.forEach(b)
	case "Write-Output", "Write-Host":
		words := append(b.operand(b.params[0].names[0]), b.extra...)
		ps.echo(b.span, words)
		return psValue{words: words, table: b.table.table}
	case "ConvertTo-Json":
		if v := b.table; v.table != nil {
			in = v
		}
		if in.table != nil {
			return oneWord(Word{Text: asJSON(in, 0), Span: b.span})
		}
		return in
	case "Invoke-Expression":
		return ps.invokeExpression(n, b)
	case "Set-Location", "Push-Location", "Pop-Location":
		ps.changeDirectory(b)
		return psValue{}
	case "Set-Variable", "New-Variable":
		if name := b.operand("Name"); len(name) == 1 {
			ps.set(strings.ToLower(name[0].Text), psValue{words: b.operand("Value")})
		}
		return psValue{}
	case "Start-Process":
		return ps.startProcess(n, b)
	case "Invoke-Command", "Start-Job":
		return ps.invokeCommand(n, b)
	case "Get-Content":
		ps.emit(b)
		if p := b.operand("Path"); len(p) == 1 {
			if text, ok := ps.sh.fileText(slashes(p[0])); ok {
				return psValue{words: lineWords(text, "\n")}
			}
		}
		return ps.unknown(n)
	}
	return ps.onFiles(n, b)
}

// onFiles runs a cmdlet that does something to the files it is given, or that come
// through the pipeline.
func (ps *powershell) onFiles(n *psNode, b *bound) psValue {
	const path = "Path"
	in := b.stage.in
	if b.name == "Rename-Item" {
		ps.rename(b)
		return psValue{}
	}
	if b.name == "New-Item" {
		return ps.newItem(b)
	}
	if paths, given := b.values[path]; given {
		b.values[path] = withPattern(paths).words
		for _, filter := range append(b.values["Include"], b.values["Filter"]...) {
			b.values[path] = narrowedBy(b.values[path], filter, b.has("Recurse"))
		}
	} else if b.stage.piped && hasField("Remove-Item Move-Item Copy-Item Rename-Item Clear-Content Clear-Item Get-Content Invoke-Item", b.name) {
		words := in.words
		if len(words) == 0 {
			words = []Word{unknown("$_")}
		}
		b.values[path] = words
		for i := range words {
			b.values[path][i].Span = b.span
		}
	}
	ps.emit(b)
	for _, block := range b.blocks {
		ps.aBlock(block, in)
	}
	if b.name == "Tee-Object" || b.name == "Copy-Item" || b.name == "Move-Item" {
		return in
	}
	if b.name == "Remove-Item" || strings.HasPrefix(b.name, "Set-") {
		return psValue{}
	}
	return ps.unknown(n)
}

// rename moves a file to another name beside it.
func (ps *powershell) rename(b *bound) {
	words := b.operand("Path")
	if len(words) == 0 {
		words = b.stage.in.words
	}
	for _, w := range withPattern(words).words {
		to := Word{Text: string(Hole), Unknown: []string{"Rename-Item"}}
		if name := b.operand("NewName"); len(name) == 1 && name[0].Text != "" && name[0].Text[0] != '{' {
			to = joinPath(parentOf(w), slashes(name[0]))
		}
		ps.cmdlet(b.node, "Move-Item", []Word{w, to})
	}
}

// newItem makes a directory, a link, or a file, which is overwritten with -Force.
func (ps *powershell) newItem(b *bound) psValue {
	paths := withPattern(b.operand("Path")).words
	if name := b.operand("Name"); len(name) == 1 {
		if len(paths) == 0 {
			paths = []Word{{Text: "."}}
		}
		paths = []Word{joinPath(paths[0], slashes(name[0]))}
	}
	kind := strings.ToLower(joinWords(b.values["ItemType"], "").Text)
	argv := []Word{{Text: "touch"}}
	switch {
	case b.elsewhere():
		argv = b.argv()
		paths = nil
	case strings.HasPrefix(kind, "d"):
		argv = []Word{{Text: "mkdir"}, {Text: "-p"}}
	case strings.HasSuffix(kind, "link") || kind == "junction":
		argv = append([]Word{{Text: "ln"}, {Text: "-s"}}, b.values["Value"]...)
	case b.has("Force"):
		argv[0].Text = "tee"
	}
	for _, w := range paths {
		argv = append(argv, operandWord(w))
	}
	c := Command{Argv: argv, Redirs: b.redirs, Span: b.span, Stages: 1, From: b.stage.from}
	ps.sh.emit(&c)
	return psValue{words: paths}
}

// withPattern marks the words that have a pattern: a path of a cmdlet is one also in
// quotes.
func withPattern(words []Word) psValue {
	out := psValue{words: words[:len(words):len(words)]}
	for i, w := range out.words {
		if w = slashes(w); strings.ContainsAny(w.Text, "*?") {
			w.Glob = true
		}
		if i == 0 {
			out.words = append([]Word(nil), out.words...)
		}
		out.words[i] = w
	}
	return out
}

// narrowedBy puts the pattern of -Include for the final star of paths.
func narrowedBy(paths []Word, filter Word, below bool) []Word {
	out := make([]Word, 0, len(paths))
	for _, w := range paths {
		if dir, ok := strings.CutSuffix(w.Text, "*"); ok {
			if below {
				dir += "**/"
			}
			w = joinWords([]Word{{Text: dir, Unknown: w.Unknown}, filter}, "")
			w.Glob = true
		}
		out = append(out, w)
	}
	return out
}

// narrowed is what Where-Object leaves of patterns: where that cannot be told by
// the name, something below the same directory.
func narrowed(in psValue, b *bound) psValue {
	out := psValue{}
	for _, w := range in.words {
		if w.Glob {
			name := Word{Text: string(Hole), Unknown: []string{"Where-Object"}}
			if p := b.operand("FilterScript"); len(p) == 1 && strings.EqualFold(p[0].Text, "Name") && b.has("Like") && len(b.operand("Value")) == 1 {
				name = b.operand("Value")[0]
				name.Glob = true
			} else if pattern := nameTest(b.blocks); pattern != "" {
				name = Word{Text: pattern, Glob: true}
			}
			dir := parentOf(w)
			w = joinPath(dir, name)
			w.Glob = dir.Glob || name.Glob
		}
		out.words = append(out.words, w)
	}
	return out
}

// nameTest is the pattern that a block compares names with: { $_.Name -like '*.tmp' }.
func nameTest(blocks []*psNode) string {
	if len(blocks) != 1 || len(blocks[0].kids) != 1 || len(blocks[0].kids[0].kids) != 1 {
		return ""
	}
	pipe := blocks[0].kids[0].kids[0]
	if pipe.kind != psPipe || len(pipe.kids) != 1 || pipe.kids[0].kind != psOp || len(pipe.kids[0].kids) != 2 {
		return ""
	}
	op := pipe.kids[0]
	member, text := op.kids[0], op.kids[1]
	if member == nil || text == nil || member.kind != psMember || text.kind != psWord && text.kind != psText {
		return ""
	}
	pattern := text.text
	if text.kind == psText && len(text.kids) == 1 {
		pattern = text.kids[0].text
	}
	switch {
	case member.text == "name" && (op.text == "-like" || op.text == "-eq"):
		return pattern
	case member.text == "extension" && op.text == "-eq":
		return "*" + pattern
	}
	return ""
}

// quietly reads what only tests: what it would emit is looked at all the same, as a
// test may do anything.
func (ps *powershell) quietly(fn func()) {
	values := ps.values
	ps.values = make(map[string]psValue, len(values))
	for k, v := range values {
		ps.values[k] = v
	}
	fn()
	ps.values = values
}

// forEach runs the blocks of ForEach-Object for what comes in.
func (ps *powershell) forEach(b *bound) (out psValue) {
	if len(b.blocks) == 0 { // ForEach-Object FullName, or Delete
		for _, name := range append(b.operand("Process"), b.operand("MemberName")...) {
			if strings.EqualFold(name.Text, "delete") {
				ps.cmdlet(b.node, "Remove-Item", append([]Word{{Text: "-Recurse"}}, b.stage.in.words...))
			}
		}
		return b.stage.in
	}
	for _, block := range b.blocks {
		v := ps.aBlock(block, b.stage.in)
		out.words = append(out.words, v.words[:min(len(v.words), maxFields)]...)
	}
	return out
}

// invokeExpression reads the text that is run where it is known.
func (ps *powershell) invokeExpression(n *psNode, b *bound) psValue {
	text := b.operand("Command")
	if len(text) == 0 {
		text = b.stage.in.words
		b.values["Command"] = nil
	}
	w := joinWords(text, "\n")
	known := w.Text != "" && strings.TrimSpace(strings.ReplaceAll(w.Text, string(Hole), "")) != ""
	if !known {
		ps.emit(b)
		return ps.unknown(n)
	}
	return ps.code(w)
}

func (ps *powershell) changeDirectory(b *bound) {
	name := map[string]string{"Set-Location": "cd", "Push-Location": "pushd", "Pop-Location": "popd"}[b.name]
	c := Command{Argv: []Word{{Text: name, Span: Span{b.span.Start, b.span.Start}}}, Name: name, Span: b.span, Stages: 1, From: -1}
	for _, w := range b.operand("Path") {
		c.Argv = append(c.Argv, slashes(w))
	}
	ps.sh.builtin(&c)
}

// startProcess runs the program of Start-Process with its arguments.
func (ps *powershell) startProcess(n *psNode, b *bound) psValue {
	program := b.operand("FilePath")
	if len(program) != 1 {
		ps.emit(b)
		return ps.unknown(n)
	}
	c := Command{Argv: []Word{slashes(program[0])}, Span: b.span, Stages: 1, From: -1, Background: !b.has("Wait")}
	for _, w := range b.operand("ArgumentList") {
		if w.Known() && strings.ContainsAny(w.Text, " \t") && len(b.operand("ArgumentList")) == 1 {
			for _, field := range (&cmdLine{text: w.Text}).words() {
				field.Span = w.Span
				c.Argv = append(c.Argv, field)
			}
			continue
		}
		c.Argv = append(c.Argv, w)
	}
	if dir := b.values["WorkingDirectory"]; len(dir) == 1 {
		c.Dir = slashes(dir[0])
	}
	c.Argv[0].Text = withoutExe(c.Argv[0].Text)
	ps.sh.run(c)
	return ps.unknown(n)
}

// invokeCommand runs a block here or on another machine.
func (ps *powershell) invokeCommand(n *psNode, b *bound) psValue {
	sub := *ps.sh
	if hosts := append(append(b.values["ComputerName"], b.values["HostName"]...), b.values["Session"]...); len(hosts) > 0 && len(b.blocks) > 0 && hosts[0].Text != string(Hole) {
		if hosts[0].Text[0] != '{' {
			sub.host = hosts[0].Text
			sub.become(Remote)
		}
	}
	if len(b.blocks) == 0 {
		ps.emit(b)
		return ps.unknown(n)
	}
	outer := ps.sh
	ps.sh = &sub
	defer func() { ps.sh = outer }()
	var out psValue
	for _, block := range b.blocks {
		out = ps.call(block.kids[0], nil)
	}
	return out
}

func joined(b *bound) psValue {
	dirs, names := b.operand("Path"), b.operand("ChildPath")
	if len(dirs) != 1 || len(names) != 1 {
		return oneWord(unknown("Join-Path"))
	}
	w := joinPath(slashes(dirs[0]), slashes(names[0]))
	for _, more := range b.values["AdditionalChildPath"] {
		w = joinPath(w, slashes(more))
	}
	return oneWord(w)
}
