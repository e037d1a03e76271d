package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/prompt"
	"restrain/secret"
	"restrain/session"
)

func explainCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:        "explain",
		Usage:       "show what is understood of a shell line, and the verdict",
		ArgsUsage:   "LINE",
		Description: "   restrain explain 'X=rm; sudo $X -rf ~/'",
		Flags:       []cli.Flag{textOnlyFlag(), personaFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return session.Usagef("explain takes one line: quote it, as in restrain explain 'rm -rf build'")
			}
			policy, err := session.LoadPolicy(h.Getenv, "", c.String("persona"))
			if err != nil {
				return err
			}
			j, _ := policy.Consider(policy.NewSession(), checkedRequest(h, c), time.Now())
			_, err = fmt.Fprint(h.Stdout, prompt.EscapeLines(secret.Redact(policy.Explain(&j))))
			return err
		},
	}
}
