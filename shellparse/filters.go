package shellparse

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"
)

// lineFilter is what the filters that pick and rewrite lines make of constant
// text. It knows their plain uses only, and reports ok as false for all others.
func lineFilter(c *Command, in string) (out string, ok bool) {
	for _, w := range c.Argv[1:] {
		if !w.Known() {
			return "", false
		}
	}
	switch c.Name {
	case "cut":
		return cutFilter(c, in)
	case "sed", "gsed":
		return sedFilter(c, in)
	case "awk", "gawk", "mawk":
		return awkFilter(c, in)
	case "head", "tail":
		return headFilter(c, in)
	case "sort":
		if len(c.Argv) > 1 {
			return "", false
		}
		lines := splitLines(in)
		slices.Sort(lines)
		return joinLines(lines), true
	case "paste":
		if len(c.Argv) == 2 && strings.HasPrefix(c.Argv[1].Text, "-sd") && len(c.Argv[1].Text) == 4 {
			return strings.Join(splitLines(in), c.Argv[1].Text[3:]) + "\n", true
		}
	case "fold":
		if len(c.Argv) == 2 && c.Argv[1].Text == "-w1" {
			return strings.Join(strings.Split(strings.TrimSuffix(in, "\n"), ""), "\n") + "\n", true
		}
	case "grep":
		return grepFilter(c, in)
	case "xargs":
		if len(c.Argv) == 1 || c.Argv[1].Text == "echo" {
			return joinWords(append(slices.Clone(c.Argv[min(2, len(c.Argv)):]), textWords(strings.Fields(in))...), " ").Text + "\n", !strings.ContainsAny(in, `'"\`)
		}
	}
	return "", false
}

func textWords(fields []string) (words []Word) {
	for _, f := range fields {
		words = append(words, Word{Text: f})
	}
	return words
}

func joinLines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// cutFilter folds cut -dX -fN and cut -cN, with ranges.
func cutFilter(c *Command, in string) (out string, ok bool) {
	delimiter, list, chars := "\t", "", false
	args := c.Argv[1:]
	for i := 0; i < len(args); i++ {
		arg := args[i].Text
		if len(arg) < 2 || arg[0] != '-' || strings.IndexByte("dfcb", arg[1]) < 0 {
			return "", false
		}
		value := arg[2:]
		if value == "" && i+1 < len(args) {
			i++
			value = args[i].Text
		}
		switch arg[1] {
		case 'd':
			delimiter = value
		default:
			list, chars = value, arg[1] != 'f'
		}
	}
	from, to, ok := cutRange(list)
	if !ok || len(delimiter) != 1 {
		return "", false
	}
	return mapLines(in, func(line string) string {
		if chars {
			delimiter = ""
		} else if !strings.Contains(line, delimiter) {
			return line
		}
		parts := strings.Split(line, delimiter)
		return strings.Join(parts[min(from-1, len(parts)):max(min(to, len(parts)), min(from-1, len(parts)))], delimiter)
	}), true
}

// cutRange reads N, N-, -N and N-M.
func cutRange(list string) (from, to int, ok bool) {
	const end = 1 << 20
	first, last, isRange := strings.Cut(list, "-")
	from, to = 1, end
	var err1, err2 error
	if first != "" {
		from, err1 = strconv.Atoi(first)
	}
	switch {
	case !isRange:
		to = from
	case last != "":
		to, err2 = strconv.Atoi(last)
	}
	return from, to, err1 == nil && err2 == nil && list != "" && list != "-" && from > 0
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

// awkFilter folds '{print $N}' with or without -F.
func awkFilter(c *Command, in string) (out string, ok bool) {
	separator := ""
	args := c.Argv[1:]
	if len(args) > 0 && strings.HasPrefix(args[0].Text, "-F") {
		if separator = args[0].Text[2:]; separator == "" && len(args) > 1 {
			separator, args = args[1].Text, args[1:]
		}
		args = args[1:]
	}
	if len(args) != 1 || len(separator) > 1 {
		return "", false
	}
	program := strings.ReplaceAll(args[0].Text, " ", "")
	number, found := strings.CutPrefix(strings.TrimSuffix(program, "}"), "{print$")
	n, err := strconv.Atoi(number)
	if !found || err != nil {
		return "", false
	}
	return mapLines(in, func(line string) string {
		fields := strings.Fields(line)
		if separator != "" && separator != " " {
			fields = strings.Split(line, separator)
		}
		switch {
		case n == 0:
			return line
		case n <= len(fields):
			return fields[n-1]
		}
		return ""
	}), true
}

// headFilter folds head -n N, tail -n N and their short forms.
func headFilter(c *Command, in string) (out string, ok bool) {
	n := 10
	switch args := c.Argv[1:]; len(args) {
	case 0:
	case 1, 2:
		text := strings.TrimPrefix(strings.TrimPrefix(args[0].Text, "-"), "n")
		if text == "" && len(args) == 2 {
			text = args[1].Text
		} else if len(args) == 2 {
			return "", false
		}
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 0 || args[0].Text[0] != '-' {
			return "", false
		}
	default:
		return "", false
	}
	lines := splitLines(in)
	if n = min(n, len(lines)); c.Name == "head" {
		return joinLines(lines[:n]), true
	}
	return joinLines(lines[len(lines)-n:]), true
}

// grepFilter folds grep WORD for a pattern without wildcards.
func grepFilter(c *Command, in string) (out string, ok bool) {
	invert := len(c.Argv) == 3 && c.Argv[1].Text == "-v"
	word := c.Argv[len(c.Argv)-1].Text
	if len(c.Argv) != 2 && !invert || word == "" || word[0] == '-' || pattern.HasMeta(word, 0) || strings.ContainsAny(word, `.^$\`) {
		return "", false
	}
	lines := slices.DeleteFunc(splitLines(in), func(line string) bool { return strings.Contains(line, word) == invert })
	return joinLines(lines), true
}
