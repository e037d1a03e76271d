package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// readOptions are the options of read, or of mapfile.
type readOptions struct {
	names  []string
	values map[byte]Word // of the options that take one
	flags  string        // the letters of all options
}

// options tells the options of read or mapfile apart; valued are the letters
// that take a value.
func (o *readOptions) read(args []Word, valued string) {
	o.values = make(map[byte]Word)
	for i := 0; i < len(args); i++ {
		arg := args[i].Text
		if len(arg) < 2 || arg[0] != '-' {
			if syntax.ValidName(arg) {
				o.names = append(o.names, arg)
			}
			continue
		}
		for j := 1; j < len(arg); j++ {
			o.flags += arg[j : j+1]
			if strings.IndexByte(valued, arg[j]) < 0 {
				continue
			}
			if j+1 < len(arg) {
				o.values[arg[j]] = Word{Text: arg[j+1:]}
			} else if i+1 < len(args) {
				i++
				o.values[arg[j]] = args[i]
			}
			break
		}
	}
}

// delimiter ends what is read at once: a line, unless -d says otherwise.
func (o *readOptions) delimiter() string {
	w, given := o.values['d']
	switch {
	case !given:
		return "\n"
	case w.Text == "":
		return "\x00"
	}
	return w.Text[:1]
}

// input is the text that read or mapfile reads.
func (sh *shell) input(c *Command, o *readOptions) (text Word, ok bool) {
	if _, other := o.values['u']; other || c.Stdin == nil {
		return Word{}, false
	}
	return *c.Stdin, true
}

// read assigns the first line of known input, or makes its variables unknown.
func (sh *shell) read(c *Command) {
	sh.emit(c)
	var o readOptions
	o.read(c.Argv[1:], "adinNptu")
	array, isArray := o.values['a']
	text, ok := sh.input(c, &o)
	if !ok || !text.Known() || strings.ContainsAny(o.flags, "nN") {
		if isArray {
			o.names = append(o.names, array.Text)
		}
		sh.forgetRead(c, &o, "REPLY")
		return
	}
	line, _, _ := strings.Cut(text.Text, o.delimiter())
	switch {
	case isArray:
		f := folder{sh: sh, split: true}
		f.unquotedValue(Word{Text: line})
		f.flush()
		for i := range f.out {
			f.out[i].Glob = false // read does not look for files
		}
		sh.vars.set(array.Text, value{array: true, words: f.out})
	case len(o.names) == 0:
		sh.vars.setText("REPLY", line)
	default:
		sh.assignRead(o.names, Word{Text: line}, sh.separators())
	}
}

// readArray follows mapfile and readarray: each line is an element.
func (sh *shell) readArray(c *Command) {
	sh.emit(c)
	var o readOptions
	o.read(c.Argv[1:], "dnOsuCc")
	if call, ok := o.values['C']; ok {
		sh.code(c, call, Eval)
	}
	text, ok := sh.input(c, &o)
	if strings.ContainsAny(o.flags, "Osn") || !ok {
		if note := sh.printedBy(c); note != "" {
			sh.vars.set(o.array(), value{array: true, words: []Word{unknown(note)}})
			return
		}
		sh.forgetRead(c, &o, "MAPFILE")
		return
	}
	lines := lineWords(text, o.delimiter())
	if !strings.Contains(o.flags, "t") {
		for i := range lines {
			lines[i].Text += o.delimiter()
		}
	}
	sh.vars.set(o.array(), value{array: true, words: lines[:min(len(lines), maxFields)]})
}

// array is what mapfile reads into.
func (o *readOptions) array() string {
	if len(o.names) == 0 {
		return "MAPFILE"
	}
	return o.names[len(o.names)-1]
}

