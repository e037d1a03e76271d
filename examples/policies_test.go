package examples

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The statuses of restrain check.
const (
	allow = 0
	ask   = 3
	deny  = 4
)

// verdicts wants restrain check to give each line its status.
func (d *desk) verdicts(want map[string]int, options ...string) {
	d.t.Helper()
	for line, status := range want {
		r := d.runs("", append(append([]string{"restrain", "check"}, options...), line)...)
		if r.status != status {
			d.t.Errorf("%s: exit status %d, want %d: %s%s", line, r.status, status, r.stdout, r.stderr)
		}
	}
}

// The project's rules make force pushes critical and hold migrations; what is
// approved is asked about where somebody can be asked.
func TestPolicy(t *testing.T) {
	d := newDesk(t)
	d.verdicts(map[string]int{"migrate up": allow, "migrate version": allow})
	d.lays("policy/.restrain.toml", ".restrain.toml")
	d.must("restrain", "rules", "check", ".restrain.toml")
	d.verdicts(map[string]int{"migrate up": ask, "migrate version": allow, "go test ./...": allow})
	r := d.runs("", "restrain", "check", "git push --quiet --force origin HEAD:preview")
	if r.status != ask || !strings.Contains(r.stdout, "critical") {
		t.Errorf("%+v", r)
	}
	// Its approvals count when its hash is given.
	sum := strings.Fields(d.must("sha256sum", ".restrain.toml"))[0]
	reset := []string{"--", "bash", "-c", "git init -q . && git commit -q --allow-empty -m one && bash -c 'git reset --hard HEAD'"}
	if r := d.runs("", append([]string{"restrain", "--ci", "--policy-sha256", sum}, reset...)...); r.status != 0 || !strings.Contains(r.stdout, "HEAD is now at") {
		t.Errorf("approved: %+v", r)
	}
	// An agent named reviewer may only look.
	reviewer := filepath.Join(d.dir, "reviewer")
	if err := os.WriteFile(reviewer, []byte("#!/bin/sh\n\"$SHELL\" -c 'ls'\n\"$SHELL\" -c 'rm -rf src'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(d.dir, "src"), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := d.runs("", "restrain", "--ci", "--", "./reviewer"); r.status != 3 || !strings.Contains(r.stderr, "read-only") {
		t.Errorf("the reviewer: %+v", r)
	}
}

func TestPersona(t *testing.T) {
	d := newDesk(t)
	rules := filepath.Join(d.env["XDG_CONFIG_HOME"], "restrain", "rules.toml")
	if err := errors.Join(os.MkdirAll(filepath.Dir(rules), 0o700), os.WriteFile(rules, readExample(t, "persona/rules.toml"), 0o600)); err != nil {
		t.Fatal(err)
	}
	d.must("restrain", "rules", "check", rules)
	d.verdicts(map[string]int{
		"kubectl -n staging-web rollout restart deployment/web": allow,
		"kubectl -n production rollout restart deployment/web":  ask,
		"curl https://status.internal/health":                   allow,
		"curl https://example.com/":                             ask,
		"git commit -m fix":                                     ask,
		"terraform destroy -auto-approve":                       deny,
	}, "--persona", "staging")
	agent := filepath.Join(d.dir, "rollout-agent.sh")
	if err := os.WriteFile(agent, []byte("#!/bin/sh\n\"$SHELL\" -c 'git commit -m fix'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := d.runs("", "restrain", "--ci", "--", "./rollout-agent.sh"); r.status != 3 || !strings.Contains(r.stderr, "staging") {
		t.Errorf("by its name: %+v", r)
	}
}
