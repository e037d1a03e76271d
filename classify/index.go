package classify

// An index leads from what a command is to the rules that can match it, so
// that a command visits no others.
type index struct {
}

func buildIndex(s *Set) index { return index{} }
