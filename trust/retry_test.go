package trust

import (
	"testing"

	"restrain/classify"
)

// push is a step that does harm to a branch.
func push(branch string, also ...classify.Action) *classify.Step {
	harm := classify.Action{Class: "git.destroy", Severity: classify.High,
		Finding: &classify.Finding{Rule: "git.push.force"}, Resource: classify.Resource{Kind: "branch", Name: branch}}
	return &classify.Step{Severity: classify.High, Actions: append([]classify.Action{{Class: "git.remote"}, harm}, also...)}
}

// What failed is tried twice more: that is no answer to its own failure, and
// anything else is.
func TestRetryIsNoAnswerToItsFailure(t *testing.T) {
	unnamed := push("main")
	unnamed.Actions[1].Finding = nil
	more := classify.Action{Class: "git.destroy", Severity: classify.Medium,
		Finding: &classify.Finding{Rule: "git.reset"}, Resource: classify.Resource{Kind: "commit", Name: "HEAD~20"}}
	ordinary := &classify.Step{Actions: []classify.Action{{Class: "git.remote"}}}
	for _, test := range []struct {
		name        string
		first, then *classify.Step
		apart       int // steps in between
		completes   bool
	}{
		{"the same", push("main"), push("main"), 0, false},
		{"the same, later", push("main"), push("main"), 2, false},
		{"the same, much later", push("main"), push("main"), 20, false},
		{"another branch", push("main"), push("release"), 0, true},
		{"and more harm", push("main"), push("main", more), 0, true},
		{"less harm than failed", push("main", more), push("main"), 0, true},
		{"an ordinary push failed", ordinary, push("main"), 0, true},
		{"no rule", unnamed, unnamed, 0, true},
		{"any branch", push("*"), push("*"), 0, true},
		{"no branch", push(""), push(""), 0, true},
		{"a branch that is not known", push("$B"), push("$B"), 0, true},
	} {
		for _, late := range []bool{false, true} { // the failure is told with the step, or later
			s := NewSession(Shipped(), testRules())
			for range 2 {
				now := at(s.Steps())
				s.Record(test.first, s.Assess(test.first, now), Outcome{Failed: !late}, now)
				if late {
					s.Exited(s.Steps(), 0, true, now)
				}
			}
			work(s, test.apart)
			restored := NewSession(Shipped(), testRules())
			if err := restored.RestoreState(s.AppendState(nil)); err != nil {
				t.Fatal(err)
			}
			for _, s := range []*Session{s, restored} {
				a := s.Assess(test.then, at(s.Steps()))
				if (a.Sequence != "") != test.completes {
					t.Errorf("%s, late %v: completes %q", test.name, late, a.Sequence)
				}
			}
		}
	}
}

// What a step has started fails at the aim of that step as well: to try the step
// again is no answer to it, and to do anything else is.
func TestRetryOfWhatHadStartedIt(t *testing.T) {
	for _, test := range []struct {
		name      string
		launcher  int
		then      *classify.Step
		completes bool
	}{
		{"the launcher again", 1, push("all"), false},
		{"what it started again", 1, push("main"), false},
		{"anything else", 1, push("release"), true},
		{"no launcher", 0, push("all"), true},
		{"a launcher long ago", -20, push("all"), true},
	} {
		s := NewSession(Shipped(), testRules())
		for _, st := range []*classify.Step{push("all"), push("main")} {
			s.Record(st, s.Assess(st, at(s.Steps())), Outcome{}, at(s.Steps()))
		}
		s.Exited(2, test.launcher, true, at(2))
		if a := restored(t, s).Assess(test.then, at(2)); (a.Sequence != "") != test.completes {
			t.Errorf("%s: completes %q", test.name, a.Sequence)
		}
	}
}
