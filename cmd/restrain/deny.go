package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/prompt"
	"restrain/watch"
)

func denyCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:        "deny",
		Usage:       "deny a held step, from outside its session",
		ArgsUsage:   "ID",
		Description: "The agent is told the reason.\n\n   restrain deny k7mf --reason 'that is production'",
		Flags: []cli.Flag{
			sessionFlag(),
			&cli.StringFlag{Name: "reason", Usage: "what to tell the agent"},
		},
		Action: func(c *cli.Context) error {
			reason, rest := c.String("reason"), c.Args().Slice()
			// The library takes no options behind the id.
			if len(rest) == 3 && rest[1] == "--reason" {
				reason, rest = rest[2], rest[:1]
			} else if len(rest) == 2 && strings.HasPrefix(rest[1], "--reason=") {
				reason, rest = strings.TrimPrefix(rest[1], "--reason="), rest[:1]
			}
			if len(rest) != 1 {
				return usagef("deny takes the id of a held step, and --reason: see restrain watch")
			}
			return h.answerHeld(c.String("session"), "denied", watch.Answer{ID: rest[0], Reason: reason, By: prompt.ByCommand})
		},
	}
}
