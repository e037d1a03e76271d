package gate

import "restrain/journal"

// An Outcome is what becomes of a step. Those that let it run come first.
type Outcome string

// The outcomes.
const (
	// Run is for a step that does no harm, or an ordinary one.
	Run Outcome = "run"
	// RunKept is for a step that takes something away which was stored first.
	RunKept Outcome = "run, kept"
	// RunMasked is for a step whose output would tell a secret, which is
	// withheld from it. What it takes away may have been kept as well.
	RunMasked Outcome = "run, masked"
	// Ask is for a step that a human is to confirm.
	Ask Outcome = "ask"
	// Deny is for a step that must not run.
	Deny Outcome = "deny"
)

// Runs reports that the step runs without a question.
func (o Outcome) Runs() bool { return o == Run || o == RunKept || o == RunMasked }

// Verdict is the outcome in the three words of records and exit statuses:
// "allow", "ask" or "deny". What is no outcome is denied.
func (o Outcome) Verdict() string {
	switch {
	case o.Runs():
		return "allow"
	case o == Ask:
		return "ask"
	}
	return "deny"
}

// What was kept or masked is recorded as it is.
type (
	Kept   = journal.Kept
	Masked = journal.Masked
)
