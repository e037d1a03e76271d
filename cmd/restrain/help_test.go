//go:build unix

package main

import (
	"strings"
	"testing"

	"restrain/session"
)

// Every verb stands in one group of the help, and every group has only verbs.
func TestEveryVerbHasAGroup(t *testing.T) {
	groups := map[string]int{}
	for _, group := range verbGroups() {
		for _, verb := range group.verbs {
			groups[verb]++
		}
	}
	for _, command := range commands(&host{session.Host{}}, new(int)) {
		if n := groups[command.Name]; n != 1 && !command.Hidden {
			t.Errorf("%s stands in %d groups", command.Name, n)
		}
		delete(groups, command.Name)
	}
	for name := range groups {
		t.Errorf("a group has %s, which is no verb", name)
	}
}

// No backquotes of the library's own notation are shown, and help fits.
func TestHelpIsPlain(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"report", "--help"}, {"help", "replay"}, {"rules", "--help"}, {"man"}, {"completion", "fish"}, {"completion", "zsh"}} {
		text := stdoutOf(t, args...)
		if strings.Contains(text, "the `") || strings.Contains(text, "this `") || strings.Contains(text, "in `") || strings.Contains(text, ": `") {
			t.Errorf("restrain %s has backquotes", strings.Join(args, " "))
		}
	}
	for line := range strings.Lines(stdoutOf(t, "--help")) {
		if len([]rune(line)) > helpWidth+1 {
			t.Errorf("wider than %d columns: %s", helpWidth, line)
		}
	}
	for _, title := range []string{"Guard an agent\n   run ", "Options\n", "Exit status\n"} {
		if !strings.Contains(stdoutOf(t, "--help"), title) {
			t.Errorf("no %q in the help", title)
		}
	}
}

func TestEntry(t *testing.T) {
	var out strings.Builder
	entry(&out, 6, "log", strings.Repeat("word ", 18))
	entry(&out, 6, "completion", "short")
	want := "   log   " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n         word word word word\n   completion\n         short\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
