package shellparse

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// maxFiles is how many files one Script may read.
const maxFiles = 16

// fileText reads a file that the line runs or sources, through Options.
func (sh *shell) fileText(name Word) (text Word, ok bool) {
	if !name.Known() && len(name.Unknown) == 1 {
		text, ok = sh.r.printed[name.Unknown[0]] // <(…)
		return text, ok
	}
	if text, ok = sh.descriptorText(name.Text); ok {
		return text, true
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

// writtenText is what an earlier command of the text writes to a file:
// echo … > x.sh && bash x.sh.
func (sh *shell) writtenText(name Word) (text Word, ok bool) {
	if !name.Known() || name.Text == "" || sh.r.files >= maxFiles {
		return Word{}, false
	}
	if text, ok = sh.r.written[path.Clean(name.Text)]; ok {
		return text, true
	}
	c, ok := sh.writer(name)
	if !ok {
		return Word{}, false
	}
	sh.r.files++
	out := sh.prints(&c)
	return out.text, out.known
}

// writer is the last command so far that writes a file.
func (sh *shell) writer(name Word) (c Command, ok bool) {
	for i := len(sh.r.script.Commands) - 1; i >= 0; i-- {
		c := sh.r.script.Commands[i]
		for j := range c.Redirs {
			if r := &c.Redirs[j]; r.Op == RedirWrite && path.Clean(r.Target.Text) == path.Clean(name.Text) && c.Host == sh.host {
				return c, true
			}
		}
		if args := operands(c.Argv[min(1, len(c.Argv)):]); c.Name == "tee" && len(args) > 0 && path.Clean(args[0].Text) == path.Clean(name.Text) {
			return c, true
		}
		if c.Name == "dd" && anyArg(&c, "of="+name.Text) {
			return c, true
		}
	}
	return Command{}, false
}

// scriptOrigin is where the text of a script comes from: a file, or the line
// itself, which has written it or hands it over by <(…) or its input.
func (sh *shell) scriptOrigin(name Word) Origin {
	if _, ok := sh.writer(name); ok || !name.Known() || strings.HasPrefix(name.Text, "/dev/") || name.Text == "-" {
		return Eval
	}
	return ScriptFile
}

// taskFile reads a file of tasks, such as a Makefile: what the line itself has
// written there, or the file that is at hand.
func (sh *shell) taskFile(name Word) (data []byte, ok bool) {
	if text, ok := sh.descriptorText(name.Text); ok {
		return []byte(text.Text), true
	}
	if text, ok := sh.writtenText(name); ok {
		return []byte(text.Text), true
	}
	return sh.readFile(name)
}

func (sh *shell) readFile(name Word) (data []byte, ok bool) {
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
	if err != nil || !isText(data) {
		return nil, false
	}
	if len(data) > maxSource {
		data = data[:maxSource]
		for i := range utf8.UTFMax { // whole characters
			if cut := len(data) - 1 - i; utf8.RuneStart(data[cut]) {
				data = data[:cut]
				break
			}
		}
	}
	return data, true
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

// stdinFile is the text of a shell's standard input when that is a file:
// sh < x.sh, cat x.sh | sh.
func (sh *shell) stdinFile(c *Command) (text Word, ok bool) {
	for _, r := range c.Redirs {
		if r.Op == RedirRead && r.FD <= 0 {
			return sh.fileText(r.Target)
		}
	}
	if c.From < 0 || c.From >= len(sh.r.script.Commands) {
		return Word{}, false
	}
	from := &sh.r.script.Commands[c.From]
	if args := operands(from.Argv[min(1, len(from.Argv)):]); from.Name == "cat" && len(args) == 1 {
		return sh.fileText(args[0])
	}
	return Word{}, false
}

// keepWritten remembers what a compound command writes to the files that it is
// redirected to: (echo a; echo b) > x.sh.
func (sh *shell) keepWritten(c *Command, out output) {
	for i := range c.Redirs {
		r := &c.Redirs[i]
		if r.Op != RedirWrite || !r.Target.Known() || !out.known || len(sh.r.written) >= maxFiles {
			continue
		}
		if sh.r.written == nil {
			sh.r.written = make(map[string]Word)
		}
		sh.r.written[path.Clean(r.Target.Text)] = out.text
	}
}

// script reads a script that is run by its path.
func (sh *shell) script(c *Command) bool {
	if strings.IndexByte(c.Argv[0].Text, '/') < 0 || systemPath(c.Argv[0].Text) {
		return false
	}
	text, ok := sh.fileText(c.Argv[0])
	if !ok {
		return false
	}
	shebang, _, _ := strings.Cut(text.Text, "\n")
	lang := interpreterOf(shebang)
	if lang != "" && lang != "shell" {
		s := Snippet{Lang: lang, Text: text}
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
	sub.code(c, text, sh.scriptOrigin(c.Argv[0]))
	return true
}

// systemPath reports directories of installed programs, which are not read.
func systemPath(p string) bool {
	for _, dir := range [...]string{"/bin/", "/sbin/", "/usr/", "/opt/", "/lib", "/nix/", "/snap/"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
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
