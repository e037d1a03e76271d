package trust

import (
	"time"

	"restrain/classify"
)

// Rules is what a session watches for, from the rule set.
type Rules struct {
	// Classes is the taxonomy. Classes that the baseline has never seen get a
	// small probability.
	Classes []classify.Class
	// Risk names the classes that raise the session's level.
	Risk []classify.Class
	// Sequences are the named patterns.
	Sequences []Sequence
}

// A Decision is what became of a step.
type Decision uint8

// The decisions.
const (
	Allowed  Decision = iota // ran unasked
	Approved                 // ran because a human, or a grant, said so
	Denied                   // did not run
)

// An Outcome is what is known of a step when it is recorded.
type Outcome struct {
	Decision Decision
	// Failed reports that the step ran and failed. False when it is not known
	// yet: Session.Exited tells later.
	Failed bool
}

// A Session is what one agent has done so far, in constant memory. It is not
// safe for concurrent use.
type Session struct {
	baseline *Baseline
	rules    Rules
}

// NewSession returns a calm session with nothing recorded.
func NewSession(b *Baseline, r Rules) *Session {
	return &Session{baseline: b, rules: r}
}

// NewSuspectSession returns a session that starts elevated, for one whose state
// was lost.
func NewSuspectSession(b *Baseline, r Rules) *Session {
	return NewSession(b, r)
}

// Assess says what the session's history says about step, before it runs. It
// does not change the session.
func (s *Session) Assess(step *classify.Step, now time.Time) Assessment {
	return Assessment{}
}

// Explain says in words what stands out about a step that Assess has just
// assessed, strongest first.
func (s *Session) Explain(step *classify.Step, a Assessment, now time.Time) []string { return nil }

// Record adds a step, with what Assess said of it and what became of it.
func (s *Session) Record(step *classify.Step, a Assessment, o Outcome, now time.Time) {}

// Exited tells that step number (1-based) has ended, and whether it failed.
// Only the latest step is of interest; others are ignored.
func (s *Session) Exited(number int, failed bool, now time.Time) {}

// Steps is the number of steps recorded.
func (s *Session) Steps() int { return 0 }

// Level is the session's level after the latest step.
func (s *Session) Level() Level { return Calm }

// A Notable is a step worth showing to a human later.
type Notable struct {
	Step  int // 1-based
	Time  time.Time
	Class classify.Class
	// Text is short and redacted by whoever made it.
	Text string
}

// Watched returns the strongest action of step whose class is a risk, for
// Session.Note; ok is false when there is none.
func (s *Session) Watched(step *classify.Step) (action *classify.Action, ok bool) { return nil, false }

// Note remembers a step for the prompts to come; the oldest is forgotten when
// there are more than 16, and Text is cut to 160 bytes.
func (s *Session) Note(n Notable) {}

// Notables are the steps that were noted, oldest first.
func (s *Session) Notables() []Notable { return nil }

// AppendState appends the session's state, versioned and checksummed, to b.
func (s *Session) AppendState(b []byte) []byte { return b }

// RestoreState replaces the session's state by one that AppendState wrote. On
// an error the session is unchanged; use NewSuspectSession then.
func (s *Session) RestoreState(b []byte) error { return nil }
