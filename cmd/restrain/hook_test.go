//go:build unix

package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/agent"
	"restrain/hook"
	"restrain/intercept"
	"restrain/session"
)

const hookEvent = `{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"}}`

// hookOf answers one event as a hook of Claude Code that has so much time, and
// gives what the agent gets.
func hookOf(t *testing.T, limit time.Duration, stdin *os.File, getenv func(string) string) (status int, stdout, stderr string) {
	t.Helper()
	agent, _ := hook.Of("claude")
	agent.Limit = limit
	for range 3 { // a machine that stalls makes one answer late, not each
		_, _ = stdin.Seek(0, io.SeekStart) // a pipe cannot, and need not
		var out, errs bytes.Buffer
		h := &host{session.Host{Stdin: stdin, Stdout: &out, Stderr: &errs, Getenv: getenv}}
		start := time.Now()
		status = h.hook(agent, false)
		if time.Since(start) < agent.Limit {
			return status, out.String(), errs.String()
		}
	}
	t.Error("answered when the agent no longer waits")
	return 0, "", ""
}

func sent(t *testing.T, event string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "event")
	if err := os.WriteFile(path, []byte(event), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func noEnv(string) string { return "" }

// The answer is a denial, in time, whatever goes wrong.
func TestHookInTime(t *testing.T) {
	endless, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writer.Close() })
	socket := filepath.Join(t.TempDir(), "s")
	silent, err := net.Listen("unix", socket) // a supervisor, but one that never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	const short = 2 * time.Second // for what must wait until it is over
	tests := []struct {
		name   string
		limit  time.Duration
		stdin  *os.File
		getenv func(string) string
		want   string
	}{
		{"an event that never ends", short, endless, noEnv, "within the time"},
		{"an event that is too large", patience, sent(t, `{"a":"`+strings.Repeat("x", hook.MaxEvent)+`"}`), noEnv, "more than"},
		{"a defect", patience, sent(t, hookEvent), func(string) string { panic("broken") }, "defect"},
		{"a supervisor that is silent", short, sent(t, hookEvent), func(name string) string {
			if name == intercept.SocketVariable {
				return socket
			}
			return ""
		}, "within the time"},
		{"no place for the journal", patience, sent(t, hookEvent), noEnv, "HOME"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := hookOf(t, tt.limit, tt.stdin, tt.getenv)
			if status != 2 || !strings.Contains(stdout, `"permissionDecision":"deny"`) || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, stdout %q, stderr %q, want %q", status, stdout, stderr, tt.want)
			}
		})
	}
}

// Whatever agent it is, what cannot be judged is denied as that agent denies.
func TestHookDeniesInEveryForm(t *testing.T) {
	t.Chdir(t.TempDir()) // a hook goes to the agent's directory; this comes back
	for _, name := range agent.Hooks() {
		agent, _ := hook.Of(name)
		events := map[string]string{
			"garbage":                  "not json {",
			"nothing":                  "",
			"an empty object":          "{}",
			"a list":                   "[1]",
			"cut short":                string(agent.Canary("ls", "/")[:20]),
			"a directory that is gone": string(agent.Canary("ls", "/no/such/place")),
			"no place for the journal": string(agent.Canary("ls", "/")),
		}
		for what, event := range events {
			var out, errs bytes.Buffer
			h := &host{session.Host{Stdin: sent(t, event), Stdout: &out, Stderr: &errs, Getenv: noEnv}}
			status := h.hook(agent, false)
			answer := hook.Output{Stdout: out.String(), Stderr: errs.String(), Status: status}
			if said, denied := agent.Denied(answer); !denied || name != "windsurf" && !strings.Contains(said, "restrain: denied: ") && !strings.Contains(said, "nothing runs") {
				t.Errorf("%s, %s: %+v", name, what, answer)
			}
		}
	}
}

// Where the agent sits at a terminal and leaves it alone, a hook asks there;
// where the agent reads the keys itself, it denies unasked.
func TestHookAsks(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("the agent of this test is a copy of bash")
	}
	program, err := os.ReadFile(shell)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	agent := filepath.Join(dir, "agent") // no name of a shell
	if err := os.WriteFile(agent, program, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(mustExecutable(), filepath.Join(dir, "restrain")); err != nil {
		t.Fatal(err)
	}
	event := filepath.Join(dir, "event")
	text := strings.ReplaceAll(hookEvent, `"ls"`, `"terraform destroy -auto-approve"`)
	if err := os.WriteFile(event, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, before, answer, want string }{
		{"approved", "", "approve", "status 0"},
		{"denied", "", "", "status 2"},
		{"raw mode", "stty -icanon; ", "approve", "status 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(agent, "-c", tt.before+"restrain hook claude < "+event+" 2>&1; echo status $?")
			cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
			asked := false
			out := converseWith(t, cmd, func(word string) string {
				asked = true
				if tt.answer == "" {
					return ""
				}
				return word
			})
			if !strings.Contains(out, tt.want) || asked != (tt.before == "") {
				t.Errorf("asked %t, want %q in\n%s", asked, tt.want, out)
			}
		})
	}
}

// In a supervised session the question of a hook is put on the session's own
// terminal, once.
func TestHookAsksInSession(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(mustExecutable(), filepath.Join(dir, "restrain")); err != nil {
		t.Fatal(err)
	}
	event := filepath.Join(dir, "event")
	text := `{"hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"file_path":"~/.bashrc"}}`
	if err := os.WriteFile(event, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, approve := range []bool{true, false} {
		cmd := exec.Command(os.Args[0], "--", "bash", "-c", "sh -c 'restrain hook claude' < "+event+" 2>&1; echo status $?")
		cmd.Args[0] = "restrain"
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
		asked, want := 0, "status 2"
		if approve {
			want = "status 0"
		}
		out := converseWith(t, cmd, func(word string) string {
			asked++
			if approve {
				return word
			}
			return ""
		})
		if asked != 1 || !strings.Contains(out, want) {
			t.Errorf("asked %d times, want %q in\n%s", asked, want, out)
		}
	}
}

// The plain way takes what agents are told to call, in every form that the
// command line has for it, and leaves everything else to that.
func TestPlainHook(t *testing.T) {
	for _, tt := range []struct {
		args   string
		agent  string // empty: left
		limit  time.Duration
		change bool
	}{
		{args: "hook claude", agent: "claude"},
		{args: "hook claude-code", agent: "claude"},
		{args: "hook --timeout 1h gemini", agent: "gemini", limit: time.Hour},
		{args: "hook --change --timeout 90s claude", agent: "claude", limit: 90 * time.Second, change: true},
		{args: "hook"}, {args: "hook nobody"}, {args: "hook --help"}, {args: "hook --change"},
		{args: "hook --timeout claude"}, {args: "hook --timeout soon claude"}, {args: "hook --timeout=1h claude"},
		{args: "hook claude gemini"}, {args: "hook claude --change"}, {args: "hook -- claude"},
		{args: "--ci hook claude"}, {args: "run hook claude"}, {args: ""},
	} {
		agent, change, plain := plainHook(append([]string{"restrain"}, strings.Fields(tt.args)...))
		want, known := hook.Of(tt.agent)
		if tt.limit != 0 {
			want.Limit = tt.limit
		}
		if plain != known || plain && (agent.Name != want.Name || agent.Limit != want.Limit || change != tt.change) {
			t.Errorf("%q: %v, the agent %q within %v, change %v", tt.args, plain, agent.Name, agent.Limit, change)
		}
	}
}
