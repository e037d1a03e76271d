package gate

import (
	"fmt"

	"restrain/journal"
)

// A stepRef names a step of a session: by its number there, and by its entry in
// the journal.
type stepRef struct {
	number int // from 1; 0 for none
	entry  uint64
}

// FailureMatters reports a step that runs and whose failure the session should
// know of: tell Exited.
func (d *Decision) FailureMatters() bool { return d.ran.number > 0 }

// Exited tells the session that the command of a step, whose failure matters,
// has ended with an exit status other than 0, and journals it. Launcher is the
// number of the step that had started it, 0 for none.
func (g *Gate) Exited(d *Decision, launcher, status int) error {
	return g.Store.Update(func(t *Turn) error {
		now := g.now()
		t.Session.Exited(d.ran.number, launcher, true, now)
		return t.Append(journal.Entry{
			Time: now, Kind: journal.Exit, Of: d.ran.entry, Status: status, Level: t.Session.Level().String(),
			Reason: fmt.Sprintf("the step of entry %d failed with exit status %d", d.ran.entry, status),
		})
	})
}
