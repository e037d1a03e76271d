//go:build !linux

package intercept

// Supervised reports whether every exec of this process is judged already.
func Supervised() bool { return false }
