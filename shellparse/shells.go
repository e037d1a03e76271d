package shellparse

import "strings"

// IsShell reports the names of shells that read sh or bash syntax.
func IsShell(name string) bool {
	switch name {
	case "sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash", "fish", "yash",
		"restrain-bash", "restrain-zsh", "bash5", "ksh93", "hush",
		"csh", "tcsh", "nu", "xonsh", "elvish", "oksh", "pdksh", "lksh", "osh", "ysh":
		return true
	}
	return false
}

// A shellCall is the arguments of a shell, told apart.
type shellCall struct {
	code   *Word // of -c
	file   *Word // a script
	start  *Word // a file that is read first
	first  *Word // code that is run first
	params []Word
	stdin  bool
	check  bool // -n: the text is read and not run
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
			if text, ok := strings.CutPrefix(arg, "--command="); ok { // fish, nu
				call.code = &Word{Text: text, Unknown: argv[i].Unknown}
				continue
			}
			if text, ok := strings.CutPrefix(arg, "--init-command="); ok {
				call.first = &Word{Text: text, Unknown: argv[i].Unknown}
				continue
			}
			switch arg {
			case "--commands": // nu
				wantCode = true
			case "--rcfile", "--init-file":
				if i++; i < len(argv) {
					call.start = &argv[i]
				}
			case "--emulate":
				i++
			case "--init-command": // fish
				if i++; i < len(argv) {
					call.first = &argv[i]
				}
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
			case 'n':
				call.check = arg[0] == '-'
			case 'o', 'O':
				i++
			case 'C': // of fish; a setting of the others
				if baseName(argv[0]) == "fish" && i+1 < len(argv) {
					i++
					call.first = &argv[i]
				}
			}
		}
	}
	rest := argv[min(i, len(argv)):]
	switch {
	case call.code != nil:
		call.params = rest
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
	if call.check {
		sh.emit(c)
		return output{}
	}
	if call.start != nil && call.code == nil {
		if text, ok := sh.fileText(*call.start); ok {
			sh.withVars().code(c, text, sh.scriptOrigin(*call.start))
		}
	}
	if call.first != nil {
		first := sh.withVars()
		first.fish = c.Name == "fish"
		first.code(c, *call.first, ShellCode)
	}
	var text Word
	origin, file := ShellCode, ""
	switch {
	case call.code != nil:
		text = *call.code
	case call.file != nil:
		if sh.installed(*call.file) {
			sh.runInstalled(c, call.params)
			return output{}
		}
		var ok bool
		if text, ok = sh.scriptText(c, *call.file); !ok {
			sh.emit(c)
			return output{}
		}
		origin, file = sh.scriptOrigin(*call.file), call.file.Text
	case c.Stdin != nil:
		text = *c.Stdin
		c.Stdin, c.Input, c.From = nil, nil, -1
	case c.Input != nil:
		text, origin = *c.Input, ScriptFile
	default:
		sh.emit(c)
		return output{}
	}
	c.Carrier = true
	sh.emit(c)
	sub := sh.withVars()
	for _, a := range c.Assigns { // of env, sudo
		sub.vars.set(a.Name, value{words: []Word{a.Value}})
	}
	sub.vars.params, sub.vars.called = call.params, true
	sub.fish = c.Name == "fish"
	sub.foreign = c.Name == "nu" || c.Name == "xonsh" || c.Name == "elvish"
	return sub.fileCode(c, text, origin, file)
}
