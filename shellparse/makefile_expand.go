package shellparse

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// expand replaces $(NAME) and ${NAME} that the file sets, the functions of make
// (https://www.gnu.org/software/make/manual/html_node/Functions.html), and $$ by $.
// What it does not know stays a variable of the shell, which is unknown there.
func (mk *makefile) expand(s string, depth int) string {
	if mk.work++; depth > 8 || mk.work > maxSteps || !strings.Contains(s, "$") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < maxCodeBytes; i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case '$':
			b.WriteByte('$')
		case '(', '{':
			end := referenceEnd(s, i)
			if end < 0 {
				return b.String() + s[i:]
			}
			b.WriteString(mk.reference(s[i+1:end], depth+1))
			i = end
		default:
			if val, ok := mk.vars[s[i:i+1]]; ok {
				b.WriteString(mk.expand(val, depth+1))
			} else {
				b.WriteString("${MAKE_AUTO}")
			}
		}
	}
	return b.String()
}

// referenceEnd is where the reference closes that opens at i; -1 when it does not.
func referenceEnd(s string, i int) int {
	open, shut, depth := s[i], byte(')'), 0
	if open == '{' {
		shut = '}'
	}
	for ; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// reference gives what stands between $( and ).
func (mk *makefile) reference(text string, depth int) string {
	if strings.Contains(text, "$") && !strings.Contains(text, " ") { // $(DB_$(ENV))
		text = mk.expand(text, depth)
	}
	if val, ok := mk.given[text]; ok {
		return val
	}
	if val, ok := mk.vars[text]; ok {
		return mk.expand(val, depth)
	}
	if name, args, ok := strings.Cut(text, " "); ok {
		if val, ok := mk.function(name, splitArguments(strings.TrimLeft(args, " \t")), depth); ok {
			return val
		}
	}
	if name, pattern, ok := strings.Cut(text, ":"); ok { // $(SRC:.c=.o)
		if from, to, ok := strings.Cut(pattern, "="); ok && mk.vars[name] != "" {
			if !strings.Contains(from, "%") {
				from, to = "%"+from, "%"+to
			}
			return eachWord(mk.expand(mk.vars[name], depth), func(w string) string { return patternText(w, from, to) })
		}
	}
	switch text {
	case "MAKE":
		return "make"
	case "CURDIR":
		return "."
	case "RM":
		return "rm -f"
	}
	return "${MAKE_" + shellName(text) + "}"
}

// splitArguments splits the arguments of a function at the commas that are in no
// parentheses.
func splitArguments(text string) (args []string) {
	depth, start := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ',':
			if depth == 0 {
				args = append(args, text[start:i])
				start = i + 1
			}
		}
	}
	return append(args, text[start:])
}

// function gives what a function of make makes of its arguments, of those that give
// names and paths.
func (mk *makefile) function(name string, args []string, depth int) (val string, ok bool) {
	arg := func(i int) string { return mk.expand(args[min(i, len(args)-1)], depth) }
	last := len(args) - 1
	switch {
	case name == "shell":
		return "$(" + strings.Join(args, ",") + ")", true
	case name == "wildcard", name == "strip", name == "sort", name == "abspath", name == "realpath":
		return strings.Join(strings.Fields(arg(0)), " "), true
	case name == "addprefix" && last == 1:
		return eachWord(arg(1), func(w string) string { return arg(0) + w }), true
	case name == "addsuffix" && last == 1:
		return eachWord(arg(1), func(w string) string { return w + arg(0) }), true
	case name == "subst" && last == 2:
		return strings.ReplaceAll(arg(2), arg(0), arg(1)), true
	case name == "patsubst" && last == 2:
		return eachWord(arg(2), func(w string) string { return patternText(w, strings.TrimSpace(arg(0)), strings.TrimSpace(arg(1))) }), true
	case name == "dir", name == "notdir", name == "basename":
		return eachWord(arg(0), func(w string) string {
			switch name {
			case "dir":
				return path.Dir(w) + "/"
			case "notdir":
				return path.Base(w)
			}
			return strings.TrimSuffix(w, path.Ext(w))
		}), true
	case name == "firstword", name == "lastword":
		words := strings.Fields(arg(0))
		if len(words) == 0 {
			return "", true
		}
		if name == "lastword" {
			return words[len(words)-1], true
		}
		return words[0], true
	case (name == "filter" || name == "filter-out") && last == 1:
		patterns := strings.Fields(arg(0))
		return eachWord(arg(1), func(w string) string {
			fits := slices.ContainsFunc(patterns, func(p string) bool { return patternText(w, p, "%") != w || p == w || p == "%" })
			if fits == (name == "filter") {
				return w
			}
			return ""
		}), true
	case name == "call":
		body, ok := mk.vars[strings.TrimSpace(arg(0))]
		if !ok {
			return "", false
		}
		given := make([]string, 0, last)
		for i := 1; i <= last; i++ {
			given = append(given, arg(i))
		}
		for i, text := range given {
			mk.vars[strconv.Itoa(i+1)] = text
		}
		return mk.expand(body, depth), true
	case name == "foreach" && last == 2:
		variable := strings.TrimSpace(arg(0))
		old, had := mk.vars[variable]
		defer func() {
			if delete(mk.vars, variable); had {
				mk.vars[variable] = old
			}
		}()
		return eachWord(arg(1), func(w string) string {
			mk.vars[variable] = w
			return mk.expand(args[2], depth)
		}), true
	}
	return "", false
}

// eachWord changes the words of a list; empty ones are left out.
func eachWord(list string, change func(string) string) string {
	var out []string
	for _, w := range strings.Fields(list) {
		if w = change(w); w != "" && len(out) < maxFields {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// patternText is a word that fits a pattern with % written after another one; other
// words stay.
func patternText(word, from, to string) string {
	before, after, ok := strings.Cut(from, "%")
	if !ok {
		if word == from {
			return to
		}
		return word
	}
	if len(word) < len(before)+len(after) || !strings.HasPrefix(word, before) || !strings.HasSuffix(word, after) {
		return word
	}
	return strings.Replace(to, "%", word[len(before):len(word)-len(after)], 1)
}

// shellName makes a variable name of what stands between $( and ).
func shellName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, s)
}
