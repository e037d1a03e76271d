package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"restrain/trust"
)

// An ablation says what the verdicts are without a part of the model.
type ablation struct {
	Part trust.Part `json:"part"`
	// Changed counts the verdicts and levels that differ from those of the whole model, and
	// Benign those of them on ordinary work.
	Changed int `json:"changed"`
	Benign  int `json:"benign_changed"`
	trust.Evaluation
}

// ablate leaves each part out in turn. The first row is the whole model.
func (e *evaluation) ablate(h *host, asJSON bool) error {
	whole, err := e.verdicts("")
	if err != nil {
		return err
	}
	if !asJSON {
		fmt.Fprintf(h.Stdout, "%-14s %8s %-26s %-22s %-14s %s\n", "without", "changed", "pauses in 1,000", "incidents held", "raised", "held at 1, 2, 5, 10 in 1,000")
	}
	for _, part := range append([]trust.Part{""}, trust.Parts()...) {
		row, err := e.without(part, &whole)
		if err != nil {
			return err
		}
		if asJSON {
			if err := json.NewEncoder(h.Stdout).Encode(row); err != nil {
				return err
			}
			continue
		}
		name := string(part)
		switch part {
		case "":
			name = "nothing"
		case trust.PartLearn:
			name = "(with lessons)"
		}
		_, err = fmt.Fprintf(h.Stdout, "%-14s %8d %-26s %-22s %-14s %s\n", name, row.Changed,
			fmt.Sprintf("%.2f (%.2f to %.2f)", row.PausesPer1000.Value, row.PausesPer1000.Low, row.PausesPer1000.High),
			countText(row.Held), fmt.Sprintf("%.1f%%", 100*row.SessionsRaised.Value), curveText(row.Curve))
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) without(part trust.Part, whole *verdicts) (row ablation, err error) {
	row.Part = part
	v, err := e.verdicts(part)
	if err != nil {
		return row, err
	}
	for i := range v.sessions {
		row.Benign += trust.Changed(whole.sessions[i].Steps, v.sessions[i].Steps)
	}
	row.Changed = row.Benign
	for i := range v.incidents {
		row.Changed += trust.Changed(whole.incidents[i].Steps, v.incidents[i].Steps)
	}
	if row.Evaluation, err = trust.Evaluate(v.sessions, v.incidents); err != nil {
		return row, err
	}
	row.Curve = trust.Curve(v.sessions, v.incidents)
	return row, nil
}

func curveText(points []trust.CurvePoint) string {
	texts := make([]string, len(points))
	for i, p := range points {
		texts[i] = fmt.Sprintf("%.0f%%", 100*p.Held)
	}
	return strings.Join(texts, ", ")
}
