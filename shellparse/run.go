package shellparse

import (
	"path"
	"strings"
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
	for range maxWrappers {
		if !sh.unwrap(&c) {
			break
		}
	}
	c.Name = baseName(c.Argv[0])
	return sh.effects(&c)
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
	c.Carrier = true
	sh.emit(c)
	if f.open {
		return output{}, true
	}
	f.open = true
	sh.r.funcs[name] = f
	sub := *sh
	sub.src, sub.base, sub.place = f.src, f.base, c.Span
	sub.stdin = input{c.Stdin, c.From}
	sub.become(Function)
	outer, had := sh.vars.params, sh.vars.called
	sh.vars.params, sh.vars.called = c.Argv, true
	out := sub.stmt(f.body)
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
	sub := *sh
	sub.enterText(c, text)
	if origin != Eval {
		sub.vars = sh.vars.child()
	}
	sub.become(origin)
	return sub.source(text.Text)
}

// enterText points sh at a text that c brought with it.
func (sh *shell) enterText(c *Command, text Word) {
	sh.base, sh.place = sh.baseOf(text), c.Span
	sh.stdin = input{c.Stdin, c.From}
	sh.wrappers = append(sh.wrappers[:len(sh.wrappers):len(sh.wrappers)], c.Wrappers...)
	sh.background = sh.background || c.Background
	if c.Dir.Text != "" {
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
	case raw == w.Text:
		return w.Span.Start
	case len(raw) == len(w.Text)+2 && raw[1:len(raw)-1] == w.Text:
		return w.Span.Start + 1
	}
	return -1
}

// effects emits a command without wrappers and follows what it does to the
// shell, or hands to another one.
func (sh *shell) effects(c *Command) output {
	switch c.Name {
	case "cd", "pushd", "popd", "chdir":
		sh.emit(c)
		sh.cd(c)
		return output{known: c.Name == "cd"}
	case "eval":
		c.Carrier = true
		sh.emit(c)
		return sh.code(c, sh.joinCode(c.Argv[1:]), Eval)
	}
	if isShell(c.Name) {
		return sh.shellCommand(c)
	}
	i := sh.emit(c)
	_ = i
	if sh.want {
		return sh.prints(c)
	}
	return output{}
}

// joinCode joins words into one text, as eval and ssh do. A single word keeps
// its place in the source.
func (sh *shell) joinCode(words []Word) Word {
	if len(words) == 1 {
		return words[0]
	}
	return joinWords(words, " ")
}

// cd follows a change of directory.
func (sh *shell) cd(c *Command) {
	args := operands(c.Argv[1:])
	switch {
	case c.Name == "popd":
		sh.vars.dir, sh.vars.moved = unknown("popd"), true
	case len(args) == 0:
		if c.Name == "cd" {
			home, _ := sh.scalar("HOME", nil)
			sh.chdir(home)
		}
	case args[0].Text == "-" && args[0].Known():
		old, _ := sh.scalar("OLDPWD", nil)
		sh.chdir(old)
	default:
		sh.chdir(args[0])
	}
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

// isShell reports the names of shells that read sh or bash syntax.
func isShell(name string) bool {
	switch name {
	case "sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash", "fish", "yash",
		"restrain-bash", "restrain-zsh", "bash5", "ksh93", "hush":
		return true
	}
	return false
}

// A shellCall is the arguments of a shell, told apart.
type shellCall struct {
	code   *Word // of -c
	file   *Word // a script
	params []Word
	stdin  bool
}

// shellArgs reads the arguments of a shell as bash and zsh do.
func shellArgs(argv []Word) shellCall {
	var call shellCall
	wantCode := false
	i := 1
	for ; i < len(argv); i++ {
		arg := argv[i].Text
		if arg == "--" || arg == "-" {
			i++
			break
		}
		if len(arg) < 2 || arg[0] != '-' && arg[0] != '+' {
			break
		}
		if strings.HasPrefix(arg, "--") {
			switch arg {
			case "--rcfile", "--init-file", "--emulate", "--init-command":
				i++
			case "--command":
				wantCode = true
			}
			continue
		}
		for _, flag := range arg[1:] {
			switch flag {
			case 'c':
				wantCode = arg[0] == '-'
			case 's':
				call.stdin = true
			case 'o', 'O':
				i++
			}
		}
	}
	rest := argv[min(i, len(argv)):]
	switch {
	case wantCode && len(rest) > 0:
		call.code = &rest[0]
		call.params = rest[1:]
		if len(call.params) == 0 {
			call.params = argv[:1]
		}
	case call.stdin || len(rest) == 0:
		call.stdin = true
		call.params = append(argv[:1:1], rest...)
	default:
		call.file = &rest[0]
		call.params = rest
	}
	return call
}

// shellCommand reads what a shell is given to run.
func (sh *shell) shellCommand(c *Command) output {
	call := shellArgs(c.Argv)
	var text Word
	origin := ShellCode
	switch {
	case call.code != nil:
		text = *call.code
	case call.file != nil:
		sh.emit(c)
		return output{}
	case c.Stdin != nil:
		text = *c.Stdin
	default:
		sh.emit(c)
		return output{}
	}
	c.Carrier = true
	sh.emit(c)
	sub := sh.withVars()
	sub.vars.params, sub.vars.called = call.params, true
	return sub.code(c, text, origin)
}

// hooks is the place of the environment's hooks.
func (sh *shell) hooks(c *Command) {}

// prints is what a command of known input prints.
func (sh *shell) prints(c *Command) output {
	if c.Name == "echo" {
		return output{text: Word{Text: joinWords(c.Argv[1:], " ").Text + "\n"}, known: true}
	}
	return output{}
}

// unwrap takes one wrapper off c.
func (sh *shell) unwrap(c *Command) bool {
	w, at, ok := findWrapper(c.Argv)
	if !ok {
		return false
	}
	c.Wrappers = append(c.Wrappers, Wrapper{Name: w, Args: c.Argv[1:at]})
	c.Argv = c.Argv[at:]
	return true
}

func findWrapper(argv []Word) (name string, at int, ok bool) {
	switch path.Base(argv[0].Text) {
	case "sudo", "env", "nohup", "command", "builtin", "exec", "nice":
		for i, a := range argv[1:] {
			if !strings.HasPrefix(a.Text, "-") && !strings.Contains(a.Text, "=") {
				return path.Base(argv[0].Text), i + 1, true
			}
		}
	}
	return "", 0, false
}
