package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/figure"
	"restrain/gate"
	"restrain/prompt"
	"restrain/report"
	"restrain/session"
	"restrain/transcript"
	"restrain/trust"
)

func replayCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "replay",
		Usage:     "walk recorded sessions as if live and say where they would have paused",
		ArgsUsage: "FILE…",
		Description: "Nothing runs. A file is a session of Claude Code, Codex, Cursor, Gemini CLI or Copilot CLI, a\n" +
			"trajectory of SWE-agent or OpenHands, an export of OpenCode, SpecStory, Cursor,\n" +
			"Cline or Automaker, an asciicast, a shell's history, a journal of restrain, or JSON Lines with one session\n" +
			"a line: {\"session\":\"…\",\"commands\":[\"…\"]}. Which it is is found out.\n\n" +
			"   restrain replay ~/.claude/projects/*/*.jsonl\n" +
			"   restrain replay --html page.html rollout.jsonl\n" +
			"   cat events/*.json | restrain replay -\n" +
			"   restrain replay --json sessions.jsonl",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the sum as one JSON object"},
			&cli.BoolFlag{Name: "steps", Usage: "print every step as JSON Lines"},
			&cli.StringFlag{Name: "html", Usage: "write one self-contained page to `FILE`; - is stdout"},
			&cli.StringFlag{Name: "format", Usage: "what the files are, when that cannot be found out"},
			personaFlag(),
		},
		Action: func(c *cli.Context) error { return h.replay(c) },
	}
}

func (h *host) replay(c *cli.Context) error {
	r := &replay{host: h, json: c.Bool("json"), steps: c.Bool("steps"), html: c.String("html"), progress: report.NewProgress(h.Stderr, h.Getenv("TERM"))}
	format, err := transcript.ParseFormat(c.String("format"))
	switch {
	case c.NArg() == 0:
		return session.Usagef("replay takes at least one file: - is stdin")
	case r.json && r.steps:
		return session.Usagef("--json and --steps do not go together: choose one")
	case r.html == "-" && (r.json || r.steps):
		return session.Usagef("--html - and --json or --steps do not go together: give the page a file")
	case err != nil:
		return session.Usage(err)
	}
	if r.set, err = session.LoadRules(h.Getenv); err != nil {
		return err
	}
	if r.policy, err = session.LoadPolicy(h.Getenv, "", c.String("persona")); err != nil {
		return err
	}
	r.out = bufio.NewWriterSize(h.Stdout, 1<<16)
	defer r.progress.Clear()
	unread := 0
	for _, path := range c.Args().Slice() {
		r.path = path
		err := h.EachTranscript(path, format, r.progress.Watch(path), r.session)
		var file session.UsageError
		switch r.progress.Clear(); {
		case err == nil:
		case errors.As(err, &file) && c.NArg() > 1: // the others are read all the same
			h.Fail(err)
			unread++
		default:
			return errors.Join(err, r.out.Flush())
		}
	}
	err = errors.Join(r.end(), r.out.Flush())
	if err == nil && unread > 0 {
		err = session.Usagef("%d of %d files could not be read", unread, c.NArg())
	}
	return err
}

// A replayed step, as --steps prints it. Divergence and contribution are in
// bits, percentile is 0 to 100, index counts from 0.
type replayedStep struct {
	Session      string            `json:"session"`
	Index        int               `json:"index"`
	Verdict      string            `json:"verdict"`
	Severity     classify.Severity `json:"severity"`
	Divergence   float64           `json:"divergence"`
	Contribution float64           `json:"contribution"`
	Percentile   float64           `json:"percentile"`
	Level        string            `json:"level"`
	// Doubt is how little the step fits its session, in bits, Margin how far that
	// is over the line, and Reasons what it is made of.
	Doubt    float64            `json:"doubt"`
	Margin   float64            `json:"margin"`
	Reasons  map[string]float64 `json:"reasons"`
	Rules    []string           `json:"rules"`
	Sequence string             `json:"sequence"`
	Outcome  gate.Outcome       `json:"outcome"`
}

// A replaySum is what --json prints.
type replaySum struct {
	Sessions          int     `json:"sessions"`
	Steps             int     `json:"steps"`
	Pauses            int     `json:"pauses"`
	PausesPer1000     float64 `json:"pauses_per_1000"`
	SessionsWithPause int     `json:"sessions_with_pause"`
}

// A replay walks the sessions of files. It prints steps, or draws the sessions
// that paused, or one that is alone; or only counts.
type replay struct {
	host        *host
	set         *classify.Set
	policy      *gate.Policy
	out         *bufio.Writer
	json, steps bool
	html        string
	progress    *report.Progress
	path        string // of the file that is read

	total replaySum
	alone *report.Session // the first session, until there is another
	pages []report.Session
}

// draws reports whether steps are to be drawn, not only counted or printed.
func (r *replay) draws() bool { return r.html != "" || !r.json && !r.steps }

