package classify

import (
	"os"
	"strings"
	"testing"
)

// The shipped rules name each program together with what it is told: a list of
// programs times a list of verbs says what no program has. Two files still do.
func TestShippedConditionsAreTried(t *testing.T) {
	var still strings.Builder
	for _, name := range []string{"../rules/secrets.toml", "../rules/sending.toml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		still.Write(text)
	}
	for i := range Shipped().Rules {
		rule := &Shipped().Rules[i]
		if strings.Contains(still.String(), "id = \""+rule.ID+"\"\n") {
			continue
		}
		if len(rule.Args) > 0 {
			t.Errorf("%s has args beside command: write runs = [\"program verb\"]", rule.ID)
		}
		if n := rule.pairs(); n > pairsWanted*len(rule.Match) {
			t.Errorf("%s has %d pairs of program and verb for %d lines under match", rule.ID, n, len(rule.Match))
		}
	}
}
