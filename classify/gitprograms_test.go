package classify

import (
	"os"
	"path/filepath"
	"testing"

	"restrain/shellparse"
)

// What a setting says decides, and not that it is one.
func TestRunsPrograms(t *testing.T) {
	for text, want := range map[string]bool{
		"[core]\n\tfsmonitor = rm x; false":                            true,
		`[core]\n\tfsmonitor = "./w"\n`:                                true,
		"[core]\n\tfsmonitor = true":                                   false,
		"[core] hooksPath=.h":                                          true,
		"core.hooksPath = /dev/null":                                   false,
		"[core]\nsshCommand = ssh -i ~/.ssh/work":                      false,
		"[core]\nsshCommand = ssh -o ProxyCommand=x":                   true,
		"[core]\nsshCommand = /tmp/s":                                  true,
		"[core]\npager = less -FRX":                                    false,
		"[core]\npager = less; rm x":                                   true,
		"[core]\npager = sh x.sh":                                      true,
		"[pager]\nlog = sh x":                                          true,
		"[pager]\nlog = false":                                         false,
		"[core]\neditor = code --wait":                                 false,
		"[alias]\nst = status":                                         false,
		"[alias]\nst = !sh x":                                          true,
		"[alias]\nst = \"!sh x\"":                                      true,
		"[include]\npath = ../e.cfg":                                   true,
		"[includeIf \"gitdir:~/work/\"]\npath = w.cfg":                 true,
		"[filter \"x\"]\nclean = sh x":                                 true,
		"[filter \"lfs\"]\nclean = git-lfs clean -- %f":                false,
		"[credential]\nhelper = store":                                 false,
		"[credential \"https://x\"]\nhelper = !sh x":                   true,
		"[merge \"x\"]\ndriver = sh x %O":                              true,
		"[gpg]\nprogram = ./g":                                         true,
		"[remote \"o\"]\nurl = git@example.com:a/b.git\nfetch = +refs": false,
		"[remote \"o\"]\nuploadpack = sh x":                            true,
		"[user]\nname = me\nemail = me@example.com":                    false,
		"[branch \"main\"]\nremote = origin\nmerge = refs/heads/main":  false,
		"path = /usr/lib":                                              false,
		"s/\\[core\\]/[core]\\n\\tpager = sh x.sh/":                    true,
		"s#url = .*#url = git@example.com:a/b.git#":                    false,
		"f.write('[core]\\n\\tsshCommand = sh x')":                     true,
	} {
		if got := runsPrograms(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

// What a command takes the settings from is looked at, wherever it says so.
func TestGitSettingsFromFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"bad": "[core]\n\tfsmonitor = ./x\n", "good": "[user]\n\tname = me\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]bool{
		"cp bad .git/config":                true,
		"tee -a .git/config < bad":          true,
		"cat bad >> .git/config":            true,
		"ln -sf ../bad .git/config":         true,
		"cp good .git/config":               false,
		"tee -a .git/config < good":         false,
		"ln -sf ../good .git/config":        false,
		"cp .git/config bad":                false,
		"tee out < bad; cat .git/config":    false,
		"cat < bad; echo 1 >> .git/HEAD.sh": false,
	} {
		ctx := NewLive(dir, func(name string) (string, bool) { return "/home/u", name == "HOME" })
		step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/u"}), ctx)
		found := false
		for i := range step.Actions {
			found = found || step.Actions[i].Finding != nil && step.Actions[i].Finding.Rule == "git-config-write"
		}
		if found != want {
			t.Errorf("%s: %t, want %t", line, found, want)
		}
	}
}
