package shellparse

import "strings"

// A cmdLine reads text as cmd.exe does, and runs its commands in a shell as it goes.
type cmdLine struct {
	sh   *shell
	text string
	pos  int
	vars map[string]Word // of for loops, by their letter
}

// cmd reads a line or a batch file of cmd.exe.
func (sh *shell) cmd(src string) output {
	return sh.entered(src, func(src string) output {
		c := cmdLine{sh: sh, text: src}
		sh.r.guard(sh, func() { c.list(false) })
		return output{}
	})
}

func (c *cmdLine) at(i int) byte {
	if c.pos+i < len(c.text) {
		return c.text[c.pos+i]
	}
	return 0
}

func (c *cmdLine) blanks(lines bool) {
	for c.pos < len(c.text) && (strings.IndexByte(" \t\r,;=@", c.text[c.pos]) >= 0 || lines && c.text[c.pos] == '\n' ||
		c.text[c.pos] == '^' && (c.at(1) == '\n' || c.at(1) == '\r')) {
		c.pos++
		if lines && c.text[c.pos-1] == '^' {
			c.pos += 1 + strings.Count(c.text[c.pos:min(c.pos+1, len(c.text))], "\r")
		}
	}
	c.pos = min(c.pos, len(c.text))
}

// list runs commands to the end, or to the closing bracket of a group.
func (c *cmdLine) list(group bool) {
	if !c.sh.r.enter() {
		c.pos = len(c.text)
		return
	}
	defer c.sh.r.leave()
	for c.sh.r.step() {
		c.blanks(true)
		switch {
		case c.pos >= len(c.text):
			return
		case c.at(0) == ')':
			c.pos++
			if group {
				return
			}
		case strings.IndexByte("&|<>", c.at(0)) >= 0:
			c.pos++
		default:
			before := c.pos
			c.pipeline()
			if c.pos == before {
				c.pos++
			}
		}
	}
	c.pos = len(c.text)
}

// pipeline runs commands joined by |.
func (c *cmdLine) pipeline() {
	outer, stage, from := c.sh.pipe, 0, -1
	defer func() { c.sh.pipe = outer }()
	for {
		c.command(from)
		if c.blanks(false); c.at(0) != '|' || c.at(1) == '|' {
			return
		}
		c.pos++
		c.blanks(true)
		if stage == 0 {
			c.sh.r.pipelines++
		}
		stage++
		from = len(c.sh.r.script.Commands) - 1
		c.sh.pipe = position{pipeline: c.sh.r.pipelines, stage: stage, stages: stage + 1}
	}
}

// command runs one command, a group or a statement of cmd.
func (c *cmdLine) command(from int) {
	if c.at(0) == '(' {
		c.pos++
		c.list(true)
		return
	}
	start := c.pos
	name, ok := c.word()
	if !ok {
		return
	}
	switch lower := strings.ToLower(name.Text); {
	case lower == "rem", strings.HasPrefix(lower, ":"):
		c.line()
	case lower == "if":
		c.condition()
	case lower == "for":
		c.loop()
	case lower == "call" || lower == "do" || lower == "else":
		c.blanks(false)
		c.command(from)
	case lower == "set":
		c.set()
	default:
		c.simple(name, start, from)
	}
}

// line skips to the end of the line.
func (c *cmdLine) line() {
	if i := strings.IndexByte(c.text[c.pos:], '\n'); i >= 0 {
		c.pos += i
	} else {
		c.pos = len(c.text)
	}
}

// condition reads if [not] exist X, a==b, defined X, errorlevel N: both ways may run.
func (c *cmdLine) condition() {
	for {
		c.blanks(false)
		before := c.pos
		w, ok := c.word()
		if !ok {
			return
		}
		switch lower := strings.ToLower(w.Text); lower {
		case "/i", "not":
			continue
		case "exist", "defined", "errorlevel", "cmdextversion":
			c.blanks(false)
			c.word()
		default:
			c.pos = before
			c.comparison()
		}
		break
	}
	vars := c.sh.vars
	then := vars.child()
	c.sh.vars = then
	c.blanks(false)
	c.command(-1)
	scopes := []*scope{then}
	before := c.pos
	c.blanks(true)
	if c.pos+4 <= len(c.text) && strings.EqualFold(c.text[c.pos:c.pos+4], "else") {
		c.pos += len("else")
		c.blanks(false)
		other := vars.child()
		c.sh.vars = other
		c.command(-1)
		scopes = append(scopes, other)
	} else {
		c.pos = before
	}
	c.sh.vars = vars
	vars.merge(false, scopes...)
}

