package classify

import (
	"strings"

	"restrain/shellparse"
)

// maxGiven bounds how many words of a command are looked at for a command that
// it is given, and maxTries how many of them are read as one.
const (
	maxGiven = 64
	maxTries = 4
)

// readOptionCommand reads what a program that nobody described is given to run: words
// that are a command, as in retry 3 rm -rf x or tool -- rm -rf x, and the line
// in an option that is named for one, as in tool --exec-command 'rm -rf x'.
// Only what a human should know about is taken over.
func (r *reader) readOptionCommand() {
	words := r.args.words
	if r.nested || r.cmd.Carrier || len(words) < 2 || len(words) > maxGiven || !r.runsOthers() {
		return
	}
	tries := 0
	for i := range words {
		w := &words[i]
		if line, ok := r.givenLine(i); ok {
			r.take(shellparse.Parse(line, shellparse.Options{Home: r.surroundings().home}))
			return
		}
		after := i > 0 && words[i-1].Text == "--"
		if i+1 == len(words) || !w.Known() || !after && r.program != &unknownProgram || !after && !r.isProgram(w.Text) {
			continue
		}
		argv := make([]string, 0, len(words)-i)
		for _, word := range words[i:] {
			argv = append(argv, word.Text)
		}
		if tries++; r.take(shellparse.FromArgv(argv, shellparse.Options{Home: r.surroundings().home})) || tries == maxTries {
			return
		}
	}
}

// runsOthers reports a program that may run what it is given.
func (r *reader) runsOthers() bool {
	switch r.program.Class {
	case "infra.write", "infra.read", "container", "network", "process":
		return true
	}
	return r.program == &unknownProgram
}

// isProgram reports a word that names a program of which something is known.
func (r *reader) isProgram(text string) bool {
	name := text[strings.LastIndexByte(text, '/')+1:]
	e := r.set.index.exact(name)
	return e != nil && name != r.cmd.Name
}

// givenLine gives the line in the option at words[i].
func (r *reader) givenLine(i int) (line string, ok bool) {
	w := &r.args.words[i]
	name, line, valued := strings.Cut(strings.TrimPrefix(w.Text, "-"), "=")
	if len(w.Text) < 4 || w.Text[0] != '-' || !contains(r.wordSet("command-options").Any, strings.TrimPrefix(name, "-")) {
		return "", false
	}
	if !valued && i+1 < len(r.args.words) {
		line = r.args.words[i+1].Text
	}
	return line, strings.Contains(line, " ")
}

// take adds the findings of a script that the command is given, and reports
// whether there were any.
func (r *reader) take(script *shellparse.Script) bool {
	step := r.set.classify(script, r.ctx, true)
	taken := false
	for _, a := range step.Actions {
		if a.Finding != nil && a.Severity >= Medium {
			a.Command = r.n
			r.actions = append(r.actions, a)
			taken = true
		}
	}
	return taken
}
