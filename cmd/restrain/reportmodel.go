package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"restrain/classify"
	"restrain/figure"
	"restrain/gate"
	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
	"restrain/session"
	"restrain/transcript"
	"restrain/trust"
)

// outputCaps is what stdout can do, also when it is no terminal.
func (h *host) outputCaps() prompt.Caps {
	columns, _ := strconv.Atoi(h.Getenv("COLUMNS")) // none is 0: unknown
	file, ok := h.Stdout.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		caps := prompt.CapsOf(columns, 0, h.Getenv)
		caps.Color = false
		return caps
	}
	width, height, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width, height = columns, 0
	}
	return prompt.CapsOf(width, height, h.Getenv)
}

// newReport begins the report of a recorded session.
func newReport(s *transcript.Session, policy *gate.Policy, source string) *report.Session {
	return &report.Session{ID: s.ID, Agent: s.Agent, Source: filepath.Base(source), Persona: policy.Persona(), Notes: slices.Concat(s.Unread, s.Notes)}
}

// judgedStep is a judged step as a report shows it.
func judgedStep(set *classify.Set, policy *gate.Policy, w *session.Walked) report.Step {
	a := &w.Assessment
	step := report.Step{
		Number: w.Index + 1, Time: w.Command.Time, Command: w.Command.Text, Dir: w.Command.Dir,
		Verdict: w.Outcome.Verdict(), Severity: w.Severity.String(), Level: a.Level.String(), Reason: w.Reason,
		Divergence: a.Divergence, Contribution: a.Contribution, Percentile: a.Percentile, Margin: w.LineMargin(),
		Outcome: recordedOutcome(w.Command), Why: standsOut(a),
		Failed: w.Command.Verdict != nil && w.Command.Outcome == transcript.Failed,
	}
	if recorded := w.Command.Verdict; recorded != nil && recorded.Verdict != step.Verdict {
		step.Note = "the journal recorded " + recorded.Verdict + ": " + whyDifferent(w.Command.Text)
	}
	if s := sequenceOf(set, a.Sequence); s != nil {
		step.Sequence, step.Attack = s.Title, s.Attack
		for _, stage := range a.Path() {
			step.Path = append(step.Path, fmt.Sprintf("%s (step %d)", policy.Title(classify.Class(stage.Class)), stage.Step))
		}
	}
	if step.Covered = w.Covered(); step.Covered {
		step.Answer = answerText(&journal.Answer{Approved: true, By: w.Command.Verdict.By})
	}
	step.Rules = rulesOf(set, w.Rules)
	for i := range w.Step.Actions {
		finding := w.Step.Actions[i].Finding
		if finding == nil {
			continue
		}
		if finding.Evidence != "" {
			step.Evidence = addOnce(step.Evidence, finding.Evidence)
		}
		if finding.Attack != "" {
			step.Attack = addOnce(step.Attack, finding.Attack)
		}
	}
	return step
}

