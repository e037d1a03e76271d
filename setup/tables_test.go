package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// codexFiles are Codex's targets in a home directory with these files.
func codexFiles(t *testing.T, files map[string]string) (*Place, []Target) {
	t.Helper()
	p := place(t)
	for name, text := range files {
		path := filepath.Join(p.Home, ".codex", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	known, _ := Find("codex")
	return p, known.Targets(p)
}

const inlineHooks = "# mine\nmodel = \"x\" # why\n\n[[hooks.PreToolUse]]\nmatcher = \"^Bash$\"\n\n" +
	"[[hooks.PreToolUse.hooks]]\ntype = \"command\"\ncommand = 'echo \"[[hooks.PreToolUse]]\"'\n\n[profiles.a]\nmodel = \"y\"\n"

// Hooks that stand in config.toml are joined there; in every other case hooks.json
// has restrain's.
func TestCodexFile(t *testing.T) {
	ours := codexTables(t)
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing", nil, "hooks.json"},
		{"no hooks", map[string]string{"config.toml": "model = \"x\"\n"}, "hooks.json"},
		{"trust alone", map[string]string{"config.toml": "[hooks.state.\"a:0\"]\ntrusted_hash = \"1\"\n"}, "hooks.json"},
		{"hooks in it", map[string]string{"config.toml": inlineHooks}, "config.toml"},
		{"another event", map[string]string{"config.toml": "[[hooks.Stop]]\nhooks = [{type = \"command\", command = \"x\"}]\n"}, "config.toml"},
		{"both", map[string]string{"config.toml": inlineHooks, "hooks.json": "{}"}, "hooks.json"},
		{"both, and ours in one", map[string]string{"config.toml": inlineHooks + "\n" + ours, "hooks.json": "{}"}, "config.toml"},
		{"no place for another", map[string]string{"config.toml": "[hooks]\nPreToolUse = [{hooks = [{command = \"x\"}]}]\n"}, "hooks.json"},
		{"broken", map[string]string{"config.toml": "[[hooks.PreToolUse]\n"}, "hooks.json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, targets := codexFiles(t, tt.files)
			if got := filepath.Base(targets[0].Path); got != tt.want || targets[0].Unused || !targets[1].Unused {
				t.Errorf("%s is used (%t, %t), want %s", got, targets[0].Unused, targets[1].Unused, tt.want)
			}
		})
	}
}

func codexTables(t interface{ TempDir() string }) string {
	known, _ := Find("codex")
	for _, target := range known.Targets(place(t)) {
		if target.Tables != "" {
			return target.Tables
		}
	}
	return ""
}

// What is there stays byte for byte, and is the same again without restrain, with
// and without a backup.
func TestTables(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"a group and tables behind it", inlineHooks},
		{"ends of lines of Windows", strings.ReplaceAll(inlineHooks, "\n", "\r\n")},
		{"groups apart", inlineHooks + "[[hooks.Stop]]\n# none\n[[hooks.Stop.hooks]]\ncommand = \"x\"\n\n[[hooks.PreToolUse]] # again\nhooks = [\n  {command = \"y\"},\n]\n# end\n"},
		{"a text that looks like it", inlineHooks + "note = \"\"\"\n[[hooks.PreToolUse]]\nhooks = [{command = \"restrain hook codex\"}]\n\"\"\"\n"},
		{"trust", inlineHooks + "\n[hooks.state.\"k:0:0\"]\ntrusted_hash = \"1\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, targets := codexFiles(t, map[string]string{"config.toml": tt.text})
			target := targets[0]
			change, err := target.Plan(false)
			if err == nil {
				err = change.Apply()
			}
			if err != nil {
				t.Fatal(err)
			}
			after, err := os.ReadFile(target.Path)
			if err != nil || !strings.HasPrefix(string(after), tt.text) {
				t.Fatalf("%v:\n%s", err, after)
			}
			known, _ := Find("codex")
			for i := range known.Targets(p) {
				again := known.Targets(p)[i]
				if change, err := again.Plan(false); err != nil || change.Needed() {
					t.Errorf("a second time: %v", err)
				}
			}
			agent, _ := Find("codex")
			guards, err := agent.Guards(p)
			if err != nil || len(guards) != 1 || guards[0].Timeout.Hours() != 1 || guards[0].Asked.Hours() != 1 || guards[0].Open || len(guards[0].Faults()) > 0 {
				t.Errorf("guards %+v, %v", guards, err)
			}
			if left, gone, err := target.Without(after, nil); err != nil || gone || string(left) != tt.text {
				t.Errorf("without a backup: %t %v\n%s", gone, err, left)
			}
			change, err = target.Plan(true)
			if err == nil {
				err = change.Apply()
			}
			left, readErr := os.ReadFile(target.Path)
			if err != nil || readErr != nil || string(left) != tt.text {
				t.Errorf("%v, %v:\n%s", err, readErr, left)
			}
			if _, err := os.Stat(target.Path + backupSuffix); err == nil {
				t.Error("the backup is still there")
			}
		})
	}
}

