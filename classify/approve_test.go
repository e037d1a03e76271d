package classify

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const goodApproval = "[[approve]]\nrule = \"drop\"\nreason = \"test databases go\"\nexpires = 2026-12-31\n"

func TestApprovalErrors(t *testing.T) {
	base, err := Load("base", []byte(goodRule+strings.NewReplacer(`"drop"`, `"wipe"`, `"high"`, `"critical"`).Replace(goodRule)))
	if err != nil {
		t.Fatal(err)
	}
	exact := func(command string) string {
		return "[[approve]]\ncommand = " + command + "\nreason = \"r\"\nexpires = 2026-12-31\n"
	}
	tests := []struct{ name, text, want string }{
		{"nothing", "[[approve]]\nreason = \"r\"\nexpires = 2026-12-31\n", "p:1:1: approve.rule: names neither a rule nor a command\n  [[approve]]\n  ^^^^^^^^^^^\n"},
		{"both", goodApproval + "command = \"dropdb a\"\n", "p:5:11: approve.command: stands beside a rule\n  command = \"dropdb a\"\n            ^^^^^^^^^^\n"},
		{"no reason", goodApproval + strings.Replace(goodApproval, "reason = \"test databases go\"\n", "", 1), "p:5:1: approve.reason: has no reason\n"},
		{"a blank reason", strings.Replace(goodApproval, "test databases go", "  ", 1), "p:3:10: approve.reason: has no reason\n"},
		{"no day", strings.Replace(goodApproval, "expires = 2026-12-31\n", "", 1), "p:1:1: approve.expires: has no last day\n"},
		{"a day as text", strings.Replace(goodApproval, "2026-12-31", `"2026-12-31"`, 1), "p:4:"},
		{"no such day", strings.Replace(goodApproval, "2026-12-31", "2026-13-31", 1), "p:4:"},
		{"unknown key", goodApproval + "expiry = 1\n", "p:5:1: approve.expiry: unknown key\n  expiry = 1\n  ^^^^^^\ndid you mean expires?"},
		{"unknown rule", strings.Replace(goodApproval, "drop", "dorp", 1), "p:2:8: approve.rule: unknown rule \"dorp\"\n  rule = \"dorp\"\n         ^^^^^^\ndid you mean drop?"},
		{"a critical rule", strings.Replace(goodApproval, "drop", "wipe", 1), "p:2:8: approve.rule: wipe is critical\n"},
		{"a rule marked critical", goodApproval + "critical = true\n", "p:5:12: approve.critical: is for an exact command\n"},
		{"a rule with a directory", goodApproval + "dir = \"x\"\n", "p:5:7: approve.dir: is for an exact command\n"},
		{"a directory elsewhere", exact(`"dropdb a"`) + "dir = \"../x\"\n", "p:5:7: approve.dir: \"../x\" is not below the file's directory\n"},
		{"a variable", exact(`"dropdb $NAME"`), "p:2:11: approve.command: is not exact: a part is known only when it runs\n"},
		{"a substitution", exact(`"dropdb $(cat name)"`), "p:2:11: approve.command: is not exact"},
		{"not a line", exact(`"dropdb 'a"`), "p:2:11: approve.command: cannot be read\n"},
		{"nothing to run", exact(`" # dropdb"`), "p:2:11: approve.command: cannot be read\n"},
		{"a secret", exact(`"curl -H 'Authorization: Bearer sk-fake0123456789abcdefghijklmnop' example.com"`), "p:2:11: approve.command: has a secret in it\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadTighter(base, "p", []byte(test.text))
			var rule *RuleError
			if !errors.As(err, &rule) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

func TestApprovalsAreAProjects(t *testing.T) {
	base, err := Load("base", []byte(goodRule))
	if err != nil {
		t.Fatal(err)
	}
	set, err := LoadTighter(base, "p", []byte(goodApproval+strings.Replace(goodRule, "drop", "ours", 1)+strings.Replace(goodApproval, "drop", "ours", 1)))
	if err != nil || len(set.Approvals) != 2 {
		t.Fatalf("%d approvals, %v", len(set.Approvals), err)
	}
	a := set.Approvals[1]
	if a.Rule != "ours" || a.Day() != "2026-12-31" || a.Target() != "rule ours" {
		t.Errorf("got %+v, %s, %s", a, a.Day(), a.Target())
	}
	end := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	if a.Expired(end) || !a.Expired(end.Add(time.Second)) {
		t.Error("the last day does not end where it ends in UTC")
	}
	if over := base.Overlay(set); len(over.Approvals) != 0 {
		t.Error("an overlay has approvals")
	}
	var rule *RuleError
	if _, err := LoadOver(base, "rules.toml", []byte(goodApproval)); !errors.As(err, &rule) || rule.Line != 1 || !strings.Contains(err.Error(), ".restrain.toml") {
		t.Errorf("a user's own file: %v", err)
	}
}
