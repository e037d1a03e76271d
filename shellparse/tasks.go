package shellparse

import (
	"encoding/json"
	"path"
	"strings"
)

// This file reads the commands behind a name: npm run X, make X, just X, task X.
// What a project's file says is read where that file is at hand.

// target reads the commands of the target that a task runner is given.
func (sh *shell) target(c *Command) {
	switch c.Name {
	case "make", "gmake":
		sh.makeTarget(c)
	case "just":
		sh.justTarget(c)
	case "task", "go-task":
		sh.taskfile(c)
	case "rake":
		sh.rake(c)
	case "composer":
		sh.composerScript(c)
	case "nox", "inv", "invoke", "fab":
		sh.pythonTask(c)
	case "tox":
		sh.toxCommands(c)
	case "go", "cargo", "mage", "gradle", "gradlew":
		sh.otherTarget(c)
	case "deno":
		if len(c.Argv) > 2 && c.Argv[1].Text == "task" {
			sh.projectScript(c, "deno.json", "tasks", c.Argv[2].Text, c.Argv[3:])
		}
	case "npm-run-all", "run-s", "run-p":
		for _, w := range operands(c.Argv[1:]) {
			sh.projectScript(c, "package.json", "scripts", w.Text, nil)
		}
	default:
		sh.packageScript(c)
	}
}

// inTarget is sh for the recipe of a target: a new shell that inherits c's place.
func (sh *shell) inTarget(c *Command, text string) {
	inner := *c
	inner.Stdin, inner.From = nil, -1
	sub := sh.withVars()
	sub.want = false
	sh.r.recipes++
	defer func() { sh.r.recipes-- }()
	sub.code(&inner, Word{Text: text}, ScriptFile)
}

// packageScript reads a script of package.json with its pre and post scripts.
func (sh *shell) packageScript(c *Command) {
	dir, args := packageDir(c.Argv[1:])
	if len(args) == 0 {
		return
	}
	name := args[0].Text
	switch name {
	case "run", "run-script":
		var at string
		if at, args = packageDir(args[1:]); len(args) == 0 {
			return
		} else if at != "" {
			dir = at
		}
		name = args[0].Text
	case "workspace": // yarn
		if len(args) > 2 {
			inner := *c
			inner.Argv = append([]Word{c.Argv[0], {Text: "--cwd"}, args[1]}, args[2:]...)
			sh.packageScript(&inner)
		}
		return
	case "test", "start", "stop", "restart":
	case "t":
		name = "test"
	default:
		if c.Name == "npm" || c.Name == "bun" || packageVerb(name) {
			return
		}
	}
	for i, w := range args { // npm run x -w a, npm run x --workspace=a
		if at, _ := packageDir(args[i:]); at != "" && i > 0 && strings.HasPrefix(w.Text, "-") {
			dir = at
		}
	}
	for _, at := range [...]string{dir, path.Join("packages", dir), path.Join("apps", dir), path.Join("packages", path.Base(dir))} {
		if sh.projectScript(c, path.Join(at, "package.json"), "scripts", name, args[1:]) || dir == "" {
			return
		}
	}
}

// packageDir takes the options off the front of a package manager's words, and
// gives the directory or the workspace that they name.
func packageDir(args []Word) (dir string, rest []Word) {
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		name, value, attached := strings.Cut(args[0].Text, "=")
		switch name {
		case "--prefix", "-C", "--cwd", "--dir", "-w", "--workspace", "--filter", "-F":
			if !attached && len(args) > 1 {
				value, args = args[1].Text, args[1:]
			}
			dir = value
		}
		args = args[1:]
	}
	return dir, args
}

// projectScript reads a script of a project's JSON file, with those that run
// before and after it; a script is a line, or a list of them.
func (sh *shell) projectScript(c *Command, file, section, name string, args []Word) bool {
	data, ok := sh.taskFile(Word{Text: file})
	if !ok {
		return false
	}
	var project map[string]json.RawMessage
	var scripts map[string]any
	if json.Unmarshal(data, &project) != nil || json.Unmarshal(project[section], &scripts) != nil {
		return false
	}
	for _, key := range [...]string{"pre" + name, name, "post" + name} {
		for _, text := range scriptLines(scripts[key]) {
			if key == name {
				for _, w := range args {
					if w.Text != "--" {
						text += " " + requote(w)
					}
				}
			}
			sh.inTarget(c, text)
		}
	}
	return true
}

// scriptLines are the lines of a script: a text, a list, or an object that has
// one as its command.
func scriptLines(v any) (lines []string) {
	switch v := v.(type) {
	case string:
		if text := clean(v); text != "" {
			lines = append(lines, text)
		}
	case []any:
		for _, item := range v[:min(len(v), maxRounds)] {
			lines = append(lines, scriptLines(item)...)
		}
	case map[string]any:
		for _, key := range [...]string{"command", "cmd", "shell", "run", "script", "composite", "sequence"} {
			lines = append(lines, scriptLines(v[key])...)
		}
		if args, ok := v["args"].([]any); ok && len(lines) == 1 { // cargo make
			lines[0] += " " + strings.Join(scriptLines(args), " ")
		}
	}
	return lines
}

