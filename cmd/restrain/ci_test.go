package main

import (
	"os"
	"path/filepath"
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
		{"observed", observed, report.Observed, trust.Denied, "not held, ran"},
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
		if err := showEntry(&b, test.entry); err != nil || !strings.Contains(b.String(), "  "+test.log+" ") {
			t.Errorf("%s: the log has %q, %v", test.name, b.String(), err)
		}
	}
}

func TestScriptOf(t *testing.T) {
	root := t.TempDir()
	below := filepath.Join(root, "ci")
	for path, text := range map[string]string{".git/HEAD": "", "ci/agent.sh": "echo one\n  rm -rf x && ls\nls\n", "ci/a b.sh": ""} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		argv string
		dir  string
		want string
	}{
		{"./agent.sh", below, "ci/agent.sh"},
		{"./ci/agent.sh --fast", root, "ci/agent.sh"},
		{"bash -eu agent.sh", below, "ci/agent.sh"},
		{"claude --resume", below, ""},
		{"/bin/sh", below, ""}, // outside of the project
		{"./gone.sh", below, ""},
	} {
		if got := scriptOf(strings.Fields(test.argv), test.dir); got != test.want {
			t.Errorf("%s in %s: %q, want %q", test.argv, test.dir, got, test.want)
		}
	}
	script := readScript(below, "ci/agent.sh")
	for command, want := range map[string]int{"rm -rf x": 2, "ls": 0, "echo one": 1, "": 0, "make": 0} {
		if got := script.line(command); got != want {
			t.Errorf("%q is at line %d, want %d", command, got, want)
		}
	}
	if err := os.Symlink("agent.sh", filepath.Join(below, "link.sh")); err != nil {
		t.Fatal(err)
	}
	if got := readScript(below, "ci/link.sh").line("echo one"); got != 0 {
		t.Errorf("a link has line %d", got)
	}
	if got := readScript(below, "ci/gone.sh").line("ls"); got != 0 {
		t.Errorf("a script that is gone has line %d", got)
	}
}
