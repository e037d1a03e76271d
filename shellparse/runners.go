package shellparse

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// A runner runs what a file of the project has under a name.
type runner struct {
	program string
	verb    string // that stands in front of the name; "" for none
	file    string
	place   string // of the names in the file: its tables, one in the other
}

// runners are those whose files are TOML.
var runners = []runner{
	{"pdm", "run", "pyproject.toml", "tool.pdm.scripts"},
	{"poe", "", "pyproject.toml", "tool.poe.tasks"},
	{"hatch", "run", "pyproject.toml", "tool.hatch.envs.default.scripts"},
	{"rye", "run", "pyproject.toml", "tool.rye.scripts"},
	{"pipenv", "run", "Pipfile", "scripts"},
	{"mise", "run", "mise.toml", "tasks"},
	{"pixi", "run", "pixi.toml", "tasks"},
	{"cargo", "make", "Makefile.toml", "tasks"},
}

// tableTask reads the command that a file of tables has under a name, if there is one.
func (sh *shell) tableTask(c *Command, name string) bool {
	for _, r := range runners {
		if r.program != name {
			continue
		}
		args := operands(c.Argv[1:])
		if r.verb != "" && len(args) > 0 && args[0].Text == r.verb {
			args = args[1:]
		} else if r.verb != "" {
			return false
		}
		if len(args) == 0 {
			return false
		}
		data, ok := sh.taskFile(Word{Text: r.file})
		if !ok || strings.Count(string(data), "[")+strings.Count(string(data), "{") > maxTables {
			return false
		}
		var table map[string]any
		if toml.Unmarshal(data, &table) != nil {
			return false
		}
		for name := range strings.SplitSeq(r.place, ".") {
			table, _ = table[name].(map[string]any)
		}
		task := args[0].Text
		lines := scriptLines(table[task[strings.LastIndexByte(task, ':')+1:]])
		if len(lines) > 0 {
			sh.emit(c)
		}
		for _, line := range lines {
			for _, w := range args[1:] {
				line += " " + requote(w)
			}
			sh.inTarget(c, line)
		}
		return len(lines) > 0
	}
	return false
}

// maxTables bounds what nests in a file of tables.
const maxTables = 10_000

// pythonTask reads a function of a Python file that a runner calls by its name: nox -s
// NAME, inv NAME --option value, fab NAME.
func (sh *shell) pythonTask(c *Command) {
	file := map[string]string{"nox": "noxfile.py", "inv": "tasks.py", "invoke": "tasks.py", "fab": "fabfile.py"}[c.Name]
	data, ok := sh.taskFile(Word{Text: file})
	if !ok {
		return
	}
	var calls []string
	args := c.Argv[1:]
	for i := 0; i < len(args); i++ {
		option, value, attached := strings.Cut(args[i].Text, "=")
		isOption := strings.HasPrefix(option, "-")
		switch {
		case c.Name == "nox" && !isOption && len(calls) > 0, c.Name != "nox" && !isOption:
			calls = append(calls, strings.ReplaceAll(option, "-", "_")+"(c")
		case c.Name == "nox" && (option == "-s" || option == "--session" || option == "--sessions" || option == "-e"):
			if !attached && i+1 < len(args) {
				i++
				value = args[i].Text
			}
			calls = append(calls, strings.ReplaceAll(value, "-", "_")+"(c")
		case isOption && len(calls) > 0 && c.Name != "nox":
			if !attached && i+1 < len(args) {
				i++
				value = args[i].Text
			}
			calls[len(calls)-1] += ", " + strings.ReplaceAll(strings.TrimLeft(option, "-"), "-", "_") + "=" + pythonText(value)
		}
	}
	if len(calls) > 0 {
		sh.runCode(c, "python3", undecorated(clean(string(data)))+"\n"+strings.Join(calls, ")\n")+")\n")
	}
}

// undecorated is code of Python without the decorators of its functions, which hand them
// to the runner: those that are not named do not run.
func undecorated(text string) string {
	var out strings.Builder
	open := 0
	for line := range strings.Lines(text) {
		if open > 0 || strings.HasPrefix(line, "@") {
			open += strings.Count(line, "(") - strings.Count(line, ")")
			continue
		}
		out.WriteString(line)
	}
	return out.String()
}

// pythonText is a text as Python writes it.
func pythonText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(text) + "'"
}

// toxCommands reads the commands of an environment of tox.ini: tox -e NAME.
func (sh *shell) toxCommands(c *Command) {
	data, ok := sh.taskFile(Word{Text: "tox.ini"})
	if !ok {
		return
	}
	names := "py"
	for i, w := range c.Argv[1:] {
		if value, attached := strings.CutPrefix(w.Text, "-e"); attached && value != "" {
			names = value
		} else if w.Text == "-e" && i+2 < len(c.Argv) {
			names = c.Argv[i+2].Text
		}
	}
	text := clean(string(data))
	for name := range strings.SplitSeq(names, ",") {
		lines, ok := iniLines(text, "testenv:"+name)
		if !ok {
			lines, _ = iniLines(text, "testenv")
		}
		for _, line := range lines {
			line = strings.NewReplacer("{toxinidir}", ".", "{tox_root}", ".", "{posargs}", "", "{envtmpdir}", ".tox/tmp", "{envname}", name).Replace(line)
			sh.inTarget(c, strings.TrimPrefix(strings.TrimSpace(line), "-"))
		}
	}
}

// iniLines are the lines of the commands of a section.
func iniLines(text, section string) (lines []string, ok bool) {
	inside, commands := false, false
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "[") {
			inside = trimmed == "["+section+"]"
			ok = ok || inside
			continue
		}
		if key, value, isKey := strings.Cut(trimmed, "="); isKey && line[0] != ' ' && line[0] != '\t' {
			commands, trimmed = strings.HasPrefix(key, "commands"), strings.TrimSpace(value)
		}
		if inside && commands && trimmed != "" && trimmed[0] != '#' && len(lines) < maxRounds {
			lines = append(lines, trimmed)
		}
	}
	return lines, ok
}
