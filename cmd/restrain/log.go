package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/figure"
	"restrain/gate"
	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
	"restrain/session"
)

func logCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:        "log",
		Usage:       "show a session's journal",
		ArgsUsage:   "[SESSION]",
		Description: "Without a session, the latest. An id may be abbreviated.\n\n   restrain log\n   restrain log --json 7f3a | jq .\n   restrain log prune 90d",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the entries as JSON Lines"},
			&cli.BoolFlag{Name: "parts", Usage: "also show what was let through without being a step, and why"},
		},
		Subcommands: []*cli.Command{pruneCommand(h)},
		Action: func(c *cli.Context) error {
			found, err := session.FindRecord(h.Getenv, c.Args().First())
			if err != nil {
				return err
			}
			return withFile(found.Journal(), func(file *os.File) error {
				out := bufio.NewWriter(h.Stdout)
				show := showEntry
				if c.Bool("json") {
					show = func(w io.Writer, e journal.Entry) error { return json.NewEncoder(w).Encode(e) }
				}
				if c.Bool("parts") && !c.Bool("json") {
					show = func(w io.Writer, e journal.Entry) error { return errors.Join(showEntry(w, e), showParts(w, e.Parts)) }
				}
				var secrets tally
				err := journal.Read(file, func(e journal.Entry) error { secrets.add(&e); return show(out, e) })
				if said := secrets.figures().String(); said != "" && !c.Bool("json") {
					fmt.Fprintln(out, said) // kept by out
				}
				return errors.Join(out.Flush(), err)
			})
		},
	}
}

func verifyCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:        "verify",
		Usage:       "check that a session's journal was not changed",
		ArgsUsage:   "[SESSION]",
		Description: "Names the first broken entry. Exit status 1 when there is one.\n\n   restrain verify",
		Action: func(c *cli.Context) error {
			found, err := session.FindRecord(h.Getenv, c.Args().First())
			if err != nil {
				return err
			}
			path := found.Journal()
			return withFile(path, func(file *os.File) error {
				n, err := journal.Verify(file)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				_, err = fmt.Fprintf(h.Stdout, "%s: %d entries, the chain is whole\n", path, n)
				return err
			})
		},
	}
}

// showEntry writes an entry for a person: one line, and what else there is to
// know of a step that was held below it.
func showEntry(w io.Writer, e journal.Entry) error {
	when := e.Time.Local().Format("2006-01-02 15:04:05")
	if e.Kind != journal.Step {
		_, err := fmt.Fprintf(w, "%s  %s %s\n", when, prompt.Escape(e.Kind), prompt.Escape(e.Reason))
		return err
	}
	verdict := e.Verdict
	if e.Answer != nil {
		verdict = "held, denied"
		switch fateOf(&e) {
		case report.Approved:
			verdict = "held, approved"
		case report.Observed:
			verdict = "not held, ran"
		}
	}
	_, err := fmt.Fprintf(w, "%s  %-14s %-8s %-8s %s\n", when, prompt.Escape(verdict), prompt.Escape(e.Severity),
		prompt.Escape(e.Level), prompt.Escape(e.Command))
	for _, said := range [...]struct{ what, text string }{{"kept: ", keptText(e.Kept)}, {"masked: ", maskedText(e.Masked)}, {"met: ", secretsText(e.Met)}, {"used: ", secretsText(e.Used)}} {
		if err == nil && said.text != "" {
			_, err = fmt.Fprintf(w, "%21s%s\n", "", prompt.Escape(said.what+said.text))
		}
	}
	if err != nil || e.Answer == nil && e.Verdict == gate.Run.Verdict() {
		return err
	}
	detail := e.Reason + " [" + strings.Join(e.Rules, " ") + "]"
	if e.Answer != nil {
		detail += "; " + e.Answer.By
		if e.Answer.Reason != "" {
			detail += ": " + e.Answer.Reason
		}
	}
	_, err = fmt.Fprintf(w, "%21s%s\n", "", prompt.Escape(detail))
	return err
}

// showParts writes what was let through before an entry, and why.
func showParts(w io.Writer, parts []journal.Parts) (err error) {
	for _, p := range parts {
		of := ""
		if p.Of > 0 {
			of = fmt.Sprintf(" below entry %d", p.Of)
		}
		_, e := fmt.Fprintf(w, "%21s%s let through%s: %s: %s\n", "", figure.Count(p.Count), of, prompt.Escape(p.Reason), prompt.Escape(p.First))
		err = errors.Join(err, e)
	}
	return err
}

func withFile(path string, f func(*os.File) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read the journal: %w", err)
	}
	defer file.Close()
	return f(file)
}
