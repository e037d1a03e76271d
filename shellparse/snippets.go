package shellparse

import (
	"encoding/base64"
	"path"
	"restrain/code"
	"strings"
	"unicode/utf16"
)

// consoleCode is the code that a framework's console is given: rails runner
// CODE, manage.py shell -c CODE, artisan tinker --execute=CODE.
func consoleCode(c *Command) (s Snippet, ok bool) {
	lang, option := "", ""
	words := c.Argv[1:]
	for i, w := range words {
		switch {
		case w.Text == "runner" && (c.Name == "rails" || i == 0), w.Text == "r" && c.Name == "rails" && i == 0:
			lang = "ruby"
		case w.Text == "shell" && i > 0 && strings.HasSuffix(words[i-1].Text, "manage.py"), w.Text == "shell" && strings.HasSuffix(c.Name, "manage.py"),
			w.Text == "shell" && c.Name == "django-admin", w.Text == "shell_plus":
			lang, option = "python", "-c --command"
		case w.Text == "tinker":
			lang, option = "php", "--execute"
		case (w.Text == "console" || w.Text == "c") && i == 0 && c.Name == "rails":
			lang, option = "ruby", "-"
		case lang == "":
		case option == "" && (words[i-1].Text == "-e" || words[i-1].Text == "--environment"):
		case option == "" && !strings.HasPrefix(w.Text, "-"):
			return Snippet{Lang: lang, Text: w}, !strings.HasSuffix(w.Text, ".rb")
		case hasField(option, w.Text) && i+1 < len(words):
			return Snippet{Lang: lang, Text: words[i+1]}, true
		case option != "" && strings.HasPrefix(w.Text, "--execute="):
			return Snippet{Lang: lang, Text: afterEqual(w)}, true
		}
	}
	if lang != "" && option != "" && c.Input != nil {
		return Snippet{Lang: lang, Text: *c.Input}, true
	}
	return Snippet{}, false
}

// snippets is the code that an interpreter is given: on its command line, in a
// script file that is at hand, or on its standard input. Of a script that is
// installed it is nothing, and argv is the script with its arguments.
func (sh *shell) snippets(c *Command, lang string) (list []Snippet, argv []Word) {
	form := &evalForms[0]
	for i := range evalForms {
		if evalForms[i].lang == lang {
			form = &evalForms[i]
		}
	}
	r := evalReader{sh: sh, form: form}
	r.read(c)
	switch {
	case len(r.code) > 0:
	case r.module:
		return nil, nil
	case len(r.operands) > 0 && r.operands[0].Text != "-" && !r.runsInput() || r.fromFile:
		r.operand(c)
	case c.Input != nil:
		r.code = append(r.code, *c.Input)
	}
	if lang == "sql" && len(r.code) == 0 && c.Input != nil {
		r.code = append(r.code, *c.Input)
	}
	if !r.fromFile {
		for i := range r.code {
			r.code[i] = r.withModules(Word{Text: "./-"}, r.code[i])
		}
	}
	var out []Snippet
	program := r.program()
	program.Env, program.Unset = r.sh.environment(c)
	program.Open = r.sh.opener()
	for n, w := range r.code {
		if lang != "sed" || sedRuns(w.Text) {
			program.Modules = 0
			if n == len(r.code)-1 {
				program.Modules = r.modules
			}
			if r.given != "" {
				w.Text, w.Span = r.given+w.Text, Span{}
			}
			out = append(out, Snippet{Lang: lang, Text: w, Program: program, Lay: r.lay})
		}
	}
	sh.r.share(out)
	return withEvaluated(out), r.installed
}

