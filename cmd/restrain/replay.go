package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/prompt"
	"restrain/trust"
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
				if err := r.file(h, path); err != nil {
					return errors.Join(err, out.Flush())
				}
			}
			return errors.Join(r.sum(), out.Flush())
		},
	}
}

// A recorded session, as a line of a file. Incidents name themselves with id.
type recorded struct {
	Session  string   `json:"session"`
	ID       string   `json:"id"`
	Cwd      string   `json:"cwd"`
	Commands []string `json:"commands"`
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

// maxSessionLine bounds one session of a file, in bytes.
const maxSessionLine = 64 << 20

func (r *replay) file(h *host, path string) error {
	var in io.Reader = h.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("cannot read the sessions: %w; name a readable file", err)
		}
		defer file.Close()
		in = file
	}
	lines := bufio.NewReaderSize(in, 1<<20)
	for number := 1; ; number++ {
		line, err := readLine(lines, maxSessionLine)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: line %d: %w; a session is one line of JSON", path, number, err)
		}
		var session recorded
		if err := json.Unmarshal(line, &session); err != nil {
			return usagef("%s: line %d: %w; a session is one line of JSON", path, number, err)
		}
		if session.Session == "" {
			session.Session = session.ID
		}
		if err := r.session(&session); err != nil {
			return err
		}
	}
}

// stepInterval is the time that a recorded command is taken to last: records
// of sessions have no clock.
const stepInterval = 15 * time.Second

// session walks one session. What would have been asked is taken as approved,
// since the recorded agent went on.
func (r *replay) session(s *recorded) error {
	session := r.policy.NewSession()
	r.total.Sessions++
	paused := false
	for i, command := range s.Commands {
		now := time.Unix(0, 0).UTC().Add(time.Duration(i) * stepInterval)
		request := gate.Request{Door: "replay", Line: command, Dir: s.Cwd}
		step := r.policy.Read(&request)
		j := r.policy.Judge(session, &step, now)
		r.total.Steps++
		outcome := trust.Outcome{Decision: trust.Allowed}
		if j.Verdict != gate.Allow {
			r.total.Pauses++
			paused = true
			outcome.Decision = trust.Approved
		}
		if err := r.step(s, i, command, &j); err != nil {
			return err
		}
		session.Record(&step, j.Assessment, outcome, now)
	}
	if paused {
		r.total.SessionsWithPause++
	}
	return nil
}

func (r *replay) step(s *recorded, index int, command string, j *gate.Judgement) error {
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
		j.Verdict, prompt.Escape(classify.Redact(j.Reason)), prompt.Escape(classify.Redact(command)))
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
