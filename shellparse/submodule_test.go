package shellparse

import (
	"strings"
	"testing"
)

// What git runs in each submodule runs in directories that no text names.
func TestSubmodulesAreElsewhere(t *testing.T) {
	for _, line := range []string{"git submodule foreach --recursive git clean -fd", "git submodule foreach 'git clean -fd'"} {
		s := Parse(line, Options{Dir: "/w"})
		inner := &s.Commands[len(s.Commands)-1]
		if inner.Name != "git" || inner.Argv[1].Text != "clean" || !strings.ContainsRune(inner.Dir.Text, Hole) {
			t.Errorf("%s: %s in %q", line, inner.Name, inner.Dir.Text)
		}
	}
}
