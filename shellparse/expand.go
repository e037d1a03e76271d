package shellparse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// param folds a parameter expansion to one value.
func (sh *shell) param(p *syntax.ParamExp) Word {
	if p.Param == nil || p.Flags != nil || p.NestedParam != nil || len(p.Modifiers) > 0 {
		return unknown(sh.text(p))
	}
	name := p.Param.Value
	if p.Names != 0 { // ${!PREFIX*}
		return unknown(sh.text(p))
	}
	if p.Excl && name == "#" {
		list, known := sh.positional()
		if !known || len(list) == 0 {
			return unknown(sh.text(p))
		}
		return list[len(list)-1]
	}
	if p.Excl {
		target, set := sh.scalar(name, p.Index)
		if listsVariables(target) {
			return unknown(AnyVariable)
		}
		if !set || !target.Known() || !syntax.ValidName(target.Text) {
			return unknown(sh.text(p))
		}
		name = target.Text
	}
	if p.Length {
		return sh.paramLength(p, name)
	}
	w, set := sh.scalar(name, p.Index)
	switch {
	case p.Exp != nil:
		return sh.paramOp(p, name, w, set)
	case p.Slice != nil:
		return sh.slice(p, w)
	case p.Repl != nil:
		return sh.replace(p, w)
	case w.Known() || p.Short || len(w.Unknown) > 1 || w.Text != string(Hole):
		return w
	case w.Unknown[0] == "$"+name:
		return unknown(sh.text(p))
	}
	return w
}

// scalar is the value of a variable or positional parameter, or of an element.
func (sh *shell) scalar(name string, index syntax.ArithmExpr) (w Word, set bool) {
	if w, ok := sh.specialParameter(name); ok {
		return w, true
	}
	v, set := sh.lookup(name)
	i := 0
	if index != nil && v.keyed {
		sh.indexed(index)
		return unknown("$" + name), true
	}
	if index != nil && !v.array && !v.keyed {
		sh.arithm(index) // for the commands inside
	}
	if index != nil && v.array {
		n, ok := sh.arithm(index)
		if !ok {
			return unknown("$" + name), true
		}
		if i = n; i < 0 {
			i += len(v.words)
		}
	}
	if i < 0 || i >= len(v.words) {
		return Word{}, false
	}
	return v.words[i], set
}

// specialParameter is the value of the parameters that are not variables.
func (sh *shell) specialParameter(name string) (w Word, ok bool) {
	switch name {
	case "@", "*":
		list, known := sh.positional()
		if !known {
			return unknown("$" + name), true
		}
		separator := " "
		if name == "*" {
			separator = firstOf(sh.separators())
		}
		return joinWords(list, separator), true
	case "#":
		list, known := sh.positional()
		if !known {
			return unknown("$#"), true
		}
		return Word{Text: strconv.Itoa(len(list))}, true
	case "?", "$", "!", "-":
		return unknown("$" + name), true
	}
	if name == "" || name[0] < '0' || name[0] > '9' {
		return Word{}, false
	}
	n, err := strconv.Atoi(name)
	params, known := sh.vars.arguments()
	switch {
	case err != nil || !known || params == nil:
		return unknown("$" + name), true
	case n < len(params):
		return params[n], true
	}
	return Word{}, true
}

// firstOf is the first character of IFS, which joins "$*".
func firstOf(separators string) string {
	return separators[:min(1, len(separators))]
}

// positional is $1 and on; known is false when the caller did not tell.
func (sh *shell) positional() (list []Word, known bool) {
	params, called := sh.vars.arguments()
	if !called || params == nil {
		return nil, false
	}
	return params[min(1, len(params)):], true
}

// listOf returns the elements of $@, $*, ${a[@]}, of their slices and edits,
// and the indices ${!a[@]}.
func (sh *shell) listOf(p *syntax.ParamExp) (list []Word, ok bool) {
	if p.Param == nil || p.Length {
		return nil, false
	}
	name := p.Param.Value
	if p.Names != 0 {
		return nil, false
	}
	if name == "@" || name == "*" {
		if list, ok = sh.positional(); !ok || p.Excl {
			return nil, false
		}
		if p.Slice != nil { // ${@:1} starts at $1
			params, _ := sh.vars.arguments()
			return sh.sliceList(p.Slice, params)
		}
		return sh.edited(p, list)
	}
	word, isWord := p.Index.(*syntax.Word)
	if !isWord || word.Lit() != "@" && word.Lit() != "*" {
		return nil, false
	}
	v, set := sh.lookup(name)
	switch {
	case !set:
		return nil, p.Exp == nil && p.Repl == nil
	case p.Excl && (v.keyed || !v.array):
		return nil, false
	case p.Excl:
		for i := range v.words {
			list = append(list, Word{Text: strconv.Itoa(i)})
		}
		return list, true
	case p.Slice != nil:
		return sh.sliceList(p.Slice, v.words)
	}
	return sh.edited(p, v.words)
}

