package classify

import (
	"slices"
	"testing"

	"restrain/shellparse"
)

// A setting of git counts by whatever way it comes, in git's own spelling, and the last
// of a name.
func TestGitSettings(t *testing.T) {
	const elsewhere, once, none, path, runs = "git-hooks-elsewhere", "git-one-setting", "git-hooks-none", "git-hooks-path", "git-config-code"
	ctx := files{"settings": "[core]\n\tfsmonitor = ./x\n", "plain": "[user]\n\tname = x\n"}
	for line, rule := range map[string]string{
		"git -c CORE.HooksPath=.x commit -m x":                                                               elsewhere,
		"git -c core.hooksPath=/dev/null -c core.hookspath=.x commit -m x":                                   elsewhere,
		"git --config-env=core.hooksPath=X commit -m x":                                                      elsewhere,
		"X=.x git --config-env core.hooksPath=X commit -m x":                                                 elsewhere,
		"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=.x git commit -m x":           elsewhere,
		"export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=.x && git commit -m x": elsewhere,
		`GIT_CONFIG_PARAMETERS="'user.name'='x' 'core.hooksPath=.x'" git commit -m x`:                        elsewhere,
		"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.fsmonitor GIT_CONFIG_VALUE_0=./x git status":               once,
		"GIT_CONFIG_GLOBAL=settings git status":                                                              once,
		`printf '[core]\n\tfsmonitor = ./x\n' >own && GIT_CONFIG_SYSTEM=own git status`:                      once,
		"git config CORE.HookSpath /tmp/x":                                                                   path,
		"git config --global URL.https://Evil.example/.InsteadOF https://github.com/":                        runs,
		"git config user.Name x": "",
		"git -c core.hooksPath=/dev/null -c core.askPass= clone https://example.com/x":                        "",
		"git -c core.hooksPath=.x -c core.hooksPath=/dev/null fetch":                                          "",
		"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null git fetch":           "",
		"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null git commit -m x":     none,
		"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.pager GIT_CONFIG_VALUE_0=cat git log":                       "",
		"GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=plain git commit -m x":                                 "",
		"GIT_CONFIG_COUNT=99999999 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=x git status":                "",
		"GIT_CONFIG_COUNT=x GIT_CONFIG_KEY_0=core.fsmonitor GIT_CONFIG_VALUE_0=./x GIT_CONFIG_KEY_1= git log": once,
	} {
		step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: "/w", Home: "/home/bo"}), ctx)
		var rules []string
		for i := range step.Actions {
			if f := step.Actions[i].Finding; f != nil {
				rules = append(rules, f.Rule)
			}
		}
		guards := slices.DeleteFunc(slices.Clone(rules), func(r string) bool { return r != elsewhere && r != once && r != none && r != path && r != runs })
		if rule == "" && len(guards) > 0 || rule != "" && !slices.Contains(guards, rule) {
			t.Errorf("%s: %q, want %q", line, rules, rule)
		}
	}
}
