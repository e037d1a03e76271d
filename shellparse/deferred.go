package shellparse

import (
	"slices"
	"strings"
)

// hooks reads the commands that variables make other programs run.
func (sh *shell) hooks(c *Command) {
	for _, a := range c.Assigns {
		text := a.Value
		if n, ok := strings.CutPrefix(a.Name, "GIT_CONFIG_KEY_"); ok {
			sh.gitSetting(c, text.Text, assigned(c, "GIT_CONFIG_VALUE_"+n))
			continue
		}
		if name, ok := strings.CutPrefix(a.Name, "BASH_FUNC_"); ok {
			name = strings.TrimSuffix(name, "%%")
			sh.withVars().code(c, Word{Text: name + " " + text.Text, Unknown: text.Unknown}, Eval)
			continue
		}
		switch a.Name {
		case "PROMPT_COMMAND", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "MANPAGER",
			"EDITOR", "VISUAL", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_ASKPASS", "SSH_ASKPASS",
			"SUDO_ASKPASS", "GIT_SSH", "GIT_PROXY_COMMAND", "BROWSER", "RSYNC_RSH", "FZF_DEFAULT_COMMAND":
		case "LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES":
		case "LESSOPEN", "LESSCLOSE":
			text.Text = strings.TrimLeft(text.Text, "|-")
		case "BASH_ENV", "ENV":
			file, ok := sh.fileText(text)
			if !ok {
				continue
			}
			text = file
		default:
			continue
		}
		if text.Text == "" {
			continue
		}
		sub := sh.withVars()
		sub.want, sub.background = false, false
		sub.code(&Command{Span: c.Span, From: -1, Host: c.Host}, text, Deferred)
	}
}

// assigned is the value that c sets a variable to.
func assigned(c *Command, name string) Word {
	for _, a := range c.Assigns {
		if a.Name == name {
			return a.Value
		}
	}
	return Word{}
}

// git reads aliases and hooks that git is told of, and the commands that its
// subcommands run.
func (sh *shell) git(c *Command) {
	args := c.Argv[1:]
	for i := 0; i+1 < len(args); i++ {
		if args[i].Text == "-c" {
			name, _, ok := strings.Cut(args[i+1].Text, "=")
			if ok {
				sh.gitSetting(c, name, afterEqual(args[i+1]))
			}
			i++
			continue
		}
		switch args[i].Text {
		case "clone", "fetch", "pull", "push", "ls-remote", "remote", "submodule":
			sh.gitTransport(c, args[i+1:])
		}
		switch args[i].Text {
		case "config":
			rest := operands(args[i+1:])
			for len(rest) > 2 && !strings.Contains(rest[0].Text, ".") {
				rest = rest[1:]
			}
			if len(rest) > 1 {
				sh.gitSetting(c, rest[0].Text, rest[1])
			}
			return
		case "bisect":
			if args[i+1].Text == "run" {
				sh.runWith(c, args[i+2:], "", Word{}, Wrapper{Name: "git", Args: args[:i+2]})
			}
			return
		case "submodule":
			if rest := operands(args[i+1:]); len(rest) > 1 && rest[0].Text == "foreach" {
				rest = operands(rest[1:])
				there := *sh // each submodule, which the index knows
				there.vars = sh.vars.child()
				there.vars.dir, there.vars.moved = Word{Text: string(Hole), Unknown: []string{"$sm_path"}}, true
				there.code(c, there.joinCode(rest), ShellCode)
			}
			return
		}
	}
}

// gitTransport reads the command of an address ext::COMMAND, which git runs to
// reach the repository.
func (sh *shell) gitTransport(c *Command, args []Word) {
	for _, w := range args {
		if line, ok := strings.CutPrefix(w.Text, "ext::"); ok {
			sh.code(c, Word{Text: line, Unknown: w.Unknown}, ShellCode)
		}
	}
}

// gitSetting reads a configuration value that git runs.
func (sh *shell) gitSetting(c *Command, name string, v Word) {
	name = strings.ToLower(name)
	text, bang := strings.CutPrefix(v.Text, "!")
	switch {
	case strings.HasPrefix(name, "alias."), strings.HasSuffix(name, ".helper"):
		if !bang {
			return
		}
	case slices.Contains([]string{"core.pager", "core.sshcommand", "core.editor", "core.askpass", "core.fsmonitor",
		"core.gitproxy", "sequence.editor", "diff.external", "gpg.program", "uploadpack.packobjectshook"}, name),
		strings.HasPrefix(name, "pager."),
		strings.HasPrefix(name, "filter.") && !strings.HasSuffix(name, ".required"),
		strings.HasSuffix(name, ".textconv"), strings.HasSuffix(name, ".command"),
		strings.HasPrefix(name, "mergetool.") && strings.HasSuffix(name, ".cmd"):
		if text == "true" || text == "false" {
			return
		}
	default:
		return
	}
	v.Text = text
	sh.code(&Command{Span: c.Span, From: -1, Wrappers: c.Wrappers, Host: c.Host}, v, Deferred)
}

// tmux reads the keys sent to a pane and the commands of new ones.
func (sh *shell) tmux(c *Command) {
	for i := 1; i < len(c.Argv); i++ {
		w := wrapper{short: "tScnFexyswpkl"}
		switch c.Argv[i].Text {
		case "send-keys", "send":
			w = wrapper{short: "tNc"}
		case "new-session", "new", "new-window", "neww", "split-window", "splitw", "respawn-pane", "respawnp",
			"respawn-window", "run-shell", "run", "pipe-pane", "pipep", "if-shell", "display-popup", "popup":
		default:
			continue
		}
		s, ok := w.strip(c.Argv, i+1)
		if !ok {
			return
		}
		inner := *c
		inner.Stdin, inner.From = nil, -1
		inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], Wrapper{Name: "tmux", Args: c.Argv[1:s.at]})
		sh.code(&inner, keys(c.Argv[s.at:]), ShellCode)
		return
	}
}

