package transcript

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"restrain/internal/slowtest"
)

func TestRead(t *testing.T) {
	tests := []struct {
		file string
		want string
	}{
		{"claude.jsonl", `
5d0c1f1e-0001 by Claude Code (claude)
make test|/home/dev/shop|2026-03-02T09:00:05Z|failed 2
npm ci && npm test|/home/dev/shop/web|2026-03-02T09:00:20Z|succeeded 0
git push --force|/home/dev/shop/web|2026-03-02T09:01:10Z|denied -1
note: line 10, the last, is unfinished and was not read`},
		{"claude_agents.jsonl", `
5d0c1f1e-0008 by Claude Code (claude)
ls|/home/dev/shop|2026-03-02T09:00:01Z|succeeded 0
npm test|/home/dev/shop|2026-03-02T09:00:02Z|failed 1
pwsh -Command 'Get-ChildItem src'|/home/dev/shop|2026-03-02T09:00:04Z| -1
note: line 7 is no JSON and was not read`},
		{"claude_sidechain.jsonl", `
5d0c1f1e-0008/a1b2 by Claude Code (claude)
npm test|/home/dev/shop|2026-03-02T09:00:02Z| -1`},
		{"cursor_transcript.jsonl", `
cursor_transcript by Cursor (cursor)
npm test||| -1
git status|/srv/app|| -1
note: Cursor's transcripts have no times and no results of commands`},
		{"cursor_stream.jsonl", `
c0de-0009 by Cursor (cursor)
npm test|/srv/app|2026-03-02T09:00:00Z|failed 1
ls|/srv/app/web|2026-03-02T09:00:10Z|succeeded 0
rm -rf dist|/srv/app|2026-03-02T09:00:20Z|denied -1`},
		{"codex.jsonl", `
019c-0002 by Codex (codex)
go vet ./...|/srv/api/cmd|2026-03-02T09:00:03Z|failed 1
git diff --stat|/srv/api|2026-03-02T09:00:05Z|succeeded 0
rm -r 'out dir'|/srv/api|2026-03-02T09:00:07Z|denied -1
go test ./...|/srv/api|2026-03-02T09:00:10Z| -1`},
		{"codex_code.jsonl", `
019e-0006 by Codex (codex)
git status --short|/srv/api|2026-07-02T09:00:01Z| -1
echo "a b" && ls|/srv/api/cmd|2026-07-02T09:00:02Z| -1
rg -n 'it'\''s' src|/srv/api|2026-07-02T09:00:02Z| -1
rm -r ${unknown}/tmp|/srv/api|2026-07-02T09:00:03Z|denied -1
go test ./... -run A|/srv/api|2026-07-02T09:00:04Z| -1
${unknown}|/srv/api|2026-07-02T09:00:05Z| -1`},
		{"codex_exec.jsonl", `
0199-0010 by Codex (codex)
bash -lc ls|||succeeded 0
go test ./...|||failed 1
bash -lc 'git push'|||denied -1
bash -lc ls|||failed 2`},
		{"codex_2025.json", `
f00d-0007 by Codex (codex)
npm test|||failed 1
git diff||| -1`},
		{"codex_old.jsonl", `
0195-0003 by Codex (codex)
ls -a|||succeeded 0`},
		{"gemini.json", `
9a7e-0004 by Gemini CLI (gemini)
npm run lint||2026-03-02T09:00:03Z|failed 1
npm publish|/srv/web|2026-03-02T09:00:02Z|denied -1
npm test||2026-03-02T09:00:02Z|succeeded 0`},
		{"gemini.jsonl", `
9a7e-0005 by Gemini CLI (gemini)
make||2026-03-02T09:00:02Z|failed -1`},
		{"gemini_stream.jsonl", `
9a7e-0011 by Gemini CLI (gemini)
npm test|/srv/web|2026-03-02T09:00:01Z|failed -1
ls||2026-03-02T09:00:03Z|succeeded 0`},
		{"gemini_cut.jsonl", `
9a7e-0013 by Gemini CLI (gemini)
ls||2026-03-02T09:00:03Z|succeeded 0
note: line 4, the last, is unfinished and was not read`},
		{"gemini_empty.jsonl", `
9a7e-0012 by Gemini CLI (gemini)
note: there is no command in it`},
		{"openhands.json", `
openhands by OpenHands (openhands)
pytest -q||2026-03-02T09:00:01Z|failed 1
git stash|/workspace/lib|2026-03-02T09:00:11Z|denied -1`},
		{"openhands_v1.jsonl", `
openhands_v1 by OpenHands (openhands)
cargo build||2026-03-02T09:00:01Z|failed 101
cargo clean|/w|2026-03-02T09:00:10Z| -1`},
		{"fix-1.traj", `
fix-1 by SWE-agent (swe-agent)
ls -F||| -1
cd src && python -m pytest|/repo|| -1
git clean -n|/repo/src|| -1
note: SWE-agent does not record exit statuses; its editing tools are left out`},
		{"fix-2.traj.json", `
fix-2 by mini-SWE-agent (swe-agent)
ls -la||2026-03-02T09:00:00Z|succeeded 0
make check|||failed 2`},
		{"specstory.md", `
77aa-0006 by Claude Code (markdown)
go build ./... 2>&1 | tail -3||2026-03-02T09:00:04Z|failed 1
test -f a && cat a||2026-03-02T09:00:04Z|succeeded 0
npm i||2026-03-02T09:01:00Z|denied -1
note: a Markdown export has outcomes only where the agent's output names an exit status`},
		{"specstory_2025.md", `
88bb-0007 by Codex CLI (markdown)
git status --short|||failed 128
99cc-0008 by Claude Code (markdown)
git add -A⏎git commit -m "x"||| -1
note: a Markdown export has outcomes only where the agent's output names an exit status`},
		{"cursor.md", `
cursor by Cursor (markdown)
du -sh .cache||| -1
rm -r .cache||| -1
note: Cursor's export does not have the calls of tools: every block of shell in the agent's text is taken for a command that ran`},
		{"v2.cast", `
v2 by  (asciicast)
ls -a|/srv/shop|2026-03-02T09:00:01Z| -1
git commit -m "a long message here"|/srv/shop|2026-03-02T09:00:02Z| -1
make \⏎all||2026-03-02T09:00:03Z| -1
apt-get update|/|2026-03-02T09:00:04Z| -1
npm test||2026-03-02T09:00:06Z| -1
note: ` + castNote},
		{"v3.cast", `
v3 by  (asciicast)
echo $ sign||2026-03-02T09:00:01Z|succeeded 0
false||2026-03-02T09:00:03Z|failed 1
note: ` + castNote},
		{"zsh_extended", `
zsh_extended by  (history)
git status||2026-03-02T09:00:00Z| -1
for f in *.go; do⏎  echo $f⏎done||2026-03-02T09:00:10Z| -1
echo café  x||2026-03-02T09:00:20Z| -1
ls||2026-03-02T09:00:30Z| -1
note: a shell history has no directories and no exit statuses`},
		{"fish_history", `
fish_history by  (history)
git status||2026-03-02T09:00:00Z| -1
echo 'a\\b'⏎ls||2026-03-02T09:00:10Z| -1
ls||2026-03-02T09:00:20Z| -1
note: a shell history has no directories and no exit statuses`},
		{"timed_history", `
timed_history by  (history)
ls||2026-03-02T09:00:00Z| -1
for f in *; do⏎  echo "$f"⏎done||2026-03-02T09:01:00Z| -1
make||2026-03-02T09:01:10Z| -1
note: a shell history has no directories and no exit statuses`},
		{".bash_history", `
stdin by  (history)
cd src||| -1
make||| -1
git status||| -1
note: a shell history has no directories and no exit statuses`},
		{"sessions.jsonl", `
a by  (sessions)
ls|/w|| -1
make|/w|| -1
b by  (sessions)
pwd||| -1`},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			file, err := os.Open(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			got, err := read(tt.file, file, "")
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.TrimPrefix(tt.want, "\n") + "\n"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// read writes down what Read gives.
func read(name string, r io.Reader, format Format) (string, error) {
	var b strings.Builder
	err := Read(name, r, format, func(s *Session) error {
		fmt.Fprintf(&b, "%s by %s (%s)\n", s.ID, s.Agent, s.Format)
		for _, c := range s.Commands {
			at := ""
			if !c.Time.IsZero() {
				at = c.Time.UTC().Truncate(time.Second).Format(time.RFC3339)
			}
			fmt.Fprintf(&b, "%s|%s|%s|%s %d\n", strings.ReplaceAll(c.Text, "\n", "⏎"), c.Dir, at, c.Outcome, c.Status)
		}
		for _, note := range slices.Concat(s.Unread, s.Notes) {
			fmt.Fprintf(&b, "note: %s\n", note)
		}
		return nil
	})
	return b.String(), err
}

// A wrong file is an error that names the file, the line and what was expected.
func TestWrongFile(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		expected   string
	}{
		{"empty.jsonl", " \n", 0, whatIsRead},
		{"notes.txt", "rm -rf / is what I never type\n", 1, whatIsRead},
		{"x.bin", "\x7fELF\x00\x00", 1, whatIsRead},
		{"other.json", `{"name":"x","version":"1.0"}`, 1, whatIsRead},
		{"s.jsonl", `{"session":"a","commands":["ls"]}` + "\n" + `{"session":"b","commands":"ls"}`, 2, sessionsLine},
		{"s.jsonl", `{"session":"a","commands":["ls"]}` + "\n{{\n", 2, sessionsLine},
		{"c.jsonl", `{"type":"user","sessionId":"a"}` + "\n" + `nonsense` + "\n" + `{"type":"user","sess`, 2, claudeLine},
		{"c.jsonl", `{"type":"assistant","sessionId":"a","message":{"content":[{"type":"tool_use","name":"Bash","input":7}]}}`, 1, claudeLine},
		{"r.jsonl", `{"type":"session_meta","payload":{"id":7}}`, 1, codexLine},
		{"g.json", "{\"sessionId\":\"a\",\n\"messages\":[\n{\"toolCalls\":7}]}", 3, geminiValue},
		{"g.json", "{\"sessionId\":\"a\",\n\"messages\":[\n{\"id\":\"1\"},", 3, geminiValue},
		{"g.json", `{"sessionId":"a","projectHash":"x","messages":"none"}`, 1, geminiValue},
		{"o.json", "[{\"id\":1,\"source\":\"agent\",\"action\":\"run\",\"args\":{\"command\":\"ls\"}},\n{\"args\":7}]", 2, openHandsValue},
		{"t.traj", `{"trajectory":[{"action":["ls"]}]}`, 1, sweAgentValue},
		{"v1.cast", `{"version":1,"width":80,"height":24,"stdout":[]}`, 1, castLine},
		{"v2.cast", `{"version":2,"width":80,"height":24}` + "\n" + `[1,"o"` + "\n", 2, castLine},
		{"j.jsonl", `{"v":1,"seq":1,"kind":"step","prev":"x"}` + "\n{}x\n", 2, "an entry of a journal; restrain verify says more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(tt.name, strings.NewReader(tt.text), "")
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got error %v, want an *Error", err)
			}
			if wrong.File != tt.name || wrong.Line != tt.line || wrong.Expected != tt.expected {
				t.Errorf("got %v, want line %d, expected %s", err, tt.line, tt.expected)
			}
			if !strings.Contains(err.Error(), tt.name) {
				t.Errorf("%q does not name the file", err)
			}
		})
	}
}

