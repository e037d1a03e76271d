package trust

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"restrain/asked"
	"restrain/classify"
	"restrain/internal/slowtest"
)

// A session that was saved and restored after every step goes on as one that
// was not.
func TestStateRoundTrip(t *testing.T) {
	b, rules := Shipped(), testRules()
	rapid.Check(t, func(t *rapid.T) {
		kept, saved := NewSession(b, rules), NewSession(b, rules)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			line := rapid.SliceOfN(someClasses, 1, 3).Draw(t, "line")
			o := Outcome{Decision: rapid.SampledFrom([]Decision{Allowed, Approved, Denied}).Draw(t, "decision")}
			x, y := do(kept, o, line...), do(saved, o, line...)
			if x.Score != y.Score || x.Level != y.Level || x.Sequence != y.Sequence || x.Divergence != y.Divergence {
				t.Fatalf("%v: kept %+v, restored %+v", line, x, y)
			}
			if rapid.Bool().Draw(t, "note") {
				n := Notable{Step: kept.Steps(), Time: at(kept.Steps()), Class: "credential.read", Text: "cat notes"}
				kept.Note(n)
				saved.Note(n)
			}
			if rapid.Bool().Draw(t, "leave") {
				artifacts := []classify.Artifact{{Path: rapid.StringN(0, 3, 3).Draw(t, "path"), Origin: classify.FromNetwork}}
				kept.leave(artifacts)
				saved.leave(artifacts)
			}
			if rapid.Bool().Draw(t, "object") {
				name := rapid.SampledFrom([]string{"/w/a", "/w/b/c", "/v"}).Draw(t, "name")
				decision := rapid.SampledFrom([]Decision{Allowed, Approved, Denied}).Draw(t, "fate")
				st := harm(name)
				st.Objects = append(st.Objects, classify.Object{Effect: classify.EffectMake, Name: name})
				for _, s := range []*Session{kept, saved} {
					s.Record(st, s.Assess(st, at(s.Steps())), Outcome{Decision: decision}, at(s.Steps()))
				}
			}
			state := saved.AppendState([]byte("prefix"))[len("prefix"):]
			saved = NewSession(b, rules)
			if err := saved.RestoreState(state); err != nil {
				t.Fatal(err)
			}
			if again := saved.AppendState(nil); !bytes.Equal(state, again) || !bytes.Equal(state, kept.AppendState(nil)) {
				t.Fatal("the state differs after a round trip")
			}
		}
	})
}

func fullSession() *Session { return fullSessionOf(testRules()) }

func fullSessionOf(rules Rules) *Session {
	s := NewSession(Shipped(), rules)
	for i := range 500 {
		do(s, Outcome{}, string(s.vocabulary.name(i%s.vocabulary.size())), "credential.search/low", "credential.use/low")
		s.Note(Notable{Step: i + 1, Time: at(i), Class: "credential.search", Text: strings.Repeat("x", 200)})
		s.leave([]classify.Artifact{{Path: strings.Repeat("x", i), Origin: classify.FromCredential}})
	}
	return s
}

// fullestSession has as much of everything as a session remembers.
func fullestSession() *Session {
	s := fullSessionOf(RulesOf(classify.Shipped()))
	for i := range 2 * maxNamed {
		name := fmt.Sprintf("/w/%d", i)
		st := harm(name)
		st.Actions[0].Resource, st.Actions[0].Finding = classify.Resource{Kind: "path", Name: name}, &classify.Finding{Rule: name}
		st.Objects = append(st.Objects, classify.Object{Effect: classify.EffectMake, Name: name})
		s.Record(st, s.Assess(st, at(i)), Outcome{Decision: []Decision{Approved, Denied}[i%2]}, at(i))
		s.Hear(Message{Time: at(i), Text: name + strings.Repeat("x", asked.MaxKept), Weighs: true})
	}
	return s
}

func TestStateIsSmall(t *testing.T) {
	full := fullestSession()
	if len(full.denials) < maxDenials || len(full.made) < maxMade || len(full.artifacts) < maxArtifacts || len(full.notables) < maxNotables || len(full.messages) < maxMessages ||
		full.memory.names < maxNamed || full.memory.grants < maxApproved {
		t.Fatalf("%d denials, %d made, %d left, %d notables, %d messages, %d names, %d approved: not the fullest", len(full.denials), len(full.made),
			len(full.artifacts), len(full.notables), len(full.messages), full.memory.names, full.memory.grants)
	}
	if n := len(full.AppendState(nil)); n > 16<<10 {
		t.Errorf("the fullest state has %d bytes", n)
	}
	s := NewSession(Shipped(), testRules())
	work(s, 1000)
	small := len(s.AppendState(nil))
	if work(s, 9000); len(s.AppendState(nil)) > small+8 || small > 4<<10 {
		t.Errorf("%d bytes after 1,000 steps, %d after 10,000", small, len(s.AppendState(nil)))
	}
}

