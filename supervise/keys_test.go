//go:build unix

package supervise

import "testing"

// A line is a prompt, a key that answers a dialogue is none.
func TestPrompted(t *testing.T) {
	for typed, want := range map[string]int{
		"fix the tests\r":            1,
		"\r":                         0,
		"y\r":                        0,
		"\x1b[A\x1b[B\x1b[1;5C\r":    0,
		"\x1b[200~fix it\x1b[201~\r": 1,
		"fix it\rand that\r\r":       2,
		"fix it":                     0,
		"\x1b":                       0,
	} {
		n := 0
		k := &keys{prompted: func() { n++ }}
		k.count([]byte(typed))
		if n != want {
			t.Errorf("%q: %d prompts, want %d", typed, n, want)
		}
	}
}