// comparison skips a==b or a EQU b.
func (c *cmdLine) comparison() {
	start := c.pos
	c.word()
	if raw := c.text[start:c.pos]; strings.Contains(raw, "==") && !strings.HasSuffix(raw, "==") {
		return
	}
	for c.pos < len(c.text) && strings.IndexByte(" \t=", c.text[c.pos]) >= 0 {
		c.pos++
	}
	second, _ := c.word()
	switch strings.ToLower(second.Text) {
	case "equ", "neq", "lss", "leq", "gtr", "geq":
		c.blanks(false)
		c.word()
	}
}

// loop reads for [/d /r /f …] %x in (…) do COMMAND, once for each item.
func (c *cmdLine) loop() {
	name, made := "", false
	root := Word{}
	for {
		c.blanks(false)
		w, ok := c.word()
		if !ok {
			return
		}
		lower := strings.ToLower(w.Text)
		switch {
		case lower == "/f" || lower == "/l":
			made = true
		case lower == "/r":
			root = Word{Text: "**/"}
		case strings.HasPrefix(lower, "%"):
			name = strings.TrimLeft(w.Text, "%")
		}
		if lower == "in" {
			break
		}
	}
	if c.blanks(false); c.at(0) != '(' {
		return
	}
	var items []Word
	for c.pos++; c.pos < len(c.text); {
		if c.blanks(true); c.at(0) == ')' {
			c.pos++
			break
		}
		w, ok := c.word()
		if !ok {
			c.pos++
			continue
		}
		w.Text = root.Text + w.Text
		items = append(items, w)
	}
	if made || len(items) == 0 || len(items) > maxRounds {
		items = []Word{unknown("%" + name)}
	}
	c.blanks(true)
	body := c.pos
	if c.vars == nil {
		c.vars = make(map[string]Word)
	}
	for _, item := range items {
		if !c.sh.r.step() {
			return
		}
		c.pos, c.vars[name] = body, slashes(item)
		c.command(-1)
	}
	delete(c.vars, name)
}

// set reads set NAME=VALUE and set "NAME=VALUE".
func (c *cmdLine) set() {
	c.blanks(false)
	start := c.pos
	for c.pos < len(c.text) && strings.IndexByte("&|\n)", c.text[c.pos]) < 0 {
		c.pos++
	}
	inner := cmdLine{sh: c.sh, text: strings.Trim(strings.TrimSpace(c.text[start:c.pos]), `"`), vars: c.vars}
	name, text, ok := strings.Cut(inner.text, "=")
	if !ok || strings.HasPrefix(name, "/") {
		cmd := Command{Argv: []Word{{Text: "set"}}, Span: c.span(start), Stages: 1, From: -1}
		if name != "" {
			cmd.Argv = append(cmd.Argv, Word{Text: name})
		}
		c.sh.emit(&cmd)
		return
	}
	inner.text = text
	c.sh.vars.set(strings.ToUpper(strings.TrimSpace(name)), value{words: []Word{inner.whole()}})
}

// whole is the rest of the text as one word.
func (c *cmdLine) whole() Word {
	var all []Word
	for c.pos < len(c.text) {
		before := c.pos
		if w, ok := c.word(); ok {
			all = append(all, w)
		}
		if c.pos == before {
			c.pos++
		}
		c.blanks(false)
	}
	return joinWords(all, " ")
}

func (c *cmdLine) span(start int) Span {
	if c.sh.base < 0 || c.sh.notes != nil {
		return c.sh.place
	}
	return Span{c.sh.base + start, c.sh.base + c.pos}
}

// simple runs a program or a command of cmd's own with its words.
func (c *cmdLine) simple(name Word, start, from int) {
	cmd := Command{Stages: 1, From: from}
	name = slashes(name)
	lower := strings.ToLower(name.Text)
	if i := strings.IndexByte(lower, '/'); i > 0 && isCmdCommand(lower[:i]) { // rd/s/q X, dir/b
		cmd.Argv = []Word{{Text: lower[:i], Span: name.Span}}
		cmd.Argv = append(cmd.Argv, flagsOf(part(name, name.Text[i:]))...)
	} else {
		if isCmdCommand(strings.TrimSuffix(lower, ".")) {
			name.Text = strings.TrimSuffix(lower, ".")
		} else {
			name.Text = withoutExe(name.Text)
		}
		cmd.Argv = []Word{name}
	}
	own := isCmdCommand(strings.ToLower(cmd.Argv[0].Text))
	for c.pos < len(c.text) {
		c.blanks(false)
		if redir, ok := c.redirection(); ok {
			if redir.Target.Text != "" {
				cmd.Redirs = append(cmd.Redirs, redir)
			}
			continue
		}
		w, ok := c.word()
		if !ok {
			break
		}
		switch {
		case own && strings.HasPrefix(w.Text, "/") && !strings.HasPrefix(w.Text, "//?/"):
			if len(w.Text) < 5 { // MSYS takes //s for /s
				w.Text = "/" + strings.TrimLeft(w.Text, "/")
			}
			cmd.Argv = append(cmd.Argv, flagsOf(w)...)
		case own || looksPath(w.Text):
			w = slashes(w)
			w.Glob = strings.ContainsAny(w.Text, "*?")
			fallthrough
		default:
			cmd.Argv = append(cmd.Argv, w)
		}
	}
	cmd.Span = c.span(start)
	c.run(&cmd)
}

