package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/secret"
	"restrain/shellparse"
	"restrain/trust"
)

// DefaultPersona is the role that an agent has unless it is given another.
const DefaultPersona = "coding"

// A Policy is everything a verdict rests on that does not change during a
// session: rules, baseline, persona. It is safe for concurrent use.
type Policy struct {
	set      *classify.Set
	baseline *trust.Baseline
	persona  *classify.Persona
	watch    trust.Rules
	leans    bool            // see LeanOnDeclared
	guard    *classify.Guard // see Guard
	open     bool            // see Ablate
}

// NewPolicy puts a policy together. An empty persona is DefaultPersona.
func NewPolicy(set *classify.Set, baseline *trust.Baseline, persona string) (*Policy, error) {
	if persona == "" {
		persona = DefaultPersona
	}
	p := &Policy{set: set, baseline: baseline, persona: set.Persona(persona)}
	if p.persona == nil {
		return nil, fmt.Errorf("unknown persona %q: use %s", persona, strings.Join(set.PersonaIDs(), ", "))
	}
	p.watch = trust.RulesOf(set)
	return p, nil
}

// Copies tells which single files need not be kept, by the policy's rules.
func (p *Policy) Copies() *classify.Copies { return classify.NewCopies(p.set) }

// LeanOnDeclared makes what the persona declares ordinary, where its own
// sessions have not been recorded. It is for a persona that the human chose.
func (p *Policy) LeanOnDeclared() {
	if p.Borrows() {
		p.baseline = p.baseline.Declared(p.declared())
		p.leans = true
	}
}

// Guard says which files the session rests on.
func (p *Policy) Guard(g *classify.Guard) { p.guard = g }

// Heed makes steps of an agent whose record is poor, 0 to 1, less of what is
// ordinary. A good record changes nothing.
func (p *Policy) Heed(poor float64) { p.watch.Poor = poor }

// Ablate leaves a part of the model out, to measure what it gives.
func (p *Policy) Ablate(part trust.Part) {
	p.baseline, p.watch = p.baseline.Ablated(part), p.watch.Ablated(part)
	p.open = part == trust.PartPersona
}

// Learn makes what a project's own sessions have taught count.
func (p *Policy) Learn(l *trust.Lessons) { p.baseline = p.baseline.With(l) }

// Borrows reports a persona that is held to the baseline of another, for its
// own sessions have not been recorded.
func (p *Policy) Borrows() bool { return p.persona.ID != p.baseline.Persona }

// declared lists the classes that the persona allows and no risk is in.
func (p *Policy) declared() []classify.Class {
	var classes []classify.Class
	for i := range p.set.Classes {
		if c := &p.set.Classes[i]; !c.Risk && p.persona.Stand(c.ID) == classify.Inside {
			classes = append(classes, c.ID)
		}
	}
	return classes
}

// Persona says which role the policy is for, and on what its figures rest when
// that is not sessions of this role.
func (p *Policy) Persona() string {
	if !p.Borrows() {
		return p.persona.ID
	}
	text := fmt.Sprintf("%s (no recorded sessions of its own: figures are those of %s", p.persona.ID, p.baseline.Persona)
	if p.leans {
		text += ", and what it declares counts as ordinary"
	}
	return text + ")"
}

// Rules is the rule set that the policy rests on.
func (p *Policy) Rules() *classify.Set { return p.set }

// Baseline is what sessions are held to.
func (p *Policy) Baseline() *trust.Baseline { return p.baseline }

// NewSession returns a session that nothing has happened in.
func (p *Policy) NewSession() *trust.Session { return trust.NewSession(p.baseline, p.watch) }

// NewSuspectSession returns a session whose past was lost: it starts elevated.
func (p *Policy) NewSuspectSession() *trust.Session {
	return trust.NewSuspectSession(p.baseline, p.watch)
}

// Title gives the words for a class, as a prompt shows them.
func (p *Policy) Title(class classify.Class) string {
	if c := p.set.Class(class); c != nil && c.Title != "" {
		return c.Title
	}
	return string(class)
}

