//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/agent"
	"restrain/hook"
	"restrain/session"
)

// Every agent's own tool that reads files is told what a file reads without the
// secrets in it.
func TestHookMasksFilesOfEveryAgent(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir) // a hook goes to the agent's directory; this comes back
	file := filepath.Join(dir, ".env")
	value := strings.Repeat("rw_Fe26", 3)
	if err := os.WriteFile(file, []byte("PORT=3000\nAPI_TOKEN="+value+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	claude := `{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"FILE"}}`
	events := map[string]string{
		"claude":   claude,
		"codex":    claude,
		"qwen":     `{"hook_event_name":"PreToolUse","tool_name":"read_file","tool_input":{"absolute_path":"FILE"}}`,
		"cline":    `{"hookName":"tool_call","tool_call":{"name":"read_files","input":{"files":[{"path":"FILE"}]}}}`,
		"copilot":  `{"toolName":"view","toolArgs":{"path":"FILE"}}`,
		"cursor":   `{"hook_event_name":"beforeReadFile","cursor_version":"1","file_path":"FILE","content":"x"}`,
		"gemini":   `{"hook_event_name":"BeforeTool","tool_name":"read_file","tool_input":{"absolute_path":"FILE"}}`,
		"goose":    `{"event":"PreToolUse","tool_name":"text_editor","tool_input":{"command":"view","path":"FILE"}}`,
		"opencode": `{"tool":"read","args":{"filePath":"FILE"}}`,
		"pi":       `{"toolName":"read","input":{"path":"FILE"}}`,
		"windsurf": `{"agent_action_name":"pre_read_code","tool_info":{"file_path":"FILE"}}`,
	}
	for _, name := range agent.Hooks() {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			getenv := func(variable string) string {
				return map[string]string{"HOME": state, "XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state}[variable]
			}
			agent, _ := hook.Of(name)
			var out, errs bytes.Buffer
			h := &host{session.Host{Stdin: sent(t, strings.ReplaceAll(events[name], "FILE", file)), Stdout: &out, Stderr: &errs, Getenv: getenv}}
			answer := hook.Output{Status: h.hook(agent, true)}
			answer.Stdout, answer.Stderr = out.String(), errs.String()
			said, denied := agent.Denied(answer)
			if !denied || strings.Contains(answer.Stdout+answer.Stderr, value) {
				t.Fatalf("%+v", answer)
			}
			if name != "windsurf" && (!strings.Contains(said, "PORT=3000") || !strings.Contains(said, "API_TOKEN=‹API_TOKEN: withheld")) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// Every agent's own tool that searches in files is denied with what it finds
// without the secrets, where it would print one, and only there.
func TestHookMasksSearchesOfEveryAgent(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	value := strings.Repeat("rw_Fe26", 3)
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("# settings\nPORT=3000\nHOST=here\nAPI_TOKEN="+value+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	claude := `{"hook_event_name":"PreToolUse","tool_name":"Grep","tool_input":{"pattern":"WHAT","output_mode":"content","-C":2}}`
	events := map[string]string{
		"claude":   claude,
		"codex":    claude,
		"qwen":     `{"hook_event_name":"PreToolUse","tool_name":"grep_search","tool_input":{"pattern":"WHAT","context":2}}`,
		"copilot":  `{"toolName":"grep","toolArgs":{"pattern":"WHAT","-A":"2"}}`,
		"cursor":   `{"hook_event_name":"preToolUse","cursor_version":"1","tool_name":"Grep","tool_input":{"pattern":"WHAT","-C":2}}`,
		"gemini":   `{"hook_event_name":"BeforeTool","tool_name":"search_file_content","tool_input":{"pattern":"WHAT","context":2}}`,
		"opencode": `{"tool":"grep","args":{"pattern":"WHAT","context":2}}`,
		"pi":       `{"toolName":"grep","input":{"pattern":"WHAT","context":2}}`,
	}
	for name, event := range events {
		for what, denied := range map[string]bool{"PORT=": true, "HOST": true, "settings": false, "no such thing": false} {
			state := t.TempDir()
			getenv := func(variable string) string {
				return map[string]string{"HOME": state, "XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state}[variable]
			}
			agent, _ := hook.Of(name)
			var out, errs bytes.Buffer
			h := &host{session.Host{Stdin: sent(t, strings.ReplaceAll(event, "WHAT", what)), Stdout: &out, Stderr: &errs, Getenv: getenv}}
			answer := hook.Output{Status: h.hook(agent, true)}
			answer.Stdout, answer.Stderr = out.String(), errs.String()
			said, is := agent.Denied(answer)
			if is != denied || strings.Contains(answer.Stdout+answer.Stderr, value) || denied && !strings.Contains(said, "API_TOKEN=‹API_TOKEN: withheld") {
				t.Errorf("%s, %q: denied %v, %+v", name, what, is, answer)
			}
		}
	}
}
