package shellparse

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"restrain/code"
)

// maxFiles is how many files one Script may read.
const maxFiles = 16

// fileText reads a file that the line runs or sources, through Options.
func (sh *shell) fileText(name Word) (text Word, ok bool) {
	if !name.Known() && len(name.Unknown) == 1 {
		if text, ok = sh.r.printed[name.Unknown[0]]; ok { // <(…)
			return text, true
		}
		if n, known := sh.r.printedAt[name.Unknown[0]]; known {
			in := inputs{sh: sh}
			return in.outputAt(n)
		}
		return Word{}, false
	}
	if text, ok = sh.writtenText(name); ok {
		return text, true
	}
	data, ok := sh.readFile(name)
	if !ok {
		return Word{}, false
	}
	return Word{Text: clean(string(data))}, true
}

// writtenText is what earlier commands of the text put into a file:
// echo … > x.sh && bash x.sh, cp a b && bash b.
func (sh *shell) writtenText(name Word) (text Word, ok bool) {
	if !name.Known() || name.Text == "" || sh.r.files >= maxFiles {
		return Word{}, false
	}
	target := path.Clean(name.Text)
	if text, ok = sh.r.script.written[target]; ok {
		return text, true
	}
	in := inputs{sh: sh}
	for i := range sh.r.script.Commands {
		c := &sh.r.script.Commands[i]
		how := sh.writes(c, target)
		if how == writesNot {
			continue
		}
		sh.r.files++
		part, known := in.outputText(c, how)
		if how == writesMore && len(text.Text)+len(part.Text) <= maxValue {
			if !ok {
				data, _ := sh.readFile(name)
				text = Word{Text: clean(string(data))}
			}
			text, ok = joinWords([]Word{text, part}, ""), known
			continue
		}
		text, ok = part, known
	}
	return text, ok
}

// A writing is how a command writes a file.
type writing uint8

const (
	writesNot    writing = iota
	writesOutput         // what it prints
	writesMore           // the same, at the end of what is there
	writesInput          // what it reads
	writesCopy           // what another file has
)

// writes tells how a command writes a file.
func (sh *shell) writes(c *Command, target string) writing {
	if c.Host != sh.host || len(c.Argv) == 0 {
		return writesNot
	}
	for i := range c.Redirs {
		r := &c.Redirs[i]
		if r.FD != 2 && (r.Op == RedirWrite || r.Op == RedirAppend) && path.Clean(r.Target.Text) == target {
			if r.Op == RedirAppend {
				return writesMore
			}
			return writesOutput
		}
	}
	switch c.Name {
	case "tee":
		if args := operands(c.Argv[1:]); len(args) > 0 && path.Clean(args[0].Text) == target {
			return writesInput
		}
	case "dd":
		if anyArg(c, "of="+target) {
			return writesOutput
		}
	case "cp", "mv", "ln", "install":
		if _, made, ok := copiedTo(c); ok && made == target {
			return writesCopy
		}
	}
	return writesNot
}

// copiedTo gives the file that a command copies, and to where.
func copiedTo(c *Command) (from Word, to string, ok bool) {
	words := c.Argv[1:]
	for c.Name == "install" && len(words) > 1 && hasField("-m -o -g --mode --owner --group", words[0].Text) {
		words = words[2:]
	}
	args := operands(words)
	if len(args) != 2 || !args[0].Known() || !args[1].Known() {
		return Word{}, "", false
	}
	if to = args[1].Text; strings.HasSuffix(to, "/") || to == "." {
		to += "/" + path.Base(args[0].Text)
	}
	return args[0], path.Clean(to), true
}

// outputText is the text that a command writes.
func (in *inputs) outputText(c *Command, how writing) (text Word, ok bool) {
	switch how {
	case writesInput:
		return in.of(c)
	case writesCopy:
		from, _, _ := copiedTo(c)
		if in.sh.r.sources++; in.sh.r.sources > maxSources || c.Name == "mv" && path.Clean(from.Text) == "" {
			return Word{}, false
		}
		return in.sh.fileText(from)
	}
	return in.output(c)
}

// isWritten reports a file that an earlier command of the text writes.
func (sh *shell) isWritten(name Word) bool {
	for i := range sh.r.script.Commands {
		if sh.writes(&sh.r.script.Commands[i], path.Clean(name.Text)) != writesNot {
			return true
		}
	}
	return false
}

// scriptOrigin is where the text of a script comes from: a file, or the line
// itself, which has written it or hands it over by <(…) or its input.
func (sh *shell) scriptOrigin(name Word) Origin {
	if sh.isWritten(name) || !name.Known() || strings.HasPrefix(name.Text, "/dev/") || name.Text == "-" {
		return Eval
	}
	return ScriptFile
}

// taskFile reads a file of tasks, such as a Makefile: what the line itself has
// written there, or the file that is at hand.
func (sh *shell) taskFile(name Word) (data []byte, ok bool) {
	if text, ok := sh.writtenText(name); ok {
		return []byte(text.Text), true
	}
	return sh.readFile(name)
}

