package trust

import (
	"time"

	"restrain/classify"
)

// A Sequence is an ordered pattern with gaps over the classes of a session's
// actions.
type Sequence struct {
	ID    string
	Title string
	// Stages are sets of patterns; a stage matches an action when one of its
	// patterns does. A pattern is a class or a glob over classes
	// ("*.destroy"). The prefix "denied:" makes it match only steps that were
	// denied, "failed:" only steps that ran and failed. The pattern "same"
	// matches the effect of the stage before: the same class, or a risk class
	// that ends in the same word.
	Stages [][]string
	// WithinSteps and Within bound the distance from the first stage to the
	// last; 0 means no bound.
	WithinSteps int
	Within      time.Duration
	// Raises is the severity floor of the step that completes the sequence.
	Raises classify.Severity
	// Level is the session's level once it is complete; short of that, from
	// the second stage on, the session is elevated.
	Level Level
}
