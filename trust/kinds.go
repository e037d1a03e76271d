package trust

import (
	"cmp"
	"slices"
	"strings"

	"restrain/classify"
)

// A kind of question is what it is about: what is done, by which rule, to what kind
// of thing, and whose. What a human has let happen makes the next of its kind less
// unusual, in its session and, when learned, in later ones of the project.

// kindHash is a kind as a session remembers it; 0 where it is not known.
func kindHash(a *classify.Action) uint64 {
	if a.Finding == nil {
		return 0
	}
	return hashKind(a.Finding.Rule, string(a.Class), a.Resource.Kind, a.Owner.String())
}

func hashKind(rule string, rest ...string) uint64 {
	hash := pathHash(rule)
	for _, part := range rest {
		hash = hash*1099511628211 ^ pathHash(part)
	}
	return hash
}

// kindParts are the words of a kind.
const kindParts = 4

// noKind stands for a thing of no kind in what is written down.
const noKind = "-"

// Kinds names the kinds that a question about a step is about, each once, for the
// journal. Those of critical severity are none: each is asked about.
func Kinds(step *classify.Step) []string {
	var kinds []string
	for i := range step.Actions {
		a := &step.Actions[i]
		if a.Finding == nil || a.Severity < classify.Medium || a.Severity >= classify.Critical {
			continue
		}
		kind := strings.Join([]string{a.Finding.Rule, string(a.Class), cmp.Or(a.Resource.Kind, noKind), a.Owner.String()}, " ")
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// approves reports a kind that was let happen in earlier sessions of the project.
func (b *Baseline) approves(a *classify.Action) bool {
	if len(b.kinds) == 0 || a.Severity >= classify.Critical {
		return false
	}
	hash := kindHash(a)
	return hash != 0 && slices.Contains(b.kinds, hash)
}
