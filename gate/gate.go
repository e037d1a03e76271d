package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"restrain/classify"
	"restrain/journal"
	"restrain/keep"
	"restrain/prompt"
	"restrain/secret"
	"restrain/trust"
)

// A Gate judges the steps of one session as they are about to run.
type Gate struct {
	Policy *Policy
	Store  *Store
	// Asker puts questions to a human; nil when there is none.
	Asker prompt.Asker
	// Keeps opens the store for what steps take away, when there is something
	// to be stored; nil stores nothing.
	Keeps func() (*keep.Store, error)
	// Watched reports that the kernel tells of every file that a program started
	// through the exec door removes, and that it is stored first.
	Watched bool
	// Approvals answer before anybody is asked; nil when there are none.
	Approvals *Approvals
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Settle tells of earlier steps what has become known, before a step is
	// judged; nil when there is nothing to tell.
	Settle func()
	// Timeout is how long a question stands; 0 is DefaultTimeout.
	Timeout time.Duration

	// Surroundings remember what steps could print; nil looks anew each time.
	Surroundings *Surroundings
	// Human reports that whoever types the commands is the one who is asked.
	Human bool

	asking atomic.Int32 // questions that stand
}

// DefaultTimeout is how long a question waits for a human before it is denied.
const DefaultTimeout = time.Hour

// A Decision is what came of a request: an outcome that runs, or Deny; never Ask.
type Decision struct {
	Judgement
	// Answer is what the human said; nil when nobody was asked.
	Answer *prompt.Answer
	// Part reports a request that is no step of its own. Of is then the entry of
	// the step in the journal that it is a part of, 0 for none.
	Part bool
	Of   uint64
	// Own reports a step of a program that the agent's own program started.
	Own bool
	// Lifted tells the secrets that the agent may see all the same.
	Lifted func(secret.Value) bool
	// Human reports a denial that a human reads, and no agent.
	Human bool
	// Permit is what was let run below it; nil where that is not known.
	Permit *Permit
	// ran says which step it has become, when its failure would matter.
	ran stepRef
}

// Judge decides on a request, asks a human where the policy wants it, and writes
// the journal. On an error the decision is Deny and the error says why nothing
// may run.
func (g *Gate) Judge(ctx context.Context, r Request) (Decision, error) {
	if g.asking.Load() > 0 && (r.Role == Command || r.Role == Own) {
		past := g.Store.Past()
		if step, plumbing := g.Policy.Read(&r, past); !plumbing && g.mayAnswer(&r, &step) {
			r.answers = true
			step, _ = g.Policy.Read(&r, past)
			return g.judgeStep(ctx, &r, step, past)
		}
	}
	if why := r.stands(); why != "" {
		return g.unasked(&r, why, nil), nil
	}
	past := g.Store.Past()
	step, plumbing := g.Policy.Read(&r, past)
	if plumbing {
		return g.unasked(&r, whyPlumbing, nil), nil
	}
	if why := g.Policy.part(&r, &step, past); why != "" {
		return g.unasked(&r, why, &step), nil
	}
	return g.judgeStep(ctx, &r, step, past)
}

// unasked lets a request through that is no step of its own, and counts it for
// the journal.
func (g *Gate) unasked(r *Request, why string, step *classify.Step) Decision {
	d := Decision{Judgement: Judgement{Outcome: Run, Reason: why, Step: step}, Part: true}
	if r.Lineage.Of != nil {
		d.Of = r.Lineage.Of.step.entry
	}
	if r.Role == Environment {
		d.Permit = &Permit{foreseen: []Foreseen{{Argv: []string{"env"}}, {Argv: []string{"env", "-0"}}}}
	}
	g.Store.count(d.Of, why, r)
	return d
}

// maxAsked is how often one step is asked about: what changes at every answer is
// not approved by any.
const maxAsked = 3

