package examples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tailscale/hujson"
)

// Where restrain is in PATH, the examples are what restrain init writes, but for
// the absolute paths that it prefers.
func TestExamplesAreWhatInitWrites(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ agent, writes, example string }{
		{"claude-code", ".claude/settings.json", "claude-code/settings.json"},
		{"codex", ".codex/hooks.json", "codex/hooks.json"},
		{"vscode", ".config/Code/User/settings.json", "vscode/settings.json"},
		{"cursor-ide", ".config/Cursor/User/settings.json", "cursor/settings.json"},
	} {
		d := newDesk(t)
		d.env["XDG_CONFIG_HOME"] = filepath.Join(d.home, ".config")
		d.env["SHELL"] = bash
		d.must("restrain", "init", "--yes", test.agent)
		text, err := os.ReadFile(filepath.Join(d.home, test.writes))
		if err != nil {
			t.Error(err)
			continue
		}
		written := object(t, strings.NewReplacer(bin+"/", "", `"`+bash+`"`, `"/bin/bash"`).Replace(string(text)))
		example := object(t, string(readExample(t, test.example)))
		for key, value := range written {
			if !reflect.DeepEqual(value, example[key]) {
				t.Errorf("%s: %s is %v in the example, init writes %v", test.agent, key, example[key], value)
			}
		}
	}
}

// object reads JSON, which may have comments.
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	standard, err := hujson.Standardize([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(standard, &all); err != nil {
		t.Fatal(err)
	}
	return all
}
