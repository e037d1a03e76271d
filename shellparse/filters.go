package shellparse

import (
	"slices"
	"strconv"
	"strings"

	"restrain/code"
)

// sedEdge is what the patterns for a line's begin, its end and all of it do.
func sedEdge(pattern, with string) (edge func(string) string, ok bool) {
	plain := !strings.Contains(with, "&")
	switch pattern {
	case "^":
		return func(line string) string { return with + line }, plain
	case "$":
		return func(line string) string { return line + with }, plain
	case ".*", "^.*$":
		return func(line string) string { return strings.ReplaceAll(with, "&", line) }, true
	}
	return nil, false
}

// awkFilter folds programs that print texts and columns of each line: {print "a " $1}.
func awkFilter(c *Command, in string) (out string, ok bool) {
	if len(c.Argv) != 2 {
		return "", false
	}
	tokens := code.Lex("awk", c.Argv[1].Text)
	n := len(tokens)
	if n < 4 || tokens[0].Text != "{" || tokens[1].Text != "print" || tokens[n-1].Text != "}" {
		return "", false
	}
	items, known := tokens[2:n-1], true
	out = mapLines(in, func(line string) string {
		var b strings.Builder
		for _, t := range items {
			switch column, err := strconv.Atoi(strings.TrimPrefix(t.Text, "$")); {
			case t.Kind == code.TokenString:
				b.WriteString(t.Text)
			case t.Kind == code.TokenPunct && t.Text == ",":
				b.WriteByte(' ')
			case t.Kind == code.TokenName && err == nil && column == 0:
				b.WriteString(line)
			case t.Kind == code.TokenName && err == nil:
				if fields := strings.Fields(line); column <= len(fields) {
					b.WriteString(fields[column-1])
				}
			default:
				known = false
			}
		}
		return b.String()
	})
	return out, known && len(out) <= maxValue
}

// lineFilter is what sed, awk and sort, plainly used, make of constant text; ok is
// false for all else.
func lineFilter(c *Command, in string) (out string, ok bool) {
	for _, w := range c.Argv[1:] {
		if !w.Known() {
			return "", false
		}
	}
	switch c.Name {
	case "sed", "gsed":
		return sedFilter(c, in)
	case "awk", "gawk", "mawk":
		return awkFilter(c, in)
	case "sort":
		if len(c.Argv) > 1 {
			return "", false
		}
		lines := splitLines(in)
		slices.Sort(lines)
		return joinLines(lines), true
	}
	return "", false
}

func joinLines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func mapLines(in string, fn func(string) string) string {
	lines := splitLines(in)
	for i, line := range lines {
		lines[i] = fn(line)
	}
	return joinLines(lines)
}

// sedFilter folds scripts of s/plain/text/ commands.
func sedFilter(c *Command, in string) (out string, ok bool) {
	if len(c.Argv) != 2 && (len(c.Argv) != 3 || c.Argv[1].Text != "-e") {
		return "", false
	}
	out = in
	for command := range strings.SplitSeq(c.Argv[len(c.Argv)-1].Text, ";") {
		command = strings.TrimSpace(command)
		if len(command) < 4 || command[0] != 's' {
			return "", false
		}
		parts := strings.Split(command[2:], command[1:2])
		if len(parts) == 3 && parts[2] == "" && !strings.Contains(parts[1], `\\`) && strings.Count(out, "\n")*len(parts[1]) < maxValue {
			if edge, ok := sedEdge(parts[0], parts[1]); ok {
				out = mapLines(out, edge)
				continue
			}
		}
		if len(parts) != 3 || parts[0] == "" || strings.ContainsAny(parts[0], `\.*[]^$`) || strings.ContainsAny(parts[1], `\&`) {
			return "", false
		}
		n := 1
		switch parts[2] {
		case "g":
			n = -1
		case "":
		default:
			return "", false
		}
		if strings.Count(out, parts[0])*len(parts[1]) > maxValue {
			return "", false
		}
		out = mapLines(out, func(line string) string { return strings.Replace(line, parts[0], parts[1], n) })
	}
	return out, true
}