// Every damaged byte and every cut is noticed, and the session is as before.
func TestDamagedState(t *testing.T) {
	slowtest.Alone(t)
	s := fullSession()
	state := s.AppendState(nil)
	other := NewSession(Shipped(), testRules())
	work(other, 3)
	before := other.AppendState(nil)
	check := func(what string, at int, damaged []byte) {
		err := other.RestoreState(damaged)
		if err == nil || !strings.Contains(err.Error(), "starts elevated") {
			t.Fatalf("%s at %d: %v", what, at, err)
		}
		if !bytes.Equal(before, other.AppendState(nil)) {
			t.Fatalf("%s at %d: the session has changed", what, at)
		}
	}
	for i := range state {
		damaged := bytes.Clone(state)
		damaged[i] ^= 0x41
		check("bit flip", i, damaged)
		check("cut", i, state[:i])
	}
	check("too long", 0, make([]byte, maxState+1))
	check("other version", 0, append([]byte("rstrust9"), state[len(stateMark):]...))
	if suspect := NewSuspectSession(Shipped(), testRules()); suspect.Level() != Elevated {
		t.Errorf("a session without its state is %v", suspect.Level())
	}
}

// seal gives a body its checksum, as somebody who forges a state would.
func seal(body []byte) []byte {
	return binary.LittleEndian.AppendUint64(body, checksum(body))
}

func FuzzRestoreState(f *testing.F) {
	state := fullSession().AppendState(nil)
	f.Add(state[:len(state)-checksumSize])
	f.Add([]byte(stateMark))
	f.Fuzz(func(t *testing.T, body []byte) { useState(t, body) })
}

// useState restores a state and goes on with it; ok is false when it was
// refused.
func useState(t *testing.T, body []byte) (ok bool) {
	s := NewSession(Shipped(), testRules())
	if err := s.RestoreState(seal(bytes.Clone(body))); err != nil {
		return false
	}
	a := do(s, Outcome{}, "credential.search/low")
	if !(a.Score >= 0) || a.Level > Alarmed || !(a.Divergence >= 0 && a.Divergence <= 1) {
		t.Fatalf("unusable: %+v", a)
	}
	if err := NewSession(Shipped(), testRules()).RestoreState(s.AppendState(nil)); err != nil {
		t.Fatal(err)
	}
	return true
}

// mutate changes some bytes, cuts some out and doubles some.
func mutate(b []byte, r *rand.Rand) []byte {
	b = bytes.Clone(b)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(b))
		to := min(len(b), at+1+r.IntN(16))
		switch r.IntN(3) {
		case 0:
			b[at] = byte(r.Uint32())
		case 1:
			if to-at < len(b) {
				b = slices.Delete(b, at, to)
			}
		case 2:
			b = slices.Insert(b, at, bytes.Clone(b[at:to])...)
		}
	}
	return b
}

// A forged state, whose checksum is right, is refused or usable.
func TestForgedState(t *testing.T) {
	slowtest.Alone(t)
	state := fullSession().AppendState(nil)
	state = state[:len(state)-checksumSize]
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 3000 {
		if !useState(t, mutate(state, r)) {
			refused++
		}
	}
	if refused == 0 || refused == 3000 {
		t.Errorf("%d of 3000 were refused", refused)
	}
}

// A state outlives a change of the rules: what they no longer know is dropped.
func TestStateUnderOtherRules(t *testing.T) {
	rules := testRules()
	rules.Classes = append([]classify.Class{"a.first"}, rules.Classes...)
	s := NewSession(Shipped(), rules)
	do(s, Outcome{}, "a.first")
	do(s, Outcome{}, "credential.search/low")
	do(s, Outcome{}, "credential.use/low")
	changed := testRules()
	changed.Sequences = changed.Sequences[:1]
	other := NewSession(Shipped(), changed)
	if err := other.RestoreState(s.AppendState(nil)); err != nil {
		t.Fatal(err)
	}
	if a := do(other, Outcome{}, "api.destroy/critical"); a.Sequence != "credential-to-destruction" || other.Steps() != 4 {
		t.Errorf("completes %q at step %d", a.Sequence, other.Steps())
	}
}
