package shellparse

import "strings"

// A makefile is as much of a Makefile or justfile as tells which commands a
// target runs: rules, recipes and variables.
type makefile struct {
	first string // the default target
	rules map[string]makeRule
	vars  map[string]string
	work  int // expansions so far, bounded by maxSteps
	// include reads a file that another one includes; nil when that cannot be.
	include func(name string) string
}

type makeRule struct{ needs, recipe []string }

// parseMakefile reads rules line by line. Conditionals are ignored, so that
// both of their sides count.
func parseMakefile(text string, include func(name string) string) *makefile {
	mk := &makefile{rules: map[string]makeRule{}, vars: map[string]string{}, include: include}
	mk.read(text)
	return mk
}

func (mk *makefile) read(text string) {
	var current []string
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '\t' || line[0] == ' ' {
			for _, name := range current {
				rule := mk.rules[name]
				rule.recipe = append(rule.recipe, strings.TrimSpace(line))
				mk.rules[name] = rule
			}
			continue
		}
		current = mk.line(line, current)
	}
}

// line reads a line that is no recipe and returns the targets it opens.
func (mk *makefile) line(line string, current []string) []string {
	if files, ok := strings.CutPrefix(strings.TrimLeft(line, "-s"), "include "); ok && mk.include != nil {
		for _, name := range strings.Fields(mk.expand(files, 0)) {
			mk.read(mk.include(name))
		}
		return nil
	}
	head, rest, isRule := strings.Cut(line, ":")
	name, val, isVar := strings.Cut(line, "=")
	if isVar && (!isRule || len(name) <= len(head)+1) {
		name = strings.TrimSpace(strings.TrimRight(strings.TrimPrefix(name, "export "), ":?+! "))
		mk.vars[name] = strings.TrimSpace(val)
		return nil
	}
	if !isRule {
		return current // ifdef, include and so on
	}
	rest = strings.TrimPrefix(rest, ":")
	needs, inline, _ := strings.Cut(rest, ";")
	targets := strings.Fields(mk.expand(head, 0))
	for _, name := range targets {
		if mk.first == "" && !strings.HasPrefix(name, ".") {
			mk.first = name
		}
		rule := mk.rules[name]
		rule.needs = append(rule.needs, strings.Fields(mk.expand(needs, 0))...)
		if inline != "" {
			rule.recipe = append(rule.recipe, strings.TrimSpace(inline))
		}
		mk.rules[name] = rule
	}
	return targets
}

// visit hands on the recipes of a target, those it needs first.
func (mk *makefile) visit(name string, seen map[string]bool, recipe func(string)) {
	if seen[name] || len(seen) >= maxRounds {
		return
	}
	seen[name] = true
	rule := mk.rules[name]
	for _, need := range rule.needs {
		mk.visit(need, seen, recipe)
	}
	for _, line := range rule.recipe {
		if line = strings.TrimLeft(line, "@-+ "); line != "" {
			recipe(mk.expand(line, 0))
		}
	}
}

// expand replaces $(NAME) and ${NAME} that the file sets, and $$ by $. What it
// does not know stays a variable of the shell, which is unknown there.
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
			end := strings.IndexAny(s[i:], ")}")
			if end < 0 {
				return b.String() + s[i:]
			}
			name := s[i+1 : i+end]
			if val, ok := mk.vars[name]; ok {
				b.WriteString(mk.expand(val, depth+1))
			} else {
				b.WriteString("${MAKE_" + shellName(name) + "}")
			}
			i += end
		default:
			b.WriteString("${MAKE_AUTO}")
		}
	}
	return b.String()
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

// parseTaskfile reads the targets of a Taskfile: their cmds and deps, told by
// indentation.
func parseTaskfile(text string) *makefile {
	mk := &makefile{rules: map[string]makeRule{}, vars: map[string]string{}}
	inTasks, taskIndent, name, list := false, -1, "", ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		key, value, isKey := strings.Cut(trimmed, ":")
		value = strings.Trim(strings.TrimSpace(value), "'\"")
		switch {
		case indent == 0:
			inTasks, taskIndent = trimmed == "tasks:", -1
		case !inTasks:
		case isKey && trimmed[0] != '-' && (taskIndent < 0 || indent == taskIndent):
			taskIndent, name, list = indent, strings.Trim(key, "'\""), ""
			mk.add(name, "cmds", value) // name: command
		case isKey && trimmed[0] != '-' && (key == "cmds" || key == "deps" || key == "cmd"):
			list = key
			for _, item := range strings.Split(strings.Trim(value, "[]"), ",") {
				if key == "cmd" {
					item = value
				}
				mk.add(name, key, strings.Trim(strings.TrimSpace(item), "'\""))
				if key == "cmd" {
					break
				}
			}
		case list != "":
			item := strings.TrimSpace(strings.TrimPrefix(trimmed, "-"))
			if command, ok := strings.CutPrefix(item, "cmd:"); ok {
				item = strings.TrimSpace(command)
			} else if other, ok := strings.CutPrefix(item, "task:"); ok {
				mk.add(name, "deps", strings.TrimSpace(other))
				continue
			}
			mk.add(name, list, strings.Trim(item, "'\""))
		}
	}
	return mk
}

// add adds to a target a command, or a target that it needs.
func (mk *makefile) add(name, list, text string) {
	if text == "" || text == "|" || text == ">" {
		return
	}
	rule := mk.rules[name]
	if list == "deps" {
		rule.needs = append(rule.needs, text)
	} else {
		rule.recipe = append(rule.recipe, text)
	}
	mk.rules[name] = rule
}
