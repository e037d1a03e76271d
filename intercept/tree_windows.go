package intercept

// Note does nothing: processes here have no POSIX session. Who is inside is told
// by descent, and of what has lost its ancestors by when it began.
func (t *Tree) Note(int) {}

func (t *Tree) noted(int) bool { return false }
