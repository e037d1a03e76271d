package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/figure"
	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
)

func logCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "log",
		Usage:     "show a session's journal",
		ArgsUsage: "[SESSION]",
		Description: "Without a session, the latest; at a terminal you choose. An id may be abbreviated.\n" +
			"Exit status 1 when the journal is broken.\n\n" +
			"   restrain log\n   restrain log --denied --since 2h\n   restrain log --grep terraform 7f3a\n" +
			"   restrain log --json 7f3a | jq .\n   restrain log prune 90d",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "asked", Usage: "only steps that were asked about"},
			&cli.BoolFlag{Name: "denied", Usage: "only steps that did not run"},
			&cli.BoolFlag{Name: "kept", Usage: "only steps of which something was kept"},
			&cli.BoolFlag{Name: "masked", Usage: "only steps whose output had secrets withheld"},
			&cli.StringFlag{Name: "since", Usage: "only what happened since this `TIME`: 90m, 3d, 2026-11-30"},
			&cli.StringFlag{Name: "grep", Usage: "only entries with this `TEXT` in command, reason, rule or target; case does not matter"},
			&cli.BoolFlag{Name: "json", Usage: "print the entries as JSON Lines"},
			&cli.BoolFlag{Name: "parts", Usage: "also show what was let through without being a step, and why"},
		},
		Subcommands: []*cli.Command{pruneCommand(h)},
		Action: func(c *cli.Context) error {
			filter, err := filterOf(c)
			if err != nil {
				return err
			}
			found, err := h.pickRecord(c.Args().First())
			if err != nil {
				return err
			}
			return h.paged(func(out io.Writer) error { return h.log(out, found, filter, c.Bool("json"), c.Bool("parts")) })
		},
	}
}

// A logFilter says which entries are shown. With several kinds of step, one
// that is any of them is.
type logFilter struct {
	asked, denied, kept, masked bool
	since                       time.Time
	grep                        string
}

func filterOf(c *cli.Context) (f logFilter, err error) {
	f = logFilter{asked: c.Bool("asked"), denied: c.Bool("denied"), kept: c.Bool("kept"), masked: c.Bool("masked"), grep: strings.ToLower(c.String("grep"))}
	if since := c.String("since"); since != "" {
		f.since, err = pastTime(since, time.Now())
	}
	return f, err
}

func (f *logFilter) shows(e *journal.Entry) bool {
	kinds := f.asked || f.denied || f.kept || f.masked
	of := f.asked && session.Asked(e) || f.denied && session.Denied(e) || f.kept && e.Kept != nil || f.masked && len(e.Masked) > 0
	if kinds && !of || e.Time.Before(f.since) {
		return false
	}
	if f.grep == "" {
		return true
	}
	for _, text := range append([]string{e.Command, e.Reason, strings.Join(e.Rules, " ")}, e.Resources...) {
		if strings.Contains(strings.ToLower(text), f.grep) {
			return true
		}
	}
	return false
}

// log writes a session's entries, and says at the end when its journal is broken.
func (h *host) log(to io.Writer, found session.Record, filter logFilter, asJSON, parts bool) error {
	return withFile(found.Journal(), func(file *os.File) error {
		out := bufio.NewWriter(to)
		look := h.entryLook()
		var secrets tally
		err := journal.Read(file, func(e journal.Entry) error {
			secrets.add(&e)
			look.steps.add(&e)
			if !filter.shows(&e) {
				return nil
			}
			if asJSON {
				return json.NewEncoder(out).Encode(e)
			}
			err := look.entry(out, len(look.steps), e)
			if parts {
				err = errors.Join(err, look.parts(out, e.Parts))
			}
			return err
		})
		if said := secrets.figures().String(); said != "" && !asJSON {
			fmt.Fprintln(out, said) // kept by out
		}
		return errors.Join(out.Flush(), chainError(file, found, err))
	})
}

// chainError says what is wrong with a journal's chain, or else gives err.
func chainError(file *os.File, found session.Record, err error) error {
	if _, seek := file.Seek(0, io.SeekStart); seek != nil {
		return errors.Join(err, seek)
	}
	_, chain := journal.Verify(file)
	var broken *journal.BrokenError
	if errors.As(chain, &broken) && broken.Problem != journal.Truncated { // one that is being written now is no damage
		return fmt.Errorf("the journal is broken: %s: %w", found.Journal(), chain)
	}
	return err
}

func verifyCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "check that a session's journal was not changed",
		ArgsUsage: "[SESSION|FILE]",
		Description: "Names the first broken entry. Exit status 1 when there is one.\n\n" +
			"   restrain verify\n   restrain verify 7f3a\n   restrain verify ./journal.jsonl",
		Action: func(c *cli.Context) error {
			path, err := h.journalPath(c.Args().First())
			if err != nil {
				return err
			}
			return withFile(path, func(file *os.File) error {
				n, err := journal.Verify(file)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				_, err = fmt.Fprintf(h.Stdout, "%s: %s, the chain is whole\n", prompt.Escape(path), entries(n))
				return err
			})
		},
	}
}

// journalPath is the journal of a session, or the file of that name: a path with a slash
// in it, or one that no session begins with.
func (h *host) journalPath(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	found, err := h.pickRecord(name)
	if err == nil {
		return found.Journal(), nil
	}
	if info, missing := os.Stat(name); missing == nil && info.Mode().IsRegular() {
		return name, nil
	}
	return "", err
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return figure.Count(n) + " entries"
}

// parts writes what was let through before an entry, and why.
func (l entryLook) parts(w io.Writer, parts []journal.Parts) (err error) {
	for _, p := range parts {
		of := ""
		if p.Of > 0 {
			of = " below " + l.steps.name(p.Of)
		}
		err = errors.Join(err, l.detail(w, fmt.Sprintf("%s let through%s: %s: %s", figure.Count(p.Count), of, p.Reason, p.First)))
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
