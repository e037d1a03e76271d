package agent

import "time"

// goose takes hooks from plugins (goose-docs.ai, guides: hooks).
func goose() Agent {
	return Agent{
		Name: "goose", Title: "goose", Hook: "goose",
		Programs: []string{"goose"}, Dirs: []string{".config/goose"}, Shells: []string{"shell", "developer__shell"}, Patience: 30 * time.Second,
		Hooks: File{Project: ".agents", User: ".agents", Name: "plugins/restrain/hooks/hooks.json", Syntax: Strict},
	}
}
