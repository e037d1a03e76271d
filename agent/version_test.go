package agent

import (
	"os"
	"path/filepath"
	"testing"
)

func TestVersionIsWhereTheProgramLies(t *testing.T) {
	dir := t.TempDir()
	place := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	place("lib/node_modules/an-agent/package.json", `{"name":"an-agent","version":"1.4.2"}`)
	script := place("lib/node_modules/an-agent/dist/cli.js", "#!/usr/bin/env node\n")
	link := filepath.Join(dir, "agent")
	if err := os.Symlink(script, link); err != nil {
		t.Fatal(err)
	}
	for program, want := range map[string]string{
		link: "1.4.2",
		place("share/agent/versions/2.0.31", "binary"):           "2.0.31",
		place("share/tool/versions/v3.1.0/bin/agent", "binary"):  "3.1.0",
		place("opt/bin/agent", "binary"):                         "",
		filepath.Join(dir, "nothing"):                            "",
		place("odd/package.json", "not JSON") + "/../agent":      "",
		filepath.Dir(place("odd/deep/agent", "")) + "/../nobody": "",
	} {
		if got := Version(program); got != want {
			t.Errorf("%s: %q, want %q", program, got, want)
		}
	}
}

func TestModelOfACommandLine(t *testing.T) {
	for _, test := range []struct {
		want string
		argv []string
	}{
		{"opus", []string{"claude", "--model", "opus", "-p", "x"}},
		{"gpt-5", []string{"codex", "exec", "-m", "gpt-5"}},
		{"pro", []string{"gemini", "--model=pro"}},
		{"", []string{"claude", "--", "--model", "opus"}},
		{"", []string{"claude", "--model"}},
		{"", nil},
	} {
		if got := Model(test.argv); got != test.want {
			t.Errorf("%q: %q, want %q", test.argv, got, test.want)
		}
	}
}
