package shellparse

import "strings"

// justTarget reads a recipe of a justfile with those it depends on.
func (sh *shell) justTarget(c *Command) {
	data, ok := sh.taskFile(Word{Text: "justfile"})
	for _, name := range [...]string{"Justfile", ".justfile"} {
		if !ok {
			data, ok = sh.taskFile(Word{Text: name})
		}
	}
	if !ok {
		return
	}
	jf := justfile{makefile: makefile{rules: map[string]makeRule{}, vars: map[string]string{}}, params: map[string][]string{}}
	jf.read(clean(string(data)))
	goal, args := jf.first, operands(c.Argv[1:])
	for len(args) > 0 && strings.Contains(args[0].Text, "=") { // just env=prod clean
		name, value, _ := strings.Cut(args[0].Text, "=")
		jf.vars[name] = value
		args = args[1:]
	}
	if len(args) > 0 {
		goal, args = args[0].Text, args[1:]
	}
	jf.bind(goal, args)
	jf.visit(goal, map[string]bool{}, func(recipe string) { sh.inTarget(c, jf.template(recipe)) })
}

// A justfile has rules as a makefile has, with parameters
// (https://just.systems/man/en/recipe-parameters.html).
type justfile struct {
	makefile
	params map[string][]string // as they are written: env, dir="build", *rest
}

func (jf *justfile) read(text string) {
	current := ""
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "" || line[0] == '#' || line[0] == '[':
		case line[0] == '\t' || line[0] == ' ':
			if current != "" {
				jf.add(current, "cmds", strings.TrimSpace(line))
			}
		default:
			current = jf.header(line)
		}
	}
}

// header reads name := "value" or a line that opens a recipe, and gives its name.
func (jf *justfile) header(line string) (name string) {
	if name, value, ok := strings.Cut(line, ":="); ok {
		jf.vars[strings.TrimSpace(strings.TrimPrefix(name, "export "))] = plainValue(value)
		return ""
	}
	head, needs, ok := strings.Cut(line, ":")
	words := roughWords(strings.TrimPrefix(head, "@"))
	if !ok || len(words) == 0 {
		return ""
	}
	name = words[0]
	if jf.first == "" {
		jf.first = name
	}
	jf.params[name] = words[1:]
	rule := jf.rules[name]
	for _, need := range strings.Fields(strings.NewReplacer("(", " ", ")", " ", "&&", " ").Replace(needs)) {
		if !strings.ContainsAny(need, `"'`) {
			rule.needs = append(rule.needs, need)
		}
	}
	jf.rules[name] = rule
	return name
}

// bind gives a recipe's parameters their arguments, or their defaults.
func (jf *justfile) bind(goal string, args []Word) {
	for i, param := range jf.params[goal] {
		name, standard, _ := strings.Cut(param, "=")
		rest := strings.HasPrefix(name, "*") || strings.HasPrefix(name, "+")
		name = strings.TrimLeft(name, "*+$")
		switch {
		case rest && i < len(args):
			jf.vars[name] = joinWords(args[i:], " ").Text
		case i < len(args):
			jf.vars[name] = args[i].Text
		case strings.Contains(param, "="):
			jf.vars[name] = plainValue(standard)
		default:
			delete(jf.vars, name)
		}
	}
}

// plainValue takes the quotes off a value.
func plainValue(text string) string { return strings.Trim(strings.TrimSpace(text), "'\"") }

// template writes the variables in the places of {{ name }} and {{.NAME}}. What is
// more than a name is unknown before it runs.
func (mk *makefile) template(recipe string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(recipe, "{{")
		b.WriteString(before)
		expr, after, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			b.WriteString(rest)
			return b.String()
		}
		if value, known := mk.vars[strings.TrimPrefix(strings.TrimSpace(expr), ".")]; known && !strings.Contains(value, "{{") {
			b.WriteString(strings.ReplaceAll(value, string(Hole), "${UNKNOWN}"))
		} else {
			b.WriteString("${JUST}")
		}
		if recipe = after; b.Len() > maxCodeBytes {
			return b.String()
		}
	}
}
