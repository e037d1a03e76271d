package agent

import "time"

// gemini hangs on "ask" where nobody is there. Its hooks' timeouts are in
// milliseconds.
func gemini() Agent {
	return Agent{
		Name: "gemini", Title: "Gemini CLI", Aliases: []string{"gemini-cli"}, Hook: "gemini", Prompt: "BeforeAgent", Seen: "0.61.0",
		Programs: []string{"gemini"}, Packages: []string{"@google/gemini-cli"}, Dirs: []string{".gemini"}, Shells: []string{"run_shell_command"}, Patience: time.Minute,
		Hooks: File{Project: ".gemini", User: ".gemini", Name: "settings.json", Syntax: Comments},
	}
}
