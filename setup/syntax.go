package setup

import (
	"fmt"
	"strings"

	"restrain/agent"
)

// This file is about what an agent does not read of a file that others do: it then
// goes without its hooks, and says nothing.

// unread says why the agent does not read a document; empty where it reads it.
func (a *Agent) unread(d *document) string {
	what, line := "", 0
	switch comment, comma := d.liberties(); {
	case d.marked && a.Hooks.Unmarked:
		what, line = "a byte order mark", 1
	case comment > 0 && a.Hooks.Syntax == agent.Strict:
		what, line = "a comment", comment
	case comma > 0 && a.Hooks.Syntax != agent.Loose:
		what, line = "a comma with nothing behind it", comma
	default:
		return ""
	}
	return fmt.Sprintf("%s does not read the file, which has %s in line %d: take that out", a.Title, what, line)
}

// liberties are the lines of the first comment and of the first trailing comma; 0
// for none.
func (d *document) liberties() (comment, comma int) {
	line, last, lastLine := 1, byte(0), 0 // last is what stood before, comments and white space aside
	for i := 0; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '\n':
			line++
		case c == ' ' || c == '\t' || c == '\r':
		case c == '"':
			for i++; i < len(d.text) && d.text[i] != '"'; i++ {
				if d.text[i] == '\\' {
					i++
				}
			}
			last = c
		case c == '/':
			if comment == 0 {
				comment = line
			}
			end := "*/"
			if strings.HasPrefix(d.text[i:], "//") {
				end = "\n"
			}
			skipped, _, _ := strings.Cut(d.text[min(i+2, len(d.text)):], end)
			line += strings.Count(skipped+end, "\n")
			i += 1 + len(skipped) + len(end)
		default:
			if (c == '}' || c == ']') && last == ',' && comma == 0 {
				comma = lastLine
			}
			last, lastLine = c, line
		}
	}
	return comment, comma
}
