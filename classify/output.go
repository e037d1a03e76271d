package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"restrain/secret"
	"restrain/shellparse"
)

// An Output says in which form a program prints credentials of which nobody knows
// the values before it runs, so that they can be withheld all the same. Of the
// outputs that fit, the first counts.
type Output struct {
	ID string `toml:"id"`
	// Form is tokens, content, fields or all (secret.Form); known for code, which
	// prints what it reads of files and variables; used for programs that take a
	// credential to log in with, and do not print it.
	Form string `toml:"form"`

	Command  Words `toml:"command"`       // base names; globs allowed
	Args     Lines `toml:"args"`          // any of these patterns fits the leading operands
	Flags    Words `toml:"flags"`         // any of these flags is there
	FlagsNot Words `toml:"flags_none"`    // none of these is there
	Operands Words `toml:"operands"`      // any operand or flag value fits one of these globs
	OperandN Words `toml:"operands_none"` // and no word fits one of these
	Words    Words `toml:"words"`         // code has no others than these, but in quotes

	Match    Lines `toml:"match"`     // lines of which it is the output
	NotMatch Lines `toml:"not_match"` // near misses
}

// The forms that only this package knows.
const (
	formKnown = "known"
	formUsed  = "used"
)

// output gives what is said about the output of the command; nil for nothing.
func (r *reader) output() *Output {
	for i := range r.set.Outputs {
		if o := &r.set.Outputs[i]; o.fits(r) {
			return o
		}
	}
	return nil
}

func (o *Output) fits(r *reader) bool {
	h := Handling{Command: o.Command, Args: o.Args, Flags: o.Flags, FlagsNot: o.FlagsNot, Operands: o.Operands}
	return (len(o.Command) == 0 || matchAny(o.Command, r.cmd.Name)) && h.fits(r) && (len(o.Words) == 0 || len(r.cmd.Snippets) > 0 && !slices.ContainsFunc(r.cmd.Snippets, func(s shellparse.Snippet) bool { return !o.only(s.Text.Text) })) && !slices.ContainsFunc(r.args.words, func(w shellparse.Word) bool { return matchAny(o.OperandN, w.Text) })
}

// only reports code that has none but the words, and calculates nothing.
func (o *Output) only(text string) bool {
	if len(text) > maxBody {
		return false
	}
	quote := rune(0)
	word := -1
	for i, c := range text + "\n" {
		switch {
		case quote != 0:
			if c == '\\' || c == '$' || c == '{' || c == '%' || c == '#' { // it may have more in it than a text
				return false
			}
			if c == quote {
				quote = 0
			}
			continue
		case c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			if word < 0 {
				word = i
			}
			continue
		}
		if word >= 0 && !slices.Contains(o.Words, text[word:i]) {
			return false
		}
		word = -1
		switch {
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case !strings.ContainsRune(" \n\t.,;()=[]", c):
			return false
		}
	}
	return quote == 0
}

// traces reports a line whose shell tells each command before it runs it, with
// what is substituted.
func (r *reader) traces() bool {
	tells := func(words []shellparse.Word) bool {
		return slices.ContainsFunc(words, func(w shellparse.Word) bool {
			return w.Text == "xtrace" || w.Text == "verbose" || len(w.Text) > 1 && w.Text[0] == '-' && w.Text[1] != '-' && strings.ContainsAny(w.Text, "xv")
		})
	}
	for i := range r.script.Commands {
		c := &r.script.Commands[i]
		if (c.Name == "set" || shellparse.IsShell(c.Name)) && tells(c.Argv) {
			return true
		}
		for j := range c.Wrappers {
			if shellparse.IsShell(c.Wrappers[j].Name) && tells(c.Wrappers[j].Args) {
				return true
			}
		}
	}
	return false
}

// printedAs is where the command's secrets come from, by the form of its output.
// What goes through a filter is withheld as a whole.
func (r *reader) printedAs(o *Output) (from Prints, ok bool) {
	itself := func(c *shellparse.Command) bool { return c == r.cmd || printsAsIs(c) }
	switch {
	case o.Form == formUsed:
		return from, false
	case o.Form == formKnown:
		if from, ok = r.printed(); !ok || !r.printsPlainly(itself) {
			return from, false
		}
		from.Outputs = []Printed{{By: r.cmd.Name, Form: "tokens"}}
		return from, true
	}
	out := Printed{By: r.cmd.Name, Form: o.Form}
	switch {
	case !r.printsPlainly(func(c *shellparse.Command) bool { return itself(c) || passesOn(c) }):
		return from, false
	case r.next() != nil && (o.Form != "tokens" || !r.printsPlainly(itself)):
		out.Form = "all"
	case o.Form == "content":
		at := slices.IndexFunc(r.facts.files, func(f fileFact) bool { return f.op == opRead && !f.contents && r.hidesContent(&f) })
		if at < 0 {
			return from, false
		}
		out.Path = r.facts.files[at].text
	}
	return Prints{Outputs: []Printed{out}}, true
}

