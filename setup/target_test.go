package setup

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tailscale/hujson"
	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// place is a user's home on Linux, where nothing is.
func place(t interface{ TempDir() string }) *Place {
	return &Place{
		Home: t.TempDir(), Getenv: func(string) string { return "" }, OS: "linux",
		Program: "/opt/restrain", Bash: "/opt/restrain-bash",
	}
}

func target(t *testing.T, name string) Target {
	t.Helper()
	agent, ok := Find(name)
	if !ok {
		t.Fatalf("no agent %q", name)
	}
	return agent.Targets(place(t))[0]
}

// What is there stays as it is, byte for byte, and comes back without backup.
func TestJSONIsKept(t *testing.T) {
	const entry = `{"matcher": "*", "hooks": []}`
	tests := []struct{ name, agent, before, after string }{
		{"nothing", "cursor", "", `{
  "version": 1,
  "hooks": {
    "preToolUse": [
      {
        "command": "/opt/restrain hook --timeout 1h cursor",
        "timeout": 3600,
        "failClosed": true
      }
    ]
  }
}
`},
		{"an empty object", "windsurf", "{}", `{
  "hooks": {
    "pre_run_command": [
      {
        "command": "/opt/restrain hook windsurf || exit 2",
        "show_output": true
      }
    ],`},
		{"comments, tabs and a trailing comma", "cursor", "// mine\n{\n\t\"version\": 2, // two\n\t\"hooks\": {\n\t\t/* none */ \"stop\": [1,],\n\t},\n\t// end\n}\n",
			"// mine\n{\n\t\"version\": 2, // two\n\t\"hooks\": {\n\t\t/* none */ \"stop\": [1,],\n\t\t\"preToolUse\": [\n\t\t\t{\n\t\t\t\t\"command\":"},
		{"a comment behind the last", "cursor", "{\n  \"version\": 1 // one\n  // end\n}\n", "{\n  \"version\": 1, // one\n  // end\n  \"hooks\": {\n"},
		{"a list with others", "cursor", "{\n  \"version\": 1,\n  \"hooks\": {\n    \"preToolUse\": [\n      {\"command\": \"./mine\"}\n    ]\n  }\n}\n",
			"      {\"command\": \"./mine\"},\n      {\n        \"command\": \"/opt/restrain"},
		{"one line", "claude-code", `{"model": "x", "hooks": {"PreToolUse": [` + entry + `]}}`,
			`{"model": "x", "hooks": {"PreToolUse": [` + entry + `, {"matcher":"*",`},
		{"Windows' ends of lines", "gemini", "{\r\n    \"theme\": \"x\"\r\n}\r\n", "{\r\n    \"theme\": \"x\",\r\n    \"hooks\": {\r\n        \"BeforeTool\": [\r\n            {\r\n"},
		{"a byte order mark", "qwen", byteOrderMark + "{\n}\n", byteOrderMark + "{\n  \"hooks\": {"},
		{"settings", "vscode", "{\n    \"a\": 1, // one\n    /* two */\n    \"b\": [],\n}\n", "    \"b\": [],\n    \"chat.tools.terminal.terminalProfile.linux\": {\n        \"path\": \"/opt/restrain-bash\"\n"},
		{"an object that is there", "cursor-ide", "{\n  \"terminal.integrated.profiles.linux\": {\n    \"bash\": { \"path\": \"bash\" }\n  }\n}\n", "    \"bash\": { \"path\": \"bash\" },\n    \"restrain\": {\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target := target(t, tt.agent)
			got, err := target.With([]byte(tt.before))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(got), tt.after) {
				t.Errorf("got\n%s\nwant\n%s", got, tt.after)
			}
			if again, err := target.With(got); err != nil || string(again) != string(got) {
				t.Errorf("a second time: %v\n%s", err, again)
			}
			left, gone, err := target.Without(got, []byte(tt.before))
			if err != nil || gone || string(left) != tt.before {
				t.Errorf("without, with a backup: %t %v\n%s", gone, err, left)
			}
			if _, gone, err = target.Without(got, nil); tt.before == "" && (err != nil || !gone) {
				t.Errorf("without, in a file that was not there: %t %v", gone, err)
			}
			if tt.before == "" || tt.before == "{}" || tt.name == "a byte order mark" || tt.name == "a comment behind the last" {
				return
			}
			left, _, err = target.Without(got, nil)
			if err != nil || string(left) != tt.before {
				t.Errorf("without: %v\n%s", err, left)
			}
		})
	}
}

