package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"restrain/journal"
	"restrain/prompt"
)

const (
	deniedFile = "denied"
	// deniedFor is how long a step that a human denied is denied again unasked.
	deniedFor     = 10 * time.Minute
	maxDenied     = 64       // the latest are kept
	maxDeniedFile = 64 << 10 // bytes
)

// A denial is a step that a human denied.
type denial struct {
	Step string    `json:"step"` // as sameStep names it
	At   time.Time `json:"at"`
}

// denials reads what was denied lately. What cannot be read is forgotten: it is
// asked about again.
func (t *Turn) denials(now time.Time) []denial {
	text, err := readFile(filepath.Join(t.store.dir, deniedFile), maxDeniedFile)
	if err != nil {
		return nil
	}
	var all, recent []denial
	if err := json.Unmarshal(text, &all); err != nil {
		return nil
	}
	for _, d := range all {
		if age := now.Sub(d.At); age >= 0 && age < deniedFor {
			recent = append(recent, d)
		}
	}
	return recent
}

// deniedBefore reports when a step was denied that comes again.
func (t *Turn) deniedBefore(step string, now time.Time) (at time.Time, ok bool) {
	for _, d := range t.denials(now) {
		if d.Step == step {
			return d.At, true
		}
	}
	return time.Time{}, false
}

// remember keeps that a step was denied.
func (t *Turn) remember(step string, now time.Time) error {
	list := append(t.denials(now), denial{step, now})
	text, err := json.Marshal(list[max(0, len(list)-maxDenied):])
	path := filepath.Join(t.store.dir, deniedFile)
	if err == nil {
		err = errors.Join(os.WriteFile(path+".new", text, 0o600), os.Rename(path+".new", path))
	}
	if err != nil {
		return fmt.Errorf("denied steps: %w: make room on the disk", err)
	}
	return nil
}

// answeredNo reports an answer that stands for the same step when it comes
// again: not where nobody could be asked, nor where the question was withdrawn.
func answeredNo(a *prompt.Answer) bool {
	if a.Approved {
		return false
	}
	switch a.By {
	case prompt.ByNobody, prompt.ByCI, byWithdrawal, byDenial, byChange:
		return false
	}
	return true
}

// How an answer came about that the gate itself gave.
const (
	byWithdrawal = "withdrawn"
	byDenial     = "denied before"
	byChange     = "changed"  // between question and answer
	byApproval   = "approval" // a project's reviewed file
	byGrant      = "grant "   // and its id
)

// Covered reports an answer, by who or what gave it, that stood before the step
// came: a grant, or an approval of the project's. Nobody was asked then.
func Covered(by string) bool { return by == byApproval || strings.HasPrefix(by, byGrant) }

// SaidNo reports a recorded answer by which a human has denied a step.
func SaidNo(a *journal.Answer) bool {
	return a != nil && !a.Approved && (a.By == prompt.ByTerminal || a.By == prompt.ByWatch || a.By == prompt.ByCommand)
}
