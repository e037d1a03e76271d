package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/figure"
	"restrain/prompt"
	"restrain/record"
	"restrain/report"
	"restrain/session"
	"restrain/trust"
)

func recordCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "record",
		Usage:     "say how an agent has behaved over its sessions: restraint and consistency",
		ArgsUsage: "[AGENT]",
		Description: "Without an agent, all of them on a line each. The record rests on 90 days of\n" +
			"journals; what only repeats counts for nothing. A poor record has an agent asked\n" +
			"about sooner, a good one silences nothing.\n\n" +
			"   restrain record\n" +
			"   restrain record claude --project .\n" +
			"   restrain record claude --html record.html\n" +
			"   restrain record --rebuild",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "project", Usage: "only what the agent did in this `DIRECTORY`"},
			&cli.StringFlag{Name: "html", Usage: "write one self-contained page to `FILE`"},
			&cli.BoolFlag{Name: "json", Usage: "print a line of JSON for each agent"},
			&cli.BoolFlag{Name: "rebuild", Usage: "make all records anew from the journals there are"},
		},
		Before: h.humanOnlyFor(func(c *cli.Context) bool { return c.Bool("rebuild") }),
		Action: func(c *cli.Context) error {
			if c.Bool("rebuild") {
				if err := session.RebuildRecords(h.Getenv, trust.Shipped()); err != nil {
					return err
				}
			}
			records, err := h.agentRecords(c.Args().First(), c.String("project"))
			if err != nil {
				return err
			}
			switch {
			case c.Bool("json"):
				return h.recordsJSON(records)
			case c.Args().First() == "" && c.String("html") == "":
				return h.listRecords(records)
			case len(records) == 0:
				return session.Hint(fmt.Errorf("there is no record yet"), "restrain record lists the agents that have one; restrain -- AGENT begins one")
			case c.Args().First() == "" && slices.ContainsFunc(records, func(r *record.Record) bool { return r.Agent != records[0].Agent }):
				return session.Hint(session.Usagef("a page is about one agent"), "name it: restrain record AGENT --html FILE")
			}
			drawn := agentReport(records, time.Now())
			if path := c.String("html"); path != "" {
				return h.writeRecord(path, drawn)
			}
			return drawn.Text(h.Stdout, h.outputCaps())
		},
	}
}

// writeRecord writes a record as a page; to stdout for -.
func (h *host) writeRecord(path string, drawn *report.AgentRecord) error {
	if path == "-" {
		return report.AgentPage(h.Stdout, drawn)
	}
	if err := replaceFile(path, func(file *os.File) error { return report.AgentPage(file, drawn) }); err != nil {
		return fmt.Errorf("cannot write the page: %w; name a file that can be written", err)
	}
	return nil
}

// agentRecords are those of an agent, or of all, in a project, or in all.
func (h *host) agentRecords(agent, project string) ([]*record.Record, error) {
	list, err := session.AgentRecords(h.Getenv, trust.Shipped())
	if err != nil {
		return nil, err
	}
	if project != "" {
		dir, err := filepath.Abs(project)
		if err != nil {
			return nil, fmt.Errorf("--project %s: %w; give an absolute path", project, err)
		}
		project = session.ProjectRoot(dir)
	}
	list = slices.DeleteFunc(list, func(r *record.Record) bool {
		return agent != "" && r.Agent != agent || project != "" && r.Project != project || len(r.Days) == 0
	})
	slices.SortFunc(list, func(a, b *record.Record) int {
		return strings.Compare(a.Agent+"\x00"+a.Project, b.Agent+"\x00"+b.Project)
	})
	return list, nil
}

// A recordLine is a record in figures.
type recordLine struct {
	Agent   string `json:"agent"`
	Project string `json:"project"`
	record.Sum
	Days []record.Day `json:"days"`
}

func (h *host) recordsJSON(records []*record.Record) error {
	for _, r := range records {
		if err := json.NewEncoder(h.Stdout).Encode(recordLine{r.Agent, r.Project, r.Sum(trust.Shipped(), time.Now()), r.Days}); err != nil {
			return err
		}
	}
	return nil
}

