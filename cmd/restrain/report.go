package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/journal"
	"restrain/report"
	"restrain/session"
)

func reportCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "draw a session from its journal: a timeline, a page, or what a pipeline reads",
		ArgsUsage: "[SESSION]",
		Description: "Without a session, the latest. An id may be abbreviated. Figures and verdicts\n" +
			"are those that were recorded. The formats are " + strings.Join(report.Formats(), ", ") + ".\n\n" +
			"   restrain report\n" +
			"   restrain report --html session.html 7f3a\n" +
			"   restrain report --format sarif --out restrain.sarif 7f3a",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "write the session in this `FORMAT` instead of a timeline"},
			&cli.StringFlag{Name: "out", Usage: "write to `FILE`; - is stdout", Value: "-"},
			&cli.StringFlag{Name: "html", Usage: "write one self-contained page to `FILE`, as --format html --out FILE does"},
		},
		Action: func(c *cli.Context) error {
			to, err := reportTarget(c)
			if err != nil {
				return err
			}
			set, err := session.LoadRules(h.Getenv)
			if err != nil {
				return err
			}
			found, err := h.pickRecord(c.Args().First())
			if err != nil {
				return err
			}
			drawn, err := journalReport(set, found)
			if err != nil {
				return err
			}
			if to.format != "" {
				return h.writeReport(to, *drawn)
			}
			out := bufio.NewWriter(h.Stdout)
			err = report.Timeline(out, drawn, h.outputCaps())
			return errors.Join(err, out.Flush())
		},
	}
}

// reportTarget is where a report goes, and in which format.
func reportTarget(c *cli.Context) (to reportFile, err error) {
	to = reportFile{format: c.String("format"), path: c.String("out")}
	switch page := c.String("html"); {
	case page != "" && to.format != "":
		return to, session.Usagef("--html and --format do not go together: choose one")
	case page != "":
		to = reportFile{format: report.HTML, path: page}
	case to.format == "" && to.path != "-":
		return to, session.Hint(session.Usagef("--out needs a format"), "add --format, one of "+strings.Join(report.Formats(), ", "))
	case to.format != "":
		err = knownFormat(to.format)
	}
	return to, err
}

// journalReport draws a session as its journal has it.
func journalReport(set *classify.Set, from session.Record) (*report.Session, error) {
	drawn := &report.Session{Source: "its journal", Live: true, Journal: "restrain/sessions/" + from.ID + "/" + filepath.Base(from.Journal())}
	var script session.ScriptText
	var secrets tally
	var steps stepNumbers
	err := withFile(from.Journal(), func(file *os.File) error {
		n, chain := journal.Verify(file)
		if _, err := file.Seek(0, 0); err != nil {
			return fmt.Errorf("cannot read the journal: %w", err)
		}
		drawn.Notes = append(drawn.Notes, chainNote(n, chain))
		err := journal.Read(file, func(e journal.Entry) error {
			drawEntry(drawn, &e)
			secrets.add(&e)
			steps.add(&e)
			switch e.Kind {
			case journal.SessionStart:
				drawn.Script, script = session.StartedScript(&e)
			case journal.Step:
				step := journalStep(set, steps, &e)
				step.Line = script.Line(e.Command)
				drawn.Steps = append(drawn.Steps, step)
				if step.Sender > 0 {
					sender := &drawn.Steps[step.Sender-1]
					sender.Sent = append(sender.Sent, step.Number)
				}
			case journal.Exit:
				drawFailure(drawn.Steps, &e)
			case journal.Note:
				drawMasked(drawn.Steps, &e)
			}
			return nil
		})
		drawn.Secrets = secrets.figures()
		if said := drawn.Secrets.String(); said != "" {
			drawn.Notes = append(drawn.Notes, said)
		}
		var broken *journal.BrokenError
		if errors.As(err, &broken) && len(drawn.Steps) > 0 {
			return nil // the chain's note says it; what stands before is drawn
		}
		return err
	})
	return drawn, err
}

// drawEntry takes from an entry what is about the session as a whole.
func drawEntry(drawn *report.Session, e *journal.Entry) {
	drawn.ID = e.Session
	if drawn.Agent == "" {
		drawn.Agent = e.Agent
	}
	switch e.Kind {
	case journal.Tamper, journal.Note, journal.SessionEnd:
		drawn.Notes = append(drawn.Notes, e.Time.UTC().Format("2006-01-02 15:04:05 ")+e.Kind+": "+e.Reason)
	}
}

func chainNote(n int, err error) string {
	if err != nil {
		return "the journal is broken: " + err.Error()
	}
	return "the journal's chain of " + entries(n) + " is whole"
}
