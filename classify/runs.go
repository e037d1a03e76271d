package classify

import (
	"path"
	"strings"

	"restrain/shellparse"
)

// maxAhead bounds how far after a request the command that runs its answer is
// looked for.
const maxAhead = 64

// readRuns notes the requests whose answer is run: curl … | sh, bash <(curl …),
// eval "$(curl …)", curl -o x … && sh x.
func (r *reader) readRuns() {
	if len(r.facts.https) == 0 {
		return
	}
	commands := r.script.Commands
	for i := r.n + 1; i < min(len(commands), r.n+1+maxAhead); i++ {
		c := &commands[i]
		if len(c.Argv) == 0 || !r.runsAnswer(c) {
			continue
		}
		for j := range r.facts.https {
			r.facts.https[j].run = true
		}
		return
	}
}

// runsAnswer reports whether c runs what the command downloads.
func (r *reader) runsAnswer(c *shellparse.Command) bool {
	if r.feeds(c) && readsProgram(c) {
		return true
	}
	program := programWord(c)
	if program == nil {
		return false
	}
	if program.Text == hole && (inside(r.cmd.Span, program.Span) || r.isQuoted(program)) {
		return true
	}
	for i := range r.facts.files {
		f := &r.facts.files[i]
		if (f.op == opWrite || f.op == opAppend) && path.Clean(f.text) == path.Clean(program.Text) {
			return true
		}
	}
	for i := range r.cmd.Redirs {
		redir := &r.cmd.Redirs[i]
		if (redir.Op == shellparse.RedirWrite || redir.Op == shellparse.RedirAppend) &&
			redir.Target.Text != "" && path.Clean(redir.Target.Text) == path.Clean(program.Text) {
			return true
		}
	}
	return false
}

// inside reports whether a span lies in another.
func inside(inner, outer shellparse.Span) bool {
	return outer.End > outer.Start && inner.Start >= outer.Start && inner.End <= outer.End
}

// isQuoted reports whether the command is what an unknown word depends on, by
// its text: code that was decoded has no place in the line.
func (r *reader) isQuoted(w *shellparse.Word) bool {
	for _, u := range w.Unknown {
		if strings.IndexAny(u, "$<`") == 0 && strings.Contains(u, r.cmd.Name+" ") {
			return true
		}
	}
	return false
}

// feeds reports whether the command's output reaches c, through filters or not.
func (r *reader) feeds(c *shellparse.Command) bool {
	at := c.From
	for range maxStages {
		if at < 0 || at >= len(r.script.Commands) {
			return false
		}
		if at == r.n {
			return true
		}
		at = r.script.Commands[at].From
	}
	return false
}

// An interpreter's letters are the options that give it code, or make it use
// its input as data.
func interpreter(name string) (letters string, ok bool) {
	switch name {
	case "pwsh", "powershell":
		return "c", true
	case "node", "nodejs", "bun", "deno", "tsx":
		return "ep", true
	case "perl", "ruby":
		return "enp", true
	case "php":
		return "rRB", true
	}
	if shellparse.IsShell(name) {
		return "c", true
	}
	if strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pypy") {
		return "cm", true
	}
	return "", false
}

// readsProgram reports a shell or interpreter that takes its program from
// standard input.
func readsProgram(c *shellparse.Command) bool {
	switch c.Name {
	case "iex", "Invoke-Expression":
		return true
	case "source", ".": // fish's takes its input when it is given no file
		return c.From >= 0 && (len(c.Argv) == 1 || isInput(c.Argv[1].Text))
	case "make", "gmake":
		file := makefileOf(c)
		return file != nil && isInput(file.Text)
	}
	letters, ok := interpreter(c.Name)
	if !ok {
		return false
	}
	set := false // the word before is an option that names another
	for _, w := range c.Argv[1:] {
		text := w.Text
		if set {
			set = false
			continue
		}
		set = letters == "c" && takesName(text)
		switch {
		case text == "-" || text == "/dev/stdin" || text == "/dev/fd/0":
			return true
		case !strings.HasPrefix(text, "-"):
			return false
		case strings.HasPrefix(text, "--"):
		case strings.ContainsAny(text, letters):
			return false
		case letters == "c" && strings.ContainsRune(text, 's'):
			return true
		}
	}
	return true
}

// takesName reports the options of shells that end in -o, behind which the name
// of a setting stands: set -euo pipefail.
func takesName(option string) bool {
	return len(option) > 1 && option[0] == '-' && option[1] != '-' && option[len(option)-1] == 'o'
}

// programWord gives the word that names, or is, the program that a command
// runs: itself, the script of a shell or interpreter, the text of eval.
func programWord(c *shellparse.Command) *shellparse.Word {
	letters, ok := interpreter(c.Name)
	switch c.Name {
	case "eval", "source", ".", "iex":
		ok = true
	case "make", "gmake":
		if file := makefileOf(c); file != nil {
			return file
		}
	}
	if !ok {
		return &c.Argv[0]
	}
	for i := 1; i < len(c.Argv); i++ {
		w := &c.Argv[i]
		if !strings.HasPrefix(w.Text, "-") {
			return w
		}
		if letters == "c" && takesName(w.Text) && !strings.Contains(w.Text, "c") {
			i++
			continue
		}
		if i+1 < len(c.Argv) && !strings.HasPrefix(w.Text, "--") && strings.ContainsAny(w.Text, letters) {
			return &c.Argv[i+1]
		}
	}
	return nil
}

// makefileOf gives the file that make is told to follow.
func makefileOf(c *shellparse.Command) *shellparse.Word {
	for i := 1; i+1 < len(c.Argv); i++ {
		switch c.Argv[i].Text {
		case "-f", "--file", "--makefile":
			return &c.Argv[i+1]
		}
	}
	return nil
}
