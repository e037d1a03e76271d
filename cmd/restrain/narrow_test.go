package main

import (
	"strings"
	"testing"
	"time"

	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
)

// What is listed fits a narrow terminal, whole.
func TestListsFitNarrowTerminals(t *testing.T) {
	entry := journal.Entry{
		Time: time.Now(), Kind: journal.Step, Verdict: "ask", Severity: "critical", Level: "elevated", Command: "terraform destroy " + strings.Repeat("-target=a.b ", 9),
		Reason: "destroys everything of a stack (critical)", Rules: []string{"terraform-destroy"}, Answer: &journal.Answer{By: "terminal"},
	}
	summary := session.Summary{ID: strings.Repeat("a", 16), Agent: "claude", Dir: "/home/somebody/a-long-project-name", Level: "elevated", Steps: 1234, Asked: 123, Denied: 45, Kept: 6, Running: true, Broken: "entry 3"}
	for _, width := range []int{40, 60, 80} {
		var log strings.Builder
		if err := (entryLook{width: width}).entry(&log, 1234, entry); err != nil {
			t.Fatal(err)
		}
		h := &host{session.Host{Getenv: func(string) string { return "" }}}
		list := h.sessionLine(nil, &summary, width)
		for line := range strings.Lines(log.String() + list) {
			if n := prompt.Width(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns of %d: %q", n, width, line)
			}
		}
		for _, text := range []string{entry.Command, entry.Reason, "critical elevated", "[terraform-destroy]"} {
			if !strings.Contains(strings.Join(strings.Fields(log.String()), " "), strings.TrimSpace(text)) {
				t.Errorf("width %d: no %q in\n%s", width, text, log.String())
			}
		}
		if plain := strings.Join(strings.Fields(list), " "); !strings.Contains(plain, summary.Counts()+", running, journal broken") {
			t.Errorf("width %d: %q", width, list)
		}
	}
}
