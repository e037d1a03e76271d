package prompt

import (
	"strings"
	"unicode/utf8"
)

// A row is one row of the terminal: its text, colours included, and its width
// in columns.
type row struct {
	text  string
	width int
}

func plain(s string) row { return row{s, Width(s)} }

// A paper folds text to rows for one terminal.
type paper struct {
	caps  Caps
	width int // columns that may be used
}

// The styles, as SGR parameters.
const (
	bold    = "1"
	dim     = "2"
	reverse = "7"
	red     = "1;31"
	yellow  = "1;33"
)

func (p paper) style(sgr, s string) string {
	if !p.caps.Color || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

// words makes our own prose fit for the terminal.
func (p paper) words(s string) string {
	var b strings.Builder
	for t := (tokens{rest: s, ascii: !p.caps.Unicode, prose: true}); t.next(); {
		b.WriteString(t.text)
	}
	return b.String()
}

// command folds the agent's text to at most limit rows of the given width, a
// newline of its own ends a row too. Rest is the number of characters that
// found no room.
func (p paper) command(s string, width, limit int) (rows []row, rest int) {
	return p.fold(tokens{rest: s, ascii: !p.caps.Unicode}, width, limit)
}

// prose folds a sentence to at most limit rows; spaces at their ends are dropped.
func (p paper) prose(s string, width, limit int) (rows []row, rest int) {
	rows, rest = p.fold(tokens{rest: s, ascii: !p.caps.Unicode, prose: true}, width, limit)
	for i, r := range rows {
		text := strings.TrimRight(r.text, " ")
		rows[i] = row{text, r.width - (len(r.text) - len(text))}
	}
	return rows, rest
}

// fold breaks behind the last space of a row when that leaves the row half
// full, else wherever the row ends. Escapes are never broken.
func (p paper) fold(t tokens, width, limit int) (rows []row, rest int) {
	var (
		b    strings.Builder
		used int
		// The last space of the row: bytes of b up to and with it, their
		// columns, and the source behind it.
		space, spaceW int
		behind        string
	)
	for before := t.rest; t.next(); before = t.rest {
		if used > 0 && used+t.width > width {
			line, lineW, tail := b.String(), used, ""
			if spaceW*2 >= width {
				line, lineW, tail = line[:space], spaceW, line[space:]
				before = behind
			}
			rows = append(rows, row{line, lineW})
			if len(rows) >= limit {
				return rows, utf8.RuneCountInString(before)
			}
			used -= lineW
			space, spaceW = 0, 0
			b.Reset()
			b.WriteString(tail)
		}
		if t.edge {
			b.WriteString(p.style(red, t.text))
		} else if t.escaped && p.caps.Color && !t.prose {
			b.WriteString("\x1b[" + reverse + "m" + t.text + "\x1b[0m")
		} else {
			b.WriteString(t.text)
		}
		used += t.width
		if t.text == " " {
			space, spaceW, behind = b.Len(), used, t.rest
		}
		if t.newline && t.rest != "" {
			rows = append(rows, row{b.String(), used})
			if len(rows) >= limit {
				return rows, utf8.RuneCountInString(t.rest)
			}
			used, space, spaceW = 0, 0, 0
			b.Reset()
		}
	}
	if used > 0 {
		rows = append(rows, row{b.String(), used})
	}
	return rows, 0
}

// cut shows s on one row of the given width; what does not fit is replaced by an
// ellipsis.
func (p paper) cut(s string, width int) row {
	rows, rest := p.command(s, width, 1)
	switch {
	case len(rows) == 0:
		return row{}
	case rest == 0 && len(rows) == 1:
		return rows[0]
	}
	dots := p.words("…")
	rows, _ = p.fold(tokens{rest: s, ascii: !p.caps.Unicode}, max(1, width-Width(dots)), 1)
	return row{rows[0].text + dots, rows[0].width + Width(dots)}
}
