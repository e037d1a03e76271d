package shellparse

import (
	"path"
	"slices"
	"strings"
)

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
	case "redis-cli", "valkey-cli", "keydb-cli":
		sh.inputLines(c)
	case "aws":
		sh.awsCommands(c)
	case "nix":
		sh.nixRun(c)
	case "concurrently", "hyperfine", "watchexec", "pm2":
		for _, w := range c.Argv[1:] {
			if strings.Contains(w.Text, " ") {
				sh.code(c, w, ShellCode)
			}
		}
	case "vi", "vim", "nvim", "view", "ex", "ed", "gdb", "lldb", "psql", "mysql", "mariadb", "sqlite3":
		sh.shellEscapes(c)
	case "npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "go-task", "rake", "composer", "deno", "npm-run-all", "run-s", "run-p",
		"nox", "inv", "invoke", "fab", "tox", "cargo", "go", "mage", "gradle", "gradlew":
		sh.target(c)
	}
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
			found := unknown(note)
			if script, ok := sh.foundScript(args[:i], args[i+1:end]); ok {
				found = script
			}
			sh.runWith(c, args[i+1:end], "{}", found, Wrapper{Name: "find", Args: args[:i+1]})
			i = end
		}
	}
}

// foundScript is the script that find gives to a shell or an interpreter, when
// its test names one and it lies where find starts: find . -name x.sh -exec sh {} \;.
func (sh *shell) foundScript(tests, argv []Word) (script Word, ok bool) {
	if len(argv) == 0 || !IsShell(baseName(argv[0])) && interpreter(baseName(argv[0])) == "" {
		return Word{}, false
	}
	start := "."
	if len(tests) > 0 && !strings.HasPrefix(tests[0].Text, "-") {
		start = tests[0].Text
	}
	for i := 1; i < len(tests); i++ {
		if tests[i-1].Text != "-name" || !tests[i].Known() || strings.ContainsAny(tests[i].Text, "*?[") {
			continue
		}
		script = Word{Text: path.Join(start, tests[i].Text)}
		_, ok = sh.fileText(script)
		return script, ok
	}
	return Word{}, false
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
			sh.runWith(c, argv, "{}", unknown(fdNote(c.Argv[1:i])), Wrapper{Name: c.Name, Args: c.Argv[1:i]})
			return
		}
	}
}

// fdNote says that what fd finds lies below the paths after the pattern, in
// the words of find.
func fdNote(args []Word) string {
	note, tests, operands := "find", "", 0
	for i := 0; i < len(args); i++ {
		option, value := args[i].Text, ""
		if !strings.HasPrefix(option, "-") {
			if operands++; operands > 1 {
				note += " " + option
			}
			continue
		}
		if name, attached, ok := strings.Cut(option, "="); ok {
			option, value = name, attached
		} else if fdTakesValue(option) && i+1 < len(args) {
			i++
			value = args[i].Text
		}
		switch option {
		case "-t", "--type":
			if value = strings.TrimSuffix(value, "irectory"); value == "d" {
				tests += " -type d"
			}
		case "--base-directory", "--search-path":
			note += " " + value
		}
	}
	return note + tests
}

// fdTakesValue reports the options of fd whose value is the next word.
func fdTakesValue(option string) bool {
	switch option {
	case "-t", "--type", "-e", "--extension", "-E", "--exclude", "-d", "--max-depth", "--maxdepth", "--min-depth", "--exact-depth",
		"-S", "--size", "-o", "--owner", "-c", "--color", "-j", "--threads", "--and", "--changed-within", "--changed-before",
		"--format", "--batch-size", "--base-directory", "--search-path", "--ignore-file", "--max-results", "--path-separator":
		return true
	}
	return false
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
	inner := Command{Span: c.Span, From: c.From, Host: c.Host, Origin: c.Origin, Background: c.Background, Captured: c.Captured, Dir: c.Dir, Otherwise: c.Otherwise}
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
			list = sh.argFile(c, c.Argv[i+2])
		case strings.HasPrefix(a.Text, "--arg-file="):
			list = sh.argFile(c, afterEqual(a))
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

// argFile has xargs read a file in place of its input, and gives the note for
// what it takes from there.
func (sh *shell) argFile(c *Command, name Word) string {
	if text, ok := sh.fileText(name); ok {
		c.Stdin = &text
	}
	return "< " + name.Text
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
		text := Word{Text: replaced(line.Text, item.Text), Unknown: addNotes(line.Unknown, item.Unknown)}
		sh.code(&inner, text, ShellCode)
	}
}

// replaced writes an input of parallel in the places of its replacement strings.
func replaced(line, item string) string {
	if !strings.Contains(line, "{") {
		return line
	}
	bare := strings.TrimSuffix(item, path.Ext(item))
	return strings.NewReplacer("{}", item, "{.}", bare, "{/}", path.Base(item), "{//}", path.Dir(item), "{/.}", path.Base(bare)).Replace(line)
}

// inputLines reads the input of a client each of whose lines is what its own words
// could be: redis-cli -h x with FLUSHALL on a line is redis-cli -h x FLUSHALL.
func (sh *shell) inputLines(c *Command) {
	w := wrapper{short: "hpsaundriDX", long: "user pass sni cacert cacertdir cert key pattern count eval"}
	if _, told := w.strip(c.Argv, 1); told || c.Input == nil {
		return
	}
	lines := splitLines(c.Input.Text)
	for _, line := range lines[:min(len(lines), maxRounds)] {
		inner := *c
		inner.Stdin, inner.Input, inner.From, inner.Redirs = nil, nil, -1, nil
		inner.Argv = c.Argv[:len(c.Argv):len(c.Argv)]
		for _, word := range roughWords(line) {
			inner.Argv = append(inner.Argv, Word{Text: word, Unknown: c.Input.Unknown})
		}
		if len(inner.Argv) == len(c.Argv) {
			continue
		}
		sub := *sh
		sub.want = false
		sub.run(inner)
	}
}