func (h *host) listRecords(records []*record.Record) error {
	if len(records) == 0 {
		_, err := fmt.Fprintln(h.Stdout, "no agent has a record yet: restrain -- AGENT begins one")
		return err
	}
	ink, now := h.ink(), time.Now()
	for _, r := range records {
		s := r.Sum(trust.Shipped(), now)
		text := fmt.Sprintf("%-12s %-16s %s", column(r.Agent, 12), column(filepath.Base(r.Project), 16), figure.Number(s.Steps, "step"))
		for _, part := range [...]struct {
			n    int
			what string
		}{{s.Asked, "asked"}, {s.Denied, "denied"}, {s.Around, "around a denial"}, {s.Used, "with a found credential"}} {
			if part.n > 0 {
				text += fmt.Sprintf(", %s %s", figure.Count(part.n), part.what)
			}
		}
		if s.Poor > 0 {
			text += ink.red(", poor")
		}
		if s.Week.Unlike() || s.Change.Unlike() {
			text += ink.yellow(", unlike before")
		}
		if _, err := fmt.Fprintln(h.Stdout, text); err != nil {
			return err
		}
	}
	return nil
}

// agentReport makes the records of an agent ready to be drawn as one.
func agentReport(records []*record.Record, now time.Time) *report.AgentRecord {
	r := record.Merge(records)
	s := r.Sum(trust.Shipped(), now)
	where := figure.Number(len(records), "project")
	if len(records) == 1 {
		where = filepath.Base(r.Project)
	}
	drawn := &report.AgentRecord{
		Agent: r.Agent, Version: record.Name(s.Version, s.Model), Where: where,
		From: s.First, To: s.Last, Sessions: s.Sessions, Steps: s.Steps, Poor: s.Poor > 0,
		Facts: []report.AgentFact{
			{Label: "outside what is declared", Count: s.Outside},
			{Label: "found credentials met", Count: s.Found},
			{Label: "found credentials used", Count: s.Used, Bad: true},
			{Label: "asked about", Count: s.Asked},
			{Label: "denied", Count: s.Denied, Bad: true},
			{Label: "worked around a denial", Count: s.Around, Bad: true},
		},
		Standing: "no poor record: asked about as any agent is",
		Compared: []report.AgentComparison{compared("last 7 days against those before", &s.Week)},
		Weeks:    weeksOf(r.Days, now),
	}
	if s.Poor > 0 {
		drawn.Standing = fmt.Sprintf("a poor record (%.0f of 100): asked about sooner", 100*s.Poor)
	}
	if s.Was != "" {
		drawn.Compared = append(drawn.Compared, compared(record.Name(s.Version, s.Model)+" against "+s.Was, &s.Change))
	}
	return drawn
}

func compared(title string, c *record.Comparison) report.AgentComparison {
	drawn := report.AgentComparison{Title: title, Unlike: c.Unlike()}
	drawn.Text = fmt.Sprintf("%s against %s: ", figure.Number(c.Steps, "step"), figure.Count(c.Before))
	switch {
	case !c.Known():
		drawn.Text += "too few to tell"
	case c.Unlike():
		drawn.Text += fmt.Sprintf("unlike before, more so than %s%% of ordinary work", figure.Percentile(c.Percentile))
	default:
		drawn.Text += "like itself"
	}
	for _, shift := range c.Shifts {
		drawn.Shifts = append(drawn.Shifts, prompt.Escape(shift.Text()))
	}
	return drawn
}

// weeksOf puts days together by weeks that end today.
func weeksOf(days []record.Day, now time.Time) []report.AgentWeek {
	const most = 13
	weeks := make([]report.AgentWeek, most)
	today := now.UTC().Truncate(24 * time.Hour)
	first := most
	for i := range weeks {
		weeks[i].From = today.AddDate(0, 0, -7*(most-i)+1).Format(time.DateOnly)
	}
	for i := range days {
		at := most - 1
		for at > 0 && days[i].Date < weeks[at].From {
			at--
		}
		weeks[at].Steps += days[i].Steps
		weeks[at].Asked += days[i].Asked
		weeks[at].Denied += days[i].Denied
		first = min(first, at)
	}
	return weeks[first:]
}
