package shellparse

import (
	"slices"
	"strings"
)

// A codeOption is an option of a program whose value is a line for a shell, or
// the start of one.
type codeOption struct {
	name    string
	sub     string // subcommand the option belongs to
	options string // the options, separated by spaces
	origin  Origin
	carrier bool // the program does nothing else
	rest    bool // the line goes on to the end of the words
}

// codeOptions is sorted by name.
var codeOptions = []codeOption{
	{name: "az", sub: "vm run-command invoke", options: "--scripts", origin: Remote},
	{name: "cargo", sub: "watch", options: "-s --shell", origin: ShellCode},
	{name: "conda", sub: "run", options: "-c", origin: ShellCode},
	{name: "entr", options: "-s", origin: ShellCode},
	{name: "flock", options: "-c --command", origin: ShellCode, carrier: true},
	{name: "fly", sub: "ssh console", options: "-C --command", origin: Remote, carrier: true},
	{name: "flyctl", sub: "ssh console", options: "-C --command", origin: Remote, carrier: true},
	{name: "gcloud", sub: "compute ssh", options: "--command", origin: Remote, carrier: true},
	{name: "git", sub: "filter-branch", options: "--env-filter --tree-filter --index-filter --parent-filter --msg-filter --commit-filter --tag-name-filter --setup", origin: ShellCode},
	{name: "git", sub: "grep", options: "-O --open-files-in-pager", origin: ShellCode},
	{name: "git", sub: "rebase", options: "-x --exec", origin: ShellCode},
	{name: "man", options: "-P --pager", origin: ShellCode},
	{name: "nc", options: "-e -c", origin: ShellCode},
	{name: "ncat", options: "-e -c --exec --sh-exec", origin: ShellCode},
	{name: "netcat", options: "-e -c", origin: ShellCode},
	{name: "nix", sub: "develop", options: "-c --command", origin: ShellCode, carrier: true, rest: true},
	{name: "nix", sub: "shell", options: "-c --command", origin: ShellCode, carrier: true, rest: true},
	{name: "nix-shell", options: "--run --command", origin: ShellCode, carrier: true},
	{name: "nodemon", options: "-x --exec", origin: ShellCode},
	{name: "npm", sub: "exec", options: "-c --call", origin: ShellCode, carrier: true},
	{name: "npx", options: "-c --call", origin: ShellCode, carrier: true},
	{name: "rsync", options: "-e --rsh", origin: ShellCode},
	{name: "runuser", options: "-c --command --session-command", origin: ShellCode, carrier: true},
	{name: "scp", options: "-S", origin: ShellCode},
	{name: "script", options: "-c --command", origin: ShellCode, carrier: true},
	{name: "sg", options: "-c", origin: ShellCode, carrier: true},
	{name: "sort", options: "--compress-program", origin: ShellCode},
	{name: "split", options: "--filter", origin: ShellCode},
	{name: "su", options: "-c --command --session-command", origin: ShellCode, carrier: true},
	{name: "tar", options: "--to-command -I --use-compress-program -F --info-script --new-volume-script --rsh-command --rmt-command", origin: ShellCode},
	{name: "tcpdump", options: "-z", origin: ShellCode},
	{name: "vagrant", sub: "ssh", options: "-c --command", origin: Remote, carrier: true},
	{name: "xterm", options: "-e", origin: ShellCode, carrier: true},
	{name: "zip", options: "-TT --unzip-command", origin: ShellCode},
}

