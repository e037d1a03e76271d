package shellparse

import (
	"slices"
	"strings"
)

// A rakeTask is a task of a Rakefile, which is Ruby.
type rakeTask struct {
	params []string // names of its arguments
	deps   []string // tasks that run before it
	args   string   // what its block calls its arguments
	body   string
}

// rake reads a task of a Rakefile with those that it needs, and what stands around
// them: methods and constants.
func (sh *shell) rake(c *Command) {
	data, ok := sh.taskFile(Word{Text: "Rakefile"})
	if !ok {
		return
	}
	around, tasks := parseRakefile(clean(string(data)))
	goals := operands(c.Argv[1:])
	if len(goals) == 0 {
		goals = []Word{{Text: "default"}}
	}
	code, seen := around, map[string]bool{}
	for _, goal := range goals {
		name, given, _ := strings.Cut(strings.TrimSuffix(goal.Text, "]"), "[")
		code += tasks.program(name, strings.Split(given, ","), seen)
	}
	if len(seen) > 0 {
		sh.runCode(c, "ruby", code)
	}
}

// rakeTasks are tasks by their full names, such as db:drop.
type rakeTasks map[string]rakeTask

// program is the code of a task, behind that of the tasks that it needs.
func (tasks rakeTasks) program(name string, given []string, seen map[string]bool) (code string) {
	task, ok := tasks[name]
	if !ok || seen[name] || len(seen) > maxRounds {
		return ""
	}
	seen[name] = true
	for _, dep := range task.deps {
		if full := name[:strings.LastIndexByte(name, ':')+1] + dep; tasks[full].body != "" {
			dep = full
		}
		code += tasks.program(dep, nil, seen)
	}
	body := task.body
	for i, param := range task.params {
		if i < len(given) && given[i] != "" && task.args != "" {
			value := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(strings.TrimSpace(given[i])) + "'"
			body = strings.NewReplacer(task.args+"[:"+param+"]", value, task.args+"."+param, value).Replace(body)
		}
	}
	return code + body + "\n"
}

// parseRakefile takes a Rakefile apart, by its indentation.
func parseRakefile(text string) (around string, tasks rakeTasks) {
	tasks = rakeTasks{}
	type space struct {
		indent int
		name   string
	}
	var spaces []space
	var cleaned strings.Builder
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimLeft(lines[i], " \t")
		indent := len(lines[i]) - len(line)
		word, rest, _ := strings.Cut(strings.NewReplacer("task(", "task (", "file(", "file (").Replace(line), " ")
		switch {
		case word == "namespace":
			spaces = append(spaces, space{indent, rubyNames(rest)[0]})
		case len(spaces) > 0 && indent <= spaces[len(spaces)-1].indent && strings.HasPrefix(line, "end"):
			spaces = spaces[:len(spaces)-1]
		case word == "task" || word == "multitask":
			prefix := ""
			for _, s := range spaces {
				prefix += s.name + ":"
			}
			end := i + 1
			for end < len(lines) && (strings.TrimSpace(lines[end]) == "" || len(lines[end])-len(strings.TrimLeft(lines[end], " \t")) > indent) {
				end++
			}
			name, task := parseRakeTask(rest, strings.Join(lines[i+1:end], "\n"))
			if tasks[prefix+name] = task; strings.Contains(rest, " do") {
				i = end // the line with its end
			}
		case strings.HasPrefix(line, "CLEAN.") || strings.HasPrefix(line, "CLOBBER."):
			for _, glob := range quoted(line) {
				cleaned.WriteString("sh 'rm -rf " + strings.ReplaceAll(glob, "/**/", "/") + "'\n")
			}
		default:
			around += lines[i] + "\n"
		}
	}
	if cleaned.Len() > 0 { // rake/clean
		for _, name := range [...]string{"clean", "clobber"} {
			tasks[name] = rakeTask{body: cleaned.String()}
		}
	}
	return around, tasks
}

// parseRakeTask reads what follows task: :name, [:a] => %i[b c] do |t, args|.
func parseRakeTask(head, below string) (name string, task rakeTask) {
	head, block, _ := strings.Cut(strings.Replace(head, "{", " do ", 1), " do")
	if _, params, ok := strings.Cut(block, "|"); ok {
		params, inline, _ := strings.Cut(params, "|")
		if names := rubyNames(params); len(names) > 1 {
			task.args = names[1]
		}
		block = inline
	}
	task.body = strings.TrimRight(block, " }\n") + "\n" + below
	head, needs, ok := strings.Cut(head, "=>")
	first, more, hasParams := strings.Cut(head, ",")
	if !ok {
		if before, after, isKey := strings.Cut(first, ": "); isKey { // name: :needed
			first, needs, hasParams = before, after, false
			if _, rest, ok := strings.Cut(head, ": "); ok {
				needs = rest
			}
		}
	}
	if hasParams {
		task.params = rubyNames(more)
	}
	for _, need := range rubyNames(needs) {
		if need != "i" && need != "w" && need != "" { // %i[…], %w[…]
			task.deps = append(task.deps, need)
		}
	}
	return rubyNames(first)[0], task
}

// rubyNames are the names in a text, without their signs; one empty name at least.
func rubyNames(text string) []string {
	names := strings.FieldsFunc(text, func(c rune) bool { return c < 0x80 && !isNameByte(byte(c)) && c != ':' })
	for i := range names {
		names[i] = strings.Trim(names[i], ":")
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	return append(names, "")[:max(len(names), 1)]
}

// quoted are the texts in quotes on a line.
func quoted(line string) (texts []string) {
	for {
		at := strings.IndexAny(line, `'"`)
		if at < 0 {
			return texts
		}
		end := strings.IndexByte(line[at+1:], line[at])
		if end < 0 {
			return texts
		}
		texts = append(texts, line[at+1:at+1+end])
		line = line[at+end+2:]
	}
}

func isNameByte(c byte) bool { return nameByte(c) || '0' <= c && c <= '9' }
