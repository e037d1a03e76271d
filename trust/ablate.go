package trust

import "restrain/classify"

// A Part is a part of the model that can be left out, to measure what it gives.
type Part string

// The parts.
const (
	PartDivergence   Part = "divergence"
	PartSurprise     Part = "surprise"
	PartSequences    Part = "sequences"
	PartLevels       Part = "levels"
	PartTarget       Part = "target"
	PartKnown        Part = "known"
	PartCredential   Part = "credential"
	PartCircumstance Part = "circumstance"
	PartAsked        Part = "asked"
	PartApprovals    Part = "approvals"
	PartLosses       Part = "losses"
	PartRecord       Part = "record"
	PartPersona      Part = "persona" // what it declares; the gate leaves it out
	PartReasons      Part = "reasons" // all of them: severity decides alone
	// PartLearn is what was learned from a project's other sessions. Recordings have
	// learned nothing, so that it is put in and not left out.
	PartLearn Part = "learn"
)

// Parts lists the parts.
func Parts() []Part {
	return []Part{
		PartDivergence, PartSurprise, PartSequences, PartLevels, PartTarget, PartKnown, PartCredential,
		PartCircumstance, PartAsked, PartApprovals, PartLosses, PartRecord, PartPersona, PartReasons, PartLearn,
	}
}

// reasonsOf are the reasons that a part gives.
func (p Part) reasonsOf() []Reason {
	switch p {
	case PartSequences:
		return []Reason{InSequence}
	case PartLevels:
		return []Reason{InElevated, InAlarmed}
	case PartTarget:
		return []Reason{OwnTarget, LocalTarget, ForeignTarget, ProductionTarget}
	case PartKnown:
		return []Reason{KnownTarget}
	case PartCredential:
		return []Reason{GivenCredential, FoundCredential}
	case PartCircumstance:
		return []Reason{AfterFailure, AfterDenial}
	case PartAsked:
		return []Reason{AskedFor}
	case PartApprovals:
		return []Reason{ApprovedBefore}
	case PartLosses:
		return []Reason{LosesData}
	case PartRecord:
		return []Reason{PoorRecord}
	}
	return nil
}

// Ablated gives the baseline without a part.
func (b *Baseline) Ablated(p Part) *Baseline {
	ablated := *b
	m := &ablated.Model
	for _, r := range p.reasonsOf() {
		m.Weights[r] = 0
	}
	switch p {
	case PartLevels:
		m.Levels.Elevated, m.Levels.Alarmed = unreachable, unreachable
	case PartReasons:
		m.Weights = Weights{}
	case PartDivergence, PartSurprise:
		ablated.without = p
	}
	return &ablated
}

// unreachable is a suspicion that no session has.
const unreachable = 1e9

// Ablated gives what sessions watch for without a part.
func (r Rules) Ablated(p Part) Rules {
	if p == PartSequences {
		r.Sequences = []classify.Sequence{}
	}
	return r
}
