package shellparse

import (
	"slices"
	"strings"
)

// lineFilter is what sed and sort, plainly used, make of constant text; ok is
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
