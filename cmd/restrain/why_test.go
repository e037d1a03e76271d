package main

import (
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/session"
	"restrain/trust"
)

// What is printed to be pasted does what it says.
func TestWhatIsPastedChangesTheVerdict(t *testing.T) {
	h := &host{session.Host{Getenv: func(string) string { return "" }}}
	judge := func(set *classify.Set, line string) gate.Judgement {
		policy, err := gate.NewPolicy(set, trust.Shipped(), "coding")
		if err != nil {
			t.Fatal(err)
		}
		j, _ := policy.Consider(policy.NewSession(), &gate.Request{Door: "check", Line: line, Dir: "/srv/app", Home: "/home/ada"}, time.Unix(0, 0))
		return j
	}
	policy, err := gate.NewPolicy(classify.Shipped(), trust.Shipped(), "coding")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"git push --force origin main", "npm publish", "ls -la", "make deploy", "ls \a\u2028é"} {
		before := judge(classify.Shipped(), line)
		r := reasonsOfLine(&gate.Request{Line: line, Dir: "/srv/app"}, &before, policy)
		ways := waysToAsk(classify.Shipped(), &r)
		if r.asked {
			ways = h.waysToRun(classify.Shipped(), &r)
		}
		var rules strings.Builder
		for _, way := range ways {
			if strings.HasPrefix(way.paste, "[[rule]]") {
				rules.WriteString(way.paste + "\n")
			}
		}
		set, err := classify.LoadOver(classify.Shipped(), "own", []byte(rules.String()))
		if err != nil {
			t.Errorf("%s: %v\n%s", line, err, rules.String())
			continue
		}
		if after := judge(set, line); after.Outcome.Runs() == before.Outcome.Runs() {
			t.Errorf("%s: was %s, is %s still with\n%s", line, before.Outcome, after.Outcome, rules.String())
		}
	}
}

// What is critical has no grant and no rule to paste, and the approval says so.
func TestNoWayAroundCritical(t *testing.T) {
	h := &host{session.Host{Getenv: func(string) string { return "" }}}
	r := reasons{command: "terraform destroy", rules: []string{"terraform-destroy"}, severity: "critical", asked: true}
	approved := false
	for _, way := range h.waysToRun(classify.Shipped(), &r) {
		if strings.HasPrefix(way.paste, "[[rule]]") || strings.Contains(way.what, "A grant") {
			t.Errorf("offered: %s", way.what)
		}
		approved = approved || strings.Contains(way.paste, "critical = true\n")
	}
	if !approved {
		t.Error("no approval that is marked critical")
	}
	r.command = "curl -H 'x: [redacted:token]' https://example.com"
	for _, way := range h.waysToRun(classify.Shipped(), &r) {
		if strings.Contains(way.paste, "[redacted:") && strings.HasPrefix(way.paste, "[[approve]]") {
			t.Error("an approval of words that no step has")
		}
	}
}