// What is no such file, or holds what must not be replaced, is refused.
func TestRefused(t *testing.T) {
	tests := []struct{ name, agent, text, want string }{
		{"no JSON", "cursor", "{ hooks", "not JSON"},
		{"a list", "cursor", "[]", "no JSON object"},
		{"half", "claude-code", `{"hooks": {"PreToolUse": [`, "not JSON"},
		{"hooks of another kind", "claude-code", `{"hooks": []}`, "no object"},
		{"the event of another kind", "claude-code", `{"hooks": {"PreToolUse": {}}}`, "no list"},
		{"too deep", "cursor", strings.Repeat("[", 1<<20), "deep"},
		{"a name twice", "cursor", `{"hooks": {}, "hooks": {}}`, "twice"},
		{"a setting that is another's", "vscode", `{"terminal.integrated.automationProfile.linux": {"path": "/bin/fish"}}`, "another value"},
		{"a scalar that is another's", "cursor-ide", `{"terminal.integrated.defaultProfile.linux": "zsh"}`, "another value"},
		{"a script that is another's", "cline", "#!/bin/sh\nexit 0\n", "only one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target := target(t, tt.agent)
			if got, err := target.With([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q\n%s", err, tt.want, got)
			}
			if target.Advice() == "" {
				t.Error("no advice")
			}
		})
	}
}

// An entry of another version of restrain is replaced; one that has others'
// commands in it too is left alone.
func TestUpdated(t *testing.T) {
	const mixed = `{"hooks": {"PreToolUse": [{"hooks": [{"command": "./mine"}, {"command": "restrain hook claude"}]}]}}`
	target := target(t, "claude-code")
	old := strings.Replace(mixed, `{"command": "./mine"}, `, "", 1)
	got, err := target.With([]byte(old))
	if err != nil || strings.Contains(string(got), `"restrain hook claude"`) || strings.Count(string(got), "restrain hook --timeout") != 1 {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = target.With([]byte(mixed))
	if err != nil || !strings.Contains(string(got), "./mine") || strings.Count(string(got), "restrain hook --timeout") != 1 || !strings.Contains(string(got), `"restrain hook claude"`) {
		t.Errorf("%v\n%s", err, got)
	}
	left, _, err := target.Without(got, nil)
	if err != nil || string(left) != mixed {
		t.Errorf("%v\n%s", err, left)
	}
}

func TestIsHook(t *testing.T) {
	for command, want := range map[string]bool{
		"restrain hook claude": true, "/opt/restrain hook --timeout 1h codex || exit 2": true,
		"'/my tools/restrain' hook pi": true, "restrain check x": false, "./restrained hook": false,
		"echo restrain": false, "": false, "env X=1 restrain hook qwen": true, "hook restrain": false,
	} {
		if got := IsHook(command); got != want {
			t.Errorf("%q: %t", command, got)
		}
	}
}

// Every agent's own files, written into nothing, are what they should be.
func TestFiles(t *testing.T) {
	for _, agent := range Agents() {
		targets := agent.Targets(place(t))
		if len(targets) == 0 {
			t.Errorf("%s: nothing to write", agent.Name)
		}
		for _, target := range targets {
			text, err := target.With(nil)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "@RESTRAIN@") {
				t.Errorf("%s: a place is not filled in", target.Path)
			}
			if strings.HasSuffix(target.Path, ".json") && !json.Valid(text) {
				t.Errorf("%s is no strict JSON:\n%s", target.Path, text)
			}
			if target.Whole != "" && !strings.Contains(target.Whole, mark) {
				t.Errorf("%s does not say whose it is", target.Path)
			}
		}
	}
}

// In any file that can be read, what is there keeps its meaning, a second time
// does nothing, and all comes back.
func TestAnyFile(t *testing.T) {
	agents := Agents()
	rapid.Check(t, func(r *rapid.T) {
		agent := agents[rapid.IntRange(0, len(agents)-1).Draw(r, "agent")]
		targets := agent.Targets(&Place{
			Home: "/home/me", Getenv: func(string) string { return "" }, OS: "linux",
			Program: "/opt/restrain", Bash: "/opt/restrain-bash",
		})
		target := targets[len(targets)-1]
		if target.Whole != "" {
			return
		}
		before := drawObject(r, 0)
		after, err := target.With([]byte(before))
		if err != nil {
			return // of a shape that is refused
		}
		if again, err := target.With(after); err != nil || string(again) != string(after) {
			r.Fatalf("%q a second time: %v\n%s", before, err, again)
		}
		left, gone, err := target.Without(after, []byte(before))
		if err != nil || !gone && string(left) != before || gone && meaning(r, before) != nil && len(meaning(r, before)) > 0 {
			r.Fatalf("%q with its backup: %v\n%q", before, err, left)
		}
		left, gone, err = target.Without(after, nil)
		if err != nil {
			r.Fatalf("%q: %v", before, err)
		}
		if gone {
			left = []byte("{}")
		}
		if was, is := meaning(r, before), meaning(r, string(left)); !reflect.DeepEqual(drained(was), drained(is)) {
			r.Fatalf("%q came back as %q", before, left)
		}
	})
}