// keys joins the text that tmux send-keys types; named keys end a line.
func keys(args []Word) Word {
	var typed []Word
	for _, w := range args {
		switch w.Text {
		case "Enter", "C-m", "KPEnter", "C-j":
			w = Word{Text: "\n"}
		case "Space":
			w = Word{Text: " "}
		}
		typed = append(typed, w)
	}
	if n := len(typed); n > 1 && typed[n-1].Text == "\n" {
		typed = typed[:n-1]
	}
	if len(typed) == 1 {
		return typed[0]
	}
	return joinWords(typed, " ")
}

// screen reads -X stuff TEXT and screen [OPTIONS] COMMAND.
func (sh *shell) screen(c *Command) {
	for i, w := range c.Argv {
		if w.Text == "stuff" && i+1 < len(c.Argv) {
			text := c.Argv[i+1]
			text.Text = strings.ReplaceAll(ansiC(text.Text), "\r", "\n")
			sh.code(c, text, ShellCode)
			return
		}
	}
	w := wrapper{short: "SctTpehs", inert: "xrRX"}
	if s, ok := w.strip(c.Argv, 1); ok {
		sh.runWith(c, c.Argv[s.at:], "", Word{}, Wrapper{Name: "screen", Args: c.Argv[1:s.at]})
	}
}

// scheduled reads what at, batch and crontab store.
func (sh *shell) scheduled(c *Command) {
	text := c.Stdin
	if args := operands(c.Argv[1:]); c.Name == "crontab" && len(args) > 0 && args[0].Text != "-" {
		if file, ok := sh.fileText(args[0]); ok {
			text = &file
		}
	}
	if text == nil {
		return
	}
	inner := *c
	inner.Stdin, inner.From = nil, -1
	if c.Name != "crontab" {
		sh.code(&inner, *text, Deferred)
		return
	}
	lines := splitLines(text.Text)
	for _, line := range lines[:min(len(lines), maxRounds)] {
		if command := cronCommand(line); command != "" {
			w := Word{Text: command}
			if strings.ContainsRune(command, Hole) {
				w.Unknown = text.Unknown
			}
			sh.code(&inner, w, Deferred)
		}
	}
}

// cronCommand is the command of a crontab line.
func cronCommand(line string) string {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return ""
	}
	skip := 5
	if line[0] == '@' {
		skip = 1
	} else if strings.IndexByte("0123456789*", line[0]) < 0 {
		return ""
	}
	for range skip {
		i := strings.IndexAny(line, " \t")
		if i < 0 {
			return ""
		}
		line = strings.TrimLeft(line[i:], " \t")
	}
	return line
}

// sshOptions reads the commands of ProxyCommand and LocalCommand.
func (sh *shell) sshOptions(c *Command) {
	for i, w := range c.Argv[1:] {
		text := w
		if rest, ok := strings.CutPrefix(w.Text, "-o"); ok && rest != "" {
			text.Text = rest
		} else if c.Argv[i].Text != "-o" {
			continue
		}
		name, _, ok := strings.Cut(text.Text, "=")
		switch strings.ToLower(name) {
		case "proxycommand", "localcommand", "knownhostscommand":
			if ok {
				sh.code(c, afterEqual(text), ShellCode)
			}
		}
	}
}

// remoteInput reads the input of ssh without a command: a shell's, over there.
func (sh *shell) remoteInput(c *Command) {
	if c.Name == "ssh" && c.Input != nil {
		inner := *c
		inner.Stdin, inner.Input, inner.From = nil, nil, -1
		inner.Host = sshHost(c.Argv)
		inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], Wrapper{Name: "ssh", Args: c.Argv[1:]})
		sh.code(&inner, *c.Input, Remote)
	}
	if c.Name == "sftp" && c.Input != nil {
		sh.sftpCommands(c)
	}
}

// sftpCommands reads what sftp is given to do on another machine: sftp -b - HOST.
func (sh *shell) sftpCommands(c *Command) {
	for line := range strings.Lines(c.Input.Text) {
		var argv []Word
		for _, text := range strings.Fields(strings.TrimLeft(strings.TrimSpace(line), "-@")) {
			argv = append(argv, Word{Text: text, Glob: strings.ContainsAny(text, "*?[")})
		}
		if len(argv) < 2 || !hasField("rm rmdir rename chmod chown", argv[0].Text) {
			continue
		}
		if argv[0].Text == "rename" {
			argv[0].Text = "mv"
		}
		inner := *c
		inner.Argv, inner.Stdin, inner.Input, inner.From = argv, nil, nil, -1
		inner.Host, inner.Origin = sshHost(c.Argv), Remote
		inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], Wrapper{Name: "sftp", Args: c.Argv[1:]})
		sub := sh.withVars()
		sub.want = false
		sub.run(inner)
	}
}

func sshHost(argv []Word) string {
	w := wrapper{short: "BbcDEeFIiJLlmOopQRSWw"}
	if s, ok := w.strip(argv, 1); ok {
		host := argv[s.at].Text
		return host[strings.LastIndexByte(host, '@')+1:]
	}
	return string(Hole)
}
