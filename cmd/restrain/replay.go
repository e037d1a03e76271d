package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/prompt"
)

func replayCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "replay",
		Usage:     "walk recorded sessions as if live and say where they would have paused",
		ArgsUsage: "FILE…",
		Description: "A file holds one session a line: {\"session\":\"…\",\"commands\":[\"…\"]}. Nothing runs.\n\n" +
			"   restrain replay sessions.jsonl\n" +
			"   restrain replay --json sessions.jsonl",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the sum as one JSON object"},
			&cli.BoolFlag{Name: "steps", Usage: "print every step as JSON Lines"},
			personaFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return usagef("replay takes at least one file: - is stdin")
			}
			if c.Bool("json") && c.Bool("steps") {
				return usagef("--json and --steps do not go together: choose one")
			}
			policy, err := loadPolicy(h.getenv, c.String("persona"))
			if err != nil {
				return err
			}
			out := bufio.NewWriterSize(h.stdout, 1<<16)
			r := &replay{policy: policy, out: out, json: c.Bool("json"), steps: c.Bool("steps")}
			for _, path := range c.Args().Slice() {
				if err := h.eachRecorded(path, r.session); err != nil {
					return errors.Join(err, out.Flush())
				}
			}
			return errors.Join(r.sum(), out.Flush())
		},
	}
}

// A replayed step, as --steps prints it. Divergence and contribution are in
// bits, percentile is 0 to 100, index counts from 0.
type replayedStep struct {
	Session      string            `json:"session"`
	Index        int               `json:"index"`
	Verdict      gate.Verdict      `json:"verdict"`
	Severity     classify.Severity `json:"severity"`
	Divergence   float64           `json:"divergence"`
	Contribution float64           `json:"contribution"`
	Percentile   float64           `json:"percentile"`
	Level        string            `json:"level"`
	Rules        []string          `json:"rules"`
	Sequence     string            `json:"sequence"`
}

// A replaySum is what --json prints.
type replaySum struct {
	Sessions          int     `json:"sessions"`
	Steps             int     `json:"steps"`
	Pauses            int     `json:"pauses"`
	PausesPer1000     float64 `json:"pauses_per_1000"`
	SessionsWithPause int     `json:"sessions_with_pause"`
}

type replay struct {
	policy      *gate.Policy
	out         *bufio.Writer
	json, steps bool
	total       replaySum
}

func (r *replay) session(s *recorded) error {
	r.total.Sessions++
	paused := false
	err := s.walk(r.policy, func(index int, j *gate.Judgement) error {
		r.total.Steps++
		if j.Verdict != gate.Allow {
			r.total.Pauses++
			paused = true
		}
		return r.step(s, index, j)
	})
	if paused {
		r.total.SessionsWithPause++
	}
	return err
}

func (r *replay) step(s *recorded, index int, j *gate.Judgement) error {
	a := &j.Assessment
	if r.steps {
		rules := j.Rules
		if rules == nil {
			rules = []string{}
		}
		return json.NewEncoder(r.out).Encode(replayedStep{Session: s.Session, Index: index,
			Verdict: j.Verdict, Severity: j.Severity, Divergence: a.Divergence,
			Contribution: a.Contribution, Percentile: a.Percentile, Level: a.Level.String(),
			Rules: rules, Sequence: a.Sequence})
	}
	if r.json || j.Verdict == gate.Allow {
		return nil
	}
	_, err := fmt.Fprintf(r.out, "%s step %d: %s: %s\n    %s\n", prompt.Escape(s.Session), index+1,
		j.Verdict, prompt.Escape(classify.Redact(j.Reason)), prompt.Escape(classify.Redact(s.Commands[index])))
	return err
}

func (r *replay) sum() error {
	t := &r.total
	if t.Steps > 0 {
		t.PausesPer1000 = 1000 * float64(t.Pauses) / float64(t.Steps)
	}
	switch {
	case r.json:
		return json.NewEncoder(r.out).Encode(t)
	case r.steps:
		return nil
	}
	_, err := fmt.Fprintf(r.out, "%d sessions, %d steps: %d pauses (%.1f in 1,000 steps), in %d sessions\n",
		t.Sessions, t.Steps, t.Pauses, t.PausesPer1000, t.SessionsWithPause)
	return err
}
