package session

import (
	"strings"
	"testing"
	"time"

	"restrain/classify"
)

func TestSignal(t *testing.T) {
	for value, want := range map[string]string{
		"": "\a", "bell": "\a", "off": "", "osc9": "\x1b]9;restrain holds a step\x1b\\",
		"bell, osc777": "\a\x1b]777;notify;restrain;restrain holds a step\x1b\\", "loud": "",
	} {
		if got := signal(func(string) string { return value }); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// What is shown to be pasted is read as the very command.
func TestApprovalText(t *testing.T) {
	for _, command := range []string{"terraform destroy", "echo \"a\\b\"\n\tc", "printf '\x01\x7f é 漢'", `a = 'b"""'`} {
		text := ApprovalText(command, ProjectDir()+"/infra", true, time.Now())
		set, err := classify.LoadTrusted(classify.Shipped(), ".restrain.toml", []byte(text))
		if err != nil {
			t.Errorf("%q: %v\n%s", command, err, text)
			continue
		}
		if a := set.Approvals[0]; a.Command != command || a.Dir != "infra" || !a.Critical {
			t.Errorf("%q: read as %+v", command, a)
		}
	}
	if text := ApprovalText("x", "/somewhere/else", false, time.Now()); strings.Contains(text, "dir =") || strings.Contains(text, "critical") {
		t.Errorf("got\n%s", text)
	}
}