// carried reads the commands that c holds in its arguments or input, beside
// what c does itself. c has been emitted.
func (sh *shell) carried(c *Command) {
	sh.codeOptions(c)
	switch c.Name {
	case "find", "gfind":
		sh.find(c)
	case "fd", "fdfind":
		sh.fd(c)
	case "xargs", "gxargs":
		sh.xargs(c)
	case "parallel", "sem":
		sh.parallel(c)
	case "git":
		sh.git(c)
	case "tmux":
		sh.tmux(c)
	case "screen":
		sh.screen(c)
	case "at", "batch", "crontab":
		sh.scheduled(c)
	case "ssh", "sftp":
		sh.sshOptions(c)
		sh.remoteInput(c)
	case "tar", "gtar", "bsdtar":
		for _, w := range c.Argv[1:] {
			if i := strings.Index(w.Text, "=exec="); i > 0 && strings.HasPrefix(w.Text, "--checkpoint-action") {
				sh.code(c, Word{Text: w.Text[i+len("=exec="):], Unknown: w.Unknown}, Code)
			}
		}
		for i, w := range c.Argv[1:] {
			if text, ok := strings.CutPrefix(w.Text, "exec="); ok && c.Argv[i].Text == "--checkpoint-action" {
				sh.code(c, Word{Text: text, Unknown: w.Unknown}, Code)
			}
		}
	case "socat":
		for _, w := range c.Argv[1:] {
			kind, text, ok := strings.Cut(w.Text, ":")
			if kind = strings.ToUpper(kind); ok && (kind == "EXEC" || kind == "SYSTEM" || kind == "SHELL") {
				text, _, _ = strings.Cut(text, ",")
				sh.code(c, Word{Text: text, Unknown: w.Unknown}, ShellCode)
			}
		}
	case "aws":
		sh.systemsManager(c)
	case "concurrently", "hyperfine":
		for _, w := range c.Argv[1:] {
			if strings.Contains(w.Text, " ") {
				sh.code(c, w, ShellCode)
			}
		}
	case "vi", "vim", "nvim", "view", "ex", "ed", "gdb", "lldb", "psql", "mysql", "mariadb", "sqlite3":
		sh.shellEscapes(c)
	case "npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "go-task", "rake", "composer", "deno", "npm-run-all", "run-s", "run-p":
		sh.target(c)
	}
}

// systemsManager reads the commands that aws ssm sends to other machines.
func (sh *shell) systemsManager(c *Command) {
	if !hasWords(c.Argv, "ssm send-command") {
		return
	}
	for _, w := range c.Argv[1:] {
		if _, line, ok := strings.Cut(w.Text, "commands"); ok {
			inner := *c
			inner.Host = string(Hole)
			sh.code(&inner, Word{Text: strings.Trim(line, "\"'[]{}=: "), Unknown: w.Unknown}, Remote)
		}
	}
}

// codeOptions reads the lines that options of c hold.
func (sh *shell) codeOptions(c *Command) {
	i, found := slices.BinarySearchFunc(codeOptions, c.Name, func(o codeOption, name string) int {
		return strings.Compare(o.name, name)
	})
	if !found {
		return
	}
	for ; i < len(codeOptions) && codeOptions[i].name == c.Name; i++ {
		o := &codeOptions[i]
		if !hasWords(c.Argv, o.sub) {
			continue
		}
		for j := 1; j < len(c.Argv); j++ {
			text, ok := o.value(c.Argv, j)
			if !ok {
				continue
			}
			if o.rest && j+2 < len(c.Argv) {
				text = joinWords(c.Argv[j+1:], " ")
			}
			if o.carrier {
				sh.r.script.Commands[len(sh.r.script.Commands)-1].Carrier = true
			}
			inner := *c
			inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], Wrapper{Name: c.Name, Args: c.Argv[1:j]})
			if o.origin == Remote {
				inner.Host = string(Hole)
			}
			sh.code(&inner, text, o.origin)
			break
		}
	}
}

// value is the line that the option at argv[j] holds. Options of one letter
// may end a bundle: script -qc LINE.
func (o *codeOption) value(argv []Word, j int) (text Word, ok bool) {
	arg := argv[j].Text
	if len(arg) < 2 || arg[0] != '-' {
		return Word{}, false
	}
	for name := range strings.FieldsSeq(o.options) {
		if strings.HasPrefix(name, "--") && strings.HasPrefix(arg, name+"=") {
			return afterEqual(argv[j]), true
		}
		bundled := len(name) == 2 && arg[1] != '-' && strings.HasSuffix(arg, name[1:])
		if (arg == name || bundled) && j+1 < len(argv) {
			return argv[j+1], true
		}
	}
	return Word{}, false
}