// edited is a list with an edit, such as ${a[@]%.c}, made to each element.
func (sh *shell) edited(p *syntax.ParamExp, list []Word) (out []Word, ok bool) {
	if p.Exp == nil && p.Repl == nil {
		return list, true
	}
	if p.Exp != nil && p.Exp.Op < syntax.RemSmallSuffix {
		return nil, false // ${@:-default} and its kind
	}
	for _, w := range list {
		if p.Repl != nil {
			w = sh.replace(p, w)
		} else {
			w = sh.edit(p, w)
		}
		out = append(out, w)
	}
	return out, true
}

func (sh *shell) sliceList(s *syntax.Slice, list []Word) ([]Word, bool) {
	start, end, ok := sh.bounds(s, len(list))
	if !ok {
		return nil, false
	}
	return list[start:end], true
}

// bounds evaluates ${x:start:length} against a value of n characters.
func (sh *shell) bounds(s *syntax.Slice, n int) (start, end int, ok bool) {
	if s.Offset != nil {
		if start, ok = sh.arithm(s.Offset); !ok {
			return 0, 0, false
		}
	}
	if start < 0 {
		start = max(start+n, 0)
	}
	start = min(start, n)
	end = n
	if s.Length != nil {
		length, ok := sh.arithm(s.Length)
		if !ok {
			return 0, 0, false
		}
		if length < 0 {
			end = max(n+length, start)
		} else {
			end = min(start+min(length, n), n)
		}
	}
	return start, end, true
}

func (sh *shell) slice(p *syntax.ParamExp, w Word) Word {
	if !w.Known() {
		return unknown(sh.text(p))
	}
	runes := []rune(w.Text)
	start, end, ok := sh.bounds(p.Slice, len(runes))
	if !ok {
		return unknown(sh.text(p))
	}
	return Word{Text: string(runes[start:end])}
}

func (sh *shell) paramLength(p *syntax.ParamExp, name string) Word {
	v, _ := sh.lookup(name)
	if word, ok := p.Index.(*syntax.Word); ok && (word.Lit() == "@" || word.Lit() == "*") {
		return Word{Text: strconv.Itoa(len(v.words))}
	}
	w, _ := sh.scalar(name, p.Index)
	if !w.Known() {
		return unknown(sh.text(p))
	}
	return Word{Text: strconv.Itoa(utf8.RuneCountInString(w.Text))}
}

// paramOp folds ${x:-word} and its kind. Of a variable that is unknown, a
// default may or may not apply.
func (sh *shell) paramOp(p *syntax.ParamExp, name string, w Word, set bool) Word {
	op := p.Exp.Op
	empty := !set
	switch op {
	case syntax.AlternateUnsetOrNull, syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull, syntax.ErrorUnsetOrNull:
		empty = !set || w.Known() && w.Text == ""
	}
	opaque := set && !w.Known() && w.Text == string(Hole)
	switch op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
		if opaque {
			sh.word(p.Exp.Word, tildeStart) // for the commands inside
			return sh.mayDefault(p, name, w)
		}
		if empty {
			return sh.word(p.Exp.Word, tildeStart)
		}
		return w
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if opaque {
			sh.word(p.Exp.Word, tildeStart) // for the commands inside
			w = sh.mayDefault(p, name, w)
			sh.vars.set(name, value{words: []Word{w}})
			return w
		}
		if empty {
			w = sh.word(p.Exp.Word, tildeStart)
			sh.vars.set(name, value{words: []Word{w}})
		}
		return w
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		alt := sh.word(p.Exp.Word, tildeStart)
		switch {
		case opaque:
			return unknown(sh.text(p))
		case empty:
			return Word{}
		}
		return alt
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		sh.word(p.Exp.Word, tildeStart) // for the commands inside
		if name == "HOME" {
			return unknown("$HOME")
		}
		if opaque || empty {
			return unknown(sh.text(p))
		}
		return w
	}
	return sh.edit(p, w)
}

