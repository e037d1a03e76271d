package shellparse

import "testing"

// TestRoundsThatAreAlikeAreReadTwice counts how often the body of a loop is read: the
// work of a line must not grow with a count that changes nothing in it.
func TestRoundsThatAreAlikeAreReadTwice(t *testing.T) {
	tests := map[string]int{
		`for i in $(seq 1 30); do work; s=$(ask); done`:                   2,
		`for i in 1 2 3 4 5; do if ask; then work; fi; work; done`:        4, // two in the body
		`for i in 1 2 3 4 5; do work "$i"; done`:                          5,
		`for i in 1 2 3 4 5; do ask && eval 'work $i'; done`:              5,
		`f() { work $i; }; for i in 1 2 3 4 5; do f; done`:                5,
		`n=0; for i in 1 2 3 4 5; do n=$((n+1)); work; done`:              5,
		`for i in 1 2 3 4 5; do cd x; work; done`:                         5,
		`for i in 1 2 3 4 5; do ((i > 2)) && ask; work; done`:             5,
		`for i in 1 2 *; do work; done`:                                   3,
		`printf 'a\nb\nc\n' | for i in 1 2 3; do read x; work "$x"; done`: 3,
		`for i in 1 2 3; do for j in 1 2 3 4; do work; done; done`:        4, // two in two
		`for i in 1 2 3; do for j in 1 2 3 4; do work "$i"; done; done`:   6,
	}
	for line, want := range tests {
		got := 0
		for _, c := range Parse(line, Options{}).Commands {
			if c.Name == "work" {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: the body is read %d times, want %d", line, got, want)
		}
	}
}

// TestRoundsThatAreAlikePrintEach: what they print is there as often as they run.
func TestRoundsThatAreAlikePrintEach(t *testing.T) {
	script := Parse(`x $(for i in 1 2 3 4; do echo a; done) $i`, Options{})
	c := script.Commands[len(script.Commands)-1]
	if len(c.Argv) != 6 || !c.Argv[4].Known() || c.Argv[4].Text != "a" {
		t.Errorf("got %v, want x a a a a and an unknown word", c.Argv)
	}
	script = Parse(`for i in 1 2 3 4; do true; done; x $i`, Options{})
	if c := script.Commands[len(script.Commands)-1]; len(c.Argv) != 2 || c.Argv[1].Text != "4" {
		t.Errorf("got %v, want x 4", c.Argv)
	}
}
