package classify

import (
	"fmt"
	"slices"
	"strings"

	"restrain/shellparse"
)

// A Handling says what programs do with the content of the files that they are
// given, in whatever way. Of the handlings that fit, the first counts; a program
// of which nothing is said prints what it is given.
type Handling struct {
	ID string `toml:"id"`
	// Op is what happens to such a file: list (neither printed nor sent), load
	// (for the program's own use), send, read.
	Op string `toml:"op"`

	Command  Words `toml:"command"`    // base names; globs allowed; none: all
	Class    Words `toml:"class"`      // globs over the classes of their ordinary use
	Args     Lines `toml:"args"`       // any of these patterns fits the leading operands
	Flags    Words `toml:"flags"`      // any of these flags is there
	FlagsNot Words `toml:"flags_none"` // none of these is there
	Operands Words `toml:"operands"`   // any operand or flag value fits one of these globs
	Options  Words `toml:"options"`    // only of what stands behind one of these options; globs
	Calls    Words `toml:"calls"`      // of calls in code, not of programs; globs
	// Script reports that words and input are commands which name files.
	Script bool `toml:"script"`
}

// The sets of paths whose content must not be seen, of which the first two must
// not leave, and what only looks like them.
const (
	credentialSet = "credential-files"
	historySet    = "history-files"
	stateSet      = "state-files"
	lookalikeSet  = "credential-lookalikes"
)

// readHandled adds what the command does to each file with credentials that its
// words name and that nothing has been read of yet: any program may print what it
// is given.
func (r *reader) readHandled() {
	if r.cmd.Name == "mcp" {
		return // what its words name is the server's
	}
	known := len(r.facts.files)
	before := ""
	base := ""
	for i := range r.args.words {
		w := &r.args.words[i]
		switch {
		case before == "-C" || before == "--directory" || before == "--cwd":
			base = w.Text
		case w.Glob:
			r.handlePattern(known, w, before, base)
		default:
			r.handleWord(known, w, before, base)
		}
		before = w.Text
	}
	if len(r.sources) > 0 {
		r.readHandedOn()
	}
	if r.cmd.Stdin != nil && known < maxScripted {
		if h := r.handling(""); h != nil && h.Script {
			r.handleScript(known, h, r.cmd.Stdin.Text)
		}
	}
}

// maxScripted bounds how many files a command names for its words to be searched.
const maxScripted = 256

// handleWord adds what the command does to the files that a word names, as a
// whole or in parts: --in=FILE, name=@FILE, HEAD:FILE, FILE:/etc/x:ro.
func (r *reader) handleWord(known int, w *shellparse.Word, before, base string) {
	text := w.Text
	if strings.Contains(text, "://") || len(text) > maxPath {
		return
	}
	if strings.ContainsAny(text, " \n") {
		if h := r.handling(before); h != nil && h.Script {
			r.handleScript(known, h, text)
			return
		}
		if !strings.Contains(text, "/") {
			return // a sentence
		}
	}
	option := before
	if text != "" && text[0] == '-' {
		at := strings.IndexByte(text, '=')
		if at < 0 {
			return
		}
		option, text = text[:at], text[at+1:]
	}
	told := false
	for rest, more := text, strings.ContainsAny(text, "=@:,"); more; {
		at := strings.IndexAny(rest, "=@:,")
		if more = at >= 0; !more {
			at = len(rest)
		}
		told = r.handleFile(known, rest[:at], option, base, w.Unknown) || told
		rest = rest[min(at+1, len(rest)):]
	}
	if !told { // if=.env is no name
		r.handleFile(known, text, option, base, w.Unknown)
	}
}

// handleFile adds what the command does to the file of a name, if it is one
// whose content counts, and reports that it is.
func (r *reader) handleFile(known int, name, option, base string, unknown []string) bool {
	if len(name) < 2 || name[0] == '-' {
		return false
	}
	f := fileFact{op: opRead, text: name, unknown: unknown, whole: true}
	if base != "" && name[0] != '/' && name[0] != '~' {
		f.text = strings.TrimSuffix(base, "/") + "/" + name
	}
	if !r.hidesContent(&f) {
		return false
	}
	h := r.handling(option)
	for i := range r.facts.files[:known] {
		if g := &r.facts.files[i]; g.text == name && (h == nil || h.Op != opRead || g.op != opWrite) {
			return true
		}
	}
	if h != nil {
		f.op = h.Op
	}
	r.facts.files = append(r.facts.files, f)
	return true
}

