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