// The trust that Codex was told of goes with the hook, from the same file and in
// one change.
func TestTablesForgetTrust(t *testing.T) {
	_, targets := codexFiles(t, map[string]string{"config.toml": strings.TrimSuffix(inlineHooks, "\n")})
	target := targets[0]
	change, err := target.Plan(false)
	if err == nil {
		err = change.Apply()
	}
	if err != nil {
		t.Fatal(err)
	}
	hooks := []CodexHook{{Key: "k:1:0", Hash: "sha256:1"}}
	if change, err = PlanTrust(target.Path, hooks, false); err == nil {
		err = change.Apply()
	}
	if err != nil {
		t.Fatal(err)
	}
	target.Forgets = hooks
	if change, err = target.Plan(true); err == nil {
		err = change.Apply()
	}
	if text, readErr := os.ReadFile(target.Path); err != nil || readErr != nil || string(text)+"\n" != inlineHooks {
		t.Errorf("%v, %v:\n%s", err, readErr, text)
	}
}

// A hook of an older version is replaced; one among others' in a group stays, and
// so does one that cannot be told apart.
func TestTablesUpdated(t *testing.T) {
	target := Target{Tables: codexTables(t)}
	old := strings.ReplaceAll(target.Tables, "/opt/", "/old/")
	after, err := target.With([]byte("a = 1\n\n" + old + "\n[b]\n"))
	if want := "a = 1\n\n[b]\n\n" + target.Tables; err != nil || string(after) != want {
		t.Errorf("%v: %s", err, after)
	}
	const mixed = "[[hooks.PreToolUse]]\nhooks = [{command = \"./mine\"}, {command = \"restrain hook codex\"}]\n"
	after, err = target.With([]byte(mixed))
	if err != nil || !strings.HasPrefix(string(after), mixed) || !strings.HasSuffix(string(after), target.Tables) {
		t.Errorf("%v: %s", err, after)
	}
	for _, text := range []string{
		"hooks = {PreToolUse = [{hooks = [{command = \"restrain hook codex\"}]}]}\n",
		"[hooks]\nPreToolUse = [{hooks = [{command = \"restrain hook codex\"}]}]\n",
		"[[hooks.PreToolUse]]\nhooks = [\n[\n]\n",
		"[hooks]\nPreToolUse = []\n",
		strings.Repeat("[", 1<<20),
	} {
		if after, err := target.With([]byte(text)); err == nil {
			t.Errorf("%.60q became\n%s", text, after)
		}
	}
}

// Whatever order a file has, it comes back.
func TestAnyTables(t *testing.T) {
	slowtest.Long(t)
	target := Target{Tables: codexTables(t)}
	pieces := []string{
		"[[hooks.PreToolUse]]\nmatcher = \"x\"\n[[hooks.PreToolUse.hooks]]\ncommand = \"./mine\"\n", "# [[hooks.PreToolUse]]\n", "\n", "[[hooks.Stop]]\n",
		"[[ hooks . PreToolUse ]] # odd\nhooks = [\n  {command = \"./a\"}, # b\n]\n", "[[mcp]]\nargs = [\n\"[[hooks.PreToolUse]]\",\n[\"restrain hook\"]]\n",
	}
	rapid.Check(t, func(r *rapid.T) {
		text := "model = \"x\"\n" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6).Draw(r, "pieces"), "")
		after, err := target.With([]byte(text))
		if err != nil {
			r.Fatalf("%q: %v", text, err)
		}
		if again, err := target.With(after); err != nil || string(again) != string(after) {
			r.Fatalf("%q a second time: %v\n%q", text, err, again)
		}
		if left, gone, err := target.Without(after, nil); err != nil || gone || string(left) != text {
			r.Fatalf("%q came back as %q, %v", text, left, err)
		}
	})
}
