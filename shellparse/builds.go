package shellparse

import "strings"

// builds reads the commands that build tools are given to run: cmake -E rm x,
// mvn exec:exec -Dexec.executable=rm.
func (sh *shell) builds(c *Command) {
	switch c.Name {
	case "cmake":
		if len(c.Argv) > 3 && c.Argv[1].Text == "-E" {
			sh.cmakeTool(c)
		}
	case "mvn", "mvnw", "mvnd":
		program, args := Word{}, Word{}
		for _, w := range c.Argv[1:] {
			switch {
			case strings.HasPrefix(w.Text, "-Dexec.executable="):
				program = afterEqual(w)
			case strings.HasPrefix(w.Text, "-Dexec.args="):
				args = afterEqual(w)
			}
		}
		if program.Text != "" {
			sh.code(c, joinWords([]Word{program, args}, " "), Code)
		}
	}
}

// cmakeTool reads cmake's own portable commands: cmake -E remove_directory x.
func (sh *shell) cmakeTool(c *Command) {
	argv := c.Argv[2:]
	switch argv[0].Text {
	case "rm", "env", "time":
	case "remove":
		argv = append([]Word{{Text: "rm"}}, argv[1:]...)
	case "remove_directory":
		argv = append([]Word{{Text: "rm"}, {Text: "-r"}}, argv[1:]...)
	default:
		return
	}
	sh.runWith(c, argv, "", Word{}, Wrapper{Name: c.Name, Args: c.Argv[1:2]})
}

// cmakeCommands reads what a CMake script does at once: execute_process(COMMAND
// rm x) and file(REMOVE_RECURSE x).
func (sh *shell) cmakeCommands(c *Command, s Snippet) {
	text := strings.ReplaceAll(s.Text.Text, "$ENV{", "${")
	for n := 0; n < maxCalls; n++ {
		open := strings.IndexByte(text, '(')
		if open < 0 {
			return
		}
		name := strings.ToLower(strings.TrimSpace(text[strings.LastIndexByte(text[:open], '\n')+1 : open]))
		body, rest, _ := strings.Cut(text[open+1:], ")")
		text = rest
		name = name[strings.LastIndexAny(name, " \t)")+1:]
		verb, args, _ := strings.Cut(strings.TrimSpace(body), " ")
		switch {
		case name == "file" && (verb == "REMOVE_RECURSE" || verb == "REMOVE"):
			sh.code(c, Word{Text: "rm -r " + args, Unknown: s.Text.Unknown}, Code)
		case name == "execute_process" || name == "exec_program":
			for part := range strings.SplitSeq(" "+strings.Join(strings.Fields(body), " "), " COMMAND ") {
				if part = strings.TrimSpace(part); part != "" {
					sh.code(c, Word{Text: part, Unknown: s.Text.Unknown}, Code)
				}
			}
		}
	}
}
