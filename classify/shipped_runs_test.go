package classify

import "testing"

// The shipped rules name each program together with what it is told: a list of
// programs times a list of verbs says what no program has. A rule about a fact
// may name the programs that state it.
func TestShippedConditionsAreTried(t *testing.T) {
	for i := range Shipped().Rules {
		rule := &Shipped().Rules[i]
		if len(rule.Args) > 0 && rule.File == nil {
			t.Errorf("%s has args beside command: write runs = [\"program verb\"]", rule.ID)
		}
	}
}
