package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// In each protocol the model asks for the line that the conversation has come
// to, in the agent's own shell tool, and ends when there is none left.
func TestModelPlaysTheScript(t *testing.T) {
	for name, test := range map[string]struct{ path, first, second string }{
		"messages": {
			"/v1/messages",
			`{"tools":[{"name":"Bash","input_schema":{"properties":{"command":{"type":"string"}},"required":["command"]}}],"messages":[]}`,
			`{"tools":[{"name":"Bash","input_schema":{}}],"messages":[{"content":[{"type":"tool_result","content":"one"}]}]}`,
		},
		"chat": {
			"/v1/chat/completions",
			`{"stream":true,"tools":[{"function":{"name":"bash","parameters":{"properties":{"command":{"type":"string"}}}}}],"messages":[]}`,
			`{"stream":true,"tools":[{"function":{"name":"bash"}}],"messages":[{"role":"tool","content":"one"}]}`,
		},
		"responses": {
			"/v1/responses",
			`{"stream":true,"tools":[{"type":"function","name":"exec_command","parameters":{"properties":{"cmd":{"type":"string"}}}}],"input":[]}`,
			`{"stream":true,"tools":[{"type":"function","name":"exec_command"}],"input":[{"type":"function_call_output","output":"one"}]}`,
		},
		"generateContent": {
			"/v1beta/models/m:streamGenerateContent",
			`{"tools":[{"functionDeclarations":[{"name":"run_shell_command","parameters":{"properties":{"command":{"type":"string"}}}}]}],"contents":[]}`,
			`{"tools":[{"functionDeclarations":[{"name":"run_shell_command"}]}],"contents":[{"parts":[{"functionResponse":{"response":"one"}}]}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := &Model{lines: []string{"ls -a"}}
			if got := post(m, test.path, test.first); !strings.Contains(got, "ls -a") {
				t.Errorf("the first answer has no call: %s", got)
			}
			if got := post(m, test.path, test.second); !strings.Contains(got, finished) {
				t.Errorf("the second answer does not end the script: %s", got)
			}
			if got := m.Results(); len(got) != 1 || got[0] != "one" {
				t.Errorf("results %q", got)
			}
			if got := post(m, test.path, `{"messages":[]}`); strings.Contains(got, "ls -a") {
				t.Errorf("a request without a shell got a call: %s", got)
			}
		})
	}
}

func post(m *Model, path, body string) string {
	answer := httptest.NewRecorder()
	m.ServeHTTP(answer, httptest.NewRequest("POST", path, strings.NewReader(body)))
	return answer.Body.String()
}

func TestArguments(t *testing.T) {
	list := object{"properties": object{"commands": object{"type": "array"}, "timeout": object{"type": "integer"}}, "required": []any{"commands", "timeout"}}
	args := tool{schema: list}.arguments("ls")
	if lines, ok := args["commands"].([]string); !ok || len(lines) != 1 || lines[0] != "ls" || args["timeout"] != 30000 {
		t.Errorf("%v", args)
	}
}
