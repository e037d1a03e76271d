package shellparse

import "strings"

// parseTaskfile reads the targets of a Taskfile: their cmds and deps, told by
// indentation.
func parseTaskfile(text string) *makefile {
	mk := &makefile{rules: map[string]makeRule{}, vars: map[string]string{}}
	section, taskIndent, name, list := "", -1, "", ""
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
			section, taskIndent = key, -1
		case section == "vars" && isKey && value != "" && (value[0] != '{' || strings.HasPrefix(value, "{{")):
			mk.vars[key] = value
		case section != "tasks":
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
