package shellparse

import "strings"

// emit hands a cmdlet on as a command. What acts on files is handed on as the program
// that does the same to them, so that there is one place that knows what each does.
func (ps *powershell) emit(b *bound) {
	c := Command{Redirs: b.redirs, Span: b.span, Stages: 1, From: b.stage.from}
	switch {
	case b.has("WhatIf"):
		c.Argv = append([]Word{{Text: "echo"}}, b.argv()...)
	case len(b.posix) == 0 || b.elsewhere():
		c.Argv = b.argv()
	case b.name == "Get-ChildItem" || b.name == "Select-String":
		c.Argv = ps.search(b)
	default:
		ps.onPaths(b, c)
		return
	}
	c.Argv[0].Span = Span{b.span.Start, b.span.Start}
	ps.sh.emit(&c)
}

// elsewhere reports a path in no file system: HKLM:\…, Env:X, Cert:\….
func (b *bound) elsewhere() bool {
	for _, w := range b.operand("Path") {
		if drive, _, ok := strings.Cut(w.Text, ":"); ok && len(drive) > 1 && strings.Trim(drive, psNameBytes) == "" && !strings.Contains(w.Text, "://") {
			return true
		}
	}
	return false
}

// onPaths emits the program for what a cmdlet does to files. What a recursive search
// finds is for find: no pattern of a shell says as much.
func (ps *powershell) onPaths(b *bound, c Command) {
	argv := []Word{{Text: b.posix[0], Span: Span{b.span.Start, b.span.Start}}}
	for _, option := range b.posix[1:] {
		name, flag, mapped := strings.Cut(option, ":")
		if !mapped {
			argv = append(argv, Word{Text: option})
		} else if b.has(name) {
			argv = append(argv, Word{Text: flag})
		}
	}
	var rest []Word
	for _, p := range b.params {
		if p.kind != '@' || !isPathParam(p.names[0]) {
			continue
		}
		for _, w := range b.values[p.names[0]] {
			w = operandWord(slashes(w))
			dir, name, below := strings.Cut("/"+w.Text, "/**/")
			if !below || b.name != "Remove-Item" {
				rest = append(rest, w)
				continue
			}
			found := c
			found.Argv = ps.find(Word{Text: strings.TrimPrefix(dir, "/"), Unknown: w.Unknown}, Word{Text: name, Unknown: w.Unknown})
			if b.has("Recurse") {
				found.Argv = append(found.Argv, Word{Text: "-exec"}, Word{Text: "rm"}, Word{Text: "-rf"}, Word{Text: "{}"}, Word{Text: "+"})
			} else {
				found.Argv = append(found.Argv, Word{Text: "-delete"})
			}
			ps.sh.run(found)
		}
	}
	if len(rest) == 0 && b.name == "Remove-Item" {
		return
	}
	c.Argv = append(append(argv, rest...), b.extra...)
	if text := b.operand("Value"); b.posix[0] == "tee" && len(text) > 0 {
		in := joinWords(text, "\n")
		in.Text += "\n"
		c.Stdin = &in
	} else if in := b.stage.in.words; b.posix[0] == "tee" && len(in) > 0 && !in[0].Glob {
		text := joinWords(in, "\n")
		text.Text += "\n"
		c.Stdin = &text
	}
	ps.sh.emit(&c)
}

// operandWord keeps a file from being taken for an option.
func operandWord(w Word) Word {
	if strings.HasPrefix(w.Text, "-") {
		w.Text = "./" + w.Text
	}
	return w
}

// find is a search below a directory.
func (ps *powershell) find(dir, name Word) []Word {
	if dir.Text == "" {
		dir.Text = "."
	}
	dir.Unknown, name.Unknown = notesIn(dir), notesIn(name)
	argv := []Word{{Text: "find"}, dir}
	if name.Text != "*" && name.Text != "" {
		argv = append(argv, Word{Text: "-iname"}, Word{Text: name.Text, Unknown: name.Unknown})
	}
	return argv
}

// notesIn are the notes of a word whose text is part of another's.
func notesIn(w Word) []string {
	if !strings.ContainsRune(w.Text, Hole) {
		return nil
	}
	return w.Unknown
}

// search is what Get-ChildItem and Select-String look for.
func (ps *powershell) search(b *bound) []Word {
	places := b.operand("Path")
	if b.name == "Select-String" {
		argv := []Word{{Text: "grep"}, {Text: "-E"}, {Text: "-e"}, joinWords(b.operand("Pattern"), "|")}
		if len(places) == 0 && b.stage.piped && len(b.stage.in.words) > 0 && b.stage.in.words[0].Glob {
			for _, w := range b.stage.in.words {
				if dir, name, below := strings.Cut("/"+w.Text, "/**/"); below {
					argv = append(argv, Word{Text: "-r"}, Word{Text: "--include=" + name}, Word{Text: strings.TrimPrefix(dir+"/", "/") + "."})
				} else {
					argv = append(argv, w)
				}
			}
		}
		return append(argv, withPattern(places).words...)
	}
	if !b.has("Recurse") {
		argv := []Word{{Text: "ls"}}
		for _, w := range withPattern(places).words {
			argv = append(argv, operandWord(w))
		}
		return argv
	}
	name := Word{}
	for _, w := range append(b.operand("Filter"), b.values["Include"]...) {
		name = w
	}
	argv := ps.find(Word{Text: "."}, name)
	for i, w := range withPattern(places).words {
		if i == 0 {
			argv = append(argv[:1:1], argv[2:]...)
		}
		argv = append(argv[:1+i:1+i], append([]Word{operandWord(w)}, argv[1+i:]...)...)
	}
	return argv
}
