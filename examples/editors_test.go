package examples

import (
	"encoding/json"
	"strings"
	"testing"
)

// settings reads an editor's settings.
func settings(t *testing.T, name string) map[string]json.RawMessage {
	t.Helper()
	all := map[string]json.RawMessage{}
	for key, value := range object(t, string(readExample(t, name))) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		all[key] = text
	}
	return all
}

// A profile is a terminal's program, as VS Code has it.
type profile struct {
	Path string   `json:"path"`
	Args []string `json:"args"`
}

func profileOf(t *testing.T, raw json.RawMessage) profile {
	t.Helper()
	var p profile
	if err := json.Unmarshal(raw, &p); err != nil || p.Path == "" {
		t.Fatalf("no profile: %s, %v", raw, err)
	}
	return p
}

// judgesLines wants a terminal's program to judge a line that it is given.
func judgesLines(t *testing.T, p profile) {
	t.Helper()
	d := newDesk(t)
	kept := d.kept()
	if r := d.runs("", append(append([]string{p.Path}, p.Args...), "-c", canary)...); r.status != 126 || !strings.Contains(r.stderr, "restrain: denied: ") {
		t.Errorf("the canary: %+v", r)
	}
	if r := d.runs("", append(append([]string{p.Path}, p.Args...), "-c", "echo fine")...); r.status != 0 || r.stdout != "fine\n" {
		t.Errorf("an ordinary line: %+v", r)
	}
	kept()
}

// judgesTyped wants a terminal's program to judge what is typed into it.
func judgesTyped(t *testing.T, p profile) {
	t.Helper()
	d := newDesk(t)
	kept := d.kept()
	r := d.runs(canary+"\necho fine\n", append([]string{p.Path}, p.Args...)...)
	if r.status != 0 || !strings.Contains(r.stderr, "restrain: denied: ") || !strings.HasSuffix(r.stdout, "fine\n") {
		t.Errorf("typed: %+v", r)
	}
	kept()
}

func TestVSCode(t *testing.T) {
	all := settings(t, "vscode/settings.json")
	judgesTyped(t, profileOf(t, all["chat.tools.terminal.terminalProfile.linux"]))
	judgesLines(t, profileOf(t, all["terminal.integrated.automationProfile.linux"]))
}

func TestCursor(t *testing.T) {
	all := settings(t, "cursor/settings.json")
	var profiles map[string]json.RawMessage
	if err := json.Unmarshal(all["terminal.integrated.profiles.linux"], &profiles); err != nil {
		t.Fatal(err)
	}
	var chosen string
	if err := json.Unmarshal(all["terminal.integrated.defaultProfile.linux"], &chosen); err != nil {
		t.Fatal(err)
	}
	judgesLines(t, profileOf(t, profiles[chosen]))
	judgesLines(t, profileOf(t, all["terminal.integrated.automationProfile.linux"]))
}
