package session

import (
	"os"
	"testing"

	"restrain/agent"
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

// An agent's own helper is plumbing where the agent itself becomes it, and a
// command of somebody's otherwise.
func TestIsSetup(t *testing.T) {
	own, err := imageOf(os.Getpid())
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	argv := []string{"/proc/self/exe", agent.CodexSetup, "54", "27", "pipe", "", "/src", "/bin/bash", "/bin/bash", "-c", "ls"}
	for _, tt := range []struct {
		path string
		argv []string
		want bool
	}{
		{"/proc/self/exe", argv, true},
		{own, argv, true},
		{"/opt/codex", argv, false},
		{own, argv[:3], false},
	} {
		r := &intercept.Request{Kind: intercept.KindArgv, Argv: tt.argv, PID: os.Getpid(), Exec: &intercept.Exec{Path: tt.path, Raw: tt.argv}}
		if got := isSetup(r); got != tt.want {
			t.Errorf("%s %q: %t, want %t", tt.path, tt.argv, got, tt.want)
		}
	}
}