// judgeStep decides on a step of the session. What it would lose is stored first.
// A step that is asked about is read anew with a note of all that is looked at,
// and what has changed when the answer comes is judged and asked about again.
func (g *Gate) judgeStep(ctx context.Context, r *Request, step classify.Step, past trust.Past) (Decision, error) {
	if g.Settle != nil {
		g.Settle()
	}
	t := &trial{gate: g, request: r, step: &step, past: past, keeping: g.keepable(r, &step), masking: g.masking(r, &step)}
	err := t.decide(ctx)
	for asked := 1; err == nil && t.question != nil; asked++ {
		t.request = r.sealed()
		step, _ = g.Policy.Read(t.request, t.past)
		t.masking = g.masking(t.request, &step)
		if err = t.decide(ctx); err != nil || t.question == nil {
			break // another door has settled it
		}
		if r.Opened != nil {
			r.Opened()
		}
		t.decision.Answer = g.ask(ctx, *t.question)
		if t.changed = t.request.seal.changed(); t.decision.Answer.Approved && len(t.changed) > 0 {
			if asked < maxAsked {
				continue
			}
			t.decision.Answer = &prompt.Answer{By: byChange, Reason: strings.Join(redactAll(t.changed), "; ")}
		}
		t.question = nil
		err = t.conclude(ctx)
	}
	return t.end(err)
}

func redactAll(texts []string) []string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = secret.Redact(text)
	}
	return list
}

// answered is the answer that a human gave to the same before: a step that was
// denied lately, or one that a grant or an approval covers. It is nil when there
// is none.
func (g *Gate) answered(t *Turn, r *Request, j *Judgement, now time.Time) *prompt.Answer {
	if at, ok := t.deniedBefore(sameStep(r, j.Step), now); ok {
		return &prompt.Answer{By: byDenial, Reason: "the same was denied at " + at.Format("15:04:05")}
	}
	if grant, ok := g.granted(r, j, now); ok {
		return &prompt.Answer{Approved: true, By: byGrant + grant.ID}
	}
	return g.Approvals.answer(r, j, now)
}

// conclude keeps what the human's answer means for later, and settles the step.
func (g *Gate) conclude(t *Turn, r *Request, d *Decision, now time.Time) error {
	if err := g.grant(r, &d.Judgement, d.Answer, now); err != nil {
		// The step itself was approved.
		d.Answer.Reason = secret.Redact("once only: " + err.Error())
	}
	if answeredNo(d.Answer) {
		if err := t.remember(sameStep(r, d.Step), now); err != nil {
			return err
		}
	}
	return g.settle(t, r, d, now)
}

// ask puts the question. Whatever keeps it from being answered is a no.
func (g *Gate) ask(ctx context.Context, q prompt.Request) *prompt.Answer {
	if g.Asker == nil {
		return &prompt.Answer{By: prompt.ByNobody}
	}
	redactQuestion(&q, g.Store.Known().Redact)
	q.Session, q.Timeout = shortSession(g.Store.ID()), g.Timeout
	if q.Timeout == 0 {
		q.Timeout = DefaultTimeout
	}
	g.asking.Add(1)
	answer, err := g.Asker.Ask(ctx, q)
	g.asking.Add(-1)
	switch {
	case ctx.Err() != nil:
		return &prompt.Answer{By: byWithdrawal}
	case err != nil:
		return &prompt.Answer{By: prompt.ByNobody, Reason: answer.Reason}
	}
	answer.Reason = g.Store.redact(answer.Reason)
	return &answer
}

// settle journals the step and then lets the session know of it.
func (g *Gate) settle(t *Turn, r *Request, d *Decision, now time.Time) error {
	entry := journalEntry(r, d, now)
	entry.Tokens = t.Session.Tokens(d.Step)
	if entry.Ran {
		if err := meetRead(t, r, d.Step, t.Session.Steps()+1, now); err != nil {
			return err
		}
	}
	if err := t.Append(entry); err != nil {
		return err
	}
	ref := stepRef{entry: g.Store.log.HeadLocked().Seq}
	if attempt, ok := attemptEntry(d, &entry, ref.entry); ok {
		if err := t.Append(attempt); err != nil {
			return err
		}
	}
	outcome := trust.Outcome{Decision: trust.Denied, Kept: d.Kept != nil && d.spared}
	switch {
	case d.Outcome.Runs():
		outcome.Decision = trust.Allowed
	case d.Answer != nil && d.Answer.Approved:
		outcome.Decision = trust.Approved
	}
	t.Session.Record(d.Step, d.Assessment, outcome, now)
	ref.number = t.Session.Steps()
	d.Permit = d.permit(r, ref, now)
	if entry.Ran && t.Session.FailureMatters(d.Step) {
		d.ran = ref
	}
	if action, ok := t.Session.Watched(d.Step); ok {
		t.Session.Note(trust.Notable{Step: t.Session.Steps(), Time: now, Class: action.Class, Text: g.Store.Known().Redact(r.redact(noteText(r, d.Step))),
			Denied: outcome.Decision == trust.Denied})
	}
	if entry.Ran {
		return t.givePass(r, d.Step, len(d.Masked) > 0, now)
	}
	return nil
}

