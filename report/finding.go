package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"restrain/figure"
	"restrain/prompt"
	"restrain/secret"
)

// A Fate is what became of a step that was to be asked about.
type Fate string

// The fates of steps in a session that was guarded.
const (
	Denied   Fate = "denied"
	Approved Fate = "approved" // by a human, a grant or a reviewed approval
	Observed Fate = "observed" // it ran, though nobody approved it
)

// A finding is a held step as the formats for programs show it. Its texts are
// redacted, escaped and on one row.
type finding struct {
	*Step
	rule    string // the id of the strongest rule, or what stands for it
	message string
	path    string // with slashes: in the project, or the journal below the state directory
	inState bool   // path is the journal's
	line    int    // 1-based
	// fingerprint is the same for the same finding of another run, and
	// different for each finding of a session.
	fingerprint string
}

// clean makes an agent's text safe to show on one row.
func clean(s string) string { return prompt.Escape(secret.Redact(s)) }

// maxCommand bounds a command in a message, in bytes. A page and the JSON have
// it whole.
const maxCommand = 400

func brief(command string) string {
	text := clean(command)
	if len(text) <= maxCommand {
		return text
	}
	return strings.ToValidUTF8(text[:maxCommand], "") + fmt.Sprintf("… (%s more bytes)", figure.Count(len(text)-maxCommand))
}

// findings lists the held steps of a session, in order.
func (s *Session) findings() []finding {
	var list []finding
	seen := map[string]int{}
	for i := range s.Steps {
		step := &s.Steps[i]
		if !step.held() {
			continue
		}
		f := finding{Step: step, rule: "held", line: max(step.Line, 1), path: clean(s.Script)}
		if len(step.Rules) > 0 && step.Rules[0].ID != "" {
			f.rule = clean(step.Rules[0].ID)
		}
		if s.Script == "" {
			f.path, f.inState, f.line = clean(s.Journal), true, max(step.Entry, 1)
		}
		f.message = f.fate() + ": " + clean(step.Reason) + ": " + brief(step.Command)
		what := strings.Join([]string{"restrain", f.rule, clean(s.Script), clean(step.Command)}, "\x00")
		seen[what]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", what, seen[what]))
		f.fingerprint = hex.EncodeToString(sum[:16])
		list = append(list, f)
	}
	return list
}

// fate says in words what became of a step.
func (f *finding) fate() string {
	switch f.Fate {
	case Denied, Approved:
		return string(f.Fate)
	case Observed:
		return "ran, would have been held"
	}
	return "would have been held"
}

// A tally counts the fates of findings.
type tally struct{ denied, observed, approved int }

func count(list []finding) (t tally) {
	for i := range list {
		switch list[i].Fate {
		case Denied:
			t.denied++
		case Approved:
			t.approved++
		default:
			t.observed++
		}
	}
	return t
}
