package classify

import (
	"slices"
	"testing"

	"restrain/shellparse"
)

// What a search hands to a program that writes is written where the search looks.
func TestFoundIsWritten(t *testing.T) {
	const own, agents, hooks = "restrain-files-write", "agent-configuration-write", "git-hook-write"
	for line, rule := range map[string]string{
		"find ~/.config/restrain -name '*.toml' -exec sed -i s/a/b/ {} +": own,
		"find ~/.config/restrain -exec sed -i s/a/b/ {} ';'":              own,
		"fd toml ~/.config/restrain -x sed -i s/a/b/":                     own,
		"grep -rl x ~/.config/restrain | xargs sed -i s/a/b/":             own,
		"find .claude -type f -print0 | xargs -0 sed -i s/a/b/":           agents,
		"mv .claude .claude.off":                                          agents,
		"tar xf a.tar -C ~/.codex":                                        agents,
		"unzip a.zip -d .cursor":                                          agents,
		"find .git/hooks -type f -exec sed -i s/a/b/ {} +":                hooks,
		"find src -name '*.go' -exec sed -i s/a/b/ {} +":                  "",
		"grep -rl foo src | xargs sed -i s/a/b/":                          "",
		"grep -rl x ~/.config/restrain | xargs cat":                       "",
		"mkdir -p .claude ~/.cursor":                                      "",
		"cp -r skills .claude/skills":                                     "",
	} {
		step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: "/w", Home: "/home/bo"}), files{})
		var rules []string
		for i := range step.Actions {
			if f := step.Actions[i].Finding; f != nil {
				rules = append(rules, f.Rule)
			}
		}
		guards := slices.DeleteFunc(slices.Clone(rules), func(r string) bool { return r != own && r != agents && r != hooks })
		if rule == "" && len(guards) > 0 || rule != "" && !slices.Contains(guards, rule) {
			t.Errorf("%s: %q, want %q", line, rules, rule)
		}
	}
}