// printedBy is the substitution that gives the same as what c reads, or "":
// mapfile -t a < <(find x) is a=($(find x)).
func (sh *shell) printedBy(c *Command) string {
	const maxStages = 4
	text, from := "", c.From
	for range maxStages {
		if from < 0 || from >= len(sh.r.script.Commands) {
			break
		}
		w := &sh.r.script.Commands[from]
		argv := make([]string, len(w.Argv))
		for i := range w.Argv {
			if argv[i] = w.Argv[i].Text; !w.Argv[i].Known() {
				return ""
			}
		}
		if text != "" {
			text = " | " + text
		}
		text, from = Quote(argv)+text, w.From
	}
	if text == "" || len(text)+len("$()") > maxNote {
		return ""
	}
	return "$(" + text + ")"
}

// forgetRead makes unknown what is read into, which is other when no variable
// is named.
func (sh *shell) forgetRead(c *Command, o *readOptions, other string) {
	names := o.names
	if len(names) == 0 {
		names = []string{other}
	}
	for _, name := range names {
		sh.vars.set(name, value{words: []Word{unknown(sh.listNote(c, "$"+name))}})
	}
}

// lineWords splits a text at a delimiter; each part has the notes of its Holes.
func lineWords(text Word, delimiter string) (lines []Word) {
	if text.Text == "" {
		return nil
	}
	notes := text.Unknown
	for line := range strings.SplitSeq(strings.TrimSuffix(text.Text, delimiter), delimiter) {
		w := Word{Text: line}
		if strings.ContainsRune(line, Hole) {
			w.Unknown, notes = notesOf(line, notes)
		}
		if lines = append(lines, w); len(lines) > maxFields {
			break
		}
	}
	return lines
}

// readLoop recognises while read [-r] NAME… and while IFS= read NAME….
func readLoop(x *syntax.WhileClause) (names []string, ok bool) {
	if x.Until || len(x.Cond) != 1 || len(x.Cond[0].Redirs) > 0 {
		return nil, false
	}
	call, isCall := x.Cond[0].Cmd.(*syntax.CallExpr)
	if !isCall || len(call.Args) < 2 || call.Args[0].Lit() != "read" {
		return nil, false
	}
	for _, arg := range call.Args[1:] {
		switch name := arg.Lit(); {
		case name == "-r":
		case syntax.ValidName(name):
			names = append(names, name)
		default:
			return nil, false
		}
	}
	return names, len(names) > 0
}

// readLines reads a loop's body once for each line.
func (sh *shell) readLines(x *syntax.WhileClause, names []string, lines []Word) output {
	all := silent
	body := *sh
	body.stdin = input{from: sh.stdin.from}
	ifs := sh
	if call, ok := x.Cond[0].Cmd.(*syntax.CallExpr); ok && len(call.Assigns) > 0 { // while IFS= read
		ifs = sh.withVars()
		ifs.assign(call.Assigns)
	}
	separators := ifs.separators()
	for _, line := range lines {
		if !sh.r.step() {
			return output{}
		}
		sh.assignRead(names, line, separators)
		all = all.then(body.stmts(x.Do))
	}
	return all
}

// assignRead splits a line at the separators over names, the last of which
// takes the rest. A line that is not known is one value for all of them.
func (sh *shell) assignRead(names []string, in Word, separators string) {
	if !in.Known() {
		for _, name := range names {
			w := in
			if len(names) > 1 {
				w = unknown(in.Unknown[0])
			}
			sh.vars.set(name, value{words: []Word{w}})
		}
		return
	}
	line, blank := in.Text, ""
	for _, c := range " \t\n" {
		if strings.ContainsRune(separators, c) {
			blank += string(c)
		}
	}
	for i, name := range names {
		line = strings.TrimLeft(line, blank)
		if i == len(names)-1 {
			sh.vars.setText(name, strings.TrimRight(line, blank))
			return
		}
		end := len(line)
		if at := strings.IndexAny(line, separators); at >= 0 && separators != "" {
			end = at
		}
		sh.vars.setText(name, line[:end])
		line = line[end:]
		if trimmed := strings.TrimLeft(line, blank); trimmed != "" && strings.IndexByte(separators, trimmed[0]) >= 0 {
			line = trimmed[1:]
		}
	}
}

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
