package shellparse

import "strings"

// words are all words of the text.
func (c *cmdLine) words() (all []Word) {
	if c.sh == nil {
		c.sh = &shell{r: newReader("", Options{}), vars: &scope{}, base: -1}
	}
	for c.pos < len(c.text) && len(all) < maxFields {
		c.blanks(false)
		w, ok := c.word()
		if !ok {
			break
		}
		all = append(all, w)
	}
	return all
}

// word reads one word; ok is false at an operator or the end of the line.
func (c *cmdLine) word() (w Word, ok bool) {
	start, quoted := c.pos, false
	var parts []Word
	var b strings.Builder
	for c.pos < len(c.text) {
		ch := c.text[c.pos]
		if !quoted && strings.IndexByte(" \t\r\n&|()<>,;", ch) >= 0 {
			break
		}
		switch {
		case ch == '"':
			quoted = !quoted
			c.pos++
		case ch == '\n':
			quoted = false
		case ch == '^' && !quoted:
			if c.pos++; c.pos < len(c.text) && c.text[c.pos] != '\n' && c.text[c.pos] != '\r' {
				b.WriteByte(c.text[c.pos])
				c.pos++
			}
		case ch == '%' || ch == '!':
			if v, n := c.variable(ch); n > 0 {
				parts = append(parts, Word{Text: b.String()}, v)
				b.Reset()
				c.pos += n
				continue
			}
			fallthrough
		default:
			b.WriteByte(ch)
			c.pos++
		}
	}
	if c.pos == start {
		return Word{}, false
	}
	glob := false
	for _, p := range parts {
		glob = glob || p.Glob
	}
	w = joinWords(append(parts, Word{Text: b.String()}), "")
	if len(parts) > 1 && parts[0].Text == "" && strings.HasPrefix(w.Text, "/") { // %USERPROFILE%\x, whose value has slashes
		w.Text = strings.ReplaceAll(w.Text, `\`, "/")
	}
	if c.sh.notes != nil && strings.ContainsRune(w.Text, Hole) && w.Known() {
		w.Unknown = c.sh.notes
	}
	if c.sh.r.expanded += len(w.Text); len(w.Text) > maxValue || c.sh.r.expanded > maxExpansion {
		c.sh.r.limit(limitSize)
		w = unknown("%")
	}
	w.Glob = glob || strings.ContainsAny(w.Text, "*?")
	w.Span = c.span(start)
	return w, true
}

// variable reads %NAME%, %NAME:~0,2%, !NAME!, %1, %~dp0 and the %x of a loop, and how
// long it is in the text; 0 when it is no variable.
func (c *cmdLine) variable(mark byte) (w Word, n int) {
	rest := c.text[c.pos:]
	lead := len(rest) - len(strings.TrimLeft(rest, "%"))
	if mark == '%' && lead <= 2 && len(rest) > lead {
		name := rest[lead:]
		skip := 0
		if name[0] == '~' { // %~fx
			skip = 1
			for skip < len(name) && strings.IndexByte("fdpnxsatz", name[skip]) >= 0 && skip+1 < len(name) && (isLetter(name[skip+1]) || isDigit(name[skip+1])) {
				skip++
			}
		}
		if skip < len(name) {
			if v, ok := c.vars[name[skip:skip+1]]; ok {
				return v, lead + skip + 1
			}
			if isDigit(name[skip]) || name[0] == '*' {
				return unknown("%" + name[:skip+1]), lead + skip + 1
			}
		}
	}
	end := strings.IndexByte(rest[1:], mark)
	if end <= 0 {
		return Word{}, 0
	}
	name, edit, edited := strings.Cut(rest[1:1+end], ":")
	if name == "" || strings.Trim(name, psNameBytes+"()#$.- ") != "" || isDigit(name[0]) ||
		edited && !strings.HasPrefix(edit, "~") && !strings.Contains(edit, "=") { // for %d in (C:\x) do y %d
		return Word{}, 0
	}
	w = c.sh.windowsVariable(name)
	if v, set := c.sh.vars.get(strings.ToUpper(name)); set && len(v.words) == 1 {
		w = v.words[0]
	}
	if edited && edit != "" {
		w = unknown(rest[:end+2])
	}
	return w, end + 2
}