// composerScript reads a script of composer.json. @php is PHP, and @name is
// another script.
func (sh *shell) composerScript(c *Command) {
	args := operands(c.Argv[1:])
	if len(args) > 1 && (args[0].Text == "run" || args[0].Text == "run-script") {
		args = args[1:]
	}
	if len(args) == 0 || !sh.r.enter() {
		return
	}
	defer sh.r.leave()
	data, ok := sh.taskFile(Word{Text: "composer.json"})
	var project struct{ Scripts map[string]any }
	if !ok || json.Unmarshal(data, &project) != nil {
		return
	}
	for _, line := range scriptLines(project.Scripts[args[0].Text]) {
		if other, isName := strings.CutPrefix(line, "@"); isName {
			line = "composer " + other
			if command, isPHP := strings.CutPrefix(other, "php "); isPHP {
				line = "php " + command
			}
		}
		sh.inTarget(c, line)
	}
}

// taskfile reads the commands of a target of Taskfile.yml with those it depends
// on. It knows the usual layout: tasks, cmds and deps as lists.
func (sh *shell) taskfile(c *Command) {
	for _, file := range [...]string{"Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"} {
		data, ok := sh.taskFile(Word{Text: file})
		if !ok {
			continue
		}
		mk := parseTaskfile(clean(string(data)))
		goals := operands(c.Argv[1:])
		if len(goals) == 0 {
			goals = []Word{{Text: "default"}}
		}
		for _, goal := range goals {
			if name, value, ok := strings.Cut(goal.Text, "="); ok { // task clean DIR=x
				mk.vars[name] = value
			}
		}
		for _, goal := range goals {
			mk.visit(goal.Text, map[string]bool{}, func(recipe string) { sh.inTarget(c, mk.template(recipe)) })
		}
		return
	}
}

// runCode reads code of the project as a program's own: CODE behind -e, -c.
func (sh *shell) runCode(c *Command, program, code string) {
	option := "-e"
	if program == "python3" {
		option = "-c"
	}
	inner := *c
	inner.Argv = []Word{{Text: program}, {Text: option}, {Text: code}}
	inner.Stdin, inner.From, inner.Snippets = nil, -1, nil
	sub := sh.withVars()
	sub.become(ScriptFile)
	sub.run(inner)
}

// packageVerb reports the subcommands of yarn and pnpm that are no scripts.
func packageVerb(name string) bool {
	return hasField("add install i remove rm up update upgrade init link list ls outdated publish why info audit cache config exec dlx import pack patch store workspace workspaces create version bin node set login logout global prune rebuild root unlink fetch", name)
}

// makeTarget reads the recipes of make's targets and what they depend on.
func (sh *shell) makeTarget(c *Command) {
	file, goals, given := Word{}, []string(nil), ""
	variables := map[string]string{}
	inner := *c
	for i := 1; i < len(c.Argv); i++ {
		arg := c.Argv[i].Text
		switch {
		case arg == "-n" || arg == "--dry-run" || arg == "--just-print":
			return
		case (arg == "-f" || arg == "--file" || arg == "--makefile") && i+1 < len(c.Argv):
			i++
			file = c.Argv[i]
		case strings.HasPrefix(arg, "--file=") || strings.HasPrefix(arg, "--makefile="):
			file = afterEqual(c.Argv[i])
		case (arg == "-E" || arg == "--eval") && i+1 < len(c.Argv):
			i++
			given += c.Argv[i].Text + "\n"
		case strings.HasPrefix(arg, "--eval="):
			given += afterEqual(c.Argv[i]).Text + "\n"
		case strings.HasPrefix(arg, "SHELL=") && strings.Contains(arg, " "):
			sh.code(c, afterEqual(c.Argv[i]), ShellCode)
		case arg == "-C" && i+1 < len(c.Argv):
			i++
			inner.Dir = sh.resolve(c.Argv[i])
		case arg != "" && arg[0] != '-':
			if name, val, ok := strings.Cut(arg, "="); ok {
				variables[strings.TrimRight(name, ":")] = strings.ReplaceAll(val, string(Hole), "${UNKNOWN}")
			} else {
				goals = append(goals, arg)
			}
		}
	}
	in := *sh
	if inner.Dir.Text != "" {
		in.vars = sh.vars.child()
		in.vars.dir, in.vars.moved = inner.Dir, true
	}
	if (file.Text == "-" || file.Text == "/dev/stdin") && c.Stdin != nil {
		given += c.Stdin.Text
	} else if data, ok := in.makefile(file); ok {
		given += clean(string(data))
	}
	if given == "" {
		return
	}
	env := map[string]string{}
	for _, a := range c.Assigns {
		env[a.Name] = strings.ReplaceAll(a.Value.Text, string(Hole), "${UNKNOWN}")
	}
	mk := parseMakefile(strings.ReplaceAll(given, string(Hole), "${UNKNOWN}"), variables, env, func(name string) string {
		data, _ := in.taskFile(Word{Text: name})
		return clean(string(data))
	})
	if len(goals) == 0 {
		goals = []string{mk.first}
	}
	seen := map[string]bool{}
	for _, goal := range goals {
		mk.visit(goal, seen, func(recipe string) { in.inTarget(&inner, recipe) })
	}
}

func (sh *shell) makefile(name Word) (data []byte, ok bool) {
	if name.Text != "" {
		return sh.taskFile(name)
	}
	for _, name := range [...]string{"GNUmakefile", "makefile", "Makefile"} {
		if data, ok = sh.taskFile(Word{Text: name}); ok {
			return data, true
		}
	}
	return nil, false
}
