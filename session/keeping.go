package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"restrain/figure"
	"restrain/gate"
	"restrain/journal"
	"restrain/keep"
)

// keeper opens the store for what steps take away when it is first needed: most
// commands take nothing. It is nil where the user wants nothing kept.
func keeper(stateDir string, policy *gate.Policy) func() (*keep.Store, error) {
	rules := policy.Rules()
	if rules.Keep.Off {
		return nil
	}
	return sync.OnceValues(func() (*keep.Store, error) { return keep.Open(stateDir, KeepLimits(rules)) })
}

// recoverKept brings the store in order when a session begins, and journals what
// it found of sessions that were killed.
func (s *guardedSession) recoverKept(stateDir string) error {
	keeps := s.judge.gate.Keeps
	if _, err := os.Stat(filepath.Join(stateDir, keep.StoreName)); keeps == nil || err != nil {
		return nil // nothing was ever kept
	}
	store, err := keeps()
	if err != nil {
		return nil // a step that would lose something says so
	}
	ctx := context.Background()
	_, _ = store.Prune(ctx, false) // what is too old; what cannot go now goes later
	found, err := store.Recover(ctx)
	if err != nil || !found.Any() {
		return nil // what cannot be brought in order now waits
	}
	return note(s.store, journal.Entry{Kind: journal.Note, Reason: fmt.Sprintf(
		"sessions that were killed had kept %s to be given back; %d other leftovers were removed", figure.Number(len(found.Kept), "step"), found.Removed+found.Orphans)})
}
