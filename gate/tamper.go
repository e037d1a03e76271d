package gate

import (
	"time"

	"restrain/classify"
	"restrain/journal"
	"restrain/secret"
	"restrain/shellparse"
	"restrain/trust"
)

// tamperClass is the class of an attempt to get around restrain.
const tamperClass = "guard.tamper"

// tamperStep is what the session makes of such an attempt.
func tamperStep() *classify.Step {
	return &classify.Step{Script: &shellparse.Script{}, Severity: classify.Critical,
		Actions: []classify.Action{{Class: tamperClass, Severity: classify.Critical}}}
}

// JudgeTamper judges such an attempt as the next step of a session. It was no
// question.
func (p *Policy) JudgeTamper(session *trust.Session, now time.Time) Judgement {
	j := p.Judge(session, tamperStep(), now)
	j.Outcome = Deny
	return j
}

// Tamper journals that a process of the session tried to answer for the human
// or to get at restrain another way, and raises the session's level for it as
// for a denied step. The text is redacted here.
func (g *Gate) Tamper(pid int, what string) error {
	step := tamperStep()
	return g.Store.Update(func(t *Turn) error {
		now := g.now()
		assessment := t.Session.Assess(step, now)
		t.Session.Record(step, assessment, trust.Outcome{Decision: trust.Denied}, now)
		return t.Append(journal.Entry{
			Time: now, Kind: journal.Tamper, Door: "control", PID: pid, Classes: []string{tamperClass},
			Severity: classify.Critical.String(), Divergence: assessment.Divergence, Contribution: assessment.Contribution,
			Surprise: assessment.Surprise, Percentile: assessment.Percentile, Level: assessment.Level.String(),
			Sequence: assessment.Sequence, Verdict: Deny.Verdict(), Outcome: string(Deny), Reason: secret.Redact(what),
		})
	})
}

// attemptEntry tells of a refused step that was an attempt on restrain itself,
// which the step's own entry, numbered of, does not set apart from other steps.
func attemptEntry(d *Decision, entry *journal.Entry, of uint64) (journal.Entry, bool) {
	if entry.Ran {
		return journal.Entry{}, false
	}
	for i := range d.Step.Actions {
		if a := &d.Step.Actions[i]; a.Class == tamperClass && a.Severity == classify.Critical && a.Finding != nil {
			return journal.Entry{
				Time: entry.Time, Kind: journal.Tamper, Door: entry.Door, Agent: entry.Agent, PID: entry.PID, Dir: entry.Dir, Of: of,
				Classes: []string{tamperClass}, Severity: entry.Severity, Level: entry.Level,
				Verdict: Deny.Verdict(), Outcome: string(Deny), Reason: "refused: " + a.Finding.Description,
			}, true
		}
	}
	return journal.Entry{}, false
}
