package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/gate"
	"restrain/session"
)

func maskCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "mask",
		Usage:     "say which secrets an agent may see in what its commands print",
		ArgsUsage: "[on|off|NAME|FILE]",
		Description: "What only prints secrets runs with their values withheld, so that nobody is\n" +
			"asked. NAME or FILE lets the agent of the latest session see one secret, or\n" +
			"those of a file; on withholds all again; off withholds none, and what prints\n" +
			"secrets is asked about instead.\n\n" +
			"   restrain mask\n   restrain mask RAILWAY_TOKEN\n   restrain mask ./fixtures/.env\n" +
			"   restrain mask off --session 7f3a\n   restrain mask on",
		Flags: []cli.Flag{sessionFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return h.mask(c.String("session"), c.Args().First())
			}
			record, shown, err := h.Disclosure(c.String("session"))
			if err == nil {
				fmt.Fprintf(h.Stdout, "%s  masking is %s\n", record.ID, session.ShownText(shown))
			}
			return err
		},
	}
}

func (h *host) mask(prefix, what string) error {
	if strings.Contains(what, "/") || strings.HasPrefix(what, ".") {
		path, err := filepath.Abs(what)
		if err != nil {
			return fmt.Errorf("%s: %w; give the whole path", what, err)
		}
		what = path
	}
	var now gate.Disclosure
	record, err := h.Show(prefix, what, func(s *gate.Disclosure) {
		switch what {
		case "on":
			*s = gate.Disclosure{}
		case "off":
			s.All = true
		default:
			if s.All = false; !slices.Contains(s.Names, what) {
				s.Names = append(s.Names, what)
			}
		}
		now = *s
	})
	if err == nil {
		fmt.Fprintf(h.Stdout, "%s  masking is %s\n", record.ID, session.ShownText(now))
	}
	return err
}
