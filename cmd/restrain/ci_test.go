package main

import (
	"strings"
	"testing"

	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
	"restrain/trust"
)

// What ran though nobody approved it is told apart wherever it is looked at.
func TestObservedIsNotApproved(t *testing.T) {
	observed := journal.Entry{Kind: journal.Step, Level: "calm", Severity: "medium", Verdict: "ask", Ran: true,
		Classes: []string{"infra.write"}, Answer: &journal.Answer{Approved: true, By: prompt.ByObserver}}
	approved := observed
	approved.Answer = &journal.Answer{Approved: true, By: "terminal"}
	denied := observed
	denied.Answer, denied.Ran = &journal.Answer{By: "ci"}, false
	for _, test := range []struct {
		name   string
		entry  journal.Entry
		fate   report.Fate
		taught trust.Decision
		log    string
	}{
		{"observed", observed, report.Observed, trust.Allowed, "not held, ran"},
		{"approved", approved, report.Approved, trust.Approved, "held, approved"},
		{"denied", denied, report.Denied, trust.Denied, "held, denied"},
	} {
		if got := fateOf(&test.entry); got != test.fate {
			t.Errorf("%s: fate %q", test.name, got)
		}
		if step, ok := pastStep(&test.entry); !ok || step.Decision != test.taught {
			t.Errorf("%s: teaches as %v", test.name, step.Decision)
		}
		var b strings.Builder
		if err := (entryLook{}).entry(&b, 1, test.entry); err != nil || !strings.Contains(b.String(), "  "+test.log+" ") {
			t.Errorf("%s: the log has %q, %v", test.name, b.String(), err)
		}
	}
}
