package shellparse

import "strings"

// forText is a shell that reads a text which c brought.
func (sh *shell) forText(c *Command, text Word, origin Origin) *shell {
	sub := *sh
	sub.enterText(c, text)
	sub.vars = sh.vars.child()
	if c.Dir.Text != "" {
		sub.vars.dir, sub.vars.moved = c.Dir, true
	}
	sub.become(origin)
	return &sub
}

// windowsShell follows the programs powershell, pwsh, cmd and wsl into what they run.
func (sh *shell) windowsShell(c *Command) bool {
	name := c.Name
	if i := strings.LastIndexByte(name, '\\'); i >= 0 {
		name = name[i+1:]
	}
	switch strings.TrimSuffix(strings.ToLower(name), ".exe") {
	case "powershell", "pwsh":
		sh.powershellProgram(c)
	case "cmd":
		for i, w := range c.Argv {
			flag := strings.ToLower(strings.TrimLeft(w.Text, "/"))
			if !strings.HasPrefix(w.Text, "/") || flag == "" || flag[0] != 'c' && flag[0] != 'k' && flag[0] != 'r' || strings.Contains(flag, "/") {
				continue
			}
			words := append([]Word(nil), c.Argv[i+1:]...)
			if len(flag) > 1 { // /cdel
				words = append([]Word{{Text: flag[1:]}}, words...)
			}
			for i := range words { // //s is /s to MSYS
				if strings.HasPrefix(words[i].Text, "//") && len(words[i].Text) < 5 {
					words[i].Text = words[i].Text[1:]
				}
				if len(words) > 1 && strings.ContainsAny(words[i].Text, " \t&|") {
					words[i].Text = `"` + words[i].Text + `"`
				}
			}
			c.Carrier = true
			sh.emit(c)
			line := sh.joinCode(words)
			sh.forText(c, line, ShellCode).cmd(line.Text)
			return true
		}
		if c.Stdin == nil {
			return false
		}
		c.Carrier = true
		sh.emit(c)
		sh.forText(c, *c.Stdin, ShellCode).cmd(c.Stdin.Text)
	default:
		return false
	}
	return true
}

// powershellProgram reads the arguments of powershell and pwsh. Names of parameters
// may be cut short; words without one are a command, or a script.
func (sh *shell) powershellProgram(c *Command) {
	args := c.Argv[1:]
	hidden := false // a rule is about the program itself
	for i := 0; i < len(args); i++ {
		name, isParam := strings.CutPrefix(strings.ToLower(args[i].Text), "-")
		if !isParam && strings.HasPrefix(args[i].Text, "/") && len(args[i].Text) > 2 {
			name, isParam = strings.ToLower(strings.TrimLeft(args[i].Text, "/")), true
		}
		rest := args[i+1:]
		switch {
		case !isParam && strings.HasSuffix(strings.ToLower(args[i].Text), ".ps1"):
			sh.powershellFile(c, slashes(args[i]))
			return
		case !isParam:
			sh.powershellCode(c, hidden, sh.joinCode(args[i:]))
			return
		case name == "" || name == "command" && len(rest) == 1 && rest[0].Text == "-":
			i = len(args)
		case strings.HasPrefix("commandwithargs", name) && name != "":
			sh.powershellCode(c, hidden, sh.joinCode(rest))
			return
		case strings.HasPrefix("file", name) && len(rest) > 0:
			sh.powershellFile(c, slashes(rest[0]))
			return
		case name == "ec" || strings.HasPrefix("encodedcommand", name) && len(rest) > 0:
			text, ok := encodedCommand(joinWords(rest[:min(1, len(rest))], "").Text)
			if !ok || !plainText(text) {
				sh.emit(c)
				return
			}
			sh.powershellCode(c, hidden, Word{Text: text}) // judged by what it says
			return
		case takesValue(name):
			hidden = hidden || name[0] == 'w' && name != "wd" && !strings.HasPrefix(name, "wo")
			i++
		}
	}
	if text, ok := sh.inputOf(c); ok {
		sh.powershellCode(c, hidden, text)
		return
	}
	sh.emit(c)
}

// takesValue reports the parameters of powershell that take a value, cut short or not.
func takesValue(name string) bool {
	if name == "ep" || name == "ex" || name == "wd" || name == "w" {
		return true
	}
	for full := range strings.FieldsSeq("executionpolicy windowstyle version workingdirectory outputformat inputformat psconsolefile configurationname configurationfile settingsfile custompipename encodedarguments") {
		if len(name) > 1 && strings.HasPrefix(full, name) {
			return true
		}
	}
	return false
}

// powershellCode reads the text that a command hands to PowerShell.
func (sh *shell) powershellCode(c *Command, hidden bool, text Word) {
	c.Carrier = !hidden
	sh.emit(c)
	sub := sh.forText(c, text, ShellCode)
	sub.powershell(text.Text)
}

// powershellFile reads a script that is at hand.
func (sh *shell) powershellFile(c *Command, file Word) {
	text, ok := sh.fileText(file)
	if ok {
		c.Carrier = true
	}
	sh.emit(c)
	if ok {
		sh.forText(c, text, sh.scriptOrigin(file)).powershell(text.Text)
	}
}
