package main

import (
	"os"

	"restrain/platform"
	"restrain/session"
)

// The exit statuses of the verbs; those of sessions and doors are in package
// session.
const (
	exitOK   = 0
	exitAsk  = 3 // check: a human would be asked; --ci: something was denied
	exitDeny = 4 // check: it would be denied
)

// A host is what restrain sees of the machine it runs on.
type host struct{ session.Host }

func system() *host {
	return &host{session.Host{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: platform.Getenv}}
}
