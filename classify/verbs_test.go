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
			for _, verb := range append(slices.Clone(e.Verbs), wordEntry{Word: "none-of-them"}, wordEntry{}) {
				words := []shellparse.Word{{Text: verb.Word}, {Text: "--x"}}
				var args argv
				args.read(&unknownProgram, words)
				told := e.told(&args)
				for _, n := range e.Rules {
					if _, ok := set.Rules[n].matchWords(e.Name, &args); ok && !slices.Contains(told, n) {
						t.Errorf("%s %s: %s is left out", e.Name, verb.Word, set.Rules[n].ID)
					}
				}
				if len(e.Verbs) > 0 && verb.Numbers == nil && len(told) != len(e.Others) {
					t.Errorf("%s %q: %d rules, want %d", e.Name, verb.Word, len(told), len(e.Others))
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

// TestHandlingsOfAProgram holds the index of what is said about programs against
// asking each.
func TestHandlingsOfAProgram(t *testing.T) {
	set := Shipped()
	names := []string{"", "no-such-program", "b2sum", "trash-put", "python3.12"}
	for i := range set.index.Handlings.Names {
		names = append(names, set.index.Handlings.Names[i].Word)
	}
	for _, name := range names {
		r := reader{set: set, ctx: Offline{}, cmd: &shellparse.Command{Name: name}, program: set.program(name)}
		var want []*Handling
		for i := range set.Handlings {
			if h := &set.Handlings[i]; len(h.Calls) == 0 && (len(h.Command) == 0 || matchAny(h.Command, name)) && h.fits(&r) {
				want = append(want, h)
			}
		}
		if got := r.handlings(); !slices.Equal(got, want) {
			t.Errorf("%q: %d handlings, want %d", name, len(got), len(want))
		}
	}
}