// flagsOf tells flags apart that are written together: /s/q. Longer ones are a path of
// another system, as %USERPROFILE% may be.
func flagsOf(w Word) (list []Word) {
	if strings.Count(w.Text, "/") < 2 || strings.Contains(w.Text, "//") {
		return []Word{w}
	}
	for flag := range strings.SplitSeq(w.Text[1:], "/") {
		if len(flag) > 3 && !strings.Contains(flag, ":") {
			return []Word{w}
		}
		list = append(list, part(w, "/"+flag))
	}
	return list
}

// part is a word that is a part of another.
func part(w Word, text string) Word {
	p := Word{Text: text, Span: w.Span, Unknown: w.Unknown}
	p.Unknown = notesIn(p)
	return p
}

// run hands a command on; cd, start and the like are cmd's own.
func (c *cmdLine) run(cmd *Command) {
	switch cmd.Argv[0].Text {
	case "cd", "chdir", "pushd", "popd":
		args := []Word{cmd.Argv[0]}
		for _, w := range cmd.Argv[1:] {
			if !strings.EqualFold(w.Text, "/d") {
				args = append(args, w)
			}
		}
		if cmd.Argv, cmd.Name = args, args[0].Text; len(args) == 1 {
			return
		}
		c.sh.builtin(cmd)
		return
	case "start":
		rest := cmd.Argv[1:]
		for len(rest) > 0 && (strings.HasPrefix(rest[0].Text, "/") || rest[0].Text == "" || rest[0].Span.End-rest[0].Span.Start == len(rest[0].Text)+2 && len(rest) > 1) {
			rest = rest[1:]
		}
		if len(rest) > 0 {
			cmd.Argv, cmd.Background = rest, true
		}
	case "echo":
		c.sh.emit(cmd)
		return
	}
	if argv, ok := asProgram(cmd.Argv); ok {
		cmd.Argv = argv
	}
	if name := strings.ToLower(cmd.Argv[0].Text); strings.HasSuffix(name, ".bat") || strings.HasSuffix(name, ".cmd") {
		if text, ok := c.sh.fileText(cmd.Argv[0]); ok {
			cmd.Carrier = true
			c.sh.emit(cmd)
			sub := c.sh.forText(cmd, text, c.sh.scriptOrigin(cmd.Argv[0]))
			sub.cmd(text.Text)
			return
		}
	}
	sub := *c.sh
	sub.stdin = input{from: cmd.From}
	sub.run(*cmd)
}

// redirection reads > file, >>file, 2>nul, 2>&1 and < file.
func (c *cmdLine) redirection() (out Redir, ok bool) {
	start := c.pos
	if isDigit(c.at(0)) && (c.at(1) == '>' || c.at(1) == '<') {
		c.pos++
	}
	out = Redir{Op: RedirWrite, FD: -1}
	switch {
	case c.at(0) == '>' && c.at(1) == '>':
		out.Op = RedirAppend
		c.pos += 2
	case c.at(0) == '>':
		c.pos++
	case c.at(0) == '<':
		out.Op = RedirRead
		c.pos++
	default:
		c.pos = start
		return out, false
	}
	if c.at(0) == '&' {
		c.pos += 2
		c.pos = min(c.pos, len(c.text))
		return out, true
	}
	c.blanks(false)
	w, _ := c.word()
	if !strings.EqualFold(w.Text, "nul") && !strings.EqualFold(w.Text, "con") {
		out.Target = slashes(w)
	}
	return out, true
}

// isCmdCommand reports the commands that are cmd's own.
func isCmdCommand(name string) bool {
	return hasField("assoc call cd chdir cls copy date del dir echo endlocal erase exit for ftype goto if md mkdir mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type ver vol", name)
}
