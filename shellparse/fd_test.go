package shellparse

import "testing"

// What fd finds is told in the words of find: where it looks, and directories only.
func TestWhatFdFinds(t *testing.T) {
	for line, want := range map[string]string{
		"fd x /v -x rm":                      "find /v",
		"fd -t d x /v -x rm":                 "find /v -type d",
		"fd --type=directory x a b -x rm":    "find a b -type d",
		"fd -t f -e o --max-depth 2 x -X rm": "find",
		"fd -E target x /v -x rm":            "find /v",
		"fd x --search-path /v -x rm":        "find /v",
	} {
		commands := Parse(line, Options{}).Commands
		c := commands[len(commands)-1]
		if len(c.Argv) != 2 || c.Argv[1].Known() || c.Argv[1].Unknown[0] != want {
			t.Errorf("%s: %+v, want %q", line, c.Argv, want)
		}
	}
}

// The code that fish begins with is run like that of -c.
func TestFishBeginsWithCode(t *testing.T) {
	for _, line := range []string{"fish -C 'rm x' -c ls", "fish --init-command 'rm x' -c ls", "fish --init-command='rm x' -c ls"} {
		ran := false
		for _, c := range Parse(line, Options{}).Commands {
			ran = ran || c.Name == "rm"
		}
		if !ran {
			t.Errorf("%s: rm is not seen", line)
		}
	}
	for _, c := range Parse("bash -C 'rm x'", Options{}).Commands {
		if c.Name == "rm" {
			t.Error("-C of bash is code")
		}
	}
}
