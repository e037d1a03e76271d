package main

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/gate"
	"restrain/prompt"
	"restrain/session"
	"restrain/watch"
)

// pruneCommand is the only thing that removes journals: they are what happened,
// and how long that is of use only the user knows.
func pruneCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "prune",
		Usage:     "remove the sessions that nothing was added to for so many days, and name each",
		ArgsUsage: "DAYSd",
		Description: "Removes whole sessions: journal and state. Sessions that still run stay.\n" +
			"Nothing else ever removes a journal.\n\n   restrain log prune --dry-run 90d\n   restrain log prune 90d",
		Flags:        []cli.Flag{&cli.BoolFlag{Name: "dry-run", Usage: "only name what would be removed"}},
		OnUsageError: wrongUsage,
		Before:       h.humanOnlyFor(func(c *cli.Context) bool { return !c.Bool("dry-run") }),
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return session.Hint(session.Usagef("log prune takes an age in days"), "restrain log prune 90d")
			}
			days, err := parseDays(c.Args().First())
			if err != nil {
				return err
			}
			return h.prune(time.Now().AddDate(0, 0, -days), c.Bool("dry-run"))
		},
	}
}

// maxPruneDays is a hundred years, far from where dates overflow.
const maxPruneDays = 36500

// parseDays reads an age such as 90d, of at least a day.
func parseDays(age string) (int, error) {
	number, ok := strings.CutSuffix(age, "d")
	days, err := strconv.Atoi(number)
	if !ok || err != nil || days < 1 || days > maxPruneDays {
		return 0, session.Hint(session.Usagef("%q is no age in days, from 1d to %dd", age, maxPruneDays), "restrain log prune 90d")
	}
	return days, nil
}

// prune removes the sessions whose journal was last written before a time.
func (h *host) prune(before time.Time, dryRun bool) error {
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return err
	}
	sessions, err := session.Records(h.Getenv, "")
	if err != nil {
		return err
	}
	done := "removed"
	if dryRun {
		done = "would remove"
	}
	out := bufio.NewWriter(h.Stdout)
	var failed error // one that stays is no reason to keep the others
	removed := 0
	for i := range sessions {
		found := &sessions[i]
		if !found.Latest.Before(before) || watch.Live(found.Dir) {
			continue
		}
		if !dryRun {
			if err := gate.RemoveSession(stateDir, filepath.Base(found.Dir)); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
		}
		removed++
		fmt.Fprintf(out, "%s %s, last used %s\n", done, prompt.Escape(found.ID), found.Latest.Local().Format("2006-01-02 15:04"))
	}
	fmt.Fprintf(out, "%s %d of %d sessions\n", done, removed, len(sessions))
	return errors.Join(failed, out.Flush())
}
