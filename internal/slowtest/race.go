//go:build race

package slowtest

// raced says that the race detector is on.
const raced = true
