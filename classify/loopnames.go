package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// readNamed does the same for a name that a substitution or the loop around the
// command has from a search for names: rm -rf $(find . -name x).
func (r *reader) readNamed() {
	for i := range r.facts.files {
		f := &r.facts.files[i]
		if f.op != opDelete || f.text != hole || len(f.unknown) == 0 {
			continue
		}
		script, from := r.script, r.cmd.From
		if inner, ok := strings.CutPrefix(f.unknown[0], "$("); ok && strings.HasSuffix(inner, ")") {
			script = shellparse.Parse(inner[:len(inner)-1], shellparse.Options{})
			from = len(script.Commands) - 1
		} else if !r.readsLine(strings.Trim(f.unknown[0], "${}")) {
			continue
		}
		if e := r.listed(script, from); e.named {
			r.dropLoopNames()
			r.deletesFound(&e, r.args.recursive)
		}
		return
	}
}

// readsLine reports that the loop around the command reads a variable from what
// the command has as its input: find … | while read d; do rm -rf "$d"; done.
func (r *reader) readsLine(variable string) bool {
	if r.cmd.From < 0 {
		return false
	}
	for i := r.cmd.From + 1; i < r.n; i++ {
		c := &r.script.Commands[i]
		if n := len(c.Argv); c.Name == "read" && c.From == r.cmd.From && n > 1 && c.Argv[n-1].Text == variable && c.Argv[n-2].Text != "-d" {
			return true
		}
	}
	return false
}

// dropLoopNames takes out the unknown names that are handed over, of which it is
// known what they are called.
func (r *reader) dropLoopNames() {
	r.facts.files = slices.DeleteFunc(r.facts.files, func(f fileFact) bool { return f.op == opDelete && f.text == hole && len(f.unknown) > 0 })
}

// readFdWords reads fd's words, whose pattern is a part of the name.
func readFdWords(words []shellparse.Word) findExpression {
	e := findExpression{narrowed: true, places: []shellparse.Word{{Text: "."}}}
	var args argv
	args.read(&fdProgram, words)
	if len(args.operands) == 0 {
		return e
	}
	pattern := args.words[args.operands[0]]
	e.named = saysName(pattern)
	e.names = []string{strings.Trim(pattern.Text, "^$")}
	for n, i := range args.operands[1:] {
		if n == 0 {
			e.places = nil
		}
		e.places = append(e.places, args.words[i])
	}
	return e
}

// fdProgram is how fd reads its flags.
var fdProgram = Program{Bundle: true, Values: []string{
	"-t", "-e", "-d", "-E", "-j", "-S", "-c", "-o", "--type", "--extension", "--max-depth", "--min-depth", "--exact-depth", "--exclude", "--threads",
	"--size", "--changed-within", "--changed-before", "--owner", "--color", "--base-directory", "--max-results",
}}
