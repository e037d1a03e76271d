package session

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
)

// A Record is a session on disk, which has a journal.
type Record struct {
	ID, Dir string
	Latest  time.Time // when the journal was last written
}

// Journal is the path of the journal.
func (k Record) Journal() string {
	return gate.JournalPath(filepath.Dir(filepath.Dir(k.Dir)), k.ID)
}

// Records lists the sessions whose id begins with prefix, the latest first.
func Records(getenv func(string) string, prefix string) ([]Record, error) {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(gate.SessionsDir(stateDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot list the sessions: %w; check the state directory", err)
	}
	var list []Record
	for _, entry := range entries {
		id := entry.Name()
		if !strings.HasPrefix(id, prefix) {
			continue
		}
		if info, err := os.Stat(gate.JournalPath(stateDir, id)); err == nil {
			list = append(list, Record{id, filepath.Join(gate.SessionsDir(stateDir), id), info.ModTime()})
		}
	}
	slices.SortFunc(list, func(a, b Record) int {
		return cmp.Or(b.Latest.Compare(a.Latest), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// FindRecord gives the session whose id is, or alone begins with, prefix; the
// latest session when prefix is empty.
func FindRecord(getenv func(string) string, prefix string) (Record, error) {
	list, err := Records(getenv, prefix)
	switch {
	case err != nil:
		return Record{}, err
	case len(list) == 0 && prefix == "":
		return Record{}, Hint(errors.New("there is no session yet"), "restrain -- AGENT starts one")
	case len(list) == 0:
		return Record{}, Hint(Usagef("no session begins with %q", prefix), recent(getenv))
	case len(list) == 1 || prefix == "":
		return list[0], nil
	}
	for _, session := range list {
		if session.ID == prefix {
			return session, nil
		}
	}
	return Record{}, Hint(Usagef("%q fits %d sessions", prefix, len(list)), "give more of the id: "+candidates(list))
}

// maxCandidates is how many sessions an error names.
const maxCandidates = 8

// candidates names sessions for a person to choose from.
func candidates(list []Record) string {
	var b strings.Builder
	for i, session := range list[:min(len(list), maxCandidates)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s (%s)", prompt.Escape(session.ID), session.Latest.Local().Format("2006-01-02 15:04"))
	}
	if more := len(list) - maxCandidates; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

func recent(getenv func(string) string) string {
	list, err := Records(getenv, "")
	if err != nil || len(list) == 0 {
		return "there is no session yet; restrain -- AGENT starts one"
	}
	return "the latest are " + candidates(list)
}
