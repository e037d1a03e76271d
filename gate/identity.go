package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"restrain/classify"
	"restrain/secret"
)

// digest names a list of texts: 128 bits of SHA-256 over each with its length.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		var length [8]byte
		binary.LittleEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sameStep names a step for telling that it comes again: its text and what it
// was understood to run, both redacted, and where.
func sameStep(r *Request, step *classify.Step) string {
	if r.Sent != nil {
		return digest("sent", r.Sent.Key)
	}
	parts := []string{r.Dir, strings.TrimSpace(secret.Redact(r.text()))}
	for i := range step.Script.Commands {
		parts = append(parts, secret.Redact(commandText(&step.Script.Commands[i])))
	}
	return digest(parts...)
}

// commandKey names the very command of a step, in its directory and with what
// the rules found, for a grant. ok is false where the text does not settle what
// runs, or holds a secret, which must not be kept even as a digest.
func commandKey(r *Request, j *Judgement) (key string, ok bool) {
	text := strings.TrimSpace(r.text())
	targets, ok := targetsOf(j)
	if !ok || r.Dir == "" || secret.Redact(text) != text {
		return "", false
	}
	parts := append([]string{"command", r.Dir, text}, targets...)
	for i := range j.Step.Script.Commands {
		command := &j.Step.Script.Commands[i]
		words := commandText(command)
		if !command.Known() || secret.Redact(words) != words {
			return "", false
		}
		parts = append(parts, words, commandNotes(command))
	}
	return digest(parts...), true
}

// targetKey names the rules that a step matches and what they are about. ok is
// false where a rule's target is not known.
func targetKey(r *Request, j *Judgement) (key string, ok bool) {
	targets, ok := targetsOf(j)
	if !ok || r.Dir == "" {
		return "", false
	}
	return digest(append([]string{"target", r.Dir}, targets...)...), true
}

// targetsOf lists what makes a step severe: rule, kind and name of its
// resource, sorted. ok is false when one of them has no rule, or a target that
// is unknown or a secret.
func targetsOf(j *Judgement) (targets []string, ok bool) {
	for i := range j.Step.Actions {
		action := &j.Step.Actions[i]
		if action.Severity == classify.None {
			continue
		}
		name := action.Resource.Name
		if action.Finding == nil || !action.Resource.Settled() || secret.Redact(name) != name {
			return nil, false
		}
		targets = append(targets, digest(action.Finding.Rule, string(action.Class), action.Resource.Kind, name))
	}
	slices.Sort(targets)
	return slices.Compact(targets), len(targets) > 0
}
