package main

import (
	"strings"
	"testing"

	"restrain/session"
)

func TestStatusText(t *testing.T) {
	s := liveStatus{Summary: session.Summary{ID: "7f3a2b", Agent: "cl#aude", Level: "elevated", Steps: 12, Denied: 1}, Short: "7f3a", Held: 1, Running: 3}
	for format, want := range map[string]string{
		"":     "restrain: elevated, 12 steps, 1 HELD (1 of 3 sessions)",
		"tmux": "#[fg=red,bold]restrain: elevated, 12 steps, 1 HELD (1 of 3 sessions)#[default]",
		"{session} {agent} {level} {steps}/{denied} {held} of {running} {x}": "7f3a cl#aude elevated 12/1 1 of 3 {x}",
	} {
		if got, err := s.text(format); got != want || err != nil {
			t.Errorf("%q: got %q, want %q (%v)", format, got, want, err)
		}
	}
	if text, err := s.text("json"); err != nil || !strings.Contains(text, `"held":1`) || !strings.Contains(text, `"running":3`) {
		t.Errorf("%s, %v", text, err)
	}
}