// hidesContent reports a file whose content must not be seen.
func (r *reader) hidesContent(f *fileFact) bool {
	return r.inSets(r.set.index.Fixed.Guarded, f) && !r.isOf(r.set.index.Fixed.Lookalikes, f)
}

// handlePattern adds what the command does to the files that a pattern of the
// shell stands for. Where nobody can look, one for hidden files means .env too.
func (r *reader) handlePattern(known int, w *shellparse.Word, before, base string) {
	dir, last := "", w.Text
	if at := strings.LastIndexByte(last, '/'); at >= 0 {
		dir, last = last[:at+1], last[at+1:]
	}
	for _, name := range r.expandAll(r.absolute(absolute(r.dir, w.Text))) {
		if shellFits(last, name[strings.LastIndexByte(name, '/')+1:]) {
			r.handleFile(known, name, before, "", nil)
		}
	}
	if strings.HasPrefix(last, ".") && shellFits(last, ".env") {
		r.handleFile(known, dir+".env", before, base, w.Unknown)
	}
	r.handleWord(known, w, before, base)
}

// handleScript adds what the command does to the files that a text for it names.
func (r *reader) handleScript(known int, h *Handling, text string) {
	names := strings.FieldsFunc(text[:min(len(text), maxBody)], func(c rune) bool { return strings.ContainsRune(" \t\n'\"();|,<>", c) })
	for _, name := range names[:min(len(names), maxScripted)] {
		if f := (fileFact{op: h.Op, text: name}); r.hidesContent(&f) {
			r.facts.files = append(r.facts.files, f)
		}
	}
}

// readHandedOn adds the files whose content the command is given, in a word or as
// its input, and hands to another machine: gh issue create --body "$(cat .env)".
func (r *reader) readHandedOn() {
	before := ""
	for i := range r.args.words {
		w := &r.args.words[i]
		for _, s := range r.sources {
			if w.Known() || !inside(r.script.Commands[s.command].Span, w.Span) {
				continue
			}
			if h := r.handling(before); h != nil && h.Op == opSend {
				r.sendSource(s.command)
			}
		}
		before = w.Text
	}
}

// sendSource adds the file with credentials that an earlier command has read as
// one that leaves.
func (r *reader) sendSource(command int) {
	for _, s := range r.sources {
		f := fileFact{op: opSend, text: s.file}
		if s.command == command && s.file != "" && r.hidesContent(&f) {
			r.facts.files = append(r.facts.files, f)
		}
	}
}

// readLoaded notes what only fills variables: export $(cat .env | xargs).
func (r *reader) readLoaded() {
	if r.cmd.Origin != shellparse.Substitution || len(r.facts.files) == 0 || !r.fillsVariables() {
		return
	}
	for i := range r.facts.files {
		if f := &r.facts.files[i]; f.op == opRead {
			f.op = opLoad
		}
	}
}

// fillsVariables reports a command in a substitution whose output becomes
// variables of the shell, or of the program that env starts.
func (r *reader) fillsVariables() bool {
	for n := r.n + 1; n < min(r.n+1+maxStages, len(r.script.Commands)); n++ {
		c := &r.script.Commands[n]
		var words []shellparse.Word
		switch c.Name {
		case "export", "declare", "typeset", "local", "readonly":
			words = c.Argv
		}
		if len(c.Wrappers) > 0 && c.Wrappers[0].Name == "env" {
			words = append(c.Wrappers[0].Args[:len(c.Wrappers[0].Args):len(c.Wrappers[0].Args)], c.Argv[:min(len(c.Argv), 1)]...)
		}
		for i := range words {
			if inside(r.cmd.Span, words[i].Span) {
				return true
			}
		}
	}
	return false
}

