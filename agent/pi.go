package agent

import "time"

// pi has extensions in place of hooks.
func pi() Agent {
	return Agent{
		Name: "pi", Title: "pi", Hook: "pi", Seen: "0.73.1",
		Programs: []string{"pi"}, Packages: []string{"@mariozechner/pi-coding-agent"}, Dirs: []string{".pi"}, Patience: time.Minute,
		Hooks: File{Project: ".pi", Variable: "PI_CODING_AGENT_DIR", User: ".pi/agent", Name: "extensions/restrain.ts"},
	}
}
