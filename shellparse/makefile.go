package shellparse

import "strings"

// A makefile is as much of a Makefile, justfile or Taskfile as tells which commands a
// target runs: rules, recipes and variables.
type makefile struct {
	first string // the default target
	rules map[string]makeRule
	vars  map[string]string
	given map[string]string // variables of the command line, which stand over the file's
	work  int               // expansions so far, bounded by maxSteps
	// include reads a file that another one includes; nil when that cannot be.
	include func(name string) string
}

type makeRule struct{ needs, recipe []string }

// parseMakefile reads rules line by line; given are the variables of the command line
// and env those of the environment, which it may change. Conditionals are ignored, so that
// both of their sides count.
func parseMakefile(text string, given, env map[string]string, include func(name string) string) *makefile {
	mk := &makefile{rules: map[string]makeRule{}, vars: env, given: given, include: include}
	mk.read(text)
	return mk
}

func (mk *makefile) read(text string) {
	var current []string
	defined, body := "", "" // by define … endef
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "define "); ok && defined == "" {
			defined, body = strings.TrimSpace(strings.TrimRight(name, ":=+ ")), ""
			continue
		}
		if defined != "" {
			if strings.TrimSpace(line) == "endef" {
				mk.vars[defined], defined = body, ""
			} else {
				body += strings.TrimLeft(line, "\t@-+") + "\n"
			}
			continue
		}
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
		mk.assign(strings.TrimPrefix(name, "export "), strings.TrimSpace(val))
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

// assign sets a variable; the sign's first half ends its name: DIRS += x.
func (mk *makefile) assign(name, val string) {
	name = strings.TrimSpace(name)
	bare := strings.TrimRight(name, ":?+! ")
	old, set := mk.vars[bare]
	switch {
	case strings.HasSuffix(name, "+") && set:
		val = old + " " + val
	case strings.HasSuffix(name, "?") && set:
		return
	case strings.HasSuffix(name, ":"):
		val = mk.expand(val, 0)
	}
	mk.vars[bare] = val
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
	mk.vars["@"], mk.vars["^"], mk.vars["<"] = name, strings.Join(rule.needs, " "), ""
	if len(rule.needs) > 0 {
		mk.vars["<"] = rule.needs[0]
	}
	for _, line := range rule.recipe {
		if line = strings.TrimLeft(line, "@-+ "); line != "" {
			recipe(mk.expand(line, 0))
		}
	}
}
