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
		ArgsUsage:   "[ID]",
		Description: "The agent is told the reason. Without an id, at a terminal, choose from what is held.\n\n   restrain deny k7mf --reason 'that is production'",
		Flags: []cli.Flag{
			sessionFlag(),
			&cli.StringFlag{Name: "reason", Usage: "what to tell the agent"},
		},
		Action: func(c *cli.Context) error {
			id := c.Args().First()
			if c.NArg() == 0 && h.atTerminal() {
				request, err := h.pickHeld(c.String("session"), "which step is to be denied?")
				if err != nil {
					return err
				}
				id = request.ID
			}
			if c.NArg() > 1 || id == "" {
				return session.Usagef("deny takes the id of a held step, and --reason: see restrain watch")
			}
			return h.answerHeld(c.String("session"), "denied",
				watch.Answer{ID: id, Reason: c.String("reason"), By: prompt.ByCommand})
		},
	}
}
