package report

import (
	"encoding/json"
	"io"
	"time"
)

// jsonVersion is the version of the document; it changes when a key goes or
// changes its meaning.
const jsonVersion = 1

type jsonDocument struct {
	Version  int           `json:"version"`
	Sessions []jsonSession `json:"sessions"`
}

type jsonSession struct {
	ID       string     `json:"id"`
	Agent    string     `json:"agent,omitempty"`
	Persona  string     `json:"persona,omitempty"`
	Source   string     `json:"source,omitempty"`
	Script   string     `json:"script,omitempty"`
	Live     bool       `json:"live"`
	Denied   int        `json:"denied"`
	Observed int        `json:"observed"` // would have been held
	Approved int        `json:"approved"`
	Level    string     `json:"level"` // the highest
	Peak     float64    `json:"peak_divergence_bits"`
	Steps    []jsonStep `json:"steps"`
	Secrets  Secrets    `json:"secrets"`
	Notes    []string   `json:"notes,omitempty"`
}

type jsonStep struct {
	Number       int        `json:"number"`
	Time         *time.Time `json:"time,omitempty"`
	Command      string     `json:"command"`
	Dir          string     `json:"dir,omitempty"`
	Line         int        `json:"line,omitempty"` // of the script
	Verdict      string     `json:"verdict"`
	Fate         Fate       `json:"fate,omitempty"`
	Answer       string     `json:"answer,omitempty"`
	Outcome      string     `json:"outcome,omitempty"`
	Kept         string     `json:"kept,omitempty"`
	Masked       string     `json:"masked,omitempty"`
	Severity     string     `json:"severity"`
	Level        string     `json:"level"`
	Reason       string     `json:"reason,omitempty"`
	Sender       int        `json:"sent_by_step,omitempty"`
	Divergence   float64    `json:"divergence_bits"`
	Contribution float64    `json:"contribution_bits"`
	Percentile   float64    `json:"percentile"`
	Sequence     string     `json:"sequence,omitempty"`
	Rules        []string   `json:"rules,omitempty"`
	Attack       []string   `json:"attack,omitempty"`
	Evidence     []string   `json:"evidence,omitempty"`
	Why          []string   `json:"why,omitempty"`
	Note         string     `json:"note,omitempty"`
}

func writeJSON(w io.Writer, sessions []Session) error {
	document := jsonDocument{Version: jsonVersion, Sessions: []jsonSession{}}
	for i := range sessions {
		document.Sessions = append(document.Sessions, jsonOf(&sessions[i]))
	}
	return encode(w, &document)
}

// encode writes indented JSON, with what HTML or a terminal could take for its
// own escaped.
func encode(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

func jsonOf(s *Session) jsonSession {
	d, t := s.digest(), count(s.findings())
	session := jsonSession{
		ID: clean(s.ID), Agent: clean(s.Agent), Persona: clean(s.Persona), Source: clean(s.Source), Script: clean(s.Script),
		Live: s.Live, Denied: t.denied, Observed: t.observed, Approved: t.approved, Level: d.highest, Peak: d.peak,
		Steps: make([]jsonStep, len(s.Steps)), Notes: cleanAll(s.Notes), Secrets: s.Secrets,
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		session.Steps[i] = jsonStep{
			Number: step.Number, Command: clean(step.Command), Dir: clean(step.Dir), Line: step.Line,
			Verdict: clean(step.Verdict), Fate: step.Fate, Answer: clean(step.Answer), Outcome: clean(step.Outcome), Kept: clean(step.Kept), Masked: clean(step.Masked),
			Severity: clean(step.Severity), Level: clean(step.Level), Reason: clean(step.Reason), Sender: step.Sender,
			Divergence: step.Divergence, Contribution: step.Contribution, Percentile: step.Percentile,
			Sequence: clean(step.Sequence), Rules: cleanAll(ruleIDs(step.Rules)), Attack: cleanAll(step.Attack),
			Evidence: cleanAll(step.Evidence), Why: cleanAll(step.Why), Note: clean(step.Note),
		}
		if !step.Time.IsZero() {
			at := step.Time.UTC()
			session.Steps[i].Time = &at
		}
	}
	return session
}

func cleanAll(texts []string) []string {
	var list []string
	for _, text := range texts {
		list = append(list, clean(text))
	}
	return list
}
