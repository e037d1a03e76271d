package gate

import (
	"fmt"

	"restrain/figure"
	"restrain/journal"
)

// What programs take away below a step is not in its text. Whoever sees it asks
// and tells here.

// A Fate is what becomes of a file that a program takes away. The zero value is
// for what would be lost for good.
type Fate uint8

// The fates.
const (
	Lost   Fate = iota // for good: that is for Judge
	Spared             // something else has it, or nobody misses it
	Stored             // it was kept first
	Unread             // it cannot be told what goes: tell Note
)

// Decide decides about a file by its fate: whether it may go without a question.
func (f Fate) Decide() Decision {
	d := Decision{Judgement: Judgement{Outcome: Deny, Reason: "takes away what could not be kept"}, Part: true}
	switch f {
	case Spared, Unread:
		d.Outcome, d.Reason = Run, whyHarmless
	case Stored:
		d.Outcome, d.Reason = RunKept, whyKept
	}
	return d
}

// Note counts what went by without a look, until the next entry of the journal
// takes the count along. Of is the entry of the step that it is a part of, 0 for
// none.
func (g *Gate) Note(of uint64, reason, path string) {
	g.Store.parts.count(of, reason, func() string { return path })
}

// FilesKept journals what was stored while the step of an entry ran, 0 for what is
// part of no step.
func (g *Gate) FilesKept(of uint64, kept Kept) error {
	whose := "what was taken away below no step"
	if of > 0 {
		whose = fmt.Sprintf("what the step of entry %d took away besides its text", of)
	}
	return g.Store.Update(func(t *Turn) error {
		return t.Append(journal.Entry{
			Time: g.now(), Kind: journal.Note, Of: of, Kept: &kept,
			Reason: fmt.Sprintf("kept %s: %s, %s; restrain undo %s", whose, figure.Number(kept.Files, "file"), figure.Bytes(kept.Bytes), kept.ID),
		})
	})
}
