package agent

import "time"

func windsurf() Agent {
	return Agent{
		Name: "windsurf", Title: "Windsurf", Hook: "windsurf", Prompt: "pre_user_prompt",
		Programs: []string{"windsurf"}, Dirs: []string{".codeium/windsurf"}, Patience: 30 * time.Second,
		Hooks: File{Project: ".windsurf", User: ".codeium/windsurf", Name: "hooks.json", Syntax: Strict},
	}
}
