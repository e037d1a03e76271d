package agent

// openCodeApart: OpenCode does its own work, unless it is told of a server.
func openCodeApart(s *Start, at int, _ *Place) (note string, err error) {
	if s.verb(at) == "attach" || s.hasWord(at, "--attach") {
		return "", &OutsideError{"opencode", "the server that it attaches to does its work", "start opencode itself, or the server: restrain -- opencode serve"}
	}
	return "", nil
}
