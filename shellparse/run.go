package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxWrappers bounds the wrappers around one command.
const maxWrappers = 32

// run reads a command whose words are folded: it takes off the wrappers, emits
// what is left and follows it into the code that it hands on.
func (sh *shell) run(c Command) output {
	if !sh.r.enter() {
		return output{}
	}
	defer sh.r.leave()
	if out, ok := sh.callFunction(&c); ok {
		return out
	}
	sh.hooks(&c)
	for unwrapped := 0; ; unwrapped++ {
		ownShell(&c)
		out, again, done := sh.unwrap(&c)
		if done {
			return out
		}
		if !again {
			break
		}
		if unwrapped == maxWrappers {
			sh.r.limit(limitDepth) // what is below them was not read
			break
		}
	}
	c.Name = baseName(c.Argv[0])
	return sh.effects(&c)
}

// ownShell names the shell that $SHELL and $0 stand for, and the default of
// ${TOOL:-program}, when nothing better is known.
func ownShell(c *Command) {
	if w := &c.Argv[0]; w.Text == string(Hole) && len(w.Unknown) == 1 {
		switch w.Unknown[0] {
		case "$SHELL", "${SHELL}", "$0", "$BASH":
			c.Argv = append([]Word{{Text: "sh", Span: w.Span}}, c.Argv[1:]...)
			return
		}
		if name := defaultName(w.Unknown[0]); name != "" {
			c.Argv = append([]Word{{Text: name, Span: w.Span}}, c.Argv[1:]...)
		}
	}
}

// defaultName is the program in ${TOOL:-program}, ${TOOL:=program} and
// ${TOOL:+program}; "" for anything else.
func defaultName(note string) string {
	inner, ok := strings.CutPrefix(note, "${")
	inner = strings.TrimSuffix(inner, "}")
	at := strings.IndexAny(inner, "-=+")
	if !ok || at < 0 || !strings.HasSuffix(note, "}") {
		return ""
	}
	variable, name := inner[:at], inner[at+1:]
	if !syntax.ValidName(strings.TrimSuffix(variable, ":")) || strings.ContainsAny(name, " $`'\"\\{}") {
		return ""
	}
	return name
}

// mayDefault is ${x:-word} of a variable that is not known. It depends on that
// expression alone where nothing that was read may have set the variable.
func (sh *shell) mayDefault(p *syntax.ParamExp, name string, w Word) Word {
	note := unknown(sh.text(p))
	if _, given := sh.vars.get(name); given || sh.vars.tainted || !syntax.ValidName(name) {
		note.Unknown = addNotes(note.Unknown, append(w.Unknown[:len(w.Unknown):len(w.Unknown)], "$"+name))
	}
	return note
}

// callFunction reads the body of a function or alias that the line declared.
func (sh *shell) callFunction(c *Command) (output, bool) {
	if sh.r.funcs == nil && sh.r.aliases == nil {
		return output{}, false
	}
	name := c.Argv[0].Text
	if text, ok := sh.r.aliases[name]; ok && c.Argv[0].Known() {
		delete(sh.r.aliases, name) // an alias does not expand inside itself
		defer func() { sh.r.aliases[name] = text }()
		line := text
		for _, arg := range c.Argv[1:] {
			line += " " + requote(arg)
		}
		c.Carrier = true
		sh.emit(c)
		return sh.code(c, Word{Text: line}, Eval), true
	}
	f, ok := sh.r.funcs[name]
	if !ok || !c.Argv[0].Known() {
		return output{}, false
	}
	c.Carrier, c.Recurses = true, f.open
	sh.emit(c)
	if f.open {
		return output{}, true
	}
	f.open = true
	sh.r.funcs[name] = f
	if f.file {
		sh.r.enterFile()
		defer sh.r.leaveFile()
	}
	sub := *sh
	sub.src, sub.base, sub.place, sub.notes = f.src, f.base, c.Span, f.notes
	sub.file, sub.from = f.script, c.Line
	sub.stdin = input{c.Stdin, c.From, inputFile(c)}
	sub.become(Function)
	outer, had := sh.vars.params, sh.vars.called
	sh.vars.params, sh.vars.called = c.Argv, true
	var locals []local
	sub.locals = &locals
	out := sub.stmt(f.body)
	sh.vars.restore(locals)
	sh.vars.params, sh.vars.called = outer, had
	f.open = false
	sh.r.funcs[name] = f
	return out, true
}

// requote writes a word so that it reads back as itself, as far as it is known.
func requote(w Word) string {
	if w.Known() && !w.Glob {
		return Quote([]string{w.Text})
	}
	return w.Text
}

