package gate

import (
	"strings"

	"restrain/classify"
)

// mustHold reports a step that is asked about whatever speaks for it, for what it
// does weighs more than any sum of reasons: a human said not to; part of it could
// not be read, and the rest does harm; a secret would be printed and cannot be
// withheld; a secret leaves; or what is lost, or changed by a plan that nobody has
// read, is neither kept nor the session's own or there to be tried on. But for the
// first, what a human asked for by name is theirs to ask for.
func (p *Policy) mustHold(j *Judgement) bool {
	switch {
	case j.unwanted():
		return true
	case j.requested():
		return false
	case j.Step.Uncertain && j.Severity > classify.None:
		return true
	case p.set.Matrix.Of(j.Severity) >= classify.Never: // the human's own word
		return false
	case j.Severity == classify.Critical:
		return true
	}
	for i := range j.Step.Actions {
		a := &j.Step.Actions[i]
		if a.Severity >= classify.Medium && !j.safe(a) && (a.Class == "credential.read" || p.grave(a)) {
			return true
		}
	}
	return false
}

// safe reports an action whose loss is kept, or will be when the kernel tells of
// it, or whose output is withheld.
func (j *Judgement) safe(a *classify.Action) bool {
	return j.made.masked && a.Maskable || (j.made.kept && a.Keepable || j.made.watched && a.Unlinks) && !takesHistory(j.Step)
}

// grave reports an action that cannot be taken back, on what is neither the
// session's own nor there to be tried on: what is destroyed, and what is changed
// of machines and services that others use, as by a deploy to production. What is
// of medium severity is the work of a persona that a human chose and that declares it.
// What is published is others' from then on.
func (p *Policy) grave(a *classify.Action) bool {
	if a.Own() || a.Owner == classify.OwnerSession || a.Owner == classify.OwnerLocal {
		return false
	}
	domain, what, _ := strings.Cut(string(a.Class), ".")
	return what == "destroy" || domain == "publish" && a.Undo == classify.UndoNo && !p.chosenFor(a.Class) || domain == "infra" && (a.Severity >= classify.High || !p.chosenFor(a.Class)) ||
		a.Severity >= classify.High && a.Class == "data.send"
}

// chosenFor reports a class that a persona of a human's choice declares.
func (p *Policy) chosenFor(class classify.Class) bool {
	return p.persona.ID != DefaultPersona && p.persona.Stand(class) == classify.Inside
}