// withEvaluated adds the code that the snippets evaluate where it is constant:
// exec("…"), new Function("…").
func withEvaluated(list []Snippet) []Snippet {
	const maxEvaluated = 8
	for i := 0; i < len(list) && len(list) < maxEvaluated; i++ {
		s := list[i]
		names := evaluators(s.Lang)
		if s.Lang == OtherLanguage || !strings.Contains(s.Text.Text, "eval") && !strings.Contains(s.Text.Text, "exec") && !strings.Contains(s.Text.Text, "Function") &&
			!strings.Contains(s.Text.Text, "load") {
			continue
		}
		tokens := s.Tokens()
		for j := range tokens {
			if tokens[j].Kind != code.TokenName || !hasField(names, tokens[j].Text) {
				continue
			}
			k := j + 1
			for k < len(tokens) && tokens[k].Kind == code.TokenPunct && tokens[k].Text == "(" {
				k++
			}
			for tokens[j].Text == "Function" && k+2 < len(tokens) && tokens[k+1].Text == "," && tokens[k+2].Kind == code.TokenString {
				k += 2 // its parameters
			}
			if k < len(tokens) && tokens[k].Kind == code.TokenString && len(list) < maxEvaluated {
				list = append(list, Snippet{Lang: s.Lang, Text: Word{Text: tokens[k].Text, Unknown: s.Text.Unknown}})
			}
		}
	}
	return list
}

// evaluators are the functions of a language that run code of that language.
func evaluators(lang string) string {
	switch lang {
	case "python":
		return "exec eval compile"
	case "javascript":
		return "eval Function runInNewContext runInThisContext"
	}
	return "eval instance_eval class_eval assert"
}

// An evalReader reads the arguments of an interpreter.
type evalReader struct {
	sh       *shell
	form     *evalForm
	code     []Word
	operands []Word
	module   bool // python -m
	fromFile bool // code came from a file that is not at hand
	path     string
	lay      bool   // the file lay there before
	given    string // assignments that awk is given
	modules  int    // bytes of the code that are modules which it imports
	// installed is a script that is not read for being so, with its arguments.
	installed []Word
}

// program is what the code knows of itself: its file, and the words behind it.
func (r *evalReader) program() (p code.Program) {
	p.File = r.path
	args := r.operands
	if r.path != "" {
		for len(args) > 0 && args[0].Text != r.path {
			args = args[1:]
		}
		args = args[min(1, len(args)):]
	}
	for _, w := range args[:min(len(args), maxFields)] {
		p.Args = append(p.Args, w.Text)
	}
	return p
}

// opener gives code the data files that it reads, as they stand when the line is read.
func (sh *shell) opener() func(string) (string, bool) {
	if sh.r.opts.ReadFile == nil || sh.host != "" {
		return nil
	}
	at := *sh
	texts := map[string]string{}
	return func(name string) (string, bool) {
		text, ok := texts[name]
		if !ok && len(texts) < maxFiles {
			w, _ := at.fileText(Word{Text: name})
			text = w.Text
			texts[name] = text
		}
		return text, text != ""
	}
}

// environment is what a command that runs code finds in its environment.
func (sh *shell) environment(c *Command) (list []code.Variable, unset func(string) bool) {
	for _, a := range c.Assigns {
		list = append(list, code.Variable{Name: a.Name, Value: a.Value.Text, Known: a.Value.Known()})
	}
	if sh.r.opts.Env == nil || sh.vars.tainted || sh.foreign {
		return list, nil
	}
	vars, env := sh.vars, sh.r.opts.Env
	return list, func(name string) bool {
		_, here := vars.get(name)
		_, live := env(name)
		return !here && !live && !dynamic(name)
	}
}

func (r *evalReader) read(c *Command) {
	args := c.Argv[1:]
	for i := 0; i < len(args); i++ {
		arg := args[i].Text
		if arg == "--" {
			r.operands = append(r.operands, args[i+1:]...)
			return
		}
		if len(arg) < 2 || arg[0] != '-' {
			r.operands = append(r.operands, args[i])
			if r.form.operand && len(r.code) == 0 && !(arg == "eval" || arg == "run") {
				r.operands = append(r.operands, args[i+1:]...)
				return
			}
			continue
		}
		i += r.option(args, i)
	}
}

