package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"restrain/gate"
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
