package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/gate"
	"restrain/journal"
	"restrain/session"
)

// watch follows the latest session when none takes answers.
func TestFindWatched(t *testing.T) {
	state := t.TempDir()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.Local)
	for i, id := range []string{"b7", "ab12"} {
		path := gate.JournalPath(filepath.Join(state, "restrain"), id)
		written := at.Add(time.Duration(i) * time.Minute)
		err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Chtimes(path, written, written))
		if err != nil {
			t.Fatal(err)
		}
	}
	h := &host{session.Host{Getenv: func(name string) string {
		if name == "XDG_STATE_HOME" {
			return state
		}
		return ""
	}}}
	for id, want := range map[string]string{"": "ab12", "b": "b7"} {
		if got, err := h.findWatched(id); err != nil || got.ID != want {
			t.Errorf("%q: %q, %v", id, got.ID, err)
		}
	}
	if _, err := h.findWatched("c"); err == nil {
		t.Error("a session that is not there is found")
	}
}

// A request is shown with the step whose program sent it, on the screen and in lines.
func TestWatchedRequestHasItsStep(t *testing.T) {
	entries := []journal.Entry{
		{Seq: 1, Kind: journal.SessionStart},
		{Seq: 2, Kind: journal.Step, Verdict: "allow", Command: "ls"},
		{Seq: 4, Kind: journal.Step, Verdict: "allow", Command: "python3 deploy.py"},
		{Seq: 5, Kind: journal.Note, Of: 4},
		{Seq: 6, Kind: journal.Step, Verdict: "ask", Of: 4, Command: "DELETE https://api.heroku.com/apps/shop"},
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := &watching{host: &host{session.Host{Stdout: out}}}
	s := &liveSession{}
	for i := range entries {
		w.numbers.add(&entries[i])
		if err := errors.Join(w.show(entries[i]), s.add(entries[i])); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	b := &board{overview: &overview{sessions: []*liveSession{s}}, width: 100, height: 20}
	for name, text := range map[string]string{"lines": string(lines), "screen": strings.Join(b.rows()[5:], "\n")} {
		for _, want := range []string{" 2  ", " 3  ", "step 2", "DELETE https"} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%s: %q is not there once:\n%s", name, want, text)
			}
		}
	}
}
