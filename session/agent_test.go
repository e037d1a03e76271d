package session

import (
	"testing"

	"restrain/intercept"
)

// The line by which an agent reads the environment when it starts is its own;
// the same line of its model's, which has the variables of a command, is not.
func TestAsksEnvironment(t *testing.T) {
	copilot := copilotMark + "1b_18ea__'" + copilotEnvironment
	for _, tt := range []struct {
		line string
		env  []string
		want bool
	}{
		{"env", []string{"CLAUDECODE=1"}, true},
		{"env", []string{"CLAUDECODE=1", "CLAUDE_CODE_SESSION_ID=1"}, false},
		{"env", nil, false},
		{"env | sort", []string{"CLAUDECODE=1"}, false},
		{"", []string{"CLAUDECODE=1"}, false},
		{copilot, []string{"COPILOT_CLI_BINARY_VERSION=1"}, true},
		{copilot, []string{"COPILOT_CLI_BINARY_VERSION=1", "COPILOT_AGENT_SESSION_ID=1"}, false},
		{copilot + "; rm x", []string{"COPILOT_CLI_BINARY_VERSION=1"}, false},
		{copilotMark + "'; rm x; '__'" + copilotEnvironment, []string{"COPILOT_CLI_BINARY_VERSION=1"}, false},
	} {
		if got := asksEnvironment(&intercept.Request{Kind: intercept.KindLine, Line: tt.line, Env: tt.env}); got != tt.want {
			t.Errorf("%q with %q: %v, want %v", tt.line, tt.env, got, tt.want)
		}
	}
}
