package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that somebody changes between the question and the answer is left alone.
func TestApplyMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hooks.json")
	target := Target{Path: path, Parts: []Part{version()}}
	change, err := target.Plan(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := change.Apply(); err == nil || !strings.Contains(err.Error(), "meanwhile") {
		t.Errorf("applied: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "{}" {
		t.Errorf("%q, %v", text, err)
	}
}

// Nothing is left beside a file but its backup, and that has the file's mode.
func TestApplyLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hooks.json")
	if err := os.WriteFile(path, []byte("{}"), 0o640); err != nil {
		t.Fatal(err)
	}
	target := Target{Path: path, Parts: []Part{version()}}
	change, err := target.Plan(false)
	if err == nil {
		err = change.Apply()
	}
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v, %v", entry.Name(), info.Mode(), err)
		}
	}
	if len(entries) != 2 {
		t.Errorf("%d files", len(entries))
	}
}

// The trust in a hook is written behind what is there, replaced, and taken out.
func TestTrust(t *testing.T) {
	const before = "# mine\nmodel = \"x\"\r\n\n[hooks.state.\"other\"]\ntrusted_hash = \"1\"\n"
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	hooks := []CodexHook{{Key: `/a "b"/hooks.json:pre_tool_use:0:0`, Hash: "sha256:1"}}
	for _, hash := range []string{"sha256:1", "sha256:2"} {
		hooks[0].Hash = hash
		change, err := PlanTrust(path, hooks, false)
		if err == nil {
			err = change.Apply()
		}
		if err != nil {
			t.Fatal(err)
		}
		want := before + "\n[hooks.state.\"/a \\\"b\\\"/hooks.json:pre_tool_use:0:0\"]\ntrusted_hash = \"" + hash + "\"\n"
		if text, _ := os.ReadFile(path); string(text) != want {
			t.Errorf("got %q\nwant %q", text, want)
		}
	}
	change, err := PlanTrust(path, hooks, true)
	if err == nil {
		err = change.Apply()
	}
	if text, _ := os.ReadFile(path); err != nil || string(text) != before {
		t.Errorf("%v: %q", err, text)
	}
	if _, err := os.Stat(path + backupSuffix); err == nil {
		t.Error("the backup is still there")
	}
}
