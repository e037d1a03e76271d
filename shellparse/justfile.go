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
	jf := justfile{makefile: makefile{rules: map[string]makeRule{}, vars: map[string]string{}}, params: map[string][]string{}, calls: map[string][][]string{}}
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
	jf.run(goal, args, 0, func(recipe string) { sh.inTarget(c, jf.template(recipe)) })
}

// A justfile has rules as a makefile has, with parameters
// (https://just.systems/man/en/recipe-parameters.html).
type justfile struct {
	makefile
	params map[string][]string   // as they are written: env, dir="build", *rest
	calls  map[string][][]string // what a recipe needs, each with its arguments
}

// run hands on the recipe of a goal, those that it needs first.
func (jf *justfile) run(goal string, args []Word, depth int, recipe func(string)) {
	const maxDepth = 8
	if jf.work++; depth > maxDepth || jf.work > maxRounds {
		return
	}
	jf.bind(goal, args)
	for _, need := range jf.calls[goal] {
		var given []Word
		for _, arg := range need[1:] {
			given = append(given, Word{Text: jf.template(arg)})
		}
		jf.run(need[0], given, depth+1, recipe)
	}
	jf.bind(goal, args)
	for _, line := range jf.rules[goal].recipe {
		recipe(strings.TrimLeft(line, "@-"))
	}
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
		jf.vars[strings.TrimSpace(strings.TrimPrefix(name, "export "))] = settingValue(value)
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
	needs = strings.ReplaceAll(needs, "&&", " ")
	for needs = strings.TrimSpace(needs); needs != ""; needs = strings.TrimSpace(needs) {
		one, rest, _ := strings.Cut(needs, " ")
		if call, after, ok := strings.Cut(needs, ")"); ok && needs[0] == '(' { // (name "argument")
			one, rest = call[1:], after
		}
		if words := roughWords(one); len(words) > 0 {
			jf.calls[name] = append(jf.calls[name], words)
		}
		needs = rest
	}
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

// settingValue is the value of a variable: a text, or what is taken when the
// environment has none.
func settingValue(text string) string {
	call, standard, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(text), ")"), ",")
	if ok && (strings.HasPrefix(call, "env_var_or_default(") || strings.HasPrefix(call, "env(")) {
		return plainValue(standard)
	}
	return plainValue(text)
}

// plainValue takes the quotes off a value.
func plainValue(text string) string { return strings.Trim(strings.TrimSpace(text), "'\"") }

// template writes the variables in the places of {{ name }} and {{.NAME}}. What is
// more than a name is unknown before it runs.
func (mk *makefile) template(recipe string) string { return mk.templateAt(recipe, 0) }

func (mk *makefile) templateAt(recipe string, depth int) string {
	const maxDepth = 4
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(recipe, "{{")
		b.WriteString(before)
		expr, after, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			b.WriteString(rest)
			return b.String()
		}
		if value, known := mk.templateValue(expr, recipe); known && depth < maxDepth {
			b.WriteString(mk.templateAt(strings.ReplaceAll(value, string(Hole), "${UNKNOWN}"), depth+1))
		} else {
			b.WriteString("${JUST}")
		}
		if recipe = after; b.Len() > maxCodeBytes {
			return b.String()
		}
	}
}

// templateValue is what stands between braces in a text: a name, .NAME, or a name with
// a default. A value that is made of itself has only its default.
func (mk *makefile) templateValue(expr, within string) (value string, known bool) {
	name, standard, hasDefault := strings.Cut(expr, "| default")
	name = strings.TrimPrefix(strings.TrimSpace(name), ".")
	if value, known = mk.vars[name]; known && value != within {
		return value, true
	}
	return plainValue(standard), hasDefault
}
