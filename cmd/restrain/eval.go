package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/figure"
	"restrain/gate"
	"restrain/session"
	"restrain/transcript"
	"restrain/trust"
)

func evalCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "eval",
		Usage: "measure what is paused of ordinary work and what is held of incidents",
		Description: "Both files hold a session a line; an incident also has destructive_index, the\n" +
			"place (from 0) of the command that must not run unasked. With --leave-out every\n" +
			"repository is judged by a baseline that was fitted without it.\n\n" +
			"   restrain eval --benign sessions.jsonl --incidents incidents.jsonl",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "benign", Usage: "sessions of ordinary work", Required: true},
			&cli.StringFlag{Name: "incidents", Usage: "sessions that ended in harm", Required: true},
			&cli.BoolFlag{Name: "leave-out", Usage: "fit the baseline anew for each repository, without it"},
			&cli.BoolFlag{Name: "ablate", Usage: "leave each part of the model out in turn, and say what that changes"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object"},
			personaFlag(),
		},
		Action: func(c *cli.Context) error {
			set, err := session.LoadRules(h.Getenv)
			if err != nil {
				return err
			}
			e := &evaluation{set: set, persona: c.String("persona"), past: map[*transcript.Session][]trust.PastStep{}}
			if err := e.read(h, c.String("benign"), c.String("incidents"), c.Bool("leave-out")); err != nil {
				return err
			}
			if c.Bool("ablate") {
				return e.ablate(h, c.Bool("json"))
			}
			v, err := e.verdicts("")
			if err != nil {
				return err
			}
			result, err := trust.Evaluate(v.sessions, v.incidents)
			if err != nil {
				return err
			}
			result.Curve = trust.Curve(v.sessions, v.incidents)
			if c.Bool("json") {
				return json.NewEncoder(h.Stdout).Encode(result)
			}
			return printEvaluation(h, &result)
		},
	}
}

// An evaluation judges files of sessions.
type evaluation struct {
	set     *classify.Set
	persona string

	benign, incidents []*transcript.Session
	// baselineOf and unseen give the baselines that a repository's sessions, and
	// an incident, are held to.
	baselineOf func(repo string) *trust.Baseline
	unseen     func(incident int) *trust.Baseline
	// past is what the sessions of ordinary work would teach, by the whole model.
	past map[*transcript.Session][]trust.PastStep
}

func (e *evaluation) read(h *host, benign, incidents string, leaveOut bool) (err error) {
	add := func(to *[]*transcript.Session) func(*transcript.Session) error {
		return func(s *transcript.Session) error { *to = append(*to, s); return nil }
	}
	if err := h.EachRecorded(benign, add(&e.benign)); err != nil {
		return err
	}
	if err := h.EachRecorded(incidents, add(&e.incidents)); err != nil {
		return err
	}
	for _, s := range e.incidents {
		if s.Destructive < 0 || s.Destructive >= len(s.Commands) {
			return session.Usagef("incident %s: the destructive step is not one of its steps: correct destructive_index", s.ID)
		}
	}
	e.baselineOf = func(string) *trust.Baseline { return trust.Shipped() }
	e.unseen = func(int) *trust.Baseline { return trust.Shipped() }
	if leaveOut {
		e.baselineOf, e.unseen, err = e.baselines()
	}
	return err
}

// Verdicts are those on all steps of an evaluation.
type verdicts struct {
	sessions  []trust.EvalSession
	incidents []trust.EvalIncident
}

// verdicts judges all sessions, without a part of the model or with all of it.
func (e *evaluation) verdicts(without trust.Part) (v verdicts, err error) {
	v.sessions, v.incidents = make([]trust.EvalSession, len(e.benign)), make([]trust.EvalIncident, len(e.incidents))
	for i, s := range e.benign {
		v.sessions[i].Repo = s.Repo
		if v.sessions[i].Steps, err = e.judge(s, e.baselineOf(s.Repo), without); err != nil {
			return v, err
		}
	}
	for i, s := range e.incidents {
		v.incidents[i] = trust.EvalIncident{ID: s.ID, Destructive: s.Destructive}
		if v.incidents[i].Steps, err = e.judge(s, e.unseen(i), without); err != nil {
			return v, err
		}
	}
	return v, nil
}

