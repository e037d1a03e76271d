package agent

import "time"

// ClaudeSnapshots are the files of the shell's state in what Claude Code puts around a
// command (2.1.332): source SNAPSHOT && … && eval 'CMD' < /dev/null && pwd -P >| FILE.
const ClaudeSnapshots = "/shell-snapshots/snapshot-"

// claude does without a settings file that is not JSON to the letter.
func claude() Agent {
	return Agent{
		Name: "claude-code", Title: "Claude Code", Aliases: []string{"claude"}, Hook: "claude", Prompt: "UserPromptSubmit", Seen: "2.1.332",
		Programs: []string{"claude"}, Packages: []string{"@anthropic-ai/claude-code"}, Dirs: []string{".claude"}, Shells: []string{"Bash"}, Patience: time.Minute,
		Hooks: File{Project: ".claude", Variable: "CLAUDE_CONFIG_DIR", User: ".claude", Name: "settings.json", Syntax: Strict},
	}
}
