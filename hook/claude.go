package hook

// claude is Claude Code (2.1.332): PreToolUse in settings.json. An answer that
// allows would skip the agent's own permission prompt, so it has none. Exit
// status 2 blocks with the text on stderr as the reason.
func claude() schema {
	return schema{read: readClaude, deny: denyClaude, change: changeClaude("")}
}

// codex is Codex CLI (0.171.0): hooks.json, in the same shape. It runs a command
// that a hook wants asked about, so only deny is used, and takes another input
// only with an allow. What it writes into a shell that is open already
// (write_stdin) has no event.
func codex() schema {
	return schema{read: readClaude, deny: denyClaude, change: changeClaude("allow")}
}

// qwen is Qwen Code (0.24.4): settings.json, in the same shape.
func qwen() schema {
	return schema{read: readClaude, deny: denyClaude}
}

// readClaude also takes what VS Code sends to Claude Code's hooks, which it runs as
// its own: the same with other names of fields and tools
// (code.visualstudio.com/docs/agents/reference/hooks-reference).
func readClaude(event object) (Event, error) {
	name := "hook_event_name"
	if !event.has(name) && event.has("hookEventName") {
		name = "hookEventName"
	}
	if err := wantEvent(event, name, "PreToolUse", "preToolUse"); err != nil {
		return Event{}, err
	}
	return readTool(event)
}

// readTool reads the fields that Claude Code's shape and those after it share.
func readTool(event object) (Event, error) {
	e, tool, input, err := readCall(event, "cwd")
	if err != nil {
		return e, err
	}
	return e, e.use(tool, input)
}

// readCall reads who calls which tool with what; dir is the directory's field.
func readCall(event object, dir string) (e Event, tool string, input object, err error) {
	session := "session_id"
	if !event.has(session) {
		session = "sessionId"
	}
	if e.Session, err = event.optional(session); err != nil {
		return e, "", nil, err
	}
	if e.Dir, err = event.optional(dir); err != nil {
		return e, "", nil, err
	}
	if tool, err = event.text("tool_name"); err != nil {
		return e, "", nil, err
	}
	input, err = event.input("tool_input", tool)
	return e, tool, input, err
}

// changeClaude answers with another input. decision is "allow" where an input is
// only taken along with it, which skips the agent's own permissions
// (github.com/anthropics/claude-code/issues/15897, 79321 and 81340 tell of versions
// and settings that ignore the input; github.com/openai/codex/pull/20527).
func changeClaude(decision string) func(object) Output {
	type specific struct {
		Event    string `json:"hookEventName"`
		Decision string `json:"permissionDecision,omitempty"`
		Input    object `json:"updatedInput"`
	}
	return func(input object) Output {
		return Output{Stdout: jsonLine(struct {
			Specific specific `json:"hookSpecificOutput"`
		}{specific{"PreToolUse", decision, input}})}
	}
}

func denyClaude(reason string) Output {
	type specific struct {
		Event    string `json:"hookEventName"`
		Decision string `json:"permissionDecision"`
		Reason   string `json:"permissionDecisionReason"`
	}
	return Output{
		Stdout: jsonLine(struct {
			Specific specific `json:"hookSpecificOutput"`
		}{specific{"PreToolUse", "deny", reason}}),
		Stderr: reason + "\n", Status: blocks,
	}
}
