package hook

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"restrain/agent"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads the events in testdata, AGENT_CASE.json, and compares what
// is understood and answered. AGENT_VERSION-CASE.json was recorded of the agent
// itself, with its directories renamed; the others are after its documentation.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	agents := map[string]bool{}
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), ".json")
		name, _, _ := strings.Cut(base, "_")
		t.Run(base, func(t *testing.T) {
			agent, known := Of(name)
			if !known {
				t.Fatalf("no agent %q", name)
			}
			agents[name] = true
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(t, agent, text)
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
	for _, name := range agent.Hooks() {
		if !agents[name] {
			t.Errorf("no event of %s in testdata", name)
		}
	}
}

func describe(t *testing.T, agent Agent, text []byte) string {
	t.Helper()
	speaker, event, err := agent.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "speaker %s, session %q, call %q, tool %s, in %q, execs %v\n", speaker.Name, event.Session, event.Call, event.Tool, event.Dir, event.Execs)
	for _, line := range event.Lines {
		fmt.Fprintf(&b, "line %q\n", line)
	}
	for _, argv := range event.Commands {
		fmt.Fprintf(&b, "argv %q\n", argv)
	}
	if event.Prompt {
		o := speaker.PromptAnswer()
		fmt.Fprintf(&b, "says %q\nstatus %d\nstdout %sstderr %s", event.Says, o.Status, ended(o.Stdout), ended(o.Stderr))
		return b.String()
	}
	for _, o := range []Output{speaker.Allow(), speaker.Deny("because")} {
		fmt.Fprintf(&b, "status %d\nstdout %sstderr %s", o.Status, ended(o.Stdout), ended(o.Stderr))
	}
	return b.String()
}

func ended(s string) string { return strings.TrimSuffix(s, "\n") + "\n" }

// An event that is not understood is an error, whatever the agent.
func TestReadRefuses(t *testing.T) {
	const head = `{"hook_event_name":"PreToolUse","cwd":"/w",`
	tests := []struct{ name, agent, event, want string }{
		{"empty", "claude", "", "empty"},
		{"blank", "gemini", " \n", "empty"},
		{"garbage", "claude", "not json {", "no JSON object"},
		{"a list", "cursor", "[]", "no JSON object"},
		{"cut short", "codex", head + `"tool_name":"Bash"`, "not JSON"},
		{"more than one", "qwen", "{} {}", "not JSON"},
		{"deep", "claude", `{"a":` + strings.Repeat("[", 20000), "not JSON"},
		{"nothing in it", "claude", "{}", "no hook_event_name"},
		{"another event", "claude", `{"hook_event_name":"PostToolUse"}`, "PostToolUse"},
		{"another event", "gemini", `{"hook_event_name":"PreToolUse"}`, "BeforeTool"},
		{"another event", "cursor", `{"hook_event_name":"afterFileEdit"}`, "preToolUse"},
		{"another event", "windsurf", `{"agent_action_name":"post_run_command","tool_info":{}}`, "pre_run_command"},
		{"no tool", "claude", head + `"tool_input":{"command":"ls"}}`, "tool_name"},
		{"null tool", "claude", head + `"tool_name":null,"tool_input":{"command":"ls"}}`, "tool_name"},
		{"no input", "claude", head + `"tool_name":"Bash"}`, "tool_input"},
		{"input of another kind", "claude", head + `"tool_name":"Bash","tool_input":[]}`, "tool_input"},
		{"no command", "claude", head + `"tool_name":"Bash","tool_input":{}}`, "no command"},
		{"command in another case", "claude", head + `"tool_name":"Bash","tool_input":{"Command":"ls"}}`, "no command"},
		{"blank command", "claude", head + `"tool_name":"Bash","tool_input":{"command":" "}}`, "no command"},
		{"command of another kind", "claude", head + `"tool_name":"Bash","tool_input":{"command":{"a":1}}}`, "neither"},
		{"no path", "claude", head + `"tool_name":"Read","tool_input":{}}`, "no path"},
		{"path of another kind", "claude", head + `"tool_name":"Read","tool_input":{"file_path":7}}`, "neither"},
		{"patch of nothing", "codex", head + `"tool_name":"apply_patch","tool_input":{"command":"x"}}`, "no file"},
		{"URL like an option", "claude", head + `"tool_name":"WebFetch","tool_input":{"url":"-o x"}}`, "no URL"},
		{"relative directory", "claude", `{"hook_event_name":"PreToolUse","cwd":"w","tool_name":"Bash","tool_input":{"command":"ls"}}`, "not absolute"},
		{"session of another kind", "claude", head + `"session_id":1,"tool_name":"Bash","tool_input":{"command":"ls"}}`, "session_id"},
		{"no tool", "copilot", `{"toolArgs":{"command":"ls"}}`, "toolName"},
		{"arguments of another kind", "copilot", `{"toolName":"bash","toolArgs":"ls"}`, "toolArgs"},
		{"no file", "cursor", `{"hook_event_name":"beforeReadFile","cursor_version":"1"}`, "file_path"},
		{"no call", "cline", `{}`, "tool_call"},
		{"no call in an editor", "cline", `{"preToolUse":{"parameters":{}}}`, "toolName"},
		{"no tool of a server", "cline", `{"preToolUse":{"toolName":"use_mcp_tool","parameters":{}}}`, "no name of a tool"},
		{"arguments of another kind", "cline", `{"preToolUse":{"toolName":"use_mcp_tool","parameters":{"tool_name":"x","arguments":"{"}}}`, "arguments"},
		{"server of another kind", "gemini", `{"hook_event_name":"BeforeTool","tool_name":"x","tool_input":{},"mcp_context":"x"}`, "mcp_context"},
		{"no tool", "opencode", `{"args":{}}`, "no tool"},
		{"no tool", "pi", `{"input":{}}`, "toolName"},
		{"a name twice", "claude", `{"tool_name":"TodoWrite",` + head[1:] + `"tool_name":"Bash","tool_input":{"command":"ls"}}`, "twice"},
		{"a name twice, escaped", "claude", head + `"tool_name":"Bash","tool_input":{"command":"rm -rf /","c\u006fmmand":"ls"}}`, "twice"},
		{"a name twice in text", "copilot", `{"toolName":"bash","toolArgs":"{\"command\":\"rm -rf /\",\"command\":\"ls\"}"}`, "twice"},
		{"a name twice in a list", "gemini", `{"hook_event_name":"BeforeTool","tool_name":"read_many_files","tool_input":{"files":[{"path":"/etc/shadow","path":"a"}]}}`, "no list of objects"},
		{"another event of VS Code", "copilot", `{"hook_event_name":"PostToolUse","tool_name":"run_in_terminal","tool_input":{"command":"ls"}}`, "PostToolUse"},
		{"too large", "claude", head + `"a":"` + strings.Repeat("x", MaxEvent) + `"}`, "more than"},
	}
	for _, tt := range tests {
		t.Run(tt.agent+" "+tt.name, func(t *testing.T) {
			agent, _ := Of(tt.agent)
			_, event, err := agent.Read([]byte(tt.event))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q (event %+v)", err, tt.want, event)
			}
		})
	}
}

