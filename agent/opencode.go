package agent

import "time"

// openCode has plugins in place of hooks.
func openCode() Agent {
	return Agent{
		Name: "opencode", Title: "OpenCode", Hook: "opencode", Seen: "1.18.33",
		Programs: []string{"opencode"}, Packages: []string{"opencode-ai"}, Dirs: []string{".config/opencode"}, Patience: time.Minute,
		Hooks:   File{Project: ".opencode", Variable: "XDG_CONFIG_HOME", User: ".config", Name: "plugin/restrain.js"},
		isolate: isolateOpenCode,
	}
}

// isolateOpenCode: OpenCode does its own work, unless it is told of a server.
func isolateOpenCode(s *Start, at int, _ *Place) (note string, err error) {
	if s.verb(at) == "attach" || s.hasWord(at, "--attach") {
		return "", &OutsideError{"opencode", "the server that it attaches to does its work", "start opencode itself, or the server: restrain -- opencode serve"}
	}
	return "", nil
}
