package session

import (
	"errors"
	"strings"

	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/prompt"
)

// Disclosure is what the agent of a session may see of secrets: of the latest, or of
// the one whose id begins with prefix.
func (h *Host) Disclosure(prefix string) (Record, gate.Disclosure, error) {
	record, err := FindRecord(h.Getenv, prefix)
	if err != nil {
		return record, gate.Disclosure{}, err
	}
	shown, err := gate.ReadShown(record.Dir)
	return record, shown, err
}

// Show changes that, and journals it. An agent cannot do so for itself.
func (h *Host) Show(prefix, what string, change func(*gate.Disclosure)) (Record, error) {
	if intercept.Supervised() || h.Getenv(intercept.SocketVariable) != "" {
		return Record{}, errors.New("what an agent may see is changed outside of guarded sessions only; use a terminal of your own")
	}
	record, shown, err := h.Disclosure(prefix)
	if err != nil && record.Dir == "" {
		return record, err
	}
	change(&shown) // what cannot be read is written anew
	policy, err := LoadPolicy(h.Getenv, "", "")
	if err != nil {
		return record, err
	}
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return record, err
	}
	store, err := gate.OpenStore(stateDir, record.ID, policy)
	if err != nil {
		return record, err
	}
	defer store.Close()
	if err := note(store, journal.Entry{Kind: journal.Note, Reason: "the human changed what the agent may see: " + prompt.Escape(what)}); err != nil {
		return record, err
	}
	return record, shown.Write(record.Dir)
}

// ShownText says what the agent of a session may see.
func ShownText(s gate.Disclosure) string {
	switch {
	case s.All:
		return "off: what prints secrets is asked about"
	case len(s.Names) == 0:
		return "on: no secret is shown"
	}
	return "on, but for " + prompt.Escape(strings.Join(s.Names, ", "))
}
