package session

import (
	"os"
	"path/filepath"
	"testing"

	"restrain/intercept"
)

// Only the plain start of restrain itself as a hook is none of the agent's
// steps.
func TestIsHook(t *testing.T) {
	dir := t.TempDir()
	own, other := filepath.Join(dir, "restrain"), filepath.Join(dir, "other")
	for _, path := range []string{own, other} {
		if err := os.WriteFile(path, []byte(path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.Stat(own)
	if err != nil {
		t.Fatal(err)
	}
	const event = " <<'CURSOR_HOOK_EOF'\n{}\nCURSOR_HOOK_EOF"
	tests := []struct {
		line string
		want bool
	}{
		{"restrain hook claude", true},
		{own + " hook --timeout 1h claude", true},
		{"./restrain hook claude", true},
		{"restrain hook cursor" + event, true},
		{"restrain hook cursor" + event + "\nrm x", false},
		{"restrain hook --timeout 1h codex || exit 2", true},
		{"restrain hook codex || exit 2 || rm x", false},
		{"restrain hook codex || exit 2; rm x", false},
		{"restrain hook codex || rm x", false},
		{"restrain hook", false},
		{"restrain check ls", false},
		{"restrain hook claude; rm x", false},
		{"restrain hook claude\nrm x", false},
		{"restrain hook claude & rm x", false},
		{"restrain hook $(rm x)", false},
		{"restrain hook claude > rules.toml", false},
		{"X=1 restrain hook claude", false},
		{"other hook claude", false},
		{"missing hook claude", false},
		{"", false},
	}
	for _, tt := range tests {
		r := intercept.Request{Kind: intercept.KindLine, Line: tt.line, Dir: dir, Env: []string{"PATH=" + dir}, Door: intercept.DoorShell}
		if got := isHook(&r, program); got != tt.want {
			t.Errorf("%q: %t", tt.line, got)
		}
		r.Door = intercept.DoorHook // what a hook says will run is a step
		if isHook(&r, program) {
			t.Errorf("%q: a hook's own event", tt.line)
		}
	}
	if r := (intercept.Request{Line: "restrain hook claude", Dir: dir}); isHook(&r, nil) {
		t.Error("without knowing the own program")
	}
}