// standsOut gives the reasons that say more than the sequence and the level,
// which a report shows by themselves.
func standsOut(a *trust.Assessment) []string {
	var reasons []string
	for _, reason := range a.Reasons {
		completes := a.Sequence != "" && strings.HasPrefix(reason, "completes "+a.Sequence)
		if !completes && reason != "the session is "+a.Level.String() {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// whyDifferent says why a verdict on a journal's command need not be the one
// that was recorded.
func whyDifferent(command string) string {
	if strings.Contains(command, "[redacted:") {
		return "the command stands in it with its secrets taken out"
	}
	return "files, git and variables were looked at then, and rules may have changed"
}

func recordedOutcome(c *transcript.Command) string {
	if c.Outcome == transcript.Failed && c.Status > 0 {
		return failureText(c.Status)
	}
	if c.Outcome == transcript.Succeeded {
		return "" // what is expected needs no words
	}
	return c.Outcome.String()
}

func sequenceOf(set *classify.Set, id string) *classify.Sequence {
	for i := range set.Sequences {
		if set.Sequences[i].ID == id {
			return &set.Sequences[i]
		}
	}
	return nil
}

// rulesOf gives the words of rules to their ids.
func rulesOf(set *classify.Set, ids []string) []report.Rule {
	rules := make([]report.Rule, len(ids))
	for i, id := range ids {
		rules[i].ID = id
		if rule := set.Rule(id); rule != nil {
			rules[i].Description, rules[i].Justification = rule.Description, rule.Justification
		}
	}
	return rules
}

func addOnce(list []string, text string) []string {
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}

// journalStep is the latest step of a journal as a report shows it: with the figures and
// the verdict that were recorded.
func journalStep(set *classify.Set, steps stepNumbers, e *journal.Entry) report.Step {
	step := report.Step{
		Number: len(steps), Time: e.Time, Command: e.Command, Dir: e.Dir,
		Verdict: e.Verdict, Severity: e.Severity, Level: e.Level, Reason: e.Reason,
		Divergence: e.Divergence, Contribution: e.Contribution, Percentile: e.Percentile, Margin: e.Margin,
		Rules: rulesOf(set, e.Rules),
	}
	step.Sender, _ = steps.number(e.Of)
	for _, resource := range e.Resources {
		step.Evidence = addOnce(step.Evidence, resource)
	}
	if s := sequenceOf(set, e.Sequence); s != nil {
		step.Sequence, step.Attack = s.Title, s.Attack
	}
	for _, id := range e.Rules {
		if rule := set.Rule(id); rule != nil && rule.Attack != "" {
			step.Attack = addOnce(step.Attack, rule.Attack)
		}
	}
	if e.Answer != nil {
		step.Answer, step.Covered = answerText(e.Answer), gate.Covered(e.Answer.By)
	} else if !e.Ran {
		step.Outcome = transcript.Denied.String()
	}
	step.Entry, step.Fate = int(e.Seq), fateOf(e)
	step.Kept, step.Masked = keptText(e.Kept), maskedText(e.Masked)
	return step
}

// keptText says what was stored before a step ran.
func keptText(k *journal.Kept) string {
	if k == nil {
		return ""
	}
	var what []string
	if k.Files > 0 {
		what = append(what, fmt.Sprintf("%s, %s", figure.Number(k.Files, "file"), figure.Bytes(k.Bytes)))
	}
	what = append(what, k.Refs...)
	return strings.Join(what, ", ") + "; restrain undo " + k.ID
}

// maskedText says which secrets a step's output had withheld.
func maskedText(list []journal.Masked) string {
	var names []string
	for _, m := range list {
		name := m.Name
		if m.Where != "" {
			name += " of " + m.Where
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// drawFailure says of the step that an exit is of how it ended.
func drawFailure(steps []report.Step, e *journal.Entry) {
	if step := stepOfEntry(steps, e.Of); step != nil {
		step.Outcome, step.Failed = failureText(e.Status), true
	}
}

// drawMasked says of a step what its output turned out to have withheld.
func drawMasked(steps []report.Step, e *journal.Entry) {
	if step := stepOfEntry(steps, session.MaskedStep(e)); step != nil {
		step.Masked = strings.TrimPrefix(step.Masked+"; "+maskedText(e.Masked), "; ")
	}
}

// stepOfEntry finds the step of an entry; nil where there is none.
func stepOfEntry(steps []report.Step, entry uint64) *report.Step {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Entry == int(entry) {
			return &steps[i]
		}
	}
	return nil
}

func failureText(status int) string { return fmt.Sprintf("failed, exit status %d", status) }

// fateOf says what became of a step that was held; empty for others.
func fateOf(e *journal.Entry) report.Fate {
	switch {
	case e.Verdict == gate.Run.Verdict():
		return ""
	case !e.Ran:
		return report.Denied
	case e.Answer != nil && e.Answer.By == prompt.ByObserver:
		return report.Observed
	}
	return report.Approved
}

func answerText(a *journal.Answer) string {
	text := "denied"
	switch {
	case a.Approved && a.By == prompt.ByObserver:
		text = "ran, and nobody approved it"
	case a.Approved:
		text = "approved"
	}
	if a.By != "" {
		text += " (" + a.By + ")"
	}
	if a.Reason != "" {
		text += ": " + a.Reason
	}
	return text
}
