package main

import (
	"github.com/urfave/cli/v2"

	"restrain/prompt"
	"restrain/session"
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
			if c.NArg() != 1 {
				return session.Usagef("deny takes the id of a held step, and --reason: see restrain watch")
			}
			return h.answerHeld(c.String("session"), "denied",
				watch.Answer{ID: c.Args().First(), Reason: c.String("reason"), By: prompt.ByCommand})
		},
	}
}
