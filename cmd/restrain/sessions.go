package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"restrain/prompt"
	"restrain/session"
)

func sessionsCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "sessions",
		Usage: "list the sessions: which agent, where, at which level, what was denied",
		Description: "The latest first. Every verb that takes a session takes the id that stands here.\n\n" +
			"   restrain sessions\n   restrain sessions --project . --since 7d\n" +
			"   restrain sessions --level elevated --agent claude\n   restrain sessions --json | jq .",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "project", Usage: "only those that began in this `DIRECTORY` or below it"},
			&cli.StringFlag{Name: "agent", Usage: "only this agent's"},
			&cli.StringFlag{Name: "since", Usage: "only those used since this `TIME`: 90m, 3d, 2026-11-30"},
			&cli.StringFlag{Name: "level", Usage: "only those at this `LEVEL` or above: calm, elevated, alarmed"},
			&cli.BoolFlag{Name: "running", Usage: "only those that run now"},
			&cli.BoolFlag{Name: "all", Usage: "also those beyond the latest 20"},
			&cli.BoolFlag{Name: "json", Usage: "print a line of JSON for each"},
		},
		Before: func(c *cli.Context) error {
			if c.NArg() == 1 {
				return session.Hint(session.Usagef("sessions takes no words, only options"), "restrain log "+c.Args().First()+" shows one")
			}
			return nil
		},
		Action: func(c *cli.Context) error {
			filter, err := sessionFilterOf(c)
			if err != nil {
				return err
			}
			return h.listSessions(filter, c.Bool("all"), c.Bool("json"))
		},
	}
}

// A sessionFilter says which sessions a list is to have.
type sessionFilter struct {
	project, agent string
	since          time.Time
	level          int
	running        bool
}

var levels = [...]string{"calm", "elevated", "alarmed"}

func sessionFilterOf(c *cli.Context) (w sessionFilter, err error) {
	w.agent, w.running = c.String("agent"), c.Bool("running")
	if dir := c.String("project"); dir != "" {
		if w.project, err = filepath.Abs(dir); err != nil {
			return w, fmt.Errorf("--project %s: %w; give an absolute path", dir, err)
		}
	}
	if since := c.String("since"); since != "" {
		if w.since, err = pastTime(since, time.Now()); err != nil {
			return w, err
		}
	}
	if level := c.String("level"); level != "" {
		if w.level = slices.Index(levels[:], level); w.level < 0 {
			return w, session.Usagef("there is no level %q: one of %s", level, strings.Join(levels[:], ", "))
		}
	}
	return w, nil
}

// pastTime reads a time that has been: so long ago, or a day.
func pastTime(text string, now time.Time) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day, nil
	}
	if days, err := parseDays(text); err == nil {
		return now.AddDate(0, 0, -days), nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, session.Hint(session.Usagef("--since %q is no time", text), "write it as 90m, 12h, 3d or 2026-11-30")
}

func (w *sessionFilter) has(s *session.Summary) bool {
	inside := w.project == "" || s.Dir == w.project || strings.HasPrefix(s.Dir, strings.TrimSuffix(w.project, "/")+"/")
	return inside && (w.agent == "" || strings.Contains(s.Agent, w.agent)) && !s.Last.Before(w.since) &&
		slices.Index(levels[:], s.Level) >= w.level && (s.Running || !w.running)
}

// mostListed is how many sessions are listed unless all are asked for.
const mostListed = 20

func (h *host) listSessions(w sessionFilter, all, asJSON bool) error {
	records, err := session.Records(h.Getenv, "")
	if err != nil {
		return err
	}
	out, look := bufio.NewWriter(h.Stdout), h.entryLook()
	listed, more := 0, 0
	for _, record := range records {
		if record.Latest.Before(w.since) {
			break
		}
		s, err := session.Summarize(record)
		if errors.Is(err, os.ErrNotExist) || err == nil && !w.has(&s) {
			continue // removed meanwhile, or not asked for
		}
		if err != nil {
			return err
		}
		if listed == mostListed && !all && !asJSON {
			more++
			continue
		}
		listed++
		if asJSON {
			err = json.NewEncoder(out).Encode(s)
		} else {
			_, err = fmt.Fprintln(out, h.sessionLine(records, &s, look.width))
		}
		if err != nil {
			return err
		}
	}
	switch {
	case listed > 0 || asJSON:
	case len(records) == 0:
		fmt.Fprintln(out, "there is no session yet: restrain -- AGENT starts one")
	default:
		fmt.Fprintln(out, "no session fits")
	}
	if more > 0 {
		fmt.Fprintf(out, "and %d more: --all lists them\n", more)
	}
	return out.Flush()
}