// What agents are told in place of an output says what became of the command.
func TestOutputs(t *testing.T) {
	for _, tt := range []struct {
		text   string
		failed bool
		want   result
	}{
		{"The user doesn't want to proceed with this tool use. The tool use was rejected", true, result{Denied, -1}},
		{"Permission for this action has been denied. Reason: it pushes to main", true, result{Denied, -1}},
		{"Permission to use Bash with command rm -rf x has been denied.", true, result{Denied, -1}},
		{"This command requires approval", true, result{Denied, -1}},
		{"exec_command failed for `rm x`: CreateProcess { message: \"Rejected(\\\"no\\\")\" }", true, result{Denied, -1}},
		{"restrain: denied: deletes a volume", false, result{Denied, -1}},
		{"Exit code 2\nno", true, result{Failed, 2}},
		{"Process exited with code 0\nThis command requires approval", false, result{Succeeded, 0}},
		{"no", true, result{Failed, -1}},
		{"Permission to use a file", false, unknown},
	} {
		if got := readOutput(tt.text, tt.failed); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.text, got, tt.want)
		}
	}
}

// Nothing that is larger than its bound is kept.
func TestTooLong(t *testing.T) {
	slowtest.Alone(t)
	endless := func(head string) io.Reader {
		return io.MultiReader(strings.NewReader(head), io.LimitReader(spaces{}, 3*maxLine))
	}
	for name, head := range map[string]string{
		"lines":    `{"session":"a","commands":["ls"]}` + "\n",
		"document": `{"trajectory":[{"action":"ls"},{"action":"`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read("f", endless(head), "")
			if err == nil || !strings.Contains(err.Error(), "longer than 64 MiB") {
				t.Errorf("got %v", err)
			}
		})
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// A script of Codex's that is made to be slow to read is not.
func TestHostileScript(t *testing.T) {
	slowtest.Alone(t)
	for _, script := range []string{
		strings.Repeat("tools.exec_command(", 1<<20),
		strings.Repeat("tools.exec_command({cmd:a+a+a+a+a})a=", 1<<18),
		"tools.exec_command({cmd:" + strings.Repeat("a+", 1<<20),
		"tools.exec_command({cmd:`" + strings.Repeat("${", 1<<20),
		"tools.exec_command({" + strings.Repeat("[({'", 1<<20),
		`tools.exec_command({cmd:"\u{`, `tools.exec_command({cmd:"\x1`, `tools.exec_command({cmd:"\`,
	} {
		for _, c := range scriptCommands(script) {
			if len(c.Text) > maxScript {
				t.Errorf("a command of %d bytes", len(c.Text))
			}
		}
	}
}

// Deep nesting ends in an error or a session, not in a stack overflow.
func TestDeep(t *testing.T) {
	slowtest.Alone(t)
	deep := strings.Repeat("[", 1<<20)
	for _, text := range []string{deep, `{"trajectory":[` + deep, `{"sessionId":"a","type":"user"}` + "\n" + deep + "\n" + deep} {
		if _, err := read("f", strings.NewReader(text), ""); err == nil {
			t.Errorf("%.20s… was read", text)
		}
	}
}

// What a file is can be told from lines of any kind.
func TestDetect(t *testing.T) {
	tests := []struct {
		name, text string
		want       Format
	}{
		{"x", `{"type":"assistant","message":{"content":[]}}`, Claude},
		{"x", `{"type":"summary","summary":"s","leafUuid":"u"}`, Claude},
		{"x", `{"type":"system","subtype":"init","session_id":"s","cwd":"/w","tools":["Bash"]}`, Claude},
		{"x", `{"type":"system","subtype":"init","session_id":"s","cwd":"/w"}`, Cursor},
		{"x", `{"role":"user","message":{"content":[]}}`, Cursor},
		{"x", `{"session":{"id":"s"},"items":[]}`, Codex},
		{"x", ": 1772442000:0;ls\n", History},
		{"x", "- cmd: ls\n  when: 1772442000\n", History},
		{"x", ": 1772442000:0 ls\n", ""},
		{"x", "- cmd: ls\n", ""},
		{"x", "\ufeff\n" + `{"type":"event_msg","payload":{}}`, Codex},
		{"x", `{"type":"unheard-of"}` + "\n" + `{"type":"turn_context","payload":{}}`, Codex},
		{"x", `{"history":[{"action":"run","args":{}}],"instance_id":"i"}`, OpenHands},
		{"x", `{"instance_id":"i","trajectory":[{"action":"run","args":{"command":"ls"}}]}`, OpenHands},
		{"x", `{"environment":"e","trajectory":[{"action":"ls","observation":""}]}`, SWEAgent},
		{"x", `{"version":2,"width":80,"height":24}`, Asciicast},
		{".zsh_history", "ls\n", History},
		{"x", "#1772442000\nls\n", History},
		{"history.txt", "ls\n", ""},
		{"x", "_**User**_", ""},
		{"x", "{", ""},
		{"x", "[1,2,3]", ""},
	}
	for _, tt := range tests {
		if got := detect(tt.name, []byte(tt.text)); got != tt.want {
			t.Errorf("%s: %.60s: got %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// The caller's own error comes back as it is.
func TestCallersError(t *testing.T) {
	mine := errors.New("enough")
	err := Read("s", strings.NewReader(`{"session":"a","commands":["ls"]}`), "", func(*Session) error { return mine })
	if !errors.Is(err, mine) || err.Error() != "enough" {
		t.Errorf("got %v", err)
	}
}

// A named format is read whatever the file looks like.
func TestNamedFormat(t *testing.T) {
	got, err := read("notes.txt", strings.NewReader("ls\n"), History)
	if err != nil || !strings.Contains(got, "ls||| -1") {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := ParseFormat("xls"); err == nil || !strings.Contains(err.Error(), "asciicast") {
		t.Errorf("got %v, want the formats named", err)
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		if text, err := os.ReadFile(path); err == nil {
			f.Add(filepath.Base(path), string(text))
		}
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, format := range append([]Format{""}, Formats[:]...) {
			err := Read(name, strings.NewReader(text), format, func(s *Session) error {
				for _, c := range s.Commands {
					if c.Text == "" || c.Dir != "" && c.Dir[0] != '/' {
						t.Errorf("%s: command %q in %q", format, c.Text, c.Dir)
					}
				}
				return nil
			})
			var wrong *Error
			if err != nil && !errors.As(err, &wrong) {
				t.Errorf("%s: %v is no *Error", format, err)
			}
		}
	})
}
