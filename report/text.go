package report

import (
	"fmt"
	"strings"

	"restrain/figure"
	"restrain/prompt"
	"restrain/secret"
)

// text makes an agent's text fit for one row of the terminal.
func (t *timeline) text(s string) string { return t.words(prompt.Escape(secret.Redact(s))) }

// words makes escaped text fit for a terminal without UTF-8.
func (t *timeline) words(s string) string {
	if t.caps.Unicode {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r == '→':
			b.WriteString("->")
		case r == '…':
			b.WriteString("...")
		case r == '·':
			b.WriteString("|")
		case r == '⏎':
			b.WriteString(`\n`)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

func (t *timeline) style(sgr, s string) string {
	if !t.caps.Color || sgr == "" || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (t *timeline) line(sgr, s string) {
	t.b.WriteString(t.style(sgr, s))
	t.b.WriteByte('\n')
}

// fold writes a text in as many rows as it takes, behind a first and then
// another indentation.
func (t *timeline) fold(first, next, s, sgr string) {
	indent := first
	for rest := s; ; {
		row, more := splitRow(rest, t.width-prompt.Width(indent))
		t.line(sgr, indent+row)
		if indent, rest = next, more; rest == "" {
			return
		}
	}
}

// wrap splits a text into rows.
func (t *timeline) wrap(s string, width int) []string {
	var rows []string
	for s != "" {
		var row string
		row, s = splitRow(s, width)
		rows = append(rows, row)
	}
	return rows
}

// splitRow takes a row of at most width columns off a text: up to its last
// space, or in the middle of a word that is longer than a row.
func splitRow(s string, width int) (row, rest string) {
	used, space := 0, -1
	for i, r := range s {
		if r == ' ' {
			space = i
		}
		used += prompt.Width(string(r))
		if used > width && i > 0 {
			if space > 0 {
				return s[:space], s[space+1:]
			}
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// cut shortens a text to a row, and says by how much.
func (t *timeline) cut(s string, width int) string {
	if prompt.Width(s) <= width {
		return s
	}
	const room = 22 // for what is said
	used, kept := 0, 0
	for i, r := range s {
		if used += prompt.Width(string(r)); used > max(1, width-room) {
			break
		}
		kept = i + len(string(r))
	}
	return fmt.Sprintf("%s%s (%s more)", s[:kept], t.marks.etc, figure.Number(len([]rune(s[kept:])), "character"))
}