func (sh *shell) readFile(name Word) (data []byte, ok bool) {
	if data, ok = sh.rawFile(name); !ok || !isText(data) {
		return nil, false
	}
	return wholeRunes(data), true
}

// wholeRunes cuts data that is too long, between characters.
func wholeRunes(data []byte) []byte {
	if len(data) <= maxSource {
		return data
	}
	data = data[:maxSource]
	for i := range utf8.UTFMax {
		if cut := len(data) - 1 - i; utf8.RuneStart(data[cut]) {
			return data[:cut]
		}
	}
	return data
}

// rawFile reads a file at hand, whatever is in it.
func (sh *shell) rawFile(name Word) (data []byte, ok bool) {
	r := sh.r
	if r.opts.ReadFile == nil || !name.Known() || name.Text == "" || sh.host != "" || r.files >= maxFiles {
		return nil, false
	}
	full := sh.resolve(name)
	if !full.Known() {
		return nil, false
	}
	if home := r.opts.Home; home != "" && strings.HasPrefix(full.Text, "~/") {
		full.Text = path.Join(home, full.Text[2:])
	}
	r.files++
	data, err := r.opts.ReadFile(full.Text)
	return data, err == nil
}

// isText tells a script from a program. Shells look at no more than the first
// line (check_binary_file in bash's general.c): an archive may follow it.
func isText(data []byte) bool {
	head := data[:min(len(data), 512)]
	if bytes.IndexByte(head, 0) < 0 {
		return len(data) > 0 && (len(head) == 512 || utf8.Valid(head))
	}
	line, _, whole := bytes.Cut(head, []byte("\n"))
	lang := interpreterOf(string(line))
	return whole && bytes.IndexByte(line, 0) < 0 && utf8.Valid(line) && (lang == "" || lang == "shell")
}

// isInput reports the names of the standard input.
func isInput(name string) bool {
	return name == "-" || name == "/dev/stdin" || name == "/dev/fd/0" || name == "/proc/self/fd/0"
}

// scriptText is the text of a script that c runs: a file, or c's input.
func (sh *shell) scriptText(c *Command, name Word) (text Word, ok bool) {
	if isInput(name.Text) {
		return sh.inputOf(c)
	}
	return sh.fileText(name)
}

// keepWritten remembers what a compound command writes to the files that it is
// redirected to: (echo a; echo b) > x.sh.
func (sh *shell) keepWritten(c *Command, out output) {
	for i := range c.Redirs {
		r := &c.Redirs[i]
		if r.Op != RedirWrite || !r.Target.Known() || !out.known || len(sh.r.script.written) >= maxFiles {
			continue
		}
		if sh.r.script.written == nil {
			sh.r.script.written = make(map[string]Word)
		}
		sh.r.script.written[path.Clean(r.Target.Text)] = out.text
	}
}

// script reads a script that is run by its path.
func (sh *shell) script(c *Command) bool {
	if strings.IndexByte(c.Argv[0].Text, '/') < 0 || sh.installed(c.Argv[0]) {
		return false
	}
	text, ok := sh.fileText(c.Argv[0])
	if !ok {
		return false
	}
	if baseName(c.Argv[0]) == "gradlew" {
		defer sh.target(c)
	}
	shebang, _, _ := strings.Cut(text.Text, "\n")
	lang := interpreterOf(shebang)
	if lang != "" && lang != "shell" {
		_, written := sh.writtenText(c.Argv[0])
		s := Snippet{Lang: lang, Text: text, Program: code.Program{File: c.Argv[0].Text}, Lay: !written}
		for _, w := range c.Argv[1:] {
			s.Program.Args = append(s.Program.Args, w.Text)
		}
		c.Snippets = append(c.Snippets, s)
		sh.emit(c)
		sh.codeCommands(c, s)
		return true
	}
	if _, written := sh.writtenText(c.Argv[0]); lang == "" && !written && !strings.HasSuffix(c.Argv[0].Text, ".sh") {
		return false
	}
	c.Carrier = true
	sh.emit(c)
	sub := sh.withVars()
	sub.vars.params, sub.vars.called = c.Argv, true
	sub.fileCode(c, text, sh.scriptOrigin(c.Argv[0]), c.Argv[0].Text)
	return true
}

// interpreterOf is the language of a #! line; "shell" for shells.
func interpreterOf(shebang string) string {
	rest, ok := strings.CutPrefix(shebang, "#!")
	if !ok {
		return ""
	}
	for field := range strings.FieldsSeq(rest) {
		name := path.Base(field)
		if name == "env" || strings.HasPrefix(field, "-") || strings.Contains(field, "=") {
			continue
		}
		if IsShell(name) {
			return "shell"
		}
		return interpreter(name)
	}
	return ""
}
