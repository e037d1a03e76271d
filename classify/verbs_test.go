package classify

import (
	"slices"
	"testing"

	"restrain/shellparse"
)

// TestVerbsLeaveNoRuleOut holds the rules that a first operand leaves against all
// that there are for the program.
func TestVerbsLeaveNoRuleOut(t *testing.T) {
	set := Shipped()
	for _, entries := range [...][]nameEntry{set.index.Names, set.index.Globs} {
		for i := range entries {
			e := &entries[i]
			for _, verb := range append(slices.Clone(e.Verbs), verbEntry{Verb: "none-of-them"}, verbEntry{}) {
				words := []shellparse.Word{{Text: verb.Verb}, {Text: "--x"}}
				var args argv
				args.read(&unknownProgram, words)
				told := e.told(&args)
				for _, n := range e.Rules {
					if _, ok := set.Rules[n].matchWords(e.Name, &args); ok && !slices.Contains(told, n) {
						t.Errorf("%s %s: %s is left out", e.Name, verb.Verb, set.Rules[n].ID)
					}
				}
				if len(e.Verbs) > 0 && verb.Rules == nil && len(told) != len(e.Others) {
					t.Errorf("%s %q: %d rules, want %d", e.Name, verb.Verb, len(told), len(e.Others))
				}
			}
		}
	}
}

// TestVerbBehindAFlagThatMayTakeAWord: which flags take one differs between the
// sub-commands of a program.
func TestVerbBehindAFlagThatMayTakeAWord(t *testing.T) {
	rules := []Rule{{Runs: Lines{"x drop"}}, {Runs: Lines{"x add"}}, {Runs: Lines{"x -f"}}, {Runs: Lines{"x d*"}}}
	e := nameEntry{Name: "x", Rules: []uint16{0, 1, 2, 3}}
	for i := range rules {
		rules[i].spelled = rules[i].Runs
	}
	e.sortOut(rules)
	args := argv{words: []shellparse.Word{{Text: "-v"}, {Text: "drop"}, {Text: "add"}}, operands: []int{2}, loose: []int{1, 2}}
	if got, want := e.told(&args), []uint16{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	args.loose = args.operands
	if got, want := e.told(&args), []uint16{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
