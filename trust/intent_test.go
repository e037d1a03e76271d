package trust

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"restrain/asked"
	"restrain/classify"
	"restrain/shellparse"
)

// stepOf reads a line as a step, from its text alone.
func stepOf(line string) *classify.Step {
	offline := classify.Offline{WorkDir: "/home/dev/shop", HomeDir: "/home/dev"}
	step := classify.Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: offline.WorkDir, Home: offline.HomeDir}), offline)
	return &step
}

func TestMessagesOutliveTheProcess(t *testing.T) {
	rules := RulesOf(classify.Shipped())
	s := NewSession(Shipped(), rules)
	at := time.Date(2026, 4, 24, 14, 1, 0, 0, time.UTC)
	for i := range 8 {
		s.Hear(Message{Time: at, Text: fmt.Sprintf("message %d %s", i, strings.Repeat("é", 300)), Weighs: true})
	}
	s.Hear(Message{Time: at, Text: "force push it", Weighs: true})
	if s.Hear(Message{Time: at, Text: "force push it", Weighs: true}) {
		t.Error("the same message is heard twice")
	}
	state := s.AppendState(nil)
	if len(state) > maxState/2 {
		t.Errorf("the state has %d bytes", len(state))
	}
	again := NewSession(Shipped(), rules)
	if err := again.RestoreState(state); err != nil {
		t.Fatal(err)
	}
	got := again.Messages()
	if len(got) != maxMessages {
		t.Fatalf("%d messages, not %d", len(got), maxMessages)
	}
	for i, m := range got {
		if m != s.Messages()[i] || len(m.Text) > asked.MaxKept {
			t.Errorf("message %d: %+v, not %+v", i, m, s.Messages()[i])
		}
	}
	if got[0].Weighs {
		t.Error("a message that was cut is weighed")
	}
	if a := again.Assess(stepOf("git push --force origin main"), at); a.Asked != asked.Wanted {
		t.Errorf("the step is %s", a.Asked)
	}
}

// A state with a message that is too long was not written here.
func TestMessagesOfAnotherAreRefused(t *testing.T) {
	s := NewSession(Shipped(), RulesOf(classify.Shipped()))
	s.messages = []Message{{Text: strings.Repeat("x", asked.MaxKept+1)}}
	if err := NewSession(Shipped(), RulesOf(classify.Shipped())).RestoreState(s.AppendState(nil)); err == nil {
		t.Error("it is restored")
	}
}

// What nobody asked for costs an assessment nothing.
func TestAskedAllocatesNothing(t *testing.T) {
	s := NewSession(Shipped(), RulesOf(classify.Shipped()))
	step := stepOf("git push --force origin main")
	if n := testing.AllocsPerRun(100, func() { s.Asked(step) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAskedOfSteps holds messages against real lines, as the shipped rules read
// them.
func TestAskedOfSteps(t *testing.T) {
	for _, c := range []struct {
		says, line string
		want       asked.Answer
	}{
		{"drop the stash", "git stash drop", asked.Wanted},
		{"delete the branch", "git stash drop", asked.Unsaid},
		{"remove the untracked files", "git clean -fdx", asked.Wanted},
		{"discard all my local changes", "git checkout -- .", asked.Wanted},
		{"throw away the changes", "git reset --hard", asked.Wanted},
		{"reset to origin/main", "git reset --hard origin/main", asked.Wanted},
		{"reset the branch to origin/main", "git reset --hard origin/main", asked.Wanted},
		{"delete the remote branch old-login", "git push origin --delete old-login", asked.Wanted},
		{"delete the remote branch old-login", "git push origin --delete main", asked.Unsaid},
		{"rebase on main and force push", "git push --force", asked.Wanted},
		{"rebase on main and force push", "git rebase main && git push --force", asked.Wanted},
		{"delete the namespace team-a", "kubectl delete namespace team-a", asked.Wanted},
		{"delete the namespace team-a", "kubectl delete namespace team-b", asked.Unsaid},
		{"remove the volume pgdata", "docker volume rm pgdata", asked.Wanted},
		{"remove the volume pgdata", "docker volume rm other", asked.Unsaid},
		{"publish the package", "npm publish", asked.Wanted},
		{"release it to npm", "npm publish", asked.Wanted},
		{"apply the terraform stack", "terraform apply -auto-approve", asked.Wanted},
		{"deploy it", "terraform apply -auto-approve", asked.Unsaid},
		{"delete the test bucket", "aws s3 rm s3://shop-test --recursive", asked.Wanted},
		{"delete the test bucket", "aws s3 rm s3://shop-live --recursive", asked.Unsaid},
		{"show me the secret", "kubectl get secret db -o yaml", asked.Wanted},
		{"fix the login page", "kubectl get secret db -o yaml", asked.Unsaid},
		{"skip the hooks", "git push --no-verify", asked.Wanted},
		{"restart the database server", "rm -rf /var/lib/postgresql", asked.Unsaid},
		{"clean up", "rm -rf src", asked.Unsaid},
		{"delete src", "rm -rf src", asked.Unsaid},
		{"delete the src directory", "rm -rf src", asked.Wanted},
		{"delete the src directory", "rm -rf src docs", asked.Unsaid},
		{"delete the src directory", "rm -rf docs", asked.Unsaid},
		{"delete src/", "rm -rf src", asked.Wanted},
		{"drop the database", "rails db:drop", asked.Wanted},
		{"reset the database", "rails db:reset", asked.Wanted},
		{"roll back the migration", "rails db:migrate VERSION=0", asked.Unsaid},
		{"delete the bucket", "aws s3 rm s3://shop-live --recursive", asked.Wanted},
		{"delete the bucket", "aws s3 rm s3://shop-prod --recursive", asked.Unsaid},
		{"flush the redis cache", "redis-cli FLUSHALL", asked.Wanted},
		{"uninstall the release", "helm uninstall shop", asked.Unsaid},
		{"delete my home directory", "rm -rf ~", asked.Unsaid},
		{"the deploy is failing, look into it", "git push --force origin main", asked.Unsaid},
		{"I dropped the database by mistake, get it back", "dropdb shop", asked.Unsaid},
		{"make sure that nobody can delete the database", "dropdb shop", asked.Unwanted},
		{"test what the delete endpoint does to the database", "dropdb shop", asked.Unsaid},
		{"fix the branch deletion", "git push origin --delete main", asked.Unsaid},
		{"rename the function delete_branch", "git push origin --delete main", asked.Unsaid},
		{"write a script to drop the database", "dropdb shop", asked.Unsaid},
		{"\"delete the branch\" is what the docs say", "git push origin --delete main", asked.Unsaid},
	} {
		s := NewSession(Shipped(), RulesOf(classify.Shipped()))
		s.Hear(Message{Text: c.says, Weighs: true})
		step := stepOf(c.line)
		if step.Severity < classify.Medium && c.want == asked.Unsaid {
			continue
		}
		if got := s.Asked(step); got != c.want {
			var rules []string
			for i := range step.Actions {
				if a := &step.Actions[i]; a.Finding != nil {
					rules = append(rules, fmt.Sprintf("%s(%s %s %q)", a.Finding.Rule, a.Severity, a.Resource.Kind, a.Resource.Name))
				}
			}
			t.Errorf("%q, %s: %v, not %v: %s", c.says, c.line, got, c.want, rules)
		}
	}
}
