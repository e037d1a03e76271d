package hook

import "fmt"

// cursor is Cursor (SDK 1.0.32): hooks.json. The answer is always given with
// status 0, so that its words are read; anything else that goes wrong blocks
// where failClosed is set.
func cursor() schema {
	return schema{
		read:  readCursor,
		allow: Output{Stdout: `{"permission":"allow"}` + "\n"},
		deny: func(reason string) Output {
			return Output{Stdout: jsonLine(struct {
				Permission string `json:"permission"`
				User       string `json:"user_message"`
				Agent      string `json:"agent_message"`
			}{"deny", reason, reason})}
		},
	}
}

func readCursor(event object) (e Event, err error) {
	name, err := event.text("hook_event_name")
	if err != nil {
		return e, err
	}
	if e.Session, err = event.optional("conversation_id"); err != nil {
		return e, err
	}
	if e.Dir, err = cursorDir(event); err != nil {
		return e, err
	}
	switch name {
	case "beforeShellExecution":
		return e, e.use("Shell", event)
	case "beforeReadFile", "beforeTabFileRead":
		return e, e.use("Read", object{"file_path": event["file_path"]})
	case "preToolUse", "PreToolUse":
		tool, err := event.text("tool_name")
		if err != nil {
			return e, err
		}
		input, err := event.input("tool_input", tool)
		if err != nil {
			return e, err
		}
		return e, e.use(tool, input)
	case "beforeMCPExecution":
		return e, e.mcp(event, "server_name", "tool_name", "tool_input")
	}
	return e, fmt.Errorf("hook_event_name is %q: configure the hook for preToolUse only", name)
}

// cursorDir is the event's directory, or the first of the workspace.
func cursorDir(event object) (string, error) {
	dir, err := event.optional("cwd")
	if dir != "" || err != nil {
		return dir, err
	}
	roots, err := event.texts("workspace_roots")
	if err != nil || len(roots) == 0 {
		return "", err
	}
	return roots[0], nil
}