// option reads one option and returns how many more words it took.
func (r *evalReader) option(args []Word, i int) int {
	arg := args[i].Text
	next := Word{}
	if i+1 < len(args) {
		next = args[i+1]
	}
	name, _, hasValue := strings.Cut(arg, "=")
	switch {
	case hasValue && strings.HasPrefix(arg, "--") && hasField(r.form.options, name):
		r.code = append(r.code, afterEqual(args[i]))
		return 0
	case hasField(r.form.options, arg), r.bundled(arg):
		r.code = append(r.code, next)
		return 1
	case hasField(r.form.file, arg):
		r.file(next)
		return 1
	case r.form.lang == "python" && arg == "-m":
		r.module = true
		r.moduleFile(next)
		return len(args)
	case len(arg) > 2 && arg[1] != '-' && hasField(r.form.options, arg[:2]) && r.form.lang != "sed" && r.form.lang != OtherLanguage:
		attached := args[i] // -e'CODE', -c'CODE'
		attached.Text, attached.Span = arg[2:], Span{}
		r.code = append(r.code, attached)
		return 0
	case r.form.lang == "awk" && arg == "-v":
		if name, value, ok := strings.Cut(next.Text, "="); ok && next.Known() && !strings.ContainsAny(value, "\"\\\n") {
			r.given += name + ` = "` + value + `"; `
		}
		return 1
	case len(arg) == 2 && strings.IndexByte(r.form.valued, arg[1]) >= 0:
		return 1
	}
	return 0
}

// runsInput reports deno run -: the code is on the standard input.
func (r *evalReader) runsInput() bool {
	return len(r.operands) > 1 && r.operands[0].Text == "run" && r.operands[1].Text == "-"
}

// bundled reports -ne, -lane, -pe and so on.
func (r *evalReader) bundled(arg string) bool {
	return r.form.cluster != "" && len(arg) > 2 && arg[1] != '-' && len(arg) < 8 &&
		strings.IndexByte(r.form.cluster, arg[len(arg)-1]) >= 0 &&
		strings.Trim(arg[1:], "abcdeEilnpswtTuUW0123456789"+r.form.letters) == ""
}

func (r *evalReader) file(name Word) {
	r.fromFile = true
	if name.Known() {
		r.path = name.Text
	}
	if r.form.operand && r.sh.installed(name) {
		for r.installed = r.operands; len(r.installed) > 0 && r.installed[0].Text != name.Text; {
			r.installed = r.installed[1:]
		}
		return
	}
	_, written := r.sh.writtenText(name)
	r.lay = !written
	text, ok := r.sh.fileText(name)
	if !ok {
		return
	}
	r.code = append(r.code, r.withModules(name, text))
}

// withModules puts the modules that lie beside a program, or in the directory of
// code that is none, in front of the code that imports them.
func (r *evalReader) withModules(program, text Word) Word {
	for _, module := range code.Imports(r.form.lang, text.Text) {
		if more, found := r.siblingModule(program, module); found && len(more.Text) <= maxModule {
			text = joinWords([]Word{more, {Text: "\n"}, text}, "")
			r.modules += len(more.Text) + 1
		}
	}
	return text
}

// maxModule bounds, in bytes, the module that is read with a program.
const maxModule = 32 << 10

// siblingModule reads a module that lies beside a program.
func (r *evalReader) siblingModule(program Word, name string) (text Word, ok bool) {
	ends := []string{"", ".js", ".mjs", ".ts"}
	switch r.form.lang {
	case "python":
		ends = []string{".py"}
	case "ruby":
		ends = []string{".rb"}
	case "php":
		ends = []string{""}
	}
	for _, end := range ends {
		if end == "" && path.Ext(name) == "" {
			continue
		}
		if text, ok = r.sh.fileText(Word{Text: path.Join(path.Dir(program.Text), name+end), Unknown: program.Unknown}); ok {
			return text, true
		}
	}
	return Word{}, false
}

// moduleFile reads the module that Python runs, when it lies in the directory.
func (r *evalReader) moduleFile(name Word) {
	base := Word{Text: strings.ReplaceAll(name.Text, ".", "/"), Unknown: name.Unknown}
	for _, end := range [...]string{".py", "/__main__.py"} {
		file := base
		if file.Text += end; base.Text != "" && len(r.code) == 0 {
			r.file(file)
		}
	}
}

