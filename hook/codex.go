package hook

import "time"

// codex is Codex CLI (0.169.0): PreToolUse in hooks.json, in Claude Code's shape.
// It runs a command that a hook wants asked about, so only deny is used. What it
// writes into a shell that is open already (write_stdin) has no event.
func codex() Agent {
	return Agent{Name: "codex", Limit: 60 * time.Second, read: readClaude, deny: denyClaude, change: changeClaude("allow")}
}
