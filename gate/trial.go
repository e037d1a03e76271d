package gate

import (
	"context"

	"restrain/classify"
	"restrain/prompt"
	"restrain/secret"
	"restrain/trust"
)

// A trial is one step on its way to a decision.
type trial struct {
	gate     *Gate
	request  *Request
	step     *classify.Step
	past     trust.Past
	keeping  keeping
	masking  *masking
	kept     *Kept
	unkept   string          // why not all could be kept
	number   int             // that the step will have
	decision Decision        // as far as it has come
	question *prompt.Request // nil where nobody has to be asked
	changed  []string        // since the question before
}

// decide judges the step in its turn. It ends with a question where somebody has
// to be asked, and settles every other step. One whose losses are to be stored is
// judged, kept, and judged again in the session as it is then.
func (t *trial) decide(ctx context.Context) error {
	var needs bool
	err := t.gate.Store.Update(func(turn *Turn) (err error) {
		needs, err = t.judge(turn)
		return err
	})
	if err != nil || !needs {
		return err
	}
	kept, failed := t.gate.keep(ctx, t.request, t.step, t.number)
	t.kept, t.keeping = kept, isKept
	if failed != nil {
		t.keeping, t.unkept = cannotKeep, firstLine(failed) // what is lost for good is judged as that
	}
	return t.gate.Store.Update(func(turn *Turn) error {
		_, err := t.judge(turn)
		return err
	})
}

// judge is one turn of decide. needs reports that the step is to run when its
// losses have been stored.
func (t *trial) judge(turn *Turn) (needs bool, err error) {
	g, r, now := t.gate, t.request, t.gate.now()
	t.question, t.decision = nil, Decision{Own: r.Role == Own}
	d := &t.decision
	masked := t.masking.some()
	if passed, err := turn.takePass(r, t.step, masked, now); passed || err != nil {
		*d = g.unasked(r, whyPassed, t.step)
		if masked {
			d.Outcome, d.Values, d.Masked = RunMasked, t.masking.values, t.masking.record()
		}
		return false, err
	}
	if latest := turn.Session.Past(); !latest.Is(t.past) {
		t.past = latest
		*t.step, _ = g.Policy.Read(r, latest) // another door was faster
		t.masking = g.masking(r, t.step)
	}
	t.number = turn.Session.Steps() + 1
	if known := g.Store.Known(); t.step.Secrets == nil && known.Len() > 0 {
		if t.step.Secrets = recognise(known, r, t.step); t.step.Secrets != nil {
			weighTokens(g.Policy.set, known, t.step)
			useTokens(known, t.step)
		}
	}
	d.Judgement = g.Policy.judge(turn.Session, t.step, safety{kept: t.keeping != cannotKeep, masked: t.masking != nil, watched: t.unkept == "" && g.watches(r, t.step)}, now)
	d.Kept = t.kept
	if m := t.masking; m != nil {
		d.Values, d.Masked = m.values, m.record()
	}
	if d.Outcome == Ask {
		d.Answer = g.answered(turn, r, &d.Judgement, now)
	}
	switch {
	case d.Outcome == Ask && d.Answer == nil:
		d.Assessment.Reasons = turn.Session.Explain(t.step, d.Assessment, now)
		t.question = g.Policy.question(turn.Session, r, &d.Judgement, now)
		t.question.Changed = redactAll(t.changed)
		redactQuestion(t.question, r.redact)
		t.question.Keeps, t.question.Masks = t.keepable(), len(d.Masked) > 0
		if len(d.Masked) > 0 {
			t.question.What = append(t.question.What, "the secrets are withheld from its output")
			t.question.Offers = append(t.question.Offers, prompt.Offer{Word: forShown, Text: "let the agent see the secrets, in this session"})
		}
		if t.unkept != "" {
			t.question.What = append(t.question.What, secret.Redact(t.unkept))
		}
		return false, nil
	case t.keeping == canKeep && (d.Outcome == Run || d.Answer != nil && d.Answer.Approved):
		return true, nil
	}
	if d.Outcome == Run {
		d.Outcome = d.run()
	}
	return false, g.settle(turn, r, d, now)
}

// keepable reports that all that the step takes away can be stored, if it is
// approved.
func (t *trial) keepable() bool {
	return t.keeping != cannotKeep && len(t.step.Losses) > 0 && t.unkept == ""
}

// conclude settles a step that was asked about; what is approved is kept as well.
func (t *trial) conclude(ctx context.Context) error {
	if d := &t.decision; d.Answer.Approved && t.kept == nil {
		t.gate.keepFor(ctx, t.request, d, t.number)
		t.kept = d.Kept
	}
	return t.gate.Store.Update(func(turn *Turn) error {
		if err := t.gate.show(&t.decision); err != nil {
			return err
		}
		return t.gate.conclude(turn, t.request, &t.decision, t.gate.now())
	})
}

// run is how a step runs that is let run.
func (d *Decision) run() Outcome {
	switch {
	case len(d.Masked) > 0:
		return RunMasked
	case d.Kept != nil:
		return RunKept
	}
	return Run
}

// end is what came of the step.
func (t *trial) end(err error) (Decision, error) {
	d := t.decision
	d.Reason = t.gate.Store.Known().Redact(t.request.redact(d.Reason))
	d.Human = t.gate.Human
	if d.Outcome == Ask && d.Answer != nil && d.Answer.Approved {
		d.Outcome = d.run()
	}
	if !d.Outcome.Runs() || err != nil {
		d.Outcome, d.Permit = Deny, nil
		t.gate.drop(t.kept)
		return d, err
	}
	if d.Outcome != RunMasked {
		d.Values = nil // it prints none that are known
	}
	if d.Answer == nil || !readsCredentials(t.step) { // what a human has let it see it sees
		d.Values = append(d.Values, t.gate.precaution(t.request, t.step)...)
	}
	if len(d.Values) > 0 {
		d.Lifted, _ = t.gate.lifted()
	}
	return d, err
}