// Every denial says so in the agent's own form, or blocks by its status; most
// do both.
func TestDenyBlocks(t *testing.T) {
	for _, name := range agent.Hooks() {
		agent, _ := Of(name)
		if agent.Limit <= 0 {
			t.Errorf("%s has no limit", name)
		}
		deny, allow := agent.Deny(`no "quotes"`), agent.Allow()
		if allow.Status != 0 || strings.Contains(allow.Stdout, "deny") || allow.Stderr != "" {
			t.Errorf("%s: allow is %+v", name, allow)
		}
		if deny.Stdout != "" {
			var answer map[string]any
			if err := json.Unmarshal([]byte(deny.Stdout), &answer); err != nil || len(answer) == 0 {
				t.Errorf("%s: deny is %q: %v", name, deny.Stdout, err)
			}
		}
		if deny.Stdout == "" && deny.Status != blocks || !strings.Contains(deny.Stdout+deny.Stderr, "quotes") {
			t.Errorf("%s: deny is %+v", name, deny)
		}
	}
	if _, known := Of("no-such-agent"); known {
		t.Error("an unknown agent is known")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

// An answer that cannot be written blocks.
func TestWriteFails(t *testing.T) {
	for _, name := range agent.Hooks() {
		agent, _ := Of(name)
		if status := agent.Deny("no").Write(full{}, full{}); status != blocks {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

// FuzzRead: whatever comes, there is an error or something to judge it by, and
// a shell tool is never without its command.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("testdata", "*.json"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i := range agent.Hooks() {
			f.Add(i, text)
		}
	}
	f.Fuzz(func(t *testing.T, i int, text []byte) {
		agent, _ := Of(agent.Hooks()[uint(i)%uint(len(agent.Hooks()))])
		speaker, event, err := agent.Read(text)
		if speaker.Name == "" {
			t.Fatal("nobody to answer")
		}
		if err != nil {
			if event.Lines != nil || event.Commands != nil {
				t.Errorf("an error with an event: %+v", event)
			}
			return
		}
		if event.Execs && len(event.Lines) == 0 && len(event.Commands) == 0 {
			t.Errorf("a shell tool without a command: %+v", event)
		}
		for _, argv := range event.Commands {
			if len(argv) == 0 {
				t.Errorf("an empty command: %+v", event)
			}
		}
	})
}

// What a glob's braces stand for, within bounds.
func TestAlternatives(t *testing.T) {
	for glob, want := range map[string]string{
		"a": "a", "*.{a,b}": "*.a *.b", "{a,{b,c}}/d": "a/d b/d c/d", "{a": "{a", "a}": "a}", "}{": "}{", "{}": "", "{a,a}": "a", "{a,b}{c,d}": "ac ad bc bd",
		strings.Repeat("{a,b}", 9): strings.Repeat("{a,b}", 9),
	} {
		got := alternatives(glob)
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q stands for %q, want %q", glob, got, want)
		}
	}
}

// What is typed is judged as the shell gets it.
func TestKeyed(t *testing.T) {
	for text, want := range map[string]string{
		"ls\n": "ls\n", "ls{enter}": "ls\n", "ls\r": "ls\n", "": "", "{down}{enter}": "\n",
		"lx{backspace}s{enter}": "ls\n", "rm\x15ls{enter}": "ls\n", "a{enter}b\x03c": "a\nc", "a{enter}{backspace}b": "a\nb", "\x7f\x7fé\x7f": "",
	} {
		if got := keyed(text); got != want {
			t.Errorf("%q makes %q, want %q", text, got, want)
		}
	}
}
