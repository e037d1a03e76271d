package agent

import "time"

// CursorHookEnd is the word behind the event in the line by which Cursor runs a hook
// (SDK 1.0.32): $SHELL -lc "CMD <<'CURSOR_HOOK_EOF'\n{json}…".
const CursorHookEnd = "CURSOR_HOOK_EOF"

// cursor drops its whole file for one event that it does not know.
func cursor() Agent {
	return Agent{
		Name: "cursor", Title: "Cursor", Aliases: []string{"cursor-agent"}, Hook: "cursor", Prompt: "beforeSubmitPrompt", Seen: "SDK 1.0.32",
		Programs: []string{"cursor-agent", "cursor"}, Dirs: []string{".cursor"}, Shells: []string{"Shell"}, Patience: 30 * time.Second,
		Hooks: File{Project: ".cursor", User: ".cursor", Name: "hooks.json"},
	}
}

// cursorIDE is the editor, whose agent has terminals.
func cursorIDE() Agent {
	return Agent{
		Name: "cursor-ide", Title: "Cursor's agent terminal", Programs: []string{"cursor"}, Dirs: []string{".config/Cursor", "Library/Application Support/Cursor"},
		Notes: []string{notAskedThere, "set up cursor as well: its hook also sees the tools that start no shell"},
	}
}
