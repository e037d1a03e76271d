package classify_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"restrain/classify"
	"restrain/shellparse"
)

// guarded is a home with restrain's own files in places that no rule names.
func guarded(t *testing.T) (home string, g *classify.Guard) {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"cfg/restrain", "st/restrain/sessions/a", "st/restrain/kept/a", "tools", "src"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program := bytes.Repeat([]byte("own program\n"), 10_000)
	for name, text := range map[string][]byte{
		"cfg/restrain/rules.toml": []byte("# mine"), "st/restrain/sessions/a/journal.jsonl": []byte("{}"),
		"tools/guard": program, "src/copy": append(program, "and more"...), "src/other": bytes.Repeat([]byte("other program\n"), 10_000),
		"src/plain": []byte("text"),
	} {
		if err := os.WriteFile(filepath.Join(home, name), text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"src/state": "../st", "src/rules": "../cfg/restrain/rules.toml", "src/link": "../tools/guard"} {
		if err := os.Symlink(target, filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"src/j": "st/restrain/sessions/a/journal.jsonl", "src/r": "cfg/restrain/rules.toml", "st/restrain/kept/a/0": "src/plain"} {
		if err := os.Link(filepath.Join(home, target), filepath.Join(home, name)); err != nil {
			t.Skip("no hard links here: ", err)
		}
	}
	return home, classify.NewGuard(filepath.Join(home, "tools/guard"), filepath.Join(home, "st/restrain/kept"), filepath.Join(home, "cfg/restrain"), filepath.Join(home, "st/restrain"))
}

// restrain's own files are what they are, wherever they lie and whatever else
// they are called.
func TestGuardFiles(t *testing.T) {
	home, g := guarded(t)
	for line, own := range map[string]bool{
		"echo x > ../cfg/restrain/rules.toml":               true,
		"mv ~/cfg ~/cfg.old":                                true,
		"rm -rf ~/st":                                       true,
		"rm -r ../st/restrain/sessions":                     true,
		"echo x >> state/restrain/sessions/a/journal.jsonl": true,
		"echo x > rules":                                    true,
		": > j":                                             true,
		"echo x >> r":                                       true,
		"sed -i s/a/b/ r":                                   true,
		"mv ~/cfg/restrain/rules.toml ~/src/r2":             true,
		"ln -f plain ~/cfg/restrain/rules.toml":             true,
		"cp plain ~/st/restrain/sessions/a/journal.jsonl":   true,
		"rm ~/st/restrain/kept/a/0":                         true,
		"echo x > ~/st/restrain/kept/a/0":                   true,
		"cp plain ~/tools/guard":                            true,
		"chmod 000 ~/tools/guard":                           true,
		"chmod -R a+w ~/cfg":                                true,
		`python3 -c "open('` + home + `/tools/guard','w').write('')"`: true,
		"sed -i s/a/b/ ~/cfg/restrain/rules.toml":                     true,
		"echo x > ~/cfg/other":                                        false,
		"touch ~/st/mine":                                             false,
		"rm plain":                                                    false,
		"echo x > plain":                                              false, // stored by a hard link, as undo gives it back
		"mv plain other2":                                             false,
		"cat rules; cat j":                                            false,
		"find ~ -name '*.pyc' -delete":                                false,
		"mv plain ~/tools":                                            false,
	} {
		ctx := classify.NewLive(filepath.Join(home, "src"), func(name string) (string, bool) { return home, name == "HOME" })
		ctx.Guard(g)
		step := classify.Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: filepath.Join(home, "src"), Home: home}), ctx)
		found := false
		for i := range step.Actions {
			found = found || step.Actions[i].Finding != nil && step.Actions[i].Finding.Rule == "restrain-files-write"
		}
		if found != own {
			t.Errorf("%s: %t, want %t", line, found, own)
		}
	}
}

// A copy of the program is the program, also one with something behind it.
func TestGuardProgram(t *testing.T) {
	home, g := guarded(t)
	for name, want := range map[string]bool{"tools/guard": true, "src/copy": true, "src/link": true, "src/other": false, "src/plain": false, "src/none": false} {
		if got := g.IsProgram(filepath.Join(home, name)); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}
