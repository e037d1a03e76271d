package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/gate"
	"restrain/prompt"
	"restrain/session"
)

// A kept is a session that has a journal.
type kept struct {
	id, dir string
	latest  time.Time // when the journal was last written
}

func (k kept) journal() string {
	return gate.JournalPath(filepath.Dir(filepath.Dir(k.dir)), k.id)
}

// keptSessions lists the sessions whose id begins with prefix, the latest first.
func keptSessions(getenv func(string) string, prefix string) ([]kept, error) {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(gate.SessionsDir(stateDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot list the sessions: %w; check the state directory", err)
	}
	var list []kept
	for _, entry := range entries {
		id := entry.Name()
		if !strings.HasPrefix(id, prefix) {
			continue
		}
		if info, err := os.Stat(gate.JournalPath(stateDir, id)); err == nil {
			list = append(list, kept{id, filepath.Join(gate.SessionsDir(stateDir), id), info.ModTime()})
		}
	}
	slices.SortFunc(list, func(a, b kept) int {
		return cmp.Or(b.latest.Compare(a.latest), strings.Compare(a.id, b.id))
	})
	return list, nil
}

// findSession gives the session whose id is, or alone begins with, prefix; the
// latest session when prefix is empty.
func findSession(getenv func(string) string, prefix string) (kept, error) {
	list, err := keptSessions(getenv, prefix)
	switch {
	case err != nil:
		return kept{}, err
	case len(list) == 0 && prefix == "":
		return kept{}, session.Hint(errors.New("there is no session yet"), "restrain -- AGENT starts one")
	case len(list) == 0:
		return kept{}, session.Hint(session.Usagef("no session begins with %q", prefix), recent(getenv))
	case len(list) == 1 || prefix == "":
		return list[0], nil
	}
	for _, session := range list {
		if session.id == prefix {
			return session, nil
		}
	}
	return kept{}, session.Hint(session.Usagef("%q fits %d sessions", prefix, len(list)), "give more of the id: "+candidates(list))
}

// maxCandidates is how many sessions an error names.
const maxCandidates = 8

// candidates names sessions for a person to choose from.
func candidates(list []kept) string {
	var b strings.Builder
	for i, session := range list[:min(len(list), maxCandidates)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s (%s)", prompt.Escape(session.id), session.latest.Local().Format("2006-01-02 15:04"))
	}
	if more := len(list) - maxCandidates; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

func recent(getenv func(string) string) string {
	list, err := keptSessions(getenv, "")
	if err != nil || len(list) == 0 {
		return "there is no session yet; restrain -- AGENT starts one"
	}
	return "the latest are " + candidates(list)
}
