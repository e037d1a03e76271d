package trust

import (
	"strings"
	"time"
	"unicode/utf8"

	"restrain/classify"
)

// A Notable is a step worth showing to a human later.
type Notable struct {
	Step  int // 1-based
	Time  time.Time
	Class classify.Class
	// Text is short and redacted by whoever made it.
	Text string
	// Denied reports that it did not run.
	Denied bool
}

// maxNotables and maxNoteText, in bytes, bound what a session remembers.
const (
	maxNotables = 16
	maxNoteText = 160
)

// Watched returns the strongest action of step whose class is a risk, for
// Session.Note; ok is false when there is none.
func (s *Session) Watched(step *classify.Step) (action *classify.Action, ok bool) {
	for i := range step.Actions {
		a := &step.Actions[i]
		if s.risk.has(s.vocabulary.number(a.Class)) && (action == nil || a.Severity > action.Severity) {
			action = a
		}
	}
	return action, action != nil
}

// Note remembers a step for the prompts to come; the oldest is forgotten when
// there are more than 16, and Text is cut to 160 bytes.
func (s *Session) Note(n Notable) {
	if len(n.Text) > maxNoteText {
		cut := maxNoteText - len("…")
		for cut > 0 && !utf8.RuneStart(n.Text[cut]) {
			cut--
		}
		n.Text = n.Text[:cut] + "…"
	}
	n.Text = strings.Clone(n.Text) // the line it was cut from may be long
	if len(s.notables) == maxNotables {
		copy(s.notables, s.notables[1:])
		s.notables = s.notables[:maxNotables-1]
	}
	s.notables = append(s.notables, n)
}

// Notables are the steps that were noted, oldest first.
func (s *Session) Notables() []Notable { return s.notables }
