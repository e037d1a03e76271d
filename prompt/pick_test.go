package prompt

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestPick(t *testing.T) {
	choices := []string{"7f3a today claude shop", "81bc yesterday codex shop", "99de yesterday claude \x1b[2Japi"}
	key := func(s string) typed { return typed{after: time.Second, keys: s} }
	for _, tt := range []struct {
		name  string
		typed []typed
		want  int
		err   error
	}{
		{"enter takes the first", []typed{key("\r")}, 0, nil},
		{"down and up", []typed{key("\x1b[B"), key("\x1bOB"), key("\x1b[A"), key("\r")}, 1, nil},
		{"not below the last", []typed{key("\x1b[B\x1b[B\x1b[B\x1b[B"), key("\r")}, 2, nil},
		{"not above the first", []typed{key("\x1b[A"), key("\r")}, 0, nil},
		{"words filter", []typed{key("claude yes"), key("\r")}, 2, nil},
		{"case does not matter", []typed{key("CODEX"), key("\r")}, 1, nil},
		{"backspace", []typed{key("codexx"), key("\r"), key("\x7f"), key("\r")}, 1, nil},
		{"Ctrl-U", []typed{key("codex\x15"), key("\r")}, 0, nil},
		{"escape", []typed{key("\x1b")}, -1, ErrNotPicked},
		{"Ctrl-C", []typed{key("\x03")}, -1, ErrNotPicked},
		{"the terminal is gone", nil, -1, ErrNotPicked},
	} {
		term := newScripted(60, 12, tt.typed...)
		got, err := pick(t.Context(), term, "which session?", choices, Caps{Unicode: true})
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: got %d, %v", tt.name, got, err)
		}
		if strings.TrimSpace(term.text()) != "" {
			t.Errorf("%s: something stays on the screen:\n%s", tt.name, term.text())
		}
	}
	term := newScripted(60, 5, key("\x1b[B"), key("\x1b[B"), key("\r"))
	if _, err := pick(t.Context(), term, "which session?", choices, Caps{Unicode: true}); err != nil {
		t.Fatal(err)
	}
	for _, shown := range term.seen {
		if strings.Contains(shown, "\x1b") {
			t.Errorf("a choice's escape sequence was drawn: %q", shown)
		}
	}
	if last := term.seen[len(term.seen)-1]; !strings.Contains(last, "> 99de") || strings.Contains(last, "7f3a") {
		t.Errorf("the list does not move with the mark:\n%s", last)
	}
}
