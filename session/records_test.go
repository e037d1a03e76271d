package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/gate"
)

// sessionsHome lays out sessions by id, each written later than the one before,
// and gives the environment that has them.
func sessionsHome(t *testing.T, ids ...string) func(string) string {
	t.Helper()
	state := t.TempDir()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.Local)
	for i, id := range ids {
		path := gate.JournalPath(filepath.Join(state, "restrain"), id)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		written := at.Add(time.Duration(i) * time.Minute)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, written, written)); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string {
		if name == "XDG_STATE_HOME" {
			return state
		}
		return ""
	}
}

func TestFindSession(t *testing.T) {
	getenv := sessionsHome(t, "b7", "b7a1", "ab12", "b7c3")
	// A directory without a journal is no session.
	if err := os.MkdirAll(filepath.Dir(gate.JournalPath(filepath.Join(getenv("XDG_STATE_HOME"), "restrain"), "ab99")), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ prefix, want, err, hint string }{
		{"", "b7c3", "", ""},
		{"a", "ab12", "", ""},
		{"ab12", "ab12", "", ""},
		{"b7", "b7", "", ""}, // whole, though others begin with it
		{"b7a", "b7a1", "", ""},
		{"b", "", `"b" fits 3 sessions`, "b7c3 (2026-03-02 09:03), b7a1 (2026-03-02 09:01), b7 (2026-03-02 09:00)"},
		{"c0", "", `no session begins with "c0"`, "the latest are b7c3 "},
		{"../b7", "", "no session begins with", "the latest are"},
	}
	for _, test := range tests {
		got, err := FindRecord(getenv, test.prefix)
		if test.err == "" {
			if err != nil || got.ID != test.want {
				t.Errorf("%q: got %q, %v; want %q", test.prefix, got.ID, err, test.want)
			}
			continue
		}
		var with Hinted
		if err == nil || !strings.Contains(err.Error(), test.err) || !errors.As(err, &with) || !strings.Contains(with.Hint, test.hint) {
			t.Errorf("%q: got %v, hint %q; want %q, %q", test.prefix, err, with.Hint, test.err, test.hint)
		}
	}
}

func TestNoSessionYet(t *testing.T) {
	_, err := FindRecord(sessionsHome(t), "")
	if err == nil || !strings.Contains(err.Error(), "there is no session yet") {
		t.Errorf("got %v", err)
	}
}

func TestManyCandidates(t *testing.T) {
	var ids []string
	for i := range maxCandidates + 3 {
		ids = append(ids, "d"+string(rune('a'+i)))
	}
	_, err := FindRecord(sessionsHome(t, ids...), "d")
	var with Hinted
	if !errors.As(err, &with) || !strings.HasSuffix(with.Hint, " and 3 more") {
		t.Errorf("got %v, hint %q", err, with.Hint)
	}
}