// baselines fits baselines that have not seen a repository, or an incident.
func (e *evaluation) baselines() (repo func(string) *trust.Baseline, incident func(int) *trust.Baseline, err error) {
	var all []trust.FitSession
	for _, s := range e.benign {
		all = append(all, fitSession(e.set, s))
	}
	options := trust.FitOptions{Persona: gate.DefaultPersona, Rules: trust.RulesOf(e.set)}
	for _, s := range e.incidents {
		options.Incidents = append(options.Incidents, fitIncident(e.set, s))
	}
	whole, err := trust.Fit(all, options)
	if err != nil {
		return nil, nil, err
	}
	fitted := map[string]*trust.Baseline{}
	for _, s := range e.benign {
		if fitted[s.Repo] != nil {
			continue
		}
		baseline, err := trust.Fit(trust.Without(all, s.Repo), options)
		if err != nil {
			return nil, nil, err
		}
		fitted[s.Repo] = baseline
	}
	return func(repo string) *trust.Baseline { return fitted[repo] }, whole.WithoutIncident, nil
}

func (e *evaluation) judge(s *transcript.Session, baseline *trust.Baseline, without trust.Part) ([]trust.EvalStep, error) {
	policy, err := gate.NewPolicy(e.set, baseline, e.persona)
	if err != nil {
		return nil, session.Usage(err)
	}
	policy.LeanOnDeclared()
	policy.Ablate(without)
	if without == trust.PartLearn {
		policy.Learn(e.lessons(s))
	}
	var past []trust.PastStep
	steps := make([]trust.EvalStep, len(s.Commands))
	for i := range steps {
		steps[i].Margin = -classify.Never // what is no step
	}
	err = session.Walk(s, policy, "", func(w session.Walked) error {
		if !w.Outcome.Runs() {
			step := trust.PastStep{Kinds: trust.Kinds(w.Step), Decision: trust.Approved}
			if w.Command.Outcome == transcript.Denied {
				step.Decision = trust.Denied
			}
			past = append(past, step)
		}
		steps[w.Index] = trust.EvalStep{
			Score: w.Assessment.Score, Margin: w.Margin, Level: w.Assessment.Before,
			Asked: !w.Outcome.Runs(), Kept: w.Outcome.Runs() && w.Outcome != gate.Run,
			Unusual: w.Assessment.Percentile >= figure.UnusualFrom,
		}
		return nil
	})
	if without == "" {
		e.past[s] = past
	}
	return steps, err
}

// lessons are what the other sessions of a session's repository would have taught.
func (e *evaluation) lessons(of *transcript.Session) *trust.Lessons {
	var others [][]trust.PastStep
	for _, s := range e.benign {
		if s != of && s.Repo == of.Repo && of.Repo != "" {
			others = append(others, e.past[s])
		}
	}
	return trust.Learn(of.Repo, others)
}

func printEvaluation(h *host, e *trust.Evaluation) error {
	rows := []struct{ label, value string }{
		{"pauses in 1,000 steps", fmt.Sprintf("%.2f  (%.2f to %.2f)", e.PausesPer1000.Value, e.PausesPer1000.Low, e.PausesPer1000.High)},
		{"sessions with a pause", percentText(e.SessionsWithPause)},
		{"sessions whose level rises", percentText(e.SessionsRaised)},
		{"of those of over 100 steps", countText(e.LongRaised)},
		{"incidents held by the destructive step", countText(e.Held)},
		{"incidents held exactly there", countText(e.HeldThere)},
		{"of the held, by keeping or withholding", countText(e.Kept)},
		{"incidents with an alert before it", countText(e.Alerted)},
		{"… or a step that stands out", fmt.Sprintf("%s; so do %.0f in 1,000 ordinary steps", countText(e.Told), e.ToldPer1000)},
		{"incidents held at 1, 2, 5, 10 in 1,000", curveText(e.Curve)},
		{"ROC AUC of the score", fmt.Sprintf("%.3f  (%.3f to %.3f)", e.AUC.Value, e.AUC.Low, e.AUC.High)},
	}
	_, err := fmt.Fprintf(h.Stdout, "%d steps of %d sessions in %d repositories, %d incidents; 95%% intervals\n",
		e.Steps, e.Sessions, e.Repositories, e.Incidents)
	for _, row := range rows {
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(h.Stdout, "%-40s %s\n", row.label, row.value)
	}
	return err
}

func percentText(i trust.Interval) string {
	return fmt.Sprintf("%.1f%%  (%.1f to %.1f)", 100*i.Value, 100*i.Low, 100*i.High)
}

func countText(c trust.Count) string {
	return fmt.Sprintf("%d of %d  (%.0f%% to %.0f%%)", c.N, c.Of, 100*c.Low, 100*c.High)
}
