package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/agent"
)

func TestUnread(t *testing.T) {
	for _, tt := range []struct {
		text                    string
		strict, comments, loose string
	}{
		{"{\n \"a\": \"// no, */ [1,]\", \"b\": \"\\\\\\\",}\"\n}\n", "", "", ""},
		{"{/*/ \"a\": [1,] */}", "a comment in line 1:", "", ""},
		{"// mine\n{}\n", "a comment in line 1:", "", ""},
		{"{\n \"a\": 1 /* x\n y */\n}\n", "a comment in line 2:", "", ""},
		{"{\n /* x\n y */ \"a\": [1,\n 2, ],\n \"b\": 2\n}\n", "a comment in line 2:", "behind it in line 4:", ""},
		{"{\n \"a\": 1, // why,\n}\n", "a comment in line 2:", "behind it in line 2:", ""},
		{"{\"a\":1,}", "behind it in line 1:", "behind it in line 1:", ""},
		{"{\"a\":[],\"b\":{}}//\n", "a comment in line 1:", "", ""},
	} {
		d, err := newDocument([]byte(tt.text))
		if err != nil {
			t.Fatal(tt.text, err)
		}
		for syntax, want := range map[agent.Syntax]string{agent.Strict: tt.strict, agent.Comments: tt.comments, agent.Loose: tt.loose} {
			a := Agent{agent.Agent{Hooks: agent.File{Syntax: syntax}}, nil}
			if got := a.unread(d); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%q as %d: %q, want %q", tt.text, syntax, got, want)
			}
		}
	}
}

// Codex does without a file that has a byte order mark in front, others do not.
func TestUnreadForItsMark(t *testing.T) {
	d, err := newDocument([]byte(byteOrderMark + "{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]bool{"codex": false, "qwen": true} {
		a, _ := Find(name)
		if got := a.unread(d); (got == "") != read || !read && !strings.Contains(got, "a byte order mark in line 1") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A file that the agent does not read is no guard, and gets none.
func TestFileThatIsNotRead(t *testing.T) {
	p := place(t)
	a, _ := Find("claude-code")
	target := a.Targets(p)[0]
	text, err := target.With([]byte("{\n  \"model\": \"x\"\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a comment":        "// mine\n" + string(text),
		"a trailing comma": strings.Replace(string(text), "\"x\"", "\"x\", \"list\": [1,]", 1),
	} {
		if _, err := target.With([]byte(text)); err == nil || !strings.Contains(err.Error(), "Claude Code") {
			t.Errorf("%s: written, error %v", name, err)
		}
		if err := os.MkdirAll(filepath.Dir(target.Path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target.Path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		guards, err := a.Guards(p)
		if err != nil || len(guards) != 1 || !strings.Contains(strings.Join(guards[0].Faults(), " "), "Claude Code") {
			t.Errorf("%s: %+v, %v: no fault", name, guards, err)
		}
		if _, _, err := target.Without([]byte(text), nil); err != nil {
			t.Errorf("%s: cannot be taken out: %v", name, err)
		}
	}
}
