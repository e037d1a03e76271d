package hook

import (
	"encoding/json"
	"strings"
)

// Canary is the event by which the agent would say that its shell tool is about
// to run a line. It proves that the agent's hook is in the way.
func (a Agent) Canary(line, dir string) []byte {
	input := map[string]any{"command": line}
	event := map[string]any{"session_id": canarySession, "cwd": dir}
	switch a.Name {
	case "claude", "codex", "qwen":
		event["hook_event_name"], event["tool_name"], event["tool_input"] = "PreToolUse", "Bash", input
	case "gemini":
		event["hook_event_name"], event["tool_name"], event["tool_input"] = "BeforeTool", "run_shell_command", input
	case "cursor":
		event["hook_event_name"], event["tool_name"], event["tool_input"] = "preToolUse", "Shell", input
		event["conversation_id"], event["cursor_version"], event["workspace_roots"] = canarySession, "0", []string{dir}
	case "copilot":
		event = map[string]any{"sessionId": canarySession, "cwd": dir, "toolName": "bash", "toolArgs": input}
	case "opencode":
		event = map[string]any{"sessionID": canarySession, "cwd": dir, "tool": "bash", "args": input}
	case "pi":
		event = map[string]any{"sessionId": canarySession, "cwd": dir, "toolName": "bash", "input": input}
	case "cline":
		call := map[string]any{"name": "run_commands", "input": map[string]any{"commands": []string{line}}}
		event = map[string]any{"taskId": canarySession, "workspaceRoots": []string{dir}, "tool_call": call}
	case "windsurf":
		info := map[string]any{"command_line": line, "cwd": dir}
		event = map[string]any{"trajectory_id": canarySession, "agent_action_name": "pre_run_command", "tool_info": info}
	case "goose":
		event = map[string]any{"event": "PreToolUse", "session_id": canarySession, "working_dir": dir, "tool_name": "developer__shell", "tool_input": input}
	}
	text, err := json.Marshal(event)
	if err != nil {
		return nil // texts only: cannot happen, and an empty event is denied
	}
	return text
}

// canarySession is the agent's id of a session that is none.
const canarySession = "restrain-doctor"

// Denied reports whether the agent takes an answer for a denial, and the words
// that came with it.
func (a Agent) Denied(o Output) (reason string, denied bool) {
	var answer struct {
		Permission string `json:"permission"`         // Cursor
		Decision   string `json:"decision"`           // Gemini, goose
		Copilot    string `json:"permissionDecision"` // Copilot
		Cancel     bool   `json:"cancel"`             // Cline
		Block      bool   `json:"block"`              // pi's and OpenCode's plugins
		Claude     struct {
			Decision string `json:"permissionDecision"`
		} `json:"hookSpecificOutput"`
	}
	understood := json.Unmarshal([]byte(o.Stdout), &answer) == nil
	switch a.Name {
	case "cursor":
		// A hook that fails is a denial too, where failClosed is set.
		denied = understood && answer.Permission == "deny" || o.Status == blocks
	case "copilot":
		denied = understood && answer.Copilot == "deny" || o.Status != 0
	case "cline":
		denied = understood && answer.Cancel
	case "opencode", "pi":
		denied = o.Status != 0
	case "gemini", "goose":
		denied = o.Status == blocks || understood && (answer.Decision == "deny" || answer.Decision == "block")
	default:
		denied = o.Status == blocks || o.Status == 0 && answer.Claude.Decision == "deny"
	}
	return strings.TrimSpace(o.Stdout + o.Stderr), denied
}