// hasWords reports whether the words of sub appear in argv in order.
func hasWords(argv []Word, sub string) bool {
	i := 1
	for want := range strings.FieldsSeq(sub) {
		for i < len(argv) && argv[i].Text != want {
			i++
		}
		if i == len(argv) {
			return false
		}
		i++
	}
	return true
}

// find reads the commands of -exec and its kind. {} is unknown, but it lies
// below the paths that find was given.
func (sh *shell) find(c *Command) {
	args := c.Argv[1:]
	note := "find"
	for _, w := range args {
		if strings.HasPrefix(w.Text, "-") && w.Text != "-H" && w.Text != "-L" && w.Text != "-P" || w.Text == "(" || w.Text == "!" {
			break
		}
		if !strings.HasPrefix(w.Text, "-") {
			note += " " + w.Text
		}
	}
	for i := 0; i < len(args); i++ {
		switch args[i].Text {
		case "-exec", "-execdir", "-ok", "-okdir":
			end := i + 1
			for end < len(args) && args[end].Text != ";" && (args[end].Text != "+" || args[end-1].Text != "{}") {
				end++
			}
			sh.runWith(c, args[i+1:end], "{}", unknown(note), Wrapper{Name: "find", Args: args[:i+1]})
			i = end
		}
	}
}

// fd reads the command of -x and -X.
func (sh *shell) fd(c *Command) {
	for i, w := range c.Argv {
		switch w.Text {
		case "-x", "-X", "--exec", "--exec-batch":
			argv := c.Argv[i+1:]
			if !slices.ContainsFunc(argv, func(w Word) bool { return strings.Contains(w.Text, "{") }) {
				argv = append(argv[:len(argv):len(argv)], Word{Text: "{}"})
			}
			sh.runWith(c, argv, "{}", unknown("fd"), Wrapper{Name: c.Name, Args: c.Argv[1:i]})
			return
		}
	}
}

// runWith runs the command that c holds, with place replaced by w.
func (sh *shell) runWith(c *Command, argv []Word, place string, w Word, layer Wrapper) {
	if len(argv) == 0 {
		return
	}
	if sh.r.copied += len(argv); sh.r.copied > maxCopied {
		sh.r.limit(limitSize)
		return
	}
	inner := Command{Span: c.Span, From: c.From, Host: c.Host, Origin: c.Origin, Background: c.Background, Dir: c.Dir}
	inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], layer)
	inner.Argv = make([]Word, len(argv))
	for i, arg := range argv {
		if place != "" && strings.Contains(arg.Text, place) {
			n := strings.Count(arg.Text, place)
			if n*len(w.Text) > maxValue {
				n, arg.Text = 1, place
			}
			arg.Text = strings.ReplaceAll(arg.Text, place, w.Text)
			arg.Unknown = addNotes(arg.Unknown, w.Unknown)
			arg.Span = Span{}
		}
		inner.Argv[i] = arg
	}
	sub := *sh
	sub.want = false
	sub.run(inner)
}

