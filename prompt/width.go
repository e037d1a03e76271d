package prompt

import "restrain/width"

// Width is the number of terminal columns that escaped text takes.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += width.Of(r)
	}
	return n
}
