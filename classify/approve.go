package classify

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"restrain/secret"
	"restrain/shellparse"
)

// An Approval is a step that a project's reviewed file lets run where nobody
// can be asked. Whether the file was reviewed is for the caller to know.
type Approval struct {
	// Rule is the id of the rule whose findings are approved, or Command the
	// exact text of the step; one of them is set.
	Rule    string `toml:"rule"`
	Command string `toml:"command"`
	// Dir is where the command may run, below the file's directory, which it
	// is when empty.
	Dir    string `toml:"dir"`
	Reason string `toml:"reason"`
	// Expires is the last day, UTC, on which the approval counts.
	Expires time.Time `toml:"expires"`
	// Critical lets a command run whatever its severity, and when it
	// completes a sequence.
	Critical bool `toml:"critical"`
}

// Expired reports whether the last day of an approval is over.
func (a *Approval) Expired(now time.Time) bool {
	year, month, day := a.Expires.Date()
	return !now.Before(time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC))
}

// Day is the last day of the approval, as it stands in the file.
func (a *Approval) Day() string { return a.Expires.Format(time.DateOnly) }

// Target names what is approved.
func (a *Approval) Target() string {
	if a.Rule != "" {
		return "rule " + a.Rule
	}
	return "command " + secret.Redact(a.Command)
}

// approvals checks the approvals of a project's file. Their rules may be those
// of all.
func (f *file) approvals(s, all *Set) error {
	for i := range s.Approvals {
		a := &s.Approvals[i]
		wrong := func(key, text, hint string) error { return f.wrong("approve", i, key, text, hint) }
		switch {
		case a.Rule == "" && a.Command == "":
			return wrong("rule", "names neither a rule nor a command", `add rule = "ID" or command = "EXACT LINE"`)
		case a.Rule != "" && a.Command != "":
			return wrong("command", "stands beside a rule", "write two approvals, one for each")
		case strings.TrimSpace(a.Reason) == "":
			return wrong("reason", "has no reason", `say why it may run, as in reason = "the nightly clean-up"`)
		case a.Expires.IsZero():
			return wrong("expires", "has no last day", "add one, as in expires = 2026-12-31")
		}
		var err error
		if a.Rule != "" {
			err = approvedRule(a, all, wrong)
		} else {
			err = approvedCommand(a, wrong)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// approvedRule checks the approval of a rule. What is critical is approved word
// for word, or not at all.
func approvedRule(a *Approval, all *Set, wrong func(key, text, hint string) error) error {
	rule := all.Rule(a.Rule)
	switch {
	case rule == nil:
		ids := make([]string, len(all.Rules))
		for i := range all.Rules {
			ids[i] = all.Rules[i].ID
		}
		hint := "restrain explain 'LINE' names the rules of a line"
		if near := Nearest(a.Rule, ids); near != "" {
			hint = "did you mean " + near + "?"
		}
		return wrong("rule", fmt.Sprintf("unknown rule %q", a.Rule), hint)
	case rule.Severity == Critical:
		return wrong("rule", a.Rule+" is critical", "approve the exact command, with critical = true")
	case a.Critical:
		return wrong("critical", "is for an exact command", "approve the command instead of the rule, or remove the key")
	case a.Dir != "":
		return wrong("dir", "is for an exact command", "remove it")
	}
	return nil
}

// approvedCommand checks that the text of a command settles what it runs.
func approvedCommand(a *Approval, wrong func(key, text, hint string) error) error {
	script := shellparse.Parse(a.Command, shellparse.Options{})
	switch {
	case a.Dir != "" && !filepath.IsLocal(a.Dir):
		return wrong("dir", fmt.Sprintf("%q is not below the file's directory", a.Dir), `write a path such as dir = "infra"`)
	case secret.Redact(a.Command) != a.Command:
		return wrong("command", "has a secret in it", "approve the rule, or let the command read the secret itself")
	case script.Err != nil || script.Limit != "" || len(script.Commands) == 0:
		return wrong("command", "cannot be read", "write it as the shell would run it")
	}
	for i := range script.Commands {
		if !script.Commands[i].Known() {
			return wrong("command", "is not exact: a part is known only when it runs", "write out variables and substitutions, or approve the rule")
		}
	}
	return nil
}
