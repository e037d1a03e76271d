package trust

import (
	"crypto/sha256"
	"encoding/binary"

	"restrain/classify"
)

// A stage "failed:…" watches for what an agent turns to when something has
// failed. The same thing tried again is not that: it was judged on its own when
// it came first, and is now. So a step does not advance a sequence from the
// failure of a step with the same aim. A command that a step has started, such as
// what timeout or npm run runs, has failed at both: to try either again is to try
// again.

// An aim names what a step would do harm to and how: the rules that it matches
// with their resources. It is 0 for a step that does no harm, or to what is not
// known. The hash is one that nobody can make collide with another.
type aim uint64

func aimOf(step *classify.Step) aim {
	var room [256]byte
	text := room[:0]
	for i := range step.Actions {
		a := &step.Actions[i]
		if a.Severity == classify.None {
			continue
		}
		if a.Finding == nil || !a.Resource.Settled() {
			return 0
		}
		for _, part := range [...]string{a.Finding.Rule, string(a.Class), a.Resource.Kind, a.Resource.Name} {
			text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
		}
	}
	if len(text) == 0 {
		return 0
	}
	sum := sha256.Sum256(text)
	return aim(binary.LittleEndian.Uint64(sum[:]))
}

// retried reports that a match of a stage rests on nothing but the failure of a
// step that is now tried again.
func (st *stage) retried(before, now mark) bool {
	if now.aim == 0 || before.aim != now.aim && before.under != now.aim || before.step >= now.step {
		return false
	}
	c := int(before.class)
	return st.failed.has(c) && !st.runs.has(c) && !st.denied.has(c)
}
