package agent

import "time"

// copilot blocks the tool for every status of a hook but 0, without the reason.
func copilot() Agent {
	return Agent{
		Name: "copilot", Title: "Copilot CLI", Aliases: []string{"copilot-cli"}, Hook: "copilot", Prompt: "userPromptSubmitted", Seen: "1.0.102",
		Programs: []string{"copilot"}, Packages: []string{"@github/copilot"}, Dirs: []string{".copilot"}, Shells: []string{"bash"}, Patience: 30 * time.Second,
		Hooks: File{Project: ".github", Variable: "COPILOT_HOME", User: ".copilot", Name: "hooks/restrain.json", Syntax: Strict},
	}
}