// sessionLine is a session on a line of its own: in columns, or in a terminal
// that is too narrow for them in rows. Width 0 is any.
func (h *host) sessionLine(records []session.Record, s *session.Summary, width int) string {
	const columns, indent = 59, 6 // before the counts; below the id
	ink, counts, level := h.ink(), s.Counts(), fmt.Sprintf("%-8s ", prompt.Escape(s.Level))
	if s.Running {
		counts += ", running"
	}
	if s.Broken != "" {
		counts += ", journal broken"
	}
	id, when, agent, dir := session.ShortID(records, s.ID), whenText(s.Last, time.Now()), column(s.Agent, 12), column(filepath.Base(s.Dir), 16)
	head, at := fmt.Sprintf("%-5s %-12s %-12s %-16s ", id, when, agent, dir), columns
	if width > 0 && width < columns+20 {
		head = fmt.Sprintf("%-5s %s  %s  %s", id, strings.TrimSpace(when), agent, dir)
		head, at = cut(head, prompt.Caps{Width: width, Unicode: true})+"\n"+strings.Repeat(" ", indent), indent
	}
	if width > 0 {
		first := width - 1 - at
		if at == indent {
			first -= len(level)
		}
		counts = strings.Join(foldText(counts, first, width-1-at), "\n"+strings.Repeat(" ", at))
	}
	counts = strings.Replace(counts, "running", ink.green("running"), 1)
	return head + inkLevel(ink, s.Level, level) + strings.Replace(counts, "journal broken", ink.red("journal broken"), 1)
}

func inkLevel(ink ink, level, text string) string {
	switch level {
	case levels[2]:
		return ink.red(text)
	case levels[1]:
		return ink.yellow(text)
	}
	return text
}

// column cuts an agent's text to a column of a table.
func column(text string, width int) string {
	return cut(prompt.Escape(text), prompt.Caps{Width: width, Unicode: true})
}

// whenText says when something was, as short as is clear.
func whenText(t, now time.Time) string {
	t = t.Local()
	switch {
	case t.Format(time.DateOnly) == now.Local().Format(time.DateOnly):
		return t.Format("15:04")
	case now.Sub(t) < 300*24*time.Hour:
		return t.Format("_2 Jan 15:04")
	}
	return t.Format(time.DateOnly)
}

// atTerminal reports a human who can be asked which.
func (h *host) atTerminal() bool {
	out, ok := h.Stdout.(*os.File)
	return ok && h.Stdin != nil && term.IsTerminal(int(h.Stdin.Fd())) && term.IsTerminal(int(out.Fd()))
}

// pickRecord gives the session of an id. Where several fit and a human is at
// the terminal, the human chooses; without one it is as session.FindRecord says.
func (h *host) pickRecord(id string) (session.Record, error) {
	list, err := session.Records(h.Getenv, id)
	if err != nil || len(list) < 2 || list[0].ID == id || !h.atTerminal() {
		return session.FindRecord(h.Getenv, id)
	}
	list = list[:min(len(list), mostPicked)]
	choices := make([]string, len(list))
	for i, record := range list {
		s, err := session.Summarize(record)
		if err != nil {
			return session.Record{}, err
		}
		choices[i] = plainHost(h).sessionLine(list, &s, 0)
		if width := h.outputCaps().Width; width > 0 && prompt.Width(choices[i]) > width { // a choice has one row
			choices[i] = strings.Join(strings.Fields(choices[i]), " ")
		}
	}
	at, err := prompt.TTY{Env: h.Getenv}.Pick(context.Background(), "which session?", choices)
	if err != nil {
		return session.Record{}, session.Hint(err, "name a session: restrain sessions lists them")
	}
	return list[at], nil
}

// mostPicked is how many sessions a human chooses from.
const mostPicked = 100

// plainHost is h without colours.
func plainHost(h *host) *host {
	plain := *h
	plain.Stdout = nil
	return &plain
}
