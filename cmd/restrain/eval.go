package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"restrain/classify"
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
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object"},
			personaFlag(),
		},
		Action: func(c *cli.Context) error {
			set, err := session.LoadRules(h.Getenv)
			if err != nil {
				return err
			}
			e := &evaluation{set: set, persona: c.String("persona")}
			result, err := e.run(h, c.String("benign"), c.String("incidents"), c.Bool("leave-out"))
			if err != nil {
				return err
			}
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
}

func (e *evaluation) run(h *host, benignPath, incidentsPath string, leaveOut bool) (trust.Evaluation, error) {
	var benign, incidents []*transcript.Session
	if err := h.EachRecorded(benignPath, func(s *transcript.Session) error { benign = append(benign, s); return nil }); err != nil {
		return trust.Evaluation{}, err
	}
	if err := h.EachRecorded(incidentsPath, func(s *transcript.Session) error { incidents = append(incidents, s); return nil }); err != nil {
		return trust.Evaluation{}, err
	}
	baselineOf, err := e.baselines(benign, leaveOut)
	if err != nil {
		return trust.Evaluation{}, err
	}
	sessions := make([]trust.EvalSession, len(benign))
	for i, s := range benign {
		sessions[i].Repo = s.Repo
		if sessions[i].Steps, err = e.judge(s, baselineOf(s.Repo)); err != nil {
			return trust.Evaluation{}, err
		}
	}
	held := make([]trust.EvalIncident, len(incidents))
	for i, s := range incidents {
		held[i] = trust.EvalIncident{ID: s.ID, Destructive: s.Destructive}
		if held[i].Steps, err = e.judge(s, trust.Shipped()); err != nil {
			return trust.Evaluation{}, err
		}
	}
	return trust.Evaluate(sessions, held)
}

// baselines gives the baseline that a repository's sessions are held to.
func (e *evaluation) baselines(benign []*transcript.Session, leaveOut bool) (func(repo string) *trust.Baseline, error) {
	if !leaveOut {
		return func(string) *trust.Baseline { return trust.Shipped() }, nil
	}
	var all []trust.FitSession
	for _, s := range benign {
		all = append(all, fitSession(e.set, s))
	}
	fitted := map[string]*trust.Baseline{}
	for _, s := range benign {
		if fitted[s.Repo] != nil {
			continue
		}
		baseline, err := trust.Fit(trust.Without(all, s.Repo), trust.FitOptions{Persona: e.persona, Rules: trust.RulesOf(e.set)})
		if err != nil {
			return nil, err
		}
		fitted[s.Repo] = baseline
	}
	return func(repo string) *trust.Baseline { return fitted[repo] }, nil
}

func (e *evaluation) judge(s *transcript.Session, baseline *trust.Baseline) ([]trust.EvalStep, error) {
	policy, err := gate.NewPolicy(e.set, baseline, e.persona)
	if err != nil {
		return nil, session.Usage(err)
	}
	policy.LeanOnDeclared()
	steps := make([]trust.EvalStep, len(s.Commands))
	err = session.Walk(s, policy, "", func(w session.Walked) error {
		steps[w.Index] = trust.EvalStep{Score: w.Assessment.Score, Asked: !w.Outcome.Runs(), Kept: w.Outcome == gate.RunKept, Level: w.Assessment.Level}
		return nil
	})
	return steps, err
}

func printEvaluation(h *host, e *trust.Evaluation) error {
	rows := []struct{ label, value string }{
		{"pauses in 1,000 steps", fmt.Sprintf("%.2f  (%.2f to %.2f)", e.PausesPer1000.Value, e.PausesPer1000.Low, e.PausesPer1000.High)},
		{"sessions with a pause", percentText(e.SessionsWithPause)},
		{"sessions whose level rises", percentText(e.SessionsRaised)},
		{"incidents held by the destructive step", countText(e.Held)},
		{"incidents held exactly there", countText(e.HeldThere)},
		{"of the held, by keeping what goes", countText(e.Kept)},
		{"incidents with an alert before it", countText(e.Alerted)},
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
