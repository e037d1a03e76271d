package shellparse

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// builtin reads the commands that the shell itself carries out and that change
// what follows; ok is false for every other command.
func (sh *shell) builtin(c *Command) (out output, ok bool) {
	switch c.Name {
	case "cd", "pushd", "popd", "chdir":
		sh.emit(c)
		sh.cd(c)
		return output{known: c.Name == "cd"}, true
	case "eval":
		c.Carrier = true
		sh.emit(c)
		return sh.code(c, sh.joinCode(operands(c.Argv[1:])), Eval), true
	case "source", ".":
		return sh.sourceFile(c), true
	case "trap":
		sh.trap(c)
	case "alias":
		sh.alias(c)
	case "hash":
		sh.emit(c)
		if len(c.Argv) == 4 && c.Argv[1].Text == "-p" && c.Argv[2].Known() { // from now on NAME is that file
			sh.nameCommand(c.Argv[3].Text, c.Argv[2].Text)
		}
	case "set":
		sh.exitOnError(c)
		sh.setParams(c)
	case "shift":
		sh.shift(c)
	case "read":
		sh.read(c)
	case "readarray", "mapfile":
		sh.readArray(c)
	case "getopts":
		sh.emit(c)
		for _, w := range operands(c.Argv[1:])[min(1, len(operands(c.Argv[1:]))):] {
			sh.vars.forget(w.Text)
		}
		sh.vars.forget("OPTARG")
	case "unset":
		sh.emit(c)
		for _, w := range operands(c.Argv[1:]) {
			if name, _, element := strings.Cut(w.Text, "["); element {
				sh.vars.forget(name)
				continue
			}
			sh.vars.set(w.Text, value{})
		}
	case "export", "declare", "local", "readonly", "typeset":
		sh.declared(c)
	case "shopt":
		sh.emit(c)
		sh.r.extglob = sh.r.extglob || anyArg(c, "extglob") && !anyArg(c, "-u", "-q")
	case "true", ":", "test", "[", "wait", "exit", "return", "let", "unalias":
		sh.emit(c)
	case "printf":
		return sh.printfTo(c)
	default:
		return output{}, false
	}
	return silent, true
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
	case args[0].Glob:
		sh.chdir(unknown(args[0].Text))
	case sh.searched(args[0]):
	default:
		sh.chdir(args[0])
	}
}

// searched changes to a directory that CDPATH leads to, where that is set.
func (sh *shell) searched(dir Word) bool {
	v, ok := sh.vars.get("CDPATH")
	if !ok || len(v.words) != 1 || !v.words[0].Known() || strings.HasPrefix(dir.Text, "/") || strings.HasPrefix(dir.Text, ".") {
		return false
	}
	first, _, _ := strings.Cut(v.words[0].Text, ":")
	dir.Text = strings.TrimSuffix(first, "/") + "/" + dir.Text
	sh.chdir(dir)
	return first != "" && first != "."
}

// sourceFile reads the file that source or . runs in this shell.
func (sh *shell) sourceFile(c *Command) output {
	args := operands(c.Argv[1:])
	if len(args) == 0 {
		sh.emit(c)
		return silent
	}
	text, ok := sh.scriptText(c, args[0])
	if !ok {
		sh.emit(c)
		sh.vars.tainted = true
		return output{}
	}
	c.Carrier = true
	sh.emit(c)
	sub := *sh
	sub.enterText(c, text)
	origin := sh.scriptOrigin(args[0])
	if sub.become(origin); origin == ScriptFile {
		sub.file = args[0].Text
	}
	return sub.source(text.Text)
}

// trap reads the commands that a signal or the shell's end would run.
func (sh *shell) trap(c *Command) {
	sh.emit(c)
	args := operands(c.Argv[1:])
	if len(args) < 2 || args[0].Text == "-" || args[0].Text == "" {
		return
	}
	sub := sh.withVars()
	sub.code(c, args[0], Eval)
}

// alias notes aliases. A shell that is not interactive expands them only when
// told to, but what the agent means by one is the same.
func (sh *shell) alias(c *Command) {
	sh.emit(c)
	for _, w := range operands(c.Argv[1:]) {
		name, text, ok := strings.Cut(w.Text, "=")
		if !ok || name == "" || !w.Known() {
			continue
		}
		sh.nameCommand(name, text)
	}
}

// nameCommand makes a command's name stand for the start of a line.
func (sh *shell) nameCommand(name, text string) {
	if sh.r.aliases == nil {
		sh.r.aliases = make(map[string]string)
	}
	sh.r.aliases[name] = text
}

// setParams follows set -- a b c.
func (sh *shell) setParams(c *Command) {
	sh.emit(c)
	if args := operands(c.Argv[1:]); sh.fish && len(args) > 0 { // set [-gx] NAME VALUE…
		for len(args) > 1 && strings.HasPrefix(args[0].Text, "-") {
			args = args[1:]
		}
		sh.vars.set(args[0].Text, value{words: args[1:], array: len(args) > 2})
		return
	}
	i := slices.IndexFunc(c.Argv, func(w Word) bool { return w.Text == "--" })
	if i < 0 && len(c.Argv) > 1 && !strings.HasPrefix(c.Argv[1].Text, "-") && !strings.HasPrefix(c.Argv[1].Text, "+") {
		i = 0
	}
	if i >= 0 {
		sh.vars.params = append([]Word{{Text: "sh"}}, c.Argv[i+1:]...)
		sh.vars.called = true
	}
}

func (sh *shell) shift(c *Command) {
	sh.emit(c)
	n := 1
	if len(c.Argv) > 1 {
		n, _ = strconv.Atoi(c.Argv[1].Text)
	}
	params, called := sh.vars.arguments()
	if called && n > 0 && n < len(params) {
		sh.vars.params = append(params[:1:1], params[n+1:]...)
		sh.vars.called = true
	}
}

// declared follows export X=1 when it comes from eval or a wrapper, as words.
func (sh *shell) declared(c *Command) {
	for _, w := range operands(c.Argv[1:]) {
		if assignment(w) {
			name, _, _ := strings.Cut(w.Text, "=")
			a := Assign{Name: name, Value: afterEqual(w)}
			c.Assigns = append(c.Assigns, a)
			sh.vars.set(name, value{words: []Word{a.Value}})
		}
	}
	sh.hooks(c)
	sh.emit(c)
}

// printfTo follows printf -v NAME; any other printf is an ordinary command.
func (sh *shell) printfTo(c *Command) (out output, ok bool) {
	if len(c.Argv) < 4 || c.Argv[1].Text != "-v" {
		return output{}, false
	}
	sh.emit(c)
	name := c.Argv[2].Text
	text, ok := formatted(c.Argv[3], c.Argv[4:])
	if ok && syntax.ValidName(name) {
		sh.vars.set(name, value{words: []Word{text}})
	} else {
		base, _, _ := strings.Cut(name, "[")
		sh.vars.forget(base)
	}
	return silent, true
}