// code reads text that a command hands to a shell. The state of sh goes in,
// and what the text changes stays inside, unless it is read by eval.
func (sh *shell) code(c *Command, text Word, origin Origin) output {
	return sh.fileCode(c, text, origin, "")
}

// fileCode is code for the text of a script.
func (sh *shell) fileCode(c *Command, text Word, origin Origin, file string) output {
	sub := *sh
	sub.enterText(c, text)
	if origin == ScriptFile {
		sub.file = file
	}
	if origin != Eval {
		sub.vars = sh.vars.child()
	}
	sub.become(origin)
	return sub.source(text.Text)
}

// enterText points sh at a text that c brought with it.
func (sh *shell) enterText(c *Command, text Word) {
	sh.base, sh.place, sh.notes = sh.baseOf(text), c.Span, text.Unknown
	sh.from, sh.file = c.Line, ""
	sh.stdin = sh.handedOn(c)
	sh.wrappers = append(sh.wrappers[:len(sh.wrappers):len(sh.wrappers)], c.Wrappers...)
	sh.background = sh.background || c.Background
	if c.Host != "" {
		sh.host = c.Host
	}
	sh.become(c.Origin)
	// Elsewhere only: what a text that is sourced here sets stays set here.
	if c.Dir.Text != "" && c.Dir.Text != sh.vars.directory().Text {
		sh.vars = sh.vars.child()
		sh.vars.dir, sh.vars.moved = c.Dir, true
	}
	if !text.Known() {
		sh.vars.tainted = true
	}
}

// baseOf is where text stands in the source, when it stands there as it is.
func (sh *shell) baseOf(w Word) int {
	src := sh.r.script.Source
	if w.Span.End <= w.Span.Start || w.Span.End > len(src) {
		return -1
	}
	raw := src[w.Span.Start:w.Span.End]
	switch {
	case strings.HasPrefix(src[w.Span.Start:], w.Text): // the span of a heredoc ends early
		return w.Span.Start
	case len(raw) == len(w.Text)+2 && raw[1:len(raw)-1] == w.Text:
		return w.Span.Start + 1
	}
	return -1
}

// effects emits a command without wrappers and follows what it does to the
// shell, or hands to another one.
func (sh *shell) effects(c *Command) output {
	if out, ok := sh.builtin(c); ok {
		return out
	}
	sh.takeInput(c)
	if IsShell(c.Name) {
		return sh.shellCommand(c)
	}
	if sh.windowsShell(c) {
		return output{}
	}
	if lang := language(c); lang != "" {
		var installed []Word
		if c.Snippets, installed = sh.snippets(c, lang); len(installed) > 0 {
			sh.runInstalled(c, installed)
			return output{}
		}
	}
	switch c.Name {
	case "rails", "manage.py", "django-admin", "python", "python3", "php", "artisan":
		if s, ok := consoleCode(c); ok {
			c.Snippets = append(c.Snippets, s)
		}
	}
	if sh.script(c) {
		return output{}
	}
	switch c.Name {
	case "cp", "ln", "install", "mv":
		sh.copied(c)
	}
	sh.emit(c)
	for _, s := range c.Snippets {
		sh.codeCommands(c, s)
	}
	sh.carried(c)
	sh.builds(c)
	if sh.want {
		return sh.prints(c)
	}
	return output{}
}

// copied notes that a program goes by another name from now on: cp /bin/rm x.
func (sh *shell) copied(c *Command) {
	n := len(c.Argv)
	if n < 3 || !c.Argv[n-1].Known() || !c.Argv[n-2].Known() || !systemPath(c.Argv[n-2].Text) || !strings.Contains(c.Argv[n-2].Text, "bin/") {
		return
	}
	program, name := c.Argv[n-2].Text, c.Argv[n-1].Text
	if strings.HasSuffix(name, "/") {
		name += baseName(c.Argv[n-2])
	}
	sh.nameCommand(name, program)
	if !strings.HasPrefix(name, "/") {
		sh.nameCommand("./"+name, program)
	}
}

// joinCode joins words into one text, as eval and ssh do. A single word keeps
// its place in the source.
func (sh *shell) joinCode(words []Word) Word {
	if len(words) == 1 {
		return words[0]
	}
	return joinWords(words, " ")
}

// operands are the arguments that are no options.
func operands(args []Word) []Word {
	for i, a := range args {
		if a.Text == "--" {
			return args[i+1:]
		}
		if len(a.Text) < 2 || a.Text[0] != '-' {
			return args[i:]
		}
	}
	return nil
}
