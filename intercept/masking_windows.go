package intercept

import (
	"errors"
	"syscall"

	"restrain/secret"
)

// MasksOutput is never so on this system: a value that would be printed is asked
// about.
func MasksOutput() bool { return false }

// GathersOutput is never so either.
func GathersOutput() bool { return false }

// RunMasked fails on this system.
func RunMasked(string, string, []string, []string, []secret.Value) (end syscall.WaitStatus, withheld []secret.Withheld, err error) {
	return end, nil, errors.New("masked output needs Linux or macOS; use a program that does not print the value")
}

// Imitate returns the exit status of a process that has ended.
func Imitate(end syscall.WaitStatus) int { return end.ExitStatus() }