// handling gives what is said about what the command does with files, of a word
// behind an option; nil when nothing is.
func (r *reader) handling(option string) *Handling {
	for _, h := range r.handlings() {
		if len(h.Options) == 0 || option != "" && option[0] == '-' && matchAny(h.Options, option) {
			return h
		}
	}
	return nil
}

// handlings gives all that is said about the command, behind whatever option.
func (r *reader) handlings() []*Handling {
	if r.handled != nil {
		return r.handled
	}
	r.handled = r.handledHere[:0]
	x := &r.set.index.Handlings
	if e := findWord(x.Names, r.cmd.Name); e != nil {
		r.handledBy(e)
		return r.handled
	}
	for i := range x.Rest {
		if e := &x.Rest[i]; e.Word == "" || matchWord(e.Word, r.cmd.Name) {
			r.handledBy(e)
		}
	}
	return r.handled
}

func (r *reader) handledBy(e *wordEntry) {
	for _, n := range e.Numbers {
		if h := &r.set.Handlings[n]; h.fits(r) {
			r.handled = append(r.handled, h)
		}
	}
}

// A handlingIndex leads from a program to what is said about it. Its numbers are
// places in Set.Handlings.
type handlingIndex struct {
	Names []wordEntry // sorted
	Rest  []wordEntry // what is about other programs, too: by globs, or about all
}

func indexHandlings(list []Handling) (x handlingIndex) {
	var names []string
	for i := range list {
		if len(list[i].Calls) > 0 {
			continue
		}
		var globs []string
		for _, name := range list[i].Command {
			if isGlob(name) {
				globs = append(globs, name)
			} else {
				names = append(names, name)
			}
		}
		if len(globs) > 0 || len(list[i].Command) == 0 {
			x.Rest = append(x.Rest, wordEntry{strings.Join(globs, "|"), []uint16{uint16(i)}})
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		e := wordEntry{Word: name}
		for i := range list {
			if h := &list[i]; len(h.Calls) == 0 && (len(h.Command) == 0 || matchAny(h.Command, name)) {
				e.Numbers = append(e.Numbers, uint16(i))
			}
		}
		x.Names = append(x.Names, e)
	}
	return x
}

// handlingOfCall gives the same of a call in code, by its name.
func (s *Set) handlingOfCall(name string) *Handling {
	for i := range s.Handlings {
		if h := &s.Handlings[i]; matchAny(h.Calls, name) {
			return h
		}
	}
	return nil
}

// fits reports whether the command is told what a handling wants.
func (h *Handling) fits(r *reader) bool {
	if len(h.Class) > 0 && !matchAny(h.Class, string(r.usualClass())) {
		return false
	}
	if len(h.Flags) > 0 && !r.args.hasAny(h.Flags...) || r.args.hasAny(h.FlagsNot...) || len(h.Operands) > 0 && !r.args.anyFits(h.Operands) {
		return false
	}
	return len(h.Args) == 0 || slices.ContainsFunc(h.Args, func(pattern string) bool {
		_, ok := r.args.matchLoosely(pattern)
		return ok
	})
}

// usualClass is that of what the command does when no rule matches it.
func (r *reader) usualClass() Class {
	if r.ordinarily != nil && r.ordinarily.Class != "" {
		return r.ordinarily.Class
	}
	return r.program.Class
}

// handlings checks what is said about the content of files.
func (f *file) handlings(s *Set) error {
	if err := f.ids("handling", len(s.Handlings), func(i int) string { return s.Handlings[i].ID }); err != nil {
		return err
	}
	for i := range s.Handlings {
		h := &s.Handlings[i]
		if err := f.oneOf("handling", i, "op", h.Op, opList, opLoad, opSend, opRead); err != nil {
			return err
		}
		if len(h.Command) == 0 && len(h.Class) == 0 && len(h.Options) == 0 && len(h.Calls) == 0 {
			return f.wrong("handling", i, "command", fmt.Sprintf("%q is about no program", h.ID), "name the programs, their class, the options or the calls")
		}
	}
	return nil
}
