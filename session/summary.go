package session

import (
	"errors"
	"fmt"
	"os"
	"time"

	"restrain/figure"
	"restrain/gate"
	"restrain/journal"
	"restrain/prompt"
	"restrain/watch"
)

// A Summary is a recorded session in figures: what a list of sessions, a status
// line and the end of a session say of it.
type Summary struct {
	ID      string          `json:"id"`
	Agent   string          `json:"agent,omitempty"`
	Dir     string          `json:"dir,omitempty"` // where it began
	Start   time.Time       `json:"start"`
	Last    time.Time       `json:"last"`
	Level   string          `json:"level,omitempty"`
	Running bool            `json:"running"`
	Steps   int             `json:"steps"`
	Asked   int             `json:"asked"`  // put to a human, or to who stands for one
	Denied  int             `json:"denied"` // did not run, asked about or not
	Kept    int             `json:"kept"`
	Masked  int             `json:"masked"`
	masked  map[uint64]bool // the entries of those
	// Broken says what is wrong with the journal, which then counts up to there.
	Broken string `json:"broken,omitempty"`
	// Latest is the latest step.
	Latest string `json:"latest,omitempty"`
}

// Summarize counts what a session's journal has.
func Summarize(record Record) (Summary, error) {
	s := Summary{ID: record.ID, Last: record.Latest, Running: watch.Live(record.Dir)}
	file, err := os.Open(record.Journal())
	if err != nil {
		return s, fmt.Errorf("cannot read the journal: %w", err)
	}
	defer file.Close()
	err = journal.Read(file, func(e journal.Entry) error {
		s.Add(&e)
		return nil
	})
	var broken *journal.BrokenError
	if errors.As(err, &broken) && broken.Problem != journal.Truncated { // one that is being written now is no damage
		s.Broken, err = broken.Error(), nil
	} else if broken != nil {
		err = nil
	}
	return s, err
}

// Add counts an entry.
func (s *Summary) Add(e *journal.Entry) {
	if s.Start.IsZero() {
		s.Start = e.Time
	}
	if s.Dir == "" {
		s.Dir = e.Dir
	}
	if s.Agent == "" {
		s.Agent = e.Agent
	}
	if of := MaskedStep(e); of > 0 && !s.masked[of] {
		if s.masked == nil {
			s.masked = make(map[uint64]bool)
		}
		s.masked[of] = true
		s.Masked++
	}
	if e.Kind != journal.Step {
		return
	}
	s.Steps++
	s.Level, s.Latest = e.Level, e.Command
	if Asked(e) {
		s.Asked++
	}
	if Denied(e) {
		s.Denied++
	}
	if e.Kept != nil {
		s.Kept++
	}
}

// MaskedStep gives the number of a step's entry whose output an entry says had
// secrets withheld; 0 for none.
func MaskedStep(e *journal.Entry) uint64 {
	switch {
	case len(e.Masked) == 0:
		return 0
	case e.Kind == journal.Step:
		return e.Seq
	}
	return e.Of
}

// Denied reports a step that was not let run.
func Denied(e *journal.Entry) bool {
	return e.Kind == journal.Step && e.Verdict != gate.Run.Verdict() && !e.Ran
}

// Asked reports a step that a human, or who stands for one, was asked about.
func Asked(e *journal.Entry) bool {
	return e.Kind == journal.Step && e.Answer != nil && !gate.Covered(e.Answer.By)
}

// Counts says what there was: "42 steps, 2 asked, 1 denied, 3 kept". What there
// was none of is left out.
func (s *Summary) Counts() string {
	text := figure.Number(s.Steps, "step")
	for _, part := range [...]struct {
		n    int
		what string
	}{{s.Asked, "asked"}, {s.Denied, "denied"}, {s.Kept, "kept"}, {s.Masked, "masked"}} {
		if part.n > 0 {
			text += ", " + figure.Count(part.n) + " " + part.what
		}
	}
	return text
}

// ShortID is as much of an id as tells it from all others of list, four
// characters at least.
func ShortID(list []Record, id string) string {
	const least = 4
	n := min(least, len(id))
	for _, other := range list {
		if other.ID == id {
			continue
		}
		for n < len(id) && len(other.ID) >= n && other.ID[:n] == id[:n] {
			n++
		}
	}
	return prompt.Escape(id[:n])
}