// A Judgement is the verdict on one step and what it rests on.
type Judgement struct {
	Outcome    Outcome
	Step       *classify.Step
	Assessment trust.Assessment
	// Severity is the step's own, or the floor of a sequence it completes.
	Severity classify.Severity
	// Margin is by how many bits it fits its session worse than a step of its
	// severity may.
	Margin float64
	// Rules are the ids of all rules that matched, strongest first.
	Rules []string
	// Kept is what was stored before it ran, nil for nothing, and Masked what is
	// withheld from its output.
	Kept   *Kept
	Masked []Masked
	// Reason says in a few words what decided.
	Reason string
	// Values are what is withheld.
	Values []secret.Value
	// spared reports a step that would only lose what is kept, or print what is
	// withheld: nobody is asked about it but in an alarmed session.
	spared bool
	// made is how it is made safe.
	made safety
	// capability says how the step is outside the persona's declared
	// capabilities, when that decided.
	capability string
	// stand is the strictest that the persona says of the step, and why.
	stand    classify.Stand
	standing string
}

// Consider judges a request that will not run as the next step of a session,
// which does not change for it. plumbing reports one that is no step.
func (p *Policy) Consider(session *trust.Session, r *Request, now time.Time) (j Judgement, plumbing bool) {
	step, plumbing := p.Read(r, session.Past())
	if plumbing {
		return Judgement{Outcome: Run, Step: &classify.Step{Script: &shellparse.Script{}}, Reason: whyPlumbing}, true
	}
	var made safety
	if r.Presume {
		made = presumed(&step)
	}
	j = p.judge(session, &step, made, now)
	switch {
	case j.Outcome == Run && made.masked:
		j.Outcome = RunMasked
	case j.Outcome == Run && made.kept:
		j.Outcome = RunKept
	}
	return j, false
}

// presumed is how a step would be made safe, as far as its text tells.
func presumed(step *classify.Step) (made safety) {
	for i := range step.Actions {
		a := &step.Actions[i]
		made.kept = made.kept || a.Keepable && a.Severity > classify.None
		made.masked = made.masked || a.Maskable && a.Severity > classify.None
	}
	return made
}

// OnlyKept reports a step that takes away only what was, or would be, stored first.
func (j *Judgement) OnlyKept() bool { return j.Outcome == RunKept && j.spared }

// Judge decides on a step. It changes nothing: Record does.
func (p *Policy) Judge(session *trust.Session, step *classify.Step, now time.Time) Judgement {
	return p.judge(session, step, safety{}, now)
}

// judge is Judge for a step that is made safe.
func (p *Policy) judge(session *trust.Session, step *classify.Step, made safety, now time.Time) Judgement {
	a := session.Assess(step, now)
	j := Judgement{Outcome: Run, Step: step, Assessment: a, Severity: step.Severity}
	if made != (safety{}) {
		j.Severity, j.made = lowered(step, made), made
		j.spared = j.Severity <= classify.Low
	}
	// A sequence makes a loss no worse that can be taken back; it raises the
	// level all the same.
	raises := a.Around != nil && !j.tellsNothing() || j.Severity > classify.None && !j.spared
	if a.Raises > j.Severity && raises {
		j.Severity = a.Raises
	}
	j.stand, j.standing = p.stand(step)
	j.Margin = p.doubt(&j) - p.threshold(&j)
	j.Rules = rules(step)
	j.Outcome = p.outcome(&j)
	if len(step.Actions) > 0 {
		j.Reason = p.reason(&j)
	}
	return j
}

// tellsNothing reports a step whose whole harm is what it would print, which is
// withheld: it gets nothing of what was denied.
func (j *Judgement) tellsNothing() bool {
	return j.made.masked && !slices.ContainsFunc(j.Step.Actions, func(a classify.Action) bool {
		return a.Severity > classify.None && !a.Maskable
	})
}

// outcome applies, strictest first: what the persona denies, what no reason
// excuses, the sum of reasons, what the persona asks about.
func (p *Policy) outcome(j *Judgement) Outcome {
	switch {
	case j.stand == classify.Refused:
		j.capability = j.standing
		return Deny
	case p.mustHold(j), j.Severity > classify.None && j.Margin >= 0 && !j.requested():
		return Ask
	case j.stand == classify.Asked, j.stand == classify.Outside && p.persona.ID != DefaultPersona:
		j.capability = j.standing
		return Ask
	}
	return Run
}

