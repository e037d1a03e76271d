package shellparse

// builds reads cmake's own portable commands: cmake -E remove_directory x.
func (sh *shell) builds(c *Command) {
	if c.Name != "cmake" || len(c.Argv) < 4 || c.Argv[1].Text != "-E" {
		return
	}
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