// edit folds the operators that trim a value or change its case.
func (sh *shell) edit(p *syntax.ParamExp, w Word) Word {
	arg := sh.word(p.Exp.Word, tildeNever)
	if !arg.Known() {
		return unknown(sh.text(p))
	}
	switch p.Exp.Op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		return sh.trim(p, w, sh.patternText(p.Exp.Word))
	}
	if !w.Known() || arg.Text != "" {
		return unknown(sh.text(p))
	}
	switch p.Exp.Op {
	case syntax.UpperAll:
		w.Text = strings.ToUpper(w.Text)
	case syntax.LowerAll:
		w.Text = strings.ToLower(w.Text)
	default:
		return unknown(sh.text(p))
	}
	return w
}

// trim folds ${x#pattern} and its kind. Where the affected end of the value is
// unknown, so is the result.
func (sh *shell) trim(p *syntax.ParamExp, w Word, pat string) Word {
	prefix := p.Exp.Op == syntax.RemSmallPrefix || p.Exp.Op == syntax.RemLargePrefix
	longest := p.Exp.Op == syntax.RemLargePrefix || p.Exp.Op == syntax.RemLargeSuffix
	// Every cut is matched, and with several stars a match is not linear.
	if !w.Known() || !sh.matches(pat, w.Text) || len(w.Text) > 1024 || len(w.Text) > 128 && strings.Count(pat, "*") > 2 {
		return unknown(sh.text(p))
	}
	text := w.Text
	var m matcher
	for i := range len(text) + 1 {
		cut := i
		if longest == prefix {
			cut = len(text) - i
		}
		if cut < len(text) && !utf8.RuneStart(text[cut]) {
			continue
		}
		head, tail := text[:cut], text[cut:]
		if prefix && m.match(pat, head) {
			return Word{Text: tail}
		}
		if !prefix && m.match(pat, tail) {
			return Word{Text: head}
		}
	}
	if m.over() {
		return unknown(sh.text(p))
	}
	return w
}

// replace folds ${x/pattern/text}, also at the start (/#) or the end (/%).
func (sh *shell) replace(p *syntax.ParamExp, w Word) Word {
	with := sh.word(p.Repl.With, tildeNever)
	pat := sh.patternText(p.Repl.Orig)
	if !w.Known() || !with.Known() || pat == "" || strings.ContainsRune(pat, Hole) || !sh.matches(pat, w.Text) {
		return unknown(sh.text(p))
	}
	if len(w.Text) > 1024 || len(w.Text) > 128 && strings.Count(pat, "*") > 2 {
		sh.r.limit(limitSize)
		return unknown(sh.text(p))
	}
	atStart, atEnd := false, false
	if !p.Repl.All && len(pat) > 1 {
		if atStart, atEnd = pat[0] == '#', pat[0] == '%'; atStart || atEnd {
			pat = pat[1:]
		}
	}
	var b strings.Builder
	var m matcher
	text, done := w.Text, false
	for i := 0; i < len(text) && !done; {
		n := m.longest(pat, text[i:], atEnd)
		if n == 0 || atStart && i > 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[i : i+size])
			i += size
			continue
		}
		b.WriteString(with.Text)
		i += n
		if !p.Repl.All || b.Len() > maxValue {
			b.WriteString(text[i:])
			done = true
		}
	}
	if b.Len() > maxValue || m.over() {
		sh.r.limit(limitSize)
		return unknown(sh.text(p))
	}
	return Word{Text: b.String()}
}

// patternText is a word as a pattern: what is quoted in it is escaped.
func (sh *shell) patternText(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	var b strings.Builder
	for _, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(part.Value)
		case *syntax.ParamExp, *syntax.CmdSubst, *syntax.ArithmExp:
			f := folder{sh: sh}
			f.expansion(part, true)
			b.Write(f.buf)
		default:
			f := folder{sh: sh}
			f.parts([]syntax.WordPart{part})
			b.WriteString(pattern.QuoteMeta(string(f.buf), 0))
		}
	}
	return b.String()
}

func joinWords(words []Word, sep string) Word {
	switch len(words) {
	case 0:
		return Word{}
	case 1:
		return Word{Text: words[0].Text, Unknown: words[0].Unknown}
	}
	n := 0
	for _, w := range words {
		n += len(w.Text) + len(sep)
	}
	var b strings.Builder
	b.Grow(n)
	var out Word
	for i, w := range words {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(w.Text)
		out.Unknown = addNotes(out.Unknown, w.Unknown)
	}
	out.Text = b.String()
	return out
}
