package hook

import "time"

// qwen is Qwen Code (0.15.10): PreToolUse in settings.json, in Claude Code's shape.
func qwen() Agent {
	return Agent{Name: "qwen", Limit: 60 * time.Second, read: readClaude, deny: denyClaude}
}
