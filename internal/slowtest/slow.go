// Package slowtest leaves tests out where they would take long and show little. Only
// tests use it.
package slowtest

import "testing"

// Long leaves a test out of a short run (go test -short), which is for while one
// works: it takes a second or more.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
}

// Alone leaves a long test out under the race detector as well: nothing runs side by
// side in it, and the detector makes it ten times as slow. CI runs it without.
func Alone(t testing.TB) {
	t.Helper()
	Long(t)
	if raced {
		t.Skip("takes long, and nothing runs side by side in it")
	}
}

// Raced reports the race detector, for a test that then tries a part of its cases and
// all of them without.
func Raced() bool { return raced }
