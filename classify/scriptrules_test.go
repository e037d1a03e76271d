package classify

import "testing"

// A script that is handed to its interpreter is the program of that name.
func TestScriptByItsInterpreter(t *testing.T) {
	set, err := LoadOver(Shipped(), "own.toml", []byte(`
[[rule]]
id = "mine"
class = "infra.destroy"
severity = "high"
description = "deploys"
runs = ["deploy.sh|deploy.py|deploy.js prod*"]
match = ["deploy.sh production"]
not_match = ["deploy.sh staging"]
`))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{
		"./deploy.sh prod":                               true,
		"bash deploy.sh prod":                            true,
		"bash -eu scripts/deploy.sh production":          true,
		"bash -o pipefail deploy.sh prod":                true,
		"sudo sh ./deploy.sh prod":                       true,
		"python3 deploy.py prod":                         true,
		"node deploy.js prod":                            true,
		"echo 'echo x' > deploy.sh; bash deploy.sh prod": true,
		"bash deploy.sh staging":                         false,
		"bash -c 'echo deploy.sh prod'":                  false,
		"cat deploy.sh prod":                             false,
	} {
		if got := contains(set.ruleIDs(line, &Rule{}), "mine"); got != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}