// weighUsed looks at the credentials that substitutions fill in: those that only
// go to the program that they are for are used and not printed; those that the
// line prints are in what it prints.
func (r *reader) weighUsed() {
	if r.nested || !slices.ContainsFunc(r.actions, func(a Action) bool { return a.Class == classCredentialRead }) || r.traces() {
		return
	}
	for i := range r.actions {
		a := &r.actions[i]
		if a.Class != classCredentialRead || a.Severity == None || a.Severity >= Critical || a.Finding == nil || a.Command >= len(r.script.Commands) ||
			!r.script.Commands[a.Command].Captured {
			continue
		}
		switch used, printed := r.goesInto(a); {
		case printed, used && r.printsOf != nil:
			a.Maskable = true
			r.prints().add(&Prints{Outputs: []Printed{{By: cmp.Or(r.script.Commands[a.Command].Name, "cat"), Form: "all"}}})
		case used:
			a.Severity = None
		}
	}
}

// goesInto follows what a substitution fills in through the variables and words of
// the line. used reports that programs take it which do not print it, printed that
// the line prints it; neither, that nobody knows.
func (r *reader) goesInto(a *Action) (used, printed bool) {
	from := &r.script.Commands[a.Command]
	var names []string
	for i := range r.script.Commands {
		r.n, r.cmd = i, &r.script.Commands[i]
		for _, s := range r.cmd.Assigns {
			switch {
			case !r.filledBy(&s.Value, from, names):
				continue
			case len(r.cmd.Argv) > 0 && (shellparse.IsShell(r.cmd.Name) || len(r.cmd.Snippets) > 0 || r.cmd.Name == "printenv" || r.cmd.Name == "env"):
				return false, false // in the environment of what may print it
			}
			names, used = append(names, s.Name), used || len(r.cmd.Argv) > 0
		}
		if r.cmd.Captured && inside(r.cmd.Span, from.Span) {
			continue
		}
		takes := false
		for j := range r.cmd.Argv {
			takes = r.filledBy(&r.cmd.Argv[j], from, names) || takes
		}
		takes = r.cmd.Stdin != nil && r.cmd.From < 0 && r.filledBy(r.cmd.Stdin, from, names) || takes
		if !takes {
			continue
		}
		switch into, prints := r.takesInto(a); {
		case prints:
			printed = true
		case !into:
			return false, false
		}
		used = true
	}
	return used, printed
}

// filledBy reports a word with what a command prints in it, or with one of the
// variables that hold it.
func (r *reader) filledBy(w *shellparse.Word, from *shellparse.Command, names []string) bool {
	return len(w.Unknown) > 0 && (inside(from.Span, w.Span) || slices.ContainsFunc(w.Unknown, func(u string) bool {
		return slices.Contains(names, plainVariable(u)) || strings.Contains(u, r.spelled(from)) ||
			slices.ContainsFunc(names, func(name string) bool { return strings.Contains(u, "$"+name) || strings.Contains(u, "${"+name) })
	}))
}

// takesInto reports what the command does with a credential that it is given: uses
// it where it is for, or prints it.
func (r *reader) takesInto(a *Action) (uses, prints bool) {
	r.program = r.set.program(r.cmd.Name)
	r.args.read(r.program, r.cmd.Argv[1:])
	switch o := r.output(); {
	case r.cmd.Name == "echo" || r.cmd.Name == "printf":
		printed := r.printsPlainly(func(c *shellparse.Command) bool { return c == r.cmd || printsAsIs(c) || passesOn(c) })
		return printed, printed
	case o == nil || o.Form != formUsed:
		return false, false
	case a.Resource.Kind != "path":
		return true, false
	}
	// What a file has is for what the file is called after.
	hosts := 0
	for i := range r.args.words {
		text := r.args.words[i].Text
		if !strings.Contains(text, "://") {
			continue
		}
		hosts++
		if host := splitURL(text).host; hostScope(host) == scopePublic && !pathNames(a.Resource.Name, host) {
			return false, false
		}
	}
	return hosts > 0 || r.args.operand(0) == "" || r.program.Class == classShell, false
}

// pathNames reports a path with a part of a host's name in it: ~/.acme/auth.json
// of api.acme.com.
func pathNames(path, host string) bool {
	const least = 4
	for label := range strings.SplitSeq(strings.ToLower(host), ".") {
		if len(label) >= least && strings.Contains(strings.ToLower(path), label) && label != "auth" && label != "token" && label != "config" && label != "cloud" && label != "login" {
			return true
		}
	}
	return false
}

// outputs checks what is said about the output of programs.
func (f *file) outputs(s *Set) error {
	if err := f.ids("output", len(s.Outputs), func(i int) string { return s.Outputs[i].ID }); err != nil {
		return err
	}
	for i := range s.Outputs {
		o := &s.Outputs[i]
		if _, known := secret.FormOf(o.Form); !known && o.Form != formKnown && o.Form != formUsed {
			return f.wrong("output", i, "form", fmt.Sprintf("%q is no form", o.Form), "choose tokens, content, fields, all, known or used")
		}
		if len(o.Command) == 0 || len(o.Match) == 0 {
			return f.wrong("output", i, "command", fmt.Sprintf("%q names no program, or no line to show it with", o.ID), "name both, with command and match")
		}
	}
	return nil
}
