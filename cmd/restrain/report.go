package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/journal"
	"restrain/report"
)

func reportCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "draw a session from its journal: a timeline, or one HTML page",
		ArgsUsage: "[SESSION]",
		Description: "Without a session, the latest. An id may be abbreviated. Figures and verdicts\n" +
			"are those that were recorded.\n\n" +
			"   restrain report\n" +
			"   restrain report --html session.html 7f3a",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "html", Usage: "write one self-contained page to `FILE`; - is stdout"},
		},
		Action: func(c *cli.Context) error {
			session, page, err := reportArguments(c)
			if err != nil {
				return err
			}
			drawn, err := h.drawnJournal(session)
			if err != nil {
				return err
			}
			if page != "" {
				return h.writePage(page, []report.Session{*drawn})
			}
			out := bufio.NewWriter(h.stdout)
			err = report.Timeline(out, drawn, h.outputCaps())
			return errors.Join(err, out.Flush())
		},
	}
}

// reportArguments also takes the options behind the session, where people put
// them: restrain report 7f3a --html FILE.
func reportArguments(c *cli.Context) (session, page string, err error) {
	page = c.String("html")
	args := c.Args().Slice()
	for len(args) > 0 {
		value, isHTML := strings.CutPrefix(args[0], "--html=")
		switch {
		case isHTML:
			page = value
		case args[0] == "--html" && len(args) > 1:
			page, args = args[1], args[1:]
		case session == "" && !strings.HasPrefix(args[0], "-"):
			session = args[0]
		default:
			return "", "", usagef("report takes one session and --html FILE, not %q", args[0])
		}
		args = args[1:]
	}
	return session, page, nil
}

// drawnJournal draws a session as its journal has it.
func (h *host) drawnJournal(id string) (*report.Session, error) {
	set, err := loadRules(h.getenv)
	if err != nil {
		return nil, err
	}
	session, err := findSession(h.getenv, id)
	if err != nil {
		return nil, err
	}
	drawn := &report.Session{Source: "its journal", Live: true}
	err = withFile(session.journal(), func(file *os.File) error {
		entries, chain := journal.Verify(file)
		if _, err := file.Seek(0, 0); err != nil {
			return fmt.Errorf("cannot read the journal: %w", err)
		}
		drawn.Notes = append(drawn.Notes, chainNote(entries, chain))
		err := journal.Read(file, func(e journal.Entry) error {
			drawEntry(drawn, &e)
			if e.Kind == journal.Step {
				drawn.Steps = append(drawn.Steps, drawnEntry(set, len(drawn.Steps)+1, &e))
			}
			return nil
		})
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

func chainNote(entries int, err error) string {
	if err != nil {
		return "the journal is broken: " + err.Error()
	}
	return fmt.Sprintf("the journal's chain of %d entries is whole", entries)
}