// xargs reads the command with its input where that is known.
func (sh *shell) xargs(c *Command) {
	w := wrapper{short: "EILPRadns", long: "arg-file delimiter max-args max-procs replace max-lines max-chars process-slot-var"}
	s, ok := w.strip(c.Argv, 1)
	argv := []Word{{Text: "echo"}}
	if ok {
		argv = c.Argv[s.at:]
	}
	layer := Wrapper{Name: "xargs", Args: c.Argv[1:s.at]}
	place, null, list := "", false, ""
	for i, a := range c.Argv[1:s.at] {
		switch {
		case (a.Text == "-a" || a.Text == "--arg-file") && i+2 < len(c.Argv):
			list = "< " + c.Argv[i+2].Text
		case strings.HasPrefix(a.Text, "--arg-file="):
			list = "< " + afterEqual(a).Text
		case a.Text == "-I" && i+2 < len(c.Argv):
			place = c.Argv[i+2].Text
		case strings.HasPrefix(a.Text, "-I"):
			place = a.Text[2:]
		case a.Text == "-i" || a.Text == "--replace":
			place = "{}"
		case a.Text == "-0" || a.Text == "--null" || strings.HasPrefix(a.Text, "-0"):
			null = true
		}
	}
	sh.r.script.Commands[len(sh.r.script.Commands)-1].Carrier = ok
	input := *c
	input.Stdin = nil
	if c.Stdin == nil || !c.Stdin.Known() || len(c.Stdin.Text) > 4096 {
		if list == "" {
			list = sh.listNote(c, "xargs")
		}
		hole := unknown(list)
		if place == "" {
			argv = append(argv[:len(argv):len(argv)], hole)
		}
		sh.runWith(&input, argv, place, hole, layer)
		return
	}
	var items []string
	switch {
	case null:
		items = strings.Split(strings.TrimSuffix(c.Stdin.Text, "\x00"), "\x00")
	case place != "":
		items = splitLines(c.Stdin.Text)
	default:
		items = roughWords(c.Stdin.Text)
	}
	if place == "" {
		for _, item := range items[:min(len(items), maxFields)] {
			argv = append(argv[:len(argv):len(argv)], Word{Text: item})
		}
		sh.runWith(&input, argv, "", Word{}, layer)
		return
	}
	for _, item := range items[:min(len(items), maxRounds)] {
		sh.runWith(&input, argv, place, Word{Text: item}, layer)
	}
}

// roughWords splits text into words with their quotes taken off.
func roughWords(text string) (words []string) {
	for text != "" && len(words) < maxFields {
		if isSpace(text[0]) || strings.IndexByte("\r;&|()`", text[0]) >= 0 {
			if !isSpace(text[0]) {
				words = append(words, text[:1])
			}
			text = text[1:]
			continue
		}
		n, word := roughWord(text)
		words = append(words, word)
		text = text[max(n, 1):]
	}
	return words
}

// parallel reads the command with the arguments after :::, or its input.
func (sh *shell) parallel(c *Command) {
	w := wrapper{short: "jNnIaCdPSL", long: "jobs max-args colsep arg-file sshlogin joblog results delay retries timeout max-procs tagstring workdir"}
	argv, items := c.Argv, []Word(nil)
	if i := slices.IndexFunc(argv, func(w Word) bool { return w.Text == ":::" || w.Text == ":::+" || w.Text == "::::" }); i >= 0 {
		items = argv[i+1:]
		if argv[i].Text == "::::" {
			list := "parallel"
			if len(items) > 0 {
				list = "< " + items[0].Text
			}
			items = []Word{unknown(list)}
		}
		argv = argv[:i]
	} else if c.Stdin != nil && c.Stdin.Known() {
		for _, line := range splitLines(c.Stdin.Text) {
			items = append(items, Word{Text: line})
		}
	}
	if len(items) == 0 {
		items = []Word{unknown(sh.listNote(c, "parallel"))}
	}
	s, ok := w.strip(argv, 1)
	line := Word{Text: "{}"}
	if ok {
		line = joinWords(argv[s.at:], " ")
		if !strings.Contains(line.Text, "{") {
			line.Text += " {}"
		}
	}
	layer := Wrapper{Name: "parallel", Args: argv[1:min(s.at, len(argv))]}
	for _, item := range items[:min(len(items), maxRounds)] {
		inner := *c
		inner.Stdin = nil
		inner.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], layer)
		text := Word{Text: strings.ReplaceAll(line.Text, "{}", item.Text), Unknown: addNotes(line.Unknown, item.Unknown)}
		sh.code(&inner, text, ShellCode)
	}
}
