package main

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/report"
	"restrain/session"
)

// ciFlags are the options of a session with nobody there to ask.
func ciFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "ci", Usage: "nobody is there to ask: what would be asked is denied; exit status 3 when anything was"},
		&cli.StringFlag{Name: "on-ask", Usage: "with --ci, what would be asked: deny, allow-and-report (it runs), fail-fast (the first denied step ends the agent)", Value: session.OnAskDeny},
		&cli.StringFlag{Name: "policy-base", Usage: "with --ci, take the project's rules and approvals from this `REVISION` of git"},
		&cli.StringFlag{Name: "policy-sha256", Usage: "with --ci, let the project's approvals count if its file has this SHA-256, in `HEX`"},
		&cli.StringSliceFlag{Name: "report", Usage: "with --ci, write a report at the end: `FORMAT=FILE`, may be given again; formats: " + strings.Join(report.Formats(), ", ")},
	}
}

// ciOf reads the options of --ci; nil without it.
func (h *host) ciOf(c *cli.Context) (*session.CI, error) {
	if !c.Bool("ci") {
		for _, name := range [...]string{"on-ask", "policy-base", "policy-sha256", "report"} {
			if c.IsSet(name) {
				return nil, session.Hint(session.Usagef("--%s goes with --ci", name), "add --ci, or leave it out: restrain report makes reports later")
			}
		}
		return nil, nil
	}
	reports, err := h.reportFiles(c.StringSlice("report"))
	if err != nil {
		return nil, err
	}
	ci, err := session.NewCI(&h.Host, c.String("on-ask"), c.String("policy-base"), c.String("policy-sha256"))
	if err == nil && len(reports) > 0 {
		ci.Report = func(rules *classify.Set, store *gate.Store) error { return h.reportAll(reports, rules, store) }
	}
	return ci, err
}

// reportAll writes the reports of a session that is over.
func (h *host) reportAll(reports []reportFile, rules *classify.Set, store *gate.Store) error {
	drawn, err := journalReport(rules, session.Record{ID: store.ID(), Dir: store.Dir()})
	if err != nil {
		return err
	}
	var failed error // one that fails is no reason to lack the others
	for _, file := range reports {
		failed = errors.Join(failed, h.writeReport(file, *drawn))
	}
	return failed
}
