package session

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"restrain/intercept"
	"restrain/prompt"
)

// A Host is what restrain sees of the machine it runs on.
type Host struct {
	Stdin          *os.File
	Stdout, Stderr io.Writer
	Getenv         func(string) string
}

// The exit statuses that a session or a door gives of its own. A session ends
// with its agent's, a door becomes the real shell.
const (
	ExitError    = 1                // it was asked rightly and could not be done
	ExitUsage    = 2                // wrong arguments or configuration
	ExitHeld     = 3                // in CI: a step was denied
	ExitDenied   = intercept.Denied // a command that was not allowed to run, or cannot
	ExitNotFound = 127              // an agent that is not there
)

// A Hinted error also says what to do, on a line of its own.
type Hinted struct {
	Err  error
	Hint string
}

func (h Hinted) Error() string { return h.Err.Error() }

// Unwrap gives the error without its hint.
func (h Hinted) Unwrap() error { return h.Err }

// A UsageError is a mistake in the arguments or the configuration.
type UsageError struct{ Err error }

func (u UsageError) Error() string { return u.Err.Error() }

// Unwrap gives what was wrong.
func (u UsageError) Unwrap() error { return u.Err }

// Hint adds to an error what to do.
func Hint(err error, hint string) error { return Hinted{err, hint} }

// Usage makes an error one of usage.
func Usage(err error) error { return UsageError{err} }

// Usagef makes a UsageError as fmt.Errorf makes an error.
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Fail reports an error the way everything in restrain does, and gives the exit
// status.
func (h *Host) Fail(err error) int {
	fmt.Fprintf(h.Stderr, "restrain: error: %s\n", prompt.EscapeLines(strings.TrimRight(err.Error(), "\n")))
	var with Hinted
	if errors.As(err, &with) {
		fmt.Fprintf(h.Stderr, "restrain: hint: %s\n", prompt.EscapeLines(with.Hint))
	}
	var usage UsageError
	if errors.As(err, &usage) {
		return ExitUsage
	}
	return ExitError
}