func (r *replay) session(s *transcript.Session) error {
	home := ""
	if s.Format == transcript.Journal {
		home = r.host.Getenv("HOME") // a journal is of this user's
	}
	for _, unread := range s.Unread {
		r.progress.Clear()
		fmt.Fprintf(r.host.Stderr, "restrain: hint: %s: %s\n", prompt.Escape(r.path), unread)
	}
	drawn := newReport(s, r.policy, r.path)
	pauses, differ := 0, 0
	err := session.Walk(s, r.policy, home, func(w session.Walked) error {
		r.total.Steps++
		r.progress.Step()
		if !w.Outcome.Runs() && !w.Covered() {
			pauses++
		}
		if recorded := w.Command.Verdict; recorded != nil && recorded.Verdict != w.Outcome.Verdict() {
			differ++
		}
		if r.draws() {
			drawn.Steps = append(drawn.Steps, judgedStep(r.set, r.policy, &w))
			drawn.Baseline = w.Assessment.Baseline
		}
		if r.steps {
			return r.step(s, &w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.total.Sessions++
	r.total.Pauses += pauses
	if pauses > 0 {
		r.total.SessionsWithPause++
	}
	if s.Format == transcript.Journal {
		drawn.Notes = append(drawn.Notes, journalNote(len(s.Commands), differ))
	}
	return r.draw(drawn, pauses > 0)
}

// journalNote says how far a replay agrees with the journal it is of.
func journalNote(steps, differ int) string {
	if differ == 0 {
		return fmt.Sprintf("all %d verdicts are those that the journal recorded", steps)
	}
	return fmt.Sprintf("%d of %d verdicts are not those that the journal recorded: a replay has no files, no git and no variables to look at, "+
		"sees commands without their secrets, and goes by the rules of today; restrain report shows what was recorded", differ, steps)
}

// step prints a step as JSON.
func (r *replay) step(s *transcript.Session, w *session.Walked) error {
	a := &w.Assessment
	rules := w.Rules
	if rules == nil {
		rules = []string{}
	}
	return json.NewEncoder(r.out).Encode(replayedStep{Session: s.ID, Index: w.Index,
		Verdict: w.Outcome.Verdict(), Outcome: w.Outcome, Severity: w.Severity, Divergence: a.Divergence,
		Contribution: a.Contribution, Percentile: a.Percentile, Level: a.Level.String(),
		Doubt: a.Bits, Margin: w.Margin, Reasons: weighed(a),
		Rules: rules, Sequence: a.Sequence})
}

// weighed gives the bits of the reasons that hold, by name.
func weighed(a *trust.Assessment) map[string]float64 {
	reasons := map[string]float64{}
	for r, bits := range a.Weighed {
		if bits != 0 {
			reasons[trust.Reason(r).String()] = bits
		}
	}
	return reasons
}

// maxPages bounds the sessions of one page.
const maxPages = 200

// draw draws a session in the terminal, or keeps it for the page. Of several
// sessions only those that paused are drawn.
func (r *replay) draw(drawn *report.Session, paused bool) error {
	if r.total.Sessions == 1 && !paused {
		r.alone = drawn
		return nil
	}
	r.alone = nil
	if !paused {
		return nil
	}
	return r.show(drawn)
}

func (r *replay) show(drawn *report.Session) error {
	if r.html != "" && len(r.pages) < maxPages {
		r.pages = append(r.pages, *drawn)
	}
	if r.json || r.steps || r.html == "-" {
		return nil
	}
	r.progress.Clear()
	if err := report.Timeline(r.out, drawn, r.host.outputCaps()); err != nil {
		return err
	}
	return r.out.WriteByte('\n')
}

// end writes what comes behind all sessions.
func (r *replay) end() error {
	if r.alone != nil {
		if err := r.show(r.alone); err != nil {
			return err
		}
	}
	if r.html != "" {
		if err := r.page(); err != nil {
			return err
		}
	}
	if r.html == "-" {
		return nil
	}
	return r.sum()
}

// page writes the page, and says what is not on it.
func (r *replay) page() error {
	if len(r.pages) == 0 {
		note := fmt.Sprintf("none of %d sessions would have paused, so none is drawn", r.total.Sessions)
		r.pages = append(r.pages, report.Session{ID: r.path, Notes: []string{note}})
	}
	if n := len(r.pages); n < r.total.Sessions && r.total.Pauses > 0 {
		fmt.Fprintf(r.host.Stderr, "restrain: hint: the page shows %d of %d sessions: those that would have paused, and of these at most %d\n", n, r.total.Sessions, maxPages)
	}
	return r.host.writeReport(reportFile{format: report.HTML, path: r.html}, r.pages...)
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
	_, err := fmt.Fprintf(r.out, "%s, %s: %s (%.1f in 1,000 steps), in %s\n",
		figure.Number(t.Sessions, "session"), figure.Number(t.Steps, "step"), figure.Number(t.Pauses, "pause"), t.PausesPer1000, figure.Number(t.SessionsWithPause, "session"))
	return err
}