// outsideBits is what the gate adds to the bits of a step that is outside of what
// the persona declares, when nobody has chosen the persona: what an agent does to
// its own, or to what is there to be tried on, is its work.
const outsideBits = 1.5

// doubt is how little a step fits its session, in bits.
func (p *Policy) doubt(j *Judgement) float64 {
	bits := j.Assessment.Bits
	if j.Severity >= classify.High { // being usual excuses none of these: an agent could make it so
		bits -= min(0, j.Assessment.Weighed[trust.Unusual])
	}
	if j.spared { // what goes is kept
		bits -= j.Assessment.Weighed[trust.LosesData]
	}
	if j.made.masked && j.spared { // a read of what it is not told completes nothing
		bits -= j.Assessment.Weighed[trust.InSequence]
	}
	if j.tellsNothing() {
		bits -= j.Assessment.Weighed[trust.AfterDenial]
	}
	if at := &j.Assessment.Facts; j.stand == classify.Outside && p.persona.ID == DefaultPersona && at[trust.OwnTarget] == 0 && at[trust.LocalTarget] == 0 {
		bits += outsideBits
	}
	return bits
}

// threshold is the number of bits from which a step is asked about. One of low
// severity only raises the level, and is asked about when it is far out in a
// session that is alarmed.
func (p *Policy) threshold(j *Judgement) float64 {
	if j.Severity == classify.Low && j.Assessment.Before < trust.Alarmed {
		return classify.Never
	}
	return p.set.Matrix.Of(j.Severity)
}

// LineMargin is the margin of a step that there is a line for, in hundredths of a bit;
// 0 for one that is never asked about for its doubt.
func (j *Judgement) LineMargin() float64 {
	if j.Severity == classify.None || j.Margin < -classify.Never/2 {
		return 0
	}
	return math.Round(j.Margin*100) / 100
}

func (p *Policy) sequence(id string) *classify.Sequence {
	if id == "" {
		return nil
	}
	for i := range p.set.Sequences {
		if p.set.Sequences[i].ID == id {
			return &p.set.Sequences[i]
		}
	}
	return nil
}

// rules lists the rules that matched, strongest first, each once.
func rules(step *classify.Step) []string {
	var ids []string
	for severity := classify.Critical + 1; severity > classify.None; severity-- {
		for i := range step.Actions {
			action := &step.Actions[i]
			if action.Finding == nil || action.Severity != severity-1 || slices.Contains(ids, action.Finding.Rule) {
				continue
			}
			ids = append(ids, action.Finding.Rule)
		}
	}
	return ids
}

// strongest is the action that a question is about: the first of the highest
// severity, and of those one that a rule found.
func strongest(step *classify.Step) *classify.Action {
	var best *classify.Action
	for i := range step.Actions {
		action := &step.Actions[i]
		if best == nil || action.Severity > best.Severity ||
			action.Severity == best.Severity && best.Finding == nil && action.Finding != nil {
			best = action
		}
	}
	return best
}

func (p *Policy) reason(j *Judgement) string {
	action := strongest(j.Step)
	what := p.Title(action.Class)
	if action.Finding != nil {
		what = action.Finding.Description
	}
	if j.capability != "" {
		what += ": " + j.capability
	}
	if j.Severity == classify.None {
		return what
	}
	if around := j.Assessment.Around; around != nil {
		return fmt.Sprintf("%s (%s, %s)", what, j.Severity, aroundText(around, ""))
	}
	if s := p.sequence(j.Assessment.Sequence); s != nil {
		return fmt.Sprintf("%s (%s, after %s)", what, j.Severity, s.Title)
	}
	switch {
	case j.unwanted():
		return fmt.Sprintf("%s (%s, you said not to)", what, j.Severity)
	case j.requested() && j.Outcome.Runs():
		return fmt.Sprintf("%s (%s, you asked for it)", what, j.Severity)
	}
	return fmt.Sprintf("%s (%s)", what, j.Severity)
}