// operand reads what the first operand means to the language.
func (r *evalReader) operand(c *Command) {
	if len(r.operands) == 0 {
		return
	}
	first := r.operands[0]
	switch r.form.lang {
	case "awk", "sed":
		if !r.fromFile {
			r.code = append(r.code, first)
		}
	case "sql":
		if c.Name == "sqlite3" && len(r.operands) > 1 {
			r.code = append(r.code, r.operands[1:]...)
		}
	case "javascript":
		if c.Name == "deno" && first.Text == "eval" && len(r.operands) > 1 {
			r.code = append(r.code, r.operands[1])
			return
		}
		if (first.Text == "run" || first.Text == "eval") && len(r.operands) > 1 {
			first = r.operands[1]
		}
		r.file(first)
	default:
		r.source(c, first)
	}
}

// source reads the file of code that the first operand is, or that follows run.
func (r *evalReader) source(c *Command, first Word) {
	if !r.form.operand {
		return
	}
	if verb := first.Text; verb == "run" || verb == "eval" || verb == "script" || verb == "fsi" {
		if len(r.operands) < 2 {
			return
		}
		if first = r.operands[1]; verb == "eval" {
			r.code = append(r.code, first)
			return
		}
	}
	r.file(first)
}

// encodedCommand decodes PowerShell's base64 of UTF-16.
func encodedCommand(s string) (text string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	return clean(string(utf16.Decode(units))), true
}

// sedRuns reports a sed script that runs commands: the e command, or the e
// flag of s.
func sedRuns(script string) bool {
	_, ok := sedCode(script)
	return ok
}

// sedCode is the command that a sed script runs, where it is written out.
func sedCode(script string) (code string, ok bool) {
	for part := range strings.SplitSeq(script, "\n") {
		part = strings.TrimLeft(part, " \t0123456789,$~;{")
		switch {
		case part == "e":
			return "", true
		case strings.HasPrefix(part, "e "):
			return part[2:], true
		case len(part) > 3 && part[0] == 's' && strings.IndexByte("/|#,!@:", part[1]) >= 0:
			fields := strings.Split(part[2:], part[1:2])
			if len(fields) >= 3 {
				flags, _, _ := strings.Cut(fields[2], ";")
				if strings.Contains(strings.TrimRight(flags, " }"), "e") && strings.Trim(strings.TrimRight(flags, " }"), "egpiIm0123456789") == "" {
					return fields[1], true
				}
			}
		}
	}
	return "", false
}

func (sh *shell) sedCommands(c *Command, s Snippet) {
	if code, ok := sedCode(s.Text.Text); ok && code != "" {
		sh.code(c, Word{Text: code, Unknown: s.Text.Unknown}, Code)
	}
}

// shellEscapes reads the shell commands in the commands of editors, debuggers
// and database clients: vim -c '!CMD', gdb -ex 'shell CMD', psql -c '\! CMD'.
func (sh *shell) shellEscapes(c *Command) {
	for i, w := range c.Argv[1:] {
		text := w.Text
		if rest, ok := strings.CutPrefix(text, "+"); ok && len(c.Argv[i].Text) > 0 {
			text = rest
		}
		text = strings.TrimLeft(text, ": ")
		sh.shellEscape(c, text, w.Unknown)
	}
	if c.Stdin != nil {
		for line := range strings.SplitSeq(c.Stdin.Text, "\n") {
			if strings.HasPrefix(line, "!") && c.Name != "ed" && c.Name != "ex" {
				continue
			}
			sh.shellEscape(c, line, c.Stdin.Unknown)
		}
	}
}

func (sh *shell) shellEscape(c *Command, text string, notes []string) {
	for _, prefix := range [...]string{"!", "silent !", "silent! !", "r !", "r!", "shell ", `\! `, `\!`, ".shell ", ".system ", "system ", "pipe "} {
		if code, ok := strings.CutPrefix(text, prefix); ok {
			if strings.ContainsRune(code, Hole) {
				sh.code(c, Word{Text: code, Unknown: notes}, Code)
			} else {
				sh.code(c, Word{Text: code}, Code)
			}
			return
		}
	}
}
