package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// fields folds words as the shell expands the words of a command: braces,
// tilde, parameters, splitting, quote removal. File names are not looked up:
// a pattern stays as it is, marked Glob.
func (sh *shell) fields(words []*syntax.Word) []Word {
	out := make([]Word, 0, len(words))
	for _, w := range words {
		out = sh.appendFields(out, w)
	}
	return out
}

func (sh *shell) appendFields(out []Word, w *syntax.Word) []Word {
	if len(w.Parts) == 1 {
		switch part := w.Parts[0].(type) {
		case *syntax.Lit:
			if !strings.ContainsAny(part.Value, "\\~{*?[") {
				return append(out, sh.noted(Word{Text: part.Value, Span: sh.span(w)}))
			}
		case *syntax.SglQuoted:
			if !part.Dollar {
				return append(out, sh.noted(Word{Text: part.Value, Span: sh.span(w)}))
			}
		}
	}
	if !mayBrace(w) {
		return sh.fieldsOf(out, w)
	}
	split := *w // an empty alternative has no position: the word itself stays as it is
	if !syntax.SplitBraces(&split) {
		return sh.fieldsOf(out, w)
	}
	alternatives, ok := braces(&split)
	if !ok {
		hole := unknown(sh.text(w))
		hole.Span = sh.span(w)
		return append(out, hole)
	}
	for _, alt := range alternatives {
		out = sh.fieldsOfParts(out, alt, sh.span(w))
	}
	return out
}

func (sh *shell) fieldsOf(out []Word, w *syntax.Word) []Word {
	return sh.fieldsOfParts(out, w.Parts, sh.span(w))
}

func (sh *shell) fieldsOfParts(out []Word, parts []syntax.WordPart, span Span) []Word {
	f := folder{sh: sh, span: span, out: out, split: true, tilde: tildeStart}
	f.parts(parts)
	f.flush()
	return f.out
}

// word folds a word that is not split: the value of an assignment, the target
// of a redirection.
func (sh *shell) word(w *syntax.Word, tilde tildeRule) Word {
	if w == nil {
		return Word{}
	}
	if len(w.Parts) == 1 {
		if lit, ok := w.Parts[0].(*syntax.Lit); ok && !strings.ContainsAny(lit.Value, "\\~*?[") {
			return sh.noted(Word{Text: lit.Value, Span: sh.span(w)})
		}
	}
	f := folder{sh: sh, span: sh.span(w), tilde: tilde}
	f.parts(w.Parts)
	return f.word()
}

// document folds the body of a heredoc whose delimiter is not quoted.
func (sh *shell) document(w *syntax.Word) Word {
	f := folder{sh: sh, span: sh.span(w), heredoc: true}
	f.dblQuoted(w.Parts)
	return f.word()
}

// noted marks a word unknown that holds a Hole of the text itself.
func (sh *shell) noted(w Word) Word {
	if sh.notes != nil && len(w.Unknown) == 0 && strings.ContainsRune(w.Text, Hole) {
		w.Unknown = sh.notes
	}
	return w
}

// A tildeRule says where an unquoted tilde stands for a home directory.
type tildeRule uint8

const (
	tildeNever tildeRule = iota
	tildeStart           // at the start of a word
	tildeColon           // also after a colon, in assignments
)

// A folder builds words out of the parts of one word.
type folder struct {
	sh      *shell
	span    Span
	split   bool // split the values of unquoted expansions into fields
	tilde   tildeRule
	heredoc bool // a backslash does not escape a double quote
	out     []Word

	buf     []byte
	unknown []string
	glob    bool
	begun   bool // the field exists even if it is empty
}

// word ends an unsplit word.
func (f *folder) word() Word {
	return f.sh.noted(Word{Text: string(f.buf), Unknown: f.unknown, Glob: f.glob, Span: f.span})
}

// flush ends a field.
func (f *folder) flush() {
	if !f.begun && len(f.buf) == 0 {
		return
	}
	if len(f.out) < maxCommands {
		f.out = append(f.out, f.word())
	}
	f.buf, f.unknown, f.glob, f.begun = nil, nil, false, false
}

func (f *folder) parts(parts []syntax.WordPart) {
	for i, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			f.lit(part.Value, i == 0, len(parts) == 1)
		case *syntax.SglQuoted:
			f.begun = true
			if part.Dollar {
				f.add(ansiC(part.Value))
			} else {
				f.add(part.Value)
			}
		case *syntax.DblQuoted:
			f.quotedList(part)
		case *syntax.ExtGlob:
			f.glob = true
			f.add(part.Op.String() + part.Pattern.Value + ")")
		default:
			f.expansion(part, false)
		}
	}
}

