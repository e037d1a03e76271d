//go:build !unix

package classify

// writable takes every file for one that may be written to.
func writable(string) bool { return true }
