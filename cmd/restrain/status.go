package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/figure"
	"restrain/prompt"
	"restrain/session"
	"restrain/watch"
)

func statusCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "status",
		Usage:     "say on a line what runs guarded now, for a status bar or a prompt",
		ArgsUsage: "[SESSION]",
		Description: "The session that runs and was used last. Exit status 1, and nothing printed, when none\n" +
			"runs. FORMAT is tmux, json, or a text with {session} {agent} {level} {steps} {asked}\n" +
			"{denied} {kept} {masked} {held} {running} in it.\n\n" +
			"   restrain status\n   restrain status --format '{level} {held} held'\n\n" +
			"tmux:\n\n   set -g status-right '#(restrain status --format tmux)'\n\n" +
			"starship:\n\n   [custom.restrain]\n   when = \"restrain status\"\n   command = \"restrain status\"",
		Flags: []cli.Flag{&cli.StringFlag{Name: "format", Usage: "print this `FORMAT`"}},
		Action: func(c *cli.Context) error {
			s, err := h.status(c.Args().First())
			if err != nil {
				return err
			}
			if s.Running == 0 {
				return exitStatus(session.ExitError)
			}
			text, err := s.text(c.String("format"))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(h.Stdout, text)
			return err
		},
	}
}

// A liveStatus is what a bar shows.
type liveStatus struct {
	session.Summary
	Short   string `json:"short"`
	Held    int    `json:"held"`    // in this session
	Running int    `json:"running"` // sessions in all
}

func (h *host) status(id string) (s liveStatus, err error) {
	records, err := session.Records(h.Getenv, id)
	if err != nil {
		return s, err
	}
	for _, record := range records {
		if !watch.Live(record.Dir) {
			continue
		}
		if s.Running++; s.Running > 1 {
			continue
		}
		if s.Summary, err = session.Summarize(record); err != nil {
			return s, err
		}
		s.Short, s.Held = session.ShortID(records, record.ID), len(heldSteps(record.Dir))
	}
	return s, nil
}

// text writes a status in a format.
func (s *liveStatus) text(format string) (string, error) {
	switch format {
	case "json":
		line, err := json.Marshal(s)
		return string(line), err
	case "":
		return s.plain(), nil
	case "tmux":
		colour := map[string]string{levels[1]: "yellow", levels[2]: "red"}[s.Level]
		if s.Held > 0 {
			colour = "red,bold"
		}
		text := strings.ReplaceAll(s.plain(), "#", "##")
		if colour == "" {
			return text, nil
		}
		return "#[fg=" + colour + "]" + text + "#[default]", nil
	}
	pairs := []string{"{session}", s.Short, "{agent}", prompt.Escape(s.Agent), "{level}", prompt.Escape(s.Level)}
	for name, n := range map[string]int{"steps": s.Steps, "asked": s.Asked, "denied": s.Denied, "kept": s.Kept, "masked": s.Masked, "held": s.Held, "running": s.Running} {
		pairs = append(pairs, "{"+name+"}", strconv.Itoa(n))
	}
	return strings.NewReplacer(pairs...).Replace(format), nil
}

func (s *liveStatus) plain() string {
	text := "restrain: " + figure.Number(s.Steps, "step")
	if s.Level != "" {
		text = "restrain: " + prompt.Escape(s.Level) + ", " + figure.Number(s.Steps, "step")
	}
	if s.Held > 0 {
		text += fmt.Sprintf(", %d HELD", s.Held)
	}
	if s.Running > 1 {
		text += fmt.Sprintf(" (1 of %d sessions)", s.Running)
	}
	return text
}
