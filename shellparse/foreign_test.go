package shellparse

import "testing"

// A shell of another language gives its variables values in ways that are not
// bash's: none is empty for not being in the environment.
func TestVariablesOfOtherShellsAreUnknown(t *testing.T) {
	opts := Options{Env: func(string) (string, bool) { return "", false }}
	for shell, known := range map[string]bool{"nu": false, "xonsh": false, "elvish": false, "bash": true} {
		s := Parse(shell+` -c 'rm -rf $f.name'`, opts)
		last := s.Commands[len(s.Commands)-1]
		if last.Name != "rm" || last.Argv[2].Known() != known {
			t.Errorf("%s: %+v, want an operand that is known: %v", shell, last.Argv, known)
		}
	}
}
