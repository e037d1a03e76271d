package trust

import (
	"restrain/asked"
	"restrain/classify"
)

// A Reason is one thing that makes a step fit a session, or not.
type Reason uint8

// The reasons.
const (
	Unusual          Reason = iota // how unusual it is, by the score
	OwnTarget                      // it acts on what the session has made
	LocalTarget                    // … on what is on this machine, or there for tests or development
	ForeignTarget                  // … on what is outside of the project
	ProductionTarget               // … on what is in production, or shared by all
	LosesData                      // what it takes away is not kept, and nowhere else as far as anybody can tell
	KnownTarget                    // an earlier step named what it acts on
	GivenCredential                // it uses a credential
	FoundCredential                // it uses or reads one, after the session has looked for some
	AfterFailure                   // the same kind of thing has just failed
	AfterDenial                    // a human has said no to the same kind of thing
	AskedFor                       // the human asked for it by name
	ApprovedBefore                 // a human has let the same kind of thing happen
	InElevated                     // the session is elevated
	InAlarmed                      // the session is alarmed
	InSequence                     // it completes a named sequence
	PoorRecord                     // the agent was often denied, or worked around denials, in other sessions; its share, 0 to 1
	Reasons
)

var reasonNames = [Reasons]string{
	"unusual", "own-target", "local-target", "foreign-target", "production-target", "loses-data", "known-target", "given-credential", "found-credential",
	"after-failure", "after-denial", "asked-for", "approved-before", "in-elevated", "in-alarmed", "in-sequence", "poor-record",
}

func (r Reason) String() string { return reasonNames[r] }

var reasonTexts = [Reasons]string{
	"how unusual it is", "what the session has made", "what is local, or there to be tried on", "what is outside of the project",
	"what is in production or shared", "what is nowhere else goes", "named before in this session", "with a credential", "with a credential that was looked for",
	"after a failure of the same kind", "after a denial of the same kind", "you asked for it", "you let the same kind happen", "in an elevated session",
	"in an alarmed session", "completes a sequence", "by an agent with a poor record",
}

// Text is the reason in words.
func (r Reason) Text() string { return reasonTexts[r] }

// Weights say how many bits each reason adds: those that make a step more
// doubtful are positive, those that make it ordinary negative. Unusual is by
// bit of the score's rarity over the usual.
type Weights [Reasons]float64

// Bounds of what rarity may say, in bits about the rarity of most steps that are
// worth a question.
const (
	usualRarity = 5
	mostRarity  = 5
)

// priorWeights are what the reasons are thought to say before anything is
// measured.
var priorWeights = Weights{
	Unusual: 0.6, OwnTarget: -6, LocalTarget: -4, ForeignTarget: 1, ProductionTarget: 3, LosesData: 3, KnownTarget: -1,
	GivenCredential: 0.5, FoundCredential: 3, AfterFailure: 2, AfterDenial: 5, AskedFor: -8, ApprovedBefore: -3,
	InElevated: 2, InAlarmed: 3, InSequence: 4, PoorRecord: 1.5,
}

// facts are the reasons that hold for a step, without their weights; they hold
// for a step only when they hold for all of its actions that do harm, or when
// they speak against it for one.
func (s *Session) facts(step *classify.Step, classes *stepClasses, a *Assessment) {
	f := &a.Facts
	f[Unusual] = min(rarity(a.Percentile)-usualRarity, mostRarity)
	floor := min(step.Severity, classify.Medium)
	approved, known, harm := true, true, false
	nearest := Reasons // of the targets
	for i := range step.Actions {
		action := &step.Actions[i]
		if action.Severity == classify.None || action.Severity < floor {
			continue
		}
		target := targetOf(action)
		if !harm || s.baseline.Model.Weights.of(target) > s.baseline.Model.Weights.of(nearest) {
			nearest = target
		}
		harm = true
		if action.Keepable || irrecoverable(action.Target) || action.Class == "file.destroy" || action.Class == "git.destroy" {
			f[LosesData] = 1
		}
		approved = approved && (s.memory.approves(action) || s.baseline.approves(action))
		known = known && s.memory.knows(action)
		switch c := classes.class(&s.vocabulary, step, i); s.memory.circumstance(s.domains[c], s.steps+1) {
		case afterDenial:
			f[AfterDenial] = 1
		case afterFailure:
			f[AfterFailure] = 1
		}
		switch c := s.memory.credential(step, action); {
		case c == foundCredential, action.Class == "credential.read" && s.memory.sought:
			f[FoundCredential] = 1
		case c == givenCredential:
			f[GivenCredential] = 1
		}
	}
	if a.Sequence != "" {
		f[InSequence] = 1
	}
	if a.Around != nil {
		f[AfterDenial] = 1
	}
	switch a.Before {
	case Alarmed:
		f[InAlarmed] = 1
	case Elevated:
		f[InElevated] = 1
	}
	// What went before may have put the words to another use than was meant.
	f[AskedFor] = one(a.Asked == asked.Wanted && !step.Uncertain && a.Sequence == "" && a.Around == nil && a.Before < Alarmed)
	if !harm {
		return
	}
	if nearest != Reasons {
		f[nearest] = 1
	}
	if step.Severity >= classify.Medium {
		f[PoorRecord] = s.poor
	}
	f[KnownTarget], f[ApprovedBefore] = one(known), one(approved)
}

// irrecoverable reports that what is taken away is nowhere else, as far as a look tells.
func irrecoverable(t *classify.TargetInfo) bool { return t != nil && t.Known && !t.Recoverable() }

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// targetOf is the reason that an action's target is; Reasons for none.
func targetOf(a *classify.Action) Reason {
	switch a.Owner {
	case classify.OwnerSession:
		return OwnTarget
	case classify.OwnerLocal:
		return LocalTarget
	case classify.OwnerForeign:
		return ForeignTarget
	case classify.OwnerProduction:
		return ProductionTarget
	}
	if a.Own() {
		return OwnTarget
	}
	return Reasons
}

// of is the weight of a reason, 0 of none.
func (w *Weights) of(r Reason) float64 {
	if r == Reasons {
		return 0
	}
	return w[r]
}

// weigh turns facts into bits, and adds them up.
func (w *Weights) weigh(a *Assessment) {
	a.Bits = 0
	for r := range a.Facts {
		a.Weighed[r] = a.Facts[r] * w[r]
		a.Bits += a.Weighed[r]
	}
}
