package main

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/gate"
	"restrain/prompt"
	"restrain/session"
)

func grantsCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:        "grants",
		Usage:       "list what was approved for longer than once, or take it back",
		Description: "   restrain grants\n   restrain grants revoke k7mf",
		Action:      func(*cli.Context) error { return h.listGrants() },
		Subcommands: []*cli.Command{{
			Name: "revoke", Usage: "take a grant back", ArgsUsage: "ID", OnUsageError: wrongUsage,
			Before: h.humanOnly,
			Action: func(c *cli.Context) error {
				if c.NArg() != 1 {
					return session.Usagef("grants revoke takes the id of a grant: see restrain grants")
				}
				return h.revokeGrant(c.Args().First())
			},
		}},
	}
}

func (h *host) listGrants() error {
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return err
	}
	list, err := gate.OpenGrants(stateDir).List(time.Now())
	if err != nil {
		return err
	}
	out := bufio.NewWriter(h.Stdout)
	for i := range list {
		grant := &list[i]
		whose := grant.Scope
		if grant.Scope == gate.ForSession {
			whose += " " + grant.Session[:min(4, len(grant.Session))]
		}
		fmt.Fprintf(out, "%-5s %-13s until %s  %s\n%20sin %s [%s]\n", prompt.Escape(grant.ID), prompt.Escape(whose),
			grant.Until.Local().Format("2006-01-02 15:04"), prompt.Escape(grant.Command),
			"", prompt.Escape(grant.Dir), prompt.Escape(strings.Join(grant.Rules, " ")))
	}
	if len(list) == 0 {
		fmt.Fprintln(out, "nothing is granted")
	}
	return out.Flush()
}

func (h *host) revokeGrant(id string) error {
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return err
	}
	if err := gate.OpenGrants(stateDir).Revoke(id, time.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(h.Stdout, "revoked %s\n", prompt.Escape(id))
	return err
}