func journalEntry(r *Request, d *Decision, now time.Time) journal.Entry {
	a := &d.Assessment
	entry := journal.Entry{
		Time: now, Kind: journal.Step, Door: r.Door, Agent: r.Agent, Model: secret.Redact(r.Model), PID: r.PID, Dir: r.Dir,
		Command: secret.Redact(r.text()),
		Classes: Classes(d.Step), Rules: d.Rules, Resources: resources(d.Step),
		Severity: d.Severity.String(), Divergence: a.Divergence, Contribution: a.Contribution,
		Surprise: a.Surprise, Percentile: a.Percentile, Margin: d.LineMargin(), Level: a.Level.String(), Sequence: a.Sequence,
		Verdict: d.Outcome.Verdict(), Outcome: string(d.Outcome), Reason: d.Reason, Ran: d.Outcome.Runs(),
		Kept: d.Kept, Masked: d.Masked, Used: usedSecrets(d.Step),
		Outside: d.stand == classify.Outside || d.stand == classify.Refused,
	}
	if a.Around != nil {
		entry.Around = a.Around.Step
	}
	if r.Sent != nil {
		_, entry.Of, _ = r.Lineage.Of.Step()
	}
	redactEntry(&entry, r.redact)
	if d.Answer != nil {
		entry.Kinds = trust.Kinds(d.Step)
		entry.Answer = &journal.Answer{Approved: d.Answer.Approved, By: d.Answer.By, Reason: d.Answer.Reason}
		entry.Ran = d.Answer.Approved
	}
	return entry
}

// Classes lists the classes of a step's actions, each once, in order.
func Classes(step *classify.Step) []string {
	classes := make([]string, 0, 4)
	for i := range step.Actions {
		if class := string(step.Actions[i].Class); !slices.Contains(classes, class) {
			classes = append(classes, class)
		}
	}
	return classes
}

// resources lists what the findings of a step are about, redacted.
func resources(step *classify.Step) []string {
	var list []string
	for i := range step.Actions {
		if action := &step.Actions[i]; action.Finding != nil && action.Resource.Name != "" {
			list = append(list, action.Resource.Kind+" "+secret.Redact(action.Resource.Name))
		}
	}
	return list
}

// Message is the one line that a denied agent sees. It says not to try again
// or around, for an agent takes a failure as a thing to work around.
func (d *Decision) Message() string {
	var b strings.Builder
	fmt.Fprintf(&b, "restrain: denied: %s; ", secret.Redact(d.Reason))
	switch {
	case d.Answer == nil:
		b.WriteString("the policy forbids it")
	case d.Answer.By == byChange:
		fmt.Fprintf(&b, "it changed while a human was asked about it (%s)", d.Answer.Reason)
	case d.Answer.By == byDenial:
		b.WriteString("a human said no to it a moment ago")
	case d.Answer.Reason != "":
		fmt.Fprintf(&b, "a human said no: %s", d.Answer.Reason)
	case d.Answer.By == prompt.ByTerminal, d.Answer.By == prompt.ByWatch, d.Answer.By == prompt.ByCommand:
		b.WriteString("a human said no")
	default:
		fmt.Fprintf(&b, "no human approved it (%s)", d.Answer.By)
	}
	if d.Human {
		return prompt.Escape(b.String())
	}
	b.WriteString("; do not retry it or reach the same effect another way: tell the user what you wanted to do, and wait")
	return prompt.Escape(b.String())
}

func (g *Gate) now() time.Time {
	if g.Now != nil {
		return g.Now()
	}
	return time.Now()
}

func shortSession(id string) string { return id[:min(4, len(id))] }
