// Package report draws a session that was judged: as a timeline for a terminal,
// as one HTML page that needs nothing else, and in the formats that pipelines
// read. It must not know how sessions
// are read or judged. It redacts and escapes all texts itself, so that neither
// a secret nor a control character of an agent's reaches a page or a terminal.
package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"restrain/figure"
)

// A Session is what is drawn.
type Session struct {
	ID      string
	Agent   string // empty when unknown
	Source  string // the file, or the journal, it was read from
	Persona string
	Script  string // that the agent is: a path with slashes below the project; empty when unknown
	Journal string // the journal's path below the state directory
	// Live reports that the verdicts were acted upon. A replay says where it
	// would have paused.
	Live  bool
	Steps []Step
	// Baseline is the number of ordinary steps behind the percentiles; 0 when
	// unknown.
	Baseline int
	// Secrets counts those of the session.
	Secrets Secrets
	// Notes say what the figures rest on, and what is left open.
	Notes []string
}

// Secrets counts the secrets of a session, each once.
type Secrets struct {
	Met    int `json:"met"`    // given to the session, or found by it
	Found  int `json:"found"`  // of these, by itself
	Masked int `json:"masked"` // withheld from its output
	Sent   int `json:"sent"`   // known ones that a step took to a host
}

// String says what there were; empty for none.
func (s Secrets) String() string {
	if s == (Secrets{}) {
		return ""
	}
	return fmt.Sprintf("secrets: %d met, %d of them found; %d masked, %d sent", s.Met, s.Found, s.Masked, s.Sent)
}

// A Step is one command and what was made of it.
type Step struct {
	Number  int       // 1-based
	Time    time.Time // zero when not recorded
	Command string
	Dir     string // empty when not recorded
	Line    int    // of the session's script, 1-based; 0 when unknown
	Entry   int    // of the journal, 1-based, which is its line; 0 when unknown

	Verdict  string // "allow", "ask", "deny"
	Fate     Fate   // of a held step in a live session; empty in a replay
	Covered  bool   // a grant or a reviewed approval let it run: nobody was asked
	Answer   string // what came of the question; empty when there was none
	Outcome  string // what the record says became of the command
	Failed   bool   // it failed, and what follows is judged by that
	Kept     string // what was stored before it ran, and how to have it back
	Masked   string // the secrets that its output had withheld
	Severity string // "none" to "critical"
	Level    string // of the session, with this step: "calm", "elevated", "alarmed"
	Reason   string // what it does, in words
	// Sender is the number of the step whose program sent it, for a request or a
	// connection; 0 for none. Sent are those that this step's programs sent.
	Sender int
	Sent   []int

	// Divergence and Contribution are in bits, Percentile is 0 to 100.
	Divergence, Contribution, Percentile float64
	// Margin is by how many bits the step is over the line at which one of its severity
	// is asked about; 0 where there is no line for it, or none was recorded.
	Margin float64

	Sequence string   // the title of a sequence that it completes
	Path     []string // the stages of that sequence
	Rules    []Rule   // that matched, strongest first
	Attack   []string // ATT&CK techniques
	Evidence []string // what the rules saw
	Why      []string // what stands out in the session
	Note     string   // where the figures differ from what was recorded
}

// A Rule is one that matched a step.
type Rule struct{ ID, Description, Justification string }

// held reports a step that was, or would have been, stopped for a human.
func (s *Step) held() bool { return s.Verdict != "allow" && s.Verdict != "" }

// paused reports a held step that waited, or would have waited, for a human.
func (s *Step) paused() bool { return s.held() && !s.Covered }

// where is when and in which directory a step was taken, as far as is known.
func (s *Step) where() string {
	text := ""
	if !s.Time.IsZero() {
		text = s.Time.Format("15:04:05")
	}
	if s.Dir != "" {
		text += " in " + s.Dir
	}
	return strings.TrimSpace(text)
}

// sentBy names the step whose program sent it; empty for others.
func (s *Step) sentBy() string {
	if s.Sender == 0 {
		return ""
	}
	return "step " + strconv.Itoa(s.Sender)
}

// unusual is the percentile from which a step is worth a line of its own.
const unusual = figure.UnusualFrom

// notable reports a step worth a line of its own, behind one of some level.
func (s *Step) notable(before string) bool {
	return s.held() || s.Failed || s.Kept != "" || s.Masked != "" || rank(s.Level) > rank(before) || s.Sequence != "" || s.Note != "" ||
		len(s.Sent) > 0 || s.Outcome == "denied" || rank(s.Severity) >= rank("medium") || s.Percentile >= unusual
}

// rank orders levels, and severities.
func rank(word string) int {
	switch word {
	case "low":
		return 1
	case "elevated", "medium":
		return 2
	case "alarmed", "high":
		return 3
	case "critical":
		return 4
	}
	return 0
}

// A digest is what a session comes to.
type digest struct {
	steps, paused, notable int
	peak                   float64 // divergence, bits
	highest, last          string  // levels
	from, to               time.Time
}

func (s *Session) digest() digest {
	d := digest{steps: len(s.Steps), highest: "calm", last: "calm"}
	for i := range s.Steps {
		step := &s.Steps[i]
		if step.paused() {
			d.paused++
		}
		if step.notable(d.last) {
			d.notable++
		}
		d.peak = max(d.peak, step.Divergence)
		if rank(step.Level) > rank(d.highest) {
			d.highest = step.Level
		}
		d.last = step.Level
		if !step.Time.IsZero() {
			if d.from.IsZero() {
				d.from = step.Time
			}
			d.to = step.Time
		}
	}
	return d
}

// duration writes how long a session took, empty when its record has no times.
func (d *digest) duration() string {
	length := d.to.Sub(d.from)
	switch {
	case length < time.Second:
		return ""
	case length < time.Minute:
		return fmt.Sprintf("%d s", int(length.Seconds()))
	case length < time.Hour:
		return fmt.Sprintf("%d min %d s", int(length.Minutes()), int(length.Seconds())%60)
	case length < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(length.Hours()), int(length.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(length.Hours())/24)
}

// actedUpon reports a session whose verdicts were acted upon, and that was not just
// looked on at.
func (s *Session) actedUpon() bool {
	for i := range s.Steps {
		if s.Steps[i].Fate == Observed {
			return false
		}
	}
	return s.Live
}

// figures says how unusual a step is.
func (s *Session) figures(step *Step) string {
	text := figure.Word(step.Percentile) + " among"
	if s.Baseline > 0 {
		text += " " + figure.Count(s.Baseline)
	}
	return text + " steps of ordinary sessions"
}

// pauses says how many steps were held, in words.
func (s *Session) pauses(n int) string {
	switch {
	case n == 0 && s.actedUpon():
		return "never paused"
	case n == 0:
		return "would not have paused"
	case s.actedUpon():
		return "paused " + times(n)
	}
	return "would have paused " + times(n)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return figure.Count(n) + " times"
}
