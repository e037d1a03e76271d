package trust

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"restrain/classify"
)

// Samples of one source drift by chance alone, which is 1, whatever their size;
// another source is far from it.
func TestDriftIsInMultiplesOfChance(t *testing.T) {
	source := func(n int, seed uint64, classes ...string) Tally {
		tally, random := Tally{}, rand.New(rand.NewPCG(seed, 1))
		for range n {
			tally.Add(classes[random.IntN(len(classes))], 1)
		}
		return tally
	}
	classes := []string{"file.read", "file.write", "git.read", "build", "test"}
	for _, n := range []int{60, 600, 6000} {
		if d := Drift(source(n, 0, classes...), source(2*n, 3, classes...)); d > 4 {
			t.Errorf("%d steps of one source: %.2f times chance", n, d)
		}
		if d := Drift(source(n, 0, classes...), source(n, 0, "infra.read", "file.read", "db.write")); d < 10 {
			t.Errorf("%d steps of another source: %.2f times chance", n, d)
		}
	}
	if Drift(Tally{}, Tally{"test": 3}) != 0 {
		t.Error("nothing drifts")
	}
}

func TestTallyIsBounded(t *testing.T) {
	tally := Tally{}
	for i := range 1000 {
		tally.Add(string(rune('a'+i%26))+string(rune('a'+i/26)), 2)
	}
	if len(tally) > maxTally+1 || tally.Total() != 2000 {
		t.Errorf("%d tokens, %d in all", len(tally), tally.Total())
	}
}

func TestShiftsNamesWhatChangedMost(t *testing.T) {
	list := Shifts(Tally{"test": 50, "git.push": 1, "file.read": 49}, Tally{"test": 50, "git.push": 30, "file.read": 40})
	if list[0].Token != "git.push" || list[0].After <= list[0].Before {
		t.Errorf("first: %+v", list[0])
	}
	if text, err := json.Marshal(list[0]); err != nil || !strings.HasPrefix(string(text), `{"token":"git.push","before":`) {
		t.Errorf("as JSON: %s %v", text, err)
	}
}

// What a session journals of a token is what the baseline counts.
func TestSessionNamesTokens(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	plain := step("file.read", "test")
	if names := s.Tokens(plain); names != nil {
		t.Errorf("plain: %q", names)
	}
	do(s, Outcome{Failed: true}, "git.read")
	faceted := step("git.destroy", "git.destroy", "credential.use")
	faceted.Actions[0].Owner, faceted.Actions[1].Owner = classify.OwnerProduction, classify.OwnerProduction
	want := []string{"git.destroy/production/given/failure", "credential.use/unknown/given/plain"}
	if names := s.Tokens(faceted); !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

// A poor record weighs against a step of medium severity or more, a good one for
// none.
func TestRecordOnlyWeighsAgainst(t *testing.T) {
	rules := testRules()
	bits := func(poor float64) float64 {
		rules.Poor = poor
		s := NewSession(Shipped(), rules)
		return s.Assess(step("git.push/medium"), at(0)).Bits
	}
	if bits(1) <= bits(0) || bits(0.5) <= bits(0) {
		t.Errorf("none %v, half %v, whole %v", bits(0), bits(0.5), bits(1))
	}
	if bits(-1) != bits(0) {
		t.Error("a good record makes a step ordinary")
	}
	rules.Poor = 1
	if NewSession(Shipped(), rules).Assess(step("git.push/low"), at(0)).Facts[PoorRecord] != 0 {
		t.Error("it counts for a step of low severity")
	}
}
