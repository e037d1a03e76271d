package examples

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// hooks are an agent's hooks before a tool is used, as Claude Code and Codex
// have them.
type hooks struct {
	Env   map[string]string `json:"env"`
	Hooks struct {
		PreToolUse []struct {
			Matcher string `json:"matcher"`
			Hooks   []struct {
				Type      string `json:"type"`
				Command   string `json:"command"`
				Timeout   int    `json:"timeout"`
				OnFailure string `json:"onFailure"`
			} `json:"hooks"`
		} `json:"PreToolUse"`
	} `json:"hooks"`
}

// hookRuns gives a recorded event, with another command, to the hook of a file,
// as the agent does, and returns the answer.
func hookRuns(t *testing.T, d *desk, file, recorded, command string) (decision string, r result) {
	t.Helper()
	var config hooks
	if err := json.Unmarshal(readExample(t, file), &config); err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(readExample(t, filepath.Join("..", "hook", "testdata", recorded)), &event); err != nil {
		t.Fatal(err)
	}
	event["cwd"] = d.dir
	event["tool_input"] = map[string]any{"command": command}
	text, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	hook := config.Hooks.PreToolUse[0].Hooks[0]
	if hook.Type != "command" || hook.Timeout != 3600 || !strings.Contains(hook.Command, "--timeout 1h") {
		t.Errorf("restrain must answer before the agent stops waiting: %+v", hook)
	}
	r = d.runs(string(text), "sh", "-c", hook.Command)
	var answer struct {
		HookSpecificOutput struct {
			PermissionDecision string `json:"permissionDecision"`
		} `json:"hookSpecificOutput"`
	}
	if r.stdout != "" {
		if err := json.Unmarshal([]byte(r.stdout), &answer); err != nil {
			t.Errorf("%v: %s", err, r.stdout)
		}
	}
	return answer.HookSpecificOutput.PermissionDecision, r
}

func TestHooks(t *testing.T) {
	for _, test := range []struct{ file, recorded string }{
		{"claude-code/settings.json", "claude_bash.json"},
		{"codex/hooks.json", "codex_bash.json"},
	} {
		d := newDesk(t)
		d.kept() // an empty home is nothing to lose
		if decision, r := hookRuns(t, d, test.file, test.recorded, canary); decision != "deny" {
			t.Errorf("%s: the canary: %q, %+v", test.file, decision, r)
		}
		if decision, r := hookRuns(t, d, test.file, test.recorded, "ls -a"); decision == "deny" || r.status != 0 {
			t.Errorf("%s: an ordinary command: %q, %+v", test.file, decision, r)
		}
		// Agents take a hook that is not there for one that has nothing to say,
		// but for status 2.
		d.env["PATH"] = d.dir
		if _, r := hookRuns(t, d, test.file, test.recorded, "ls -a"); r.status != 2 {
			t.Errorf("%s: without restrain: %+v", test.file, r)
		}
	}
}

func TestClaudeCodeShell(t *testing.T) {
	var config hooks
	if err := json.Unmarshal(readExample(t, "claude-code/settings.json"), &config); err != nil {
		t.Fatal(err)
	}
	if config.Hooks.PreToolUse[0].Hooks[0].OnFailure != "block" {
		t.Error("a hook that fails lets the tool run")
	}
	judgesLines(t, profile{Path: config.Env["CLAUDE_CODE_SHELL"]})
}
