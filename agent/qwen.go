package agent

import "time"

// qwen renames a settings file away that it cannot read. Its hooks' timeouts are in
// milliseconds.
func qwen() Agent {
	return Agent{
		Name: "qwen", Title: "Qwen Code", Aliases: []string{"qwen-code"}, Hook: "qwen", Prompt: "UserPromptSubmit", Seen: "0.24.4",
		Programs: []string{"qwen"}, Packages: []string{"@qwen-code/qwen-code"}, Dirs: []string{".qwen"}, Shells: []string{"run_shell_command", "Bash", "Shell"}, Patience: time.Minute,
		Hooks: File{Project: ".qwen", User: ".qwen", Name: "settings.json", Syntax: Comments},
	}
}
