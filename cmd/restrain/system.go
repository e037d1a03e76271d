package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"restrain/prompt"
)

// Exit statuses. A session ends with its agent's, a shell door becomes the
// real shell.
const (
	exitOK       = 0
	exitError    = 1   // it was asked rightly and could not be done
	exitUsage    = 2   // wrong arguments or configuration
	exitAsk      = 3   // check: a human would be asked; --ci: something was denied
	exitDeny     = 4   // check: it would be denied
	exitDenied   = 126 // a command that was not allowed to run, or cannot
	exitNotFound = 127 // an agent that is not there
)

// A host is what restrain sees of the machine it runs on.
type host struct {
	stdin          *os.File
	stdout, stderr io.Writer
	getenv         func(string) string
}

func system() *host {
	return &host{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}
}

// A hinted error also says what to do, on a line of its own.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// usageError is a mistake in the arguments or the configuration.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// fail reports an error the way every verb does, and gives the exit status.
func (h *host) fail(err error) int {
	fmt.Fprintf(h.stderr, "restrain: error: %s\n", prompt.EscapeLines(strings.TrimRight(err.Error(), "\n")))
	var with hinted
	if errors.As(err, &with) {
		fmt.Fprintf(h.stderr, "restrain: hint: %s\n", prompt.EscapeLines(with.hint))
	}
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitError
}
