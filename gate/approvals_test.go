//go:build unix

package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/prompt"
	"restrain/shellparse"
)

const approvalsFile = `
[[approve]]
rule = "git-reset-hard"
reason = "the checkout is thrown away"
expires = 2027-01-31

[[approve]]
command = "terraform destroy -auto-approve"
dir = "infra"
reason = "the preview stack goes every night"
expires = 2027-01-31
critical = true

[[approve]]
command = "git clean -fdx"
reason = "is over"
expires = 2026-01-31

[[approve]]
command = "terraform apply -destroy -auto-approve"
reason = "not marked as critical"
expires = 2027-01-31

[[approve]]
command = "sh clean.sh"
reason = "cleans up"
expires = 2027-01-31
critical = true

[[approve]]
command = "git push --force origin preview && sh push.sh"
reason = "publishes the preview"
expires = 2027-01-31

[[approve]]
command = "git push --force origin preview"
reason = "publishes the preview"
expires = 2027-01-31
`

func approvedSet(t *testing.T, text string) *classify.Set {
	t.Helper()
	set, err := classify.LoadTighter(classify.Shipped(), ".restrain.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestApprovals(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"infra", "other"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"clean.sh": "terraform destroy -auto-approve\n", "push.sh": "git push --force origin preview\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, dir string
		request   Request
		by        string // what the journal names; empty is a step that is not covered
	}{
		{"the rule", "", Request{Line: "git reset --hard HEAD~1"}, "rule git-reset-hard until 2027-01-31: the checkout"},
		{"the rule elsewhere", "other", Request{Line: "cd .. && git reset --hard HEAD~2"}, "rule git-reset-hard"},
		{"the rule and more", "", Request{Line: "git reset --hard HEAD~1; dropdb shop"}, ""},
		{"the rule and a command's", "", Request{Line: "git reset --hard HEAD~1; git push --force origin preview"}, ""},
		{"a command of the same rule", "", Request{Line: "git push --force origin preview"}, "command git push --force origin preview"},
		{"another target of its rule", "", Request{Line: "git push --force origin main"}, ""},
		{"the same in a script", "", Request{Line: "git push --force origin preview && sh push.sh", Live: true}, ""},
		{"the command", "infra", Request{Line: "terraform destroy -auto-approve"}, "command terraform destroy -auto-approve"},
		{"the command with blanks around", "infra", Request{Line: " terraform destroy -auto-approve\n"}, "command terraform"},
		{"the command as an exec", "infra", Request{Argv: []string{"terraform", "destroy", "-auto-approve"}}, "command terraform"},
		{"the command in another directory", "other", Request{Line: "terraform destroy -auto-approve"}, ""},
		{"the command in the root", "", Request{Line: "terraform destroy -auto-approve"}, ""},
		{"another command", "infra", Request{Line: "terraform destroy -auto-approve -target=x"}, ""},
		{"the command and another", "infra", Request{Line: "terraform destroy -auto-approve; dropdb shop"}, ""},
		{"an expired one", "", Request{Line: "git clean -fdx"}, ""},
		{"critical, and not marked", "", Request{Line: "terraform apply -destroy -auto-approve"}, ""},
		{"what a script adds", "", Request{Line: "sh clean.sh", Live: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &human{answer: prompt.Answer{By: "ci"}}
			g := testGate(t, h)
			asksAboutMedium(t, g)
			g.Now = func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }
			g.Approvals = NewApprovals(approvedSet(t, approvalsFile), ".restrain.toml of 1a2b3c4", root)
			r := test.request
			r.Home, r.Dir = "/home/dev", filepath.Join(root, test.dir)
			d, err := g.Judge(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			list := entries(t, g)
			last := list[len(list)-1]
			if test.by == "" {
				if d.Outcome != Deny || last.Ran || len(h.asked) != 1 {
					t.Errorf("%s, ran %v, %d questions, %s", d.Outcome, last.Ran, len(h.asked), d.Reason)
				}
				return
			}
			if d.Outcome != Run || !last.Ran || len(h.asked) != 0 {
				t.Fatalf("%s, ran %v, %d questions, rules %v", d.Outcome, last.Ran, len(h.asked), d.Rules)
			}
			if last.Answer.By != "approval" || !strings.Contains(last.Answer.Reason, test.by) || !strings.HasPrefix(last.Answer.Reason, ".restrain.toml of 1a2b3c4: ") {
				t.Errorf("the journal does not say by what: %+v", last.Answer)
			}
		})
	}
}

// What completes a sequence takes a command that is marked, and the last day of
// an approval is its file's, to the end.
func TestApprovalOfASequence(t *testing.T) {
	judgement := func() *Judgement {
		return &Judgement{Severity: classify.High, Step: &classify.Step{
			Severity: classify.Medium, Script: &shellparse.Script{},
			Actions: []classify.Action{{Severity: classify.Medium, Finding: &classify.Finding{Rule: "git-reset-hard"}}},
		}}
	}
	a := NewApprovals(approvedSet(t, approvalsFile), "here", "/")
	end := time.Date(2027, 1, 31, 23, 59, 59, 0, time.UTC)
	r := &Request{Line: "git reset --hard HEAD~1", Dir: "/"}
	if a.answer(r, judgement(), end) == nil {
		t.Error("the rule is not covered on its last day")
	}
	if a.answer(r, judgement(), end.Add(time.Second)) != nil {
		t.Error("the rule is covered after its last day")
	}
	j := judgement()
	j.Assessment.Sequence = "credential-to-destruction"
	if a.answer(r, j, end) != nil {
		t.Error("a sequence is covered by a rule")
	}
	j = judgement()
	j.Step.Uncertain = true
	if a.answer(r, j, end) != nil {
		t.Error("what could not be read is covered")
	}
	j = judgement()
	j.capability = "the persona asks about it"
	if a.answer(r, j, end) != nil {
		t.Error("what the persona asks about is covered by a rule")
	}
}

// Nothing is approved against the persona's own word.
func TestApprovalsDoNotOverrideDeny(t *testing.T) {
	set := approvedSet(t, "[[approve]]\ncommand = \"terraform destroy -auto-approve\"\nreason = \"r\"\nexpires = 2027-01-31\ncritical = true\n")
	g := testGate(t, nil)
	policy, err := NewPolicy(set, g.Policy.Baseline(), "read-only")
	if err != nil {
		t.Fatal(err)
	}
	g.Policy = policy
	g.Approvals = NewApprovals(set, "here", "/home/dev/app")
	d, err := g.Judge(t.Context(), Request{Line: "terraform destroy -auto-approve", Dir: "/home/dev/app", Home: "/home/dev"})
	if err != nil || d.Outcome != Deny || d.Answer != nil {
		t.Errorf("%s, %+v, %v", d.Outcome, d.Answer, err)
	}
}