// A file that is as large as one may be is still done with soon: nothing is
// quadratic in comments, members or depth.
func TestLargeFile(t *testing.T) {
	slowtest.Alone(t)
	target := target(t, "cursor")
	for name, text := range map[string]string{
		"comments": "{\"a\":1 " + strings.Repeat("//\n", 1<<16) + "}",
		"members":  "{" + strings.Repeat("\"a\":[],\n", 1<<14) + "\"b\":1}",
	} {
		before := []byte(text)
		after, err := target.With(before)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if left, _, err := target.Without(after, nil); err != nil || len(left) < len(before) {
			t.Errorf("%s: %d bytes left of %d, %v", name, len(left), len(before), err)
		}
	}
}

// Whatever a file holds, it is refused, or keeps what it means.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{"", "{}", "[]", "{\"hooks\":{\"PreToolUse\":[1,]}}", "{\"a\":1 // x\n}", "{\"\\u0068ooks\":{}}", "\ufeff{}", "{\"a\":{},}\r\n/**/",
		"{ // note\n\"hooks\":{}}", "{ /* note */ // \r\n\t\"hooks\":{\"PreToolUse\":[] /* // */ }}", "{\"a\":1, // */ \n \"hooks\":{} // }\n}"} {
		f.Add([]byte(seed))
	}
	agents := Agents()
	p := &Place{Home: "/h", Getenv: func(string) string { return "" }, OS: "linux", Program: "/opt/restrain", Bash: "/opt/restrain-bash"}
	f.Fuzz(func(t *testing.T, text []byte) {
		for i := range agents {
			for _, target := range agents[i].Targets(p) {
				after, err := target.With(text)
				if err != nil || target.Whole != "" {
					continue
				}
				if again, err := target.With(after); err != nil || string(again) != string(after) {
					t.Fatalf("%q a second time: %v\n%q", text, err, again)
				}
				if left, gone, err := target.Without(after, text); err != nil || !gone && string(left) != string(text) {
					t.Fatalf("%q came back as %q, %v", text, left, err)
				}
				if _, _, err := target.Without(after, nil); err != nil {
					t.Fatalf("%q: %v", text, err)
				}
			}
			agents[i].SwitchedOff(p)
		}
	})
}

// drained leaves out what is empty, and the version that a file must have.
func drained(m map[string]any) map[string]any {
	for name, value := range m {
		if inner, ok := value.(map[string]any); ok && len(drained(inner)) == 0 {
			delete(m, name)
		}
		if list, ok := value.([]any); ok && len(list) == 0 || name == "version" {
			delete(m, name)
		}
	}
	return m
}

func meaning(r *rapid.T, text string) map[string]any {
	strict, err := hujson.Standardize([]byte(text))
	if err != nil {
		r.Fatalf("%q is broken: %v", text, err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(strict, &m); err != nil {
		r.Fatalf("%q: %v", text, err)
	}
	return m
}

// drawObject draws an object with comments, trailing commas and all kinds of
// white space, under names that agents use.
func drawObject(r *rapid.T, depth int) string {
	extra := rapid.SampledFrom([]string{"", " ", "\n", "\n  ", "\t", " // note\n", "/* note */", "\r\n"})
	names := rapid.Permutation([]string{"hooks", "version", "PreToolUse", "preToolUse", "BeforeTool", "a", "b"}).Draw(r, "names")
	count := rapid.IntRange(0, 3).Draw(r, "count")
	var b strings.Builder
	b.WriteString("{" + extra.Draw(r, "extra"))
	for i := range count {
		kinds := []string{"1", `"x"`, "[]", `[{"command": "./mine"}]`, "{}", "[1, 2,]"}
		value := rapid.SampledFrom(kinds).Draw(r, "value")
		if depth < 2 && rapid.Bool().Draw(r, "deep") {
			value = drawObject(r, depth+1)
		}
		b.WriteString(quoteJSON(names[i]) + extra.Draw(r, "extra") + ":" + extra.Draw(r, "extra") + value + extra.Draw(r, "extra"))
		if i < count-1 || rapid.Bool().Draw(r, "trailing") {
			b.WriteString("," + extra.Draw(r, "extra"))
		}
	}
	return b.String() + "}"
}
