package shellparse

import "testing"

// TestSameCodeIsReadOnce counts the readings that the code of a line takes.
func TestSameCodeIsReadOnce(t *testing.T) {
	tests := map[string]int{
		`for i in 1 2 3 4 5; do ask | python3 -c "import os; os.system('x')"; echo $i; done`: 1,
		`for i in 1 2 3 4 5; do ask | python3 -c "print(1)" $i; done`:                        5, // what it is called with differs
		`python3 -c "print(1)"; python3 -c "print(2)"; python3 -c "print(1)"`:                2,
		`X=1 python3 -c "print(1)"; python3 -c "print(1)"`:                                   2,
		`python3 -c "exec('print(1)')"; python3 -c "exec('print(1)')"`:                       2, // and the code in it
	}
	for line, want := range tests {
		readings := map[*reading]bool{}
		for _, c := range Parse(line, Options{}).Commands {
			for _, s := range c.Snippets {
				if readings[s.read] = true; s.read == nil {
					t.Errorf("%s: code that is read each time: %q", line, s.Text.Text)
				}
			}
		}
		if len(readings) != want {
			t.Errorf("%s: %d readings, want %d", line, len(readings), want)
		}
	}
	// What is known of the environment may differ from one command to the next.
	env := Options{Env: func(string) (string, bool) { return "", false }}
	cs := Parse(`python3 -c "print(1)"; export X; python3 -c "print(1)"`, env).Commands
	if first, last := cs[0].Snippets[0].read, cs[len(cs)-1].Snippets[0].read; first == last {
		t.Error("one reading for two environments")
	}
}