// lit adds unquoted literal text.
func (f *folder) lit(s string, first, only bool) {
	if first && f.tilde != tildeNever && strings.HasPrefix(s, "~") {
		s = f.home(s, only)
	}
	if name, rest, ok := strings.Cut(s, "=~"); ok && first && f.split && syntax.ValidName(name) {
		f.add(name + "=") // x=~ as an argument
		s = f.home("~"+rest, only)
	}
	if !strings.ContainsAny(s, "\\*?[:") {
		f.add(s)
		return
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			f.begun = true
			if i++; i < len(s) {
				f.buf = append(f.buf, s[i])
			} else {
				f.buf = append(f.buf, '\\')
			}
			continue
		case '*', '?', '[':
			f.glob = f.glob || f.split
		case ':':
			if f.tilde == tildeColon && i+1 < len(s) && s[i+1] == '~' {
				f.buf = append(f.buf, ':')
				rest := f.home(s[i+1:], only)
				f.lit(rest, false, only)
				return
			}
		}
		f.buf = append(f.buf, s[i])
	}
}

// home replaces the tilde prefix of s and returns the rest. A home that is not
// known stays written as a tilde.
func (f *folder) home(s string, only bool) string {
	end := strings.IndexAny(s, "/:")
	if end < 0 {
		if end = len(s); !only {
			return s // ~"x" and ~$x are not expanded
		}
	}
	if strings.IndexByte(s[:end], '\\') >= 0 {
		return s
	}
	dir := Word{Text: s[:end]}
	switch s[:end] {
	case "~":
		if v, ok := f.sh.vars.get("HOME"); ok && len(v.words) == 1 {
			dir = v.words[0]
		} else if f.sh.r.opts.Home != "" {
			dir.Text = f.sh.r.opts.Home
		}
	case "~+":
		dir = f.sh.absolute(f.sh.vars.directory())
	case "~-":
		if v, _ := f.sh.lookup("OLDPWD"); len(v.words) == 1 {
			dir = v.words[0]
		}
	case "~root":
		dir.Text = "/root"
	}
	f.value(dir)
	return s[end:]
}

// add adds text that is neither split nor a pattern.
func (f *folder) add(s string) {
	if s == "" {
		return
	}
	r := f.sh.r
	if r.expanded += len(s); r.expanded > maxExpansion || len(f.buf)+len(s) > maxValue {
		r.limit(limitSize)
		return
	}
	f.buf = append(f.buf, s...)
}

// value adds a folded value as quoted text.
func (f *folder) value(w Word) {
	f.add(w.Text)
	f.unknown = addNotes(f.unknown, w.Unknown)
	f.glob = f.glob || w.Glob // "$f" in for f in *
}

// addNotes joins what two runs depend on, up to maxNotes.
func addNotes(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	return append(a[:len(a):len(a)], b[:min(len(b), max(maxNotes-len(a), 0))]...)
}

// hole adds an unknown run.
func (f *folder) hole(note string) { f.value(unknown(note)) }

// unquotedValue adds the value of an unquoted expansion, split at IFS.
func (f *folder) unquotedValue(w Word) {
	if !f.split {
		f.value(w)
		return
	}
	ifs := " \t\n"
	if v, ok := f.sh.vars.get("IFS"); ok && len(v.words) == 1 && v.words[0].Known() {
		ifs = v.words[0].Text
	}
	f.glob = f.glob || strings.ContainsAny(w.Text, "*?[")
	text, notes := w.Text, w.Unknown
	for text != "" {
		i := strings.IndexAny(text, ifs)
		if ifs == "" || i < 0 {
			i = len(text)
		}
		if i > 0 {
			part := Word{Text: text[:i]}
			part.Unknown, notes = notesOf(part.Text, notes)
			f.value(part)
		}
		if i == len(text) {
			return
		}
		text = f.separator(text[i:], ifs)
	}
}

// separator ends a field at what separates it from the next, which is one
// character of ifs with the white space of ifs around it, and returns the rest.
func (f *folder) separator(text, ifs string) string {
	hard := false
	for text != "" && strings.IndexByte(ifs, text[0]) >= 0 {
		if !isSpace(text[0]) {
			if hard {
				break
			}
			hard = true
		}
		text = text[1:]
	}
	if hard {
		f.begun = true // also an empty field ends there
	}
	glob := f.glob
	f.flush()
	f.glob = glob
	return text
}

