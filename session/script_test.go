package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScriptOf(t *testing.T) {
	root := t.TempDir()
	below := filepath.Join(root, "ci")
	for path, text := range map[string]string{".git/HEAD": "", "ci/agent.sh": "echo one\n  rm -rf x && ls\nls\n", "ci/a b.sh": ""} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		argv string
		dir  string
		want string
	}{
		{"./agent.sh", below, "ci/agent.sh"},
		{"./ci/agent.sh --fast", root, "ci/agent.sh"},
		{"bash -eu agent.sh", below, "ci/agent.sh"},
		{"claude --resume", below, ""},
		{"/bin/sh", below, ""}, // outside of the project
		{"./gone.sh", below, ""},
	} {
		if got := scriptOf(strings.Fields(test.argv), test.dir); got != test.want {
			t.Errorf("%s in %s: %q, want %q", test.argv, test.dir, got, test.want)
		}
	}
	script := readScript(below, "ci/agent.sh")
	for command, want := range map[string]int{"rm -rf x": 2, "ls": 0, "echo one": 1, "": 0, "make": 0} {
		if got := script.Line(command); got != want {
			t.Errorf("%q is at line %d, want %d", command, got, want)
		}
	}
	if err := os.Symlink("agent.sh", filepath.Join(below, "link.sh")); err != nil {
		t.Fatal(err)
	}
	if got := readScript(below, "ci/link.sh").Line("echo one"); got != 0 {
		t.Errorf("a link has line %d", got)
	}
	if got := readScript(below, "ci/gone.sh").Line("ls"); got != 0 {
		t.Errorf("a script that is gone has line %d", got)
	}
}
