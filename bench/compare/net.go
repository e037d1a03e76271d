//go:build unix

package main

import (
	"fmt"
	"os"
)

// netStart compares sessions with and without the look at the network.
func netStart(restrain string, rounds int) error {
	state, err := os.MkdirTemp("", "restrain-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)
	env := append(os.Environ(), "XDG_STATE_HOME="+state, "XDG_CONFIG_HOME="+state)
	fmt.Printf("%-44s %12s %12s %7s\n", "", "without", "with", "ratio")
	without := timed{name: "restrain --ci", argv: []string{restrain, "--ci", "--", "true"}, env: env}
	with := timed{name: "restrain --ci --net", argv: []string{restrain, "--ci", "--net", "--", "true"}, env: env}
	return pair("a session from start to end, with --net", without, with, rounds)
}