// notesOf gives a part of a value the notes for its Holes, and returns the rest.
func notesOf(text string, notes []string) (own, rest []string) {
	n := strings.Count(text, string(Hole))
	if n >= len(notes) {
		return notes, notes
	}
	return notes[:n:n], notes[n:]
}

// quotedList adds "…", in which "$@" and "${a[@]}" make several fields.
func (f *folder) quotedList(q *syntax.DblQuoted) {
	if len(q.Parts) == 1 && f.split {
		if p, ok := q.Parts[0].(*syntax.ParamExp); ok && !starred(p) {
			if list, ok := f.sh.listOf(p); ok {
				for i, w := range list {
					if i > 0 {
						f.flush()
					}
					f.begun = true
					f.value(w)
				}
				return
			}
		}
	}
	f.begun = true
	f.dblQuoted(q.Parts)
}

// starred reports $* and ${a[*]}, which make one field of a list.
func starred(p *syntax.ParamExp) bool {
	word, ok := p.Index.(*syntax.Word)
	return p.Param != nil && p.Param.Value == "*" || ok && word.Lit() == "*"
}

// dblQuoted adds the parts between double quotes, or of a heredoc.
func (f *folder) dblQuoted(parts []syntax.WordPart) {
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			f.dblLit(part.Value)
		case *syntax.SglQuoted: // $'…' inside "${x:-$'…'}"
			f.add(part.Value)
		case *syntax.DblQuoted:
			f.dblQuoted(part.Parts)
		default:
			f.expansion(part, true)
		}
	}
}

// dblLit adds literal text between double quotes.
func (f *folder) dblLit(s string) {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			f.add(s)
			return
		}
		f.add(s[:i])
		switch c := s[i+1]; {
		case c == '\n':
		case c == '$' || c == '`' || c == '\\' || c == '"' && !f.heredoc:
			f.add(s[i+1 : i+2])
		default:
			f.add(s[i : i+2])
		}
		s = s[i+2:]
	}
}

// expansion adds a part that starts with a dollar, a backquote or <(.
func (f *folder) expansion(part syntax.WordPart, quoted bool) {
	emit := f.unquotedValue
	if quoted {
		emit = f.value
	}
	switch part := part.(type) {
	case *syntax.ParamExp:
		if list, ok := f.sh.listOf(part); ok {
			f.joined(list, quoted, starred(part))
			return
		}
		emit(f.sh.param(part))
	case *syntax.CmdSubst:
		emit(f.sh.substitution(part))
	case *syntax.ArithmExp:
		emit(f.sh.arithmWord(part.X, f.sh.text(part)))
	case *syntax.ProcSubst:
		note := shorten(f.sh.text(part))
		if out := f.sh.processOutput(part); out.known {
			if f.sh.r.printed == nil {
				f.sh.r.printed = make(map[string]Word)
			}
			f.sh.r.printed[note] = out.text
		} else if n := len(f.sh.r.script.Commands); n > 0 {
			if f.sh.r.printedAt == nil {
				f.sh.r.printedAt = make(map[string]int)
			}
			f.sh.r.printedAt[note] = n - 1
		}
		f.hole(note)
	default:
		f.hole(f.sh.text(part))
	}
}

// joined adds the elements of a list in the middle of a word.
func (f *folder) joined(list []Word, quoted, star bool) {
	for i, w := range list {
		switch {
		case i == 0:
		case quoted && star:
			f.add(firstOf(f.sh.separators()))
		case !f.split:
			f.add(" ")
		default:
			f.flush()
			f.begun = quoted
		}
		if quoted {
			f.value(w)
		} else {
			f.unquotedValue(w)
		}
	}
}

// span is where a node stands in the script's source.
func (sh *shell) span(n syntax.Node) Span {
	if sh.base < 0 {
		return Span{}
	}
	end := min(sh.base+int(n.End().Offset()), len(sh.r.script.Source)) // the end of a here-document may be made up
	return Span{min(sh.base+int(n.Pos().Offset()), end), end}
}

// text is how a node is written.
func (sh *shell) text(n syntax.Node) string {
	start, end := int(n.Pos().Offset()), int(n.End().Offset())
	if start < 0 || end > len(sh.src) || start > end {
		return "?"
	}
	return sh.src[start:end]
}
