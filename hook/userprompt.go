package hook

import (
	"strings"

	"restrain/agent"
)

// A prompt event is what a human is about to say to the agent. It is never
// answered with a denial: nothing of it runs.

// readPrompt reads a prompt event; ok is false for any other.
func readPrompt(event object) (e Event, ok bool) {
	name := event.anyOf("hook_event_name", "hookEventName", "hookName", "agent_action_name", "event")
	ok = agent.IsPrompt(name)
	// Copilot CLI's own has no name, and no tool either.
	ok = ok || name == "" && event.has("prompt") && event.has("timestamp") && !event.has("toolName") && !event.has("tool_name")
	if !ok {
		return e, false
	}
	e.Prompt = true
	e.Session = event.anyOf("session_id", "sessionId", "conversation_id", "trajectory_id", "taskId")
	e.Dir = event.anyOf("cwd", "working_dir")
	e.Says = event.anyOf("prompt", "user_prompt", "message")
	for _, inner := range [...]string{"tool_info", "userPromptSubmit"} { // Windsurf, Cline
		if o, err := event.inner(inner); err == nil && e.Says == "" {
			e.Says = o.anyOf("user_prompt", "prompt")
		}
	}
	// Claude Code also sends what it tells its model itself, such as that a task in
	// the background has ended: always in a tag.
	if strings.HasPrefix(strings.TrimSpace(e.Says), "<") {
		e.Says = ""
	}
	return e, true
}

// PromptAnswer is the answer to a prompt event.
func (a Agent) PromptAnswer() Output {
	if a.Name == "cursor" {
		return Output{Stdout: `{"continue":true}` + "\n"}
	}
	return a.allow
}
