package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/figure"
	"restrain/prompt"
	"restrain/secret"
	"restrain/trust"
)

// shortID is how much of a long id, such as a UUID, is to be typed.
const shortID = 8

// question makes the request that a prompt shows. Its texts are redacted here,
// so that no asker ever sees a secret.
func (p *Policy) question(session *trust.Session, r *Request, j *Judgement, now time.Time) *prompt.Request {
	action := strongest(j.Step)
	q := &prompt.Request{
		Step:     session.Steps() + 1,
		Agent:    r.Agent,
		Command:  secret.Redact(r.text()),
		Dir:      r.Dir,
		Severity: j.Severity.String(),
		What:     what(p, action),
		Scores:   p.scores(j),
		Tokens:   tokens(j.Step, r.Dir),
		History:  p.history(session, r, j, now),
		Details:  secret.Redact(p.Explain(j)),
		Offers:   offers(r, j, now),
	}
	q.Asked = saidOf(session, j, action)
	q.Danger, q.Inside = danger(q.Command, j.Step, action)
	if number, _, text := r.Lineage.Of.Step(); r.Sent != nil && text != "" {
		q.SentBy = fmt.Sprintf("step %d, %s", number, secret.Redact(text))
	}
	q.Unusual = plainReason(j.Assessment.Reasons)
	if len(q.Offers) == 0 {
		q.NotOffered = notOffered(j)
	}
	if action.Finding != nil {
		if rule := p.set.Rule(action.Finding.Rule); rule != nil {
			q.Safer = rule.Safer
		}
	}
	if around := j.Assessment.Around; around != nil {
		q.What = append(q.What, aroundText(around, r.Dir))
	}
	if s := p.sequence(j.Assessment.Sequence); s != nil {
		q.Sequence, q.Attack = s.Title, s.Attack
	} else if action.Finding != nil && action.Finding.Attack != "" {
		q.Attack = []string{action.Finding.Attack}
	}
	if j.Severity >= classify.High {
		q.Confirm, q.ConfirmKind = confirmation(j.Step, action)
	}
	return q
}

// what says what the step does and whether there is a way back.
func what(p *Policy, action *classify.Action) []string {
	lines := []string{p.Title(action.Class)}
	if action.Finding != nil {
		lines[0] = action.Finding.Description
		if action.Finding.Justification != "" {
			lines = append(lines, action.Finding.Justification)
		}
	}
	if action.Target != nil {
		if radius := action.Target.String(); radius != "" {
			lines = append(lines, radius)
		}
	}
	if action.Setting != "" {
		lines = append(lines, action.Setting)
	}
	switch action.Undo {
	case classify.UndoNo:
		lines = append(lines, "cannot be undone")
	case classify.UndoPartly:
		lines = append(lines, "can be undone only in part")
	}
	return lines
}

// scores says how unusual the step is, and where that rests on sessions of
// another persona.
func (p *Policy) scores(j *Judgement) []string {
	a := &j.Assessment
	lines := []string{fmt.Sprintf("%s among %s steps of ordinary sessions", figure.Word(a.Percentile), figure.Count(a.Baseline))}
	if p.Borrows() {
		lines[0] += fmt.Sprintf(" of %s; none of %s are recorded", p.baseline.Persona, p.persona.ID)
	}
	if why := reasonsText(a); why != "" {
		lines = append(lines, why)
	}
	if j.Step.Uncertain {
		lines = append(lines, "part of the line could not be read")
	}
	return lines
}

// maxReasons is how many reasons a question shows; all are behind "d".
const maxReasons = 3

// reasonsText names what weighs most against a step and for it, but for how
// unusual it is, which is said before.
func reasonsText(a *trust.Assessment) string {
	var reasons []trust.Reason
	for r := trust.Unusual + 1; r < trust.Reasons; r++ {
		if a.Weighed[r] != 0 {
			reasons = append(reasons, r)
		}
	}
	slices.SortStableFunc(reasons, func(x, y trust.Reason) int {
		return cmp.Compare(math.Abs(a.Weighed[y]), math.Abs(a.Weighed[x]))
	})
	var texts []string
	for _, r := range reasons[:min(len(reasons), maxReasons)] {
		texts = append(texts, r.Text())
	}
	return strings.Join(texts, "; ")
}

// history is what the session did that matters here, and the step itself.
func (p *Policy) history(session *trust.Session, r *Request, j *Judgement, now time.Time) []prompt.Event {
	var events []prompt.Event
	for _, n := range session.Notables() {
		what := p.Title(n.Class)
		if n.Denied {
			what = "denied: " + what
		}
		events = append(events, prompt.Event{Time: n.Time, What: what, Text: n.Text})
	}
	return append(events, prompt.Event{Time: now, What: "now", Text: noteText(r, j.Step)})
}

// noteText is the short form of a step for histories: the evidence of its
// strongest finding, or the line.
func noteText(r *Request, step *classify.Step) string {
	if r.Sent != nil {
		return secret.Redact(r.text())
	}
	if action := strongest(step); action != nil && action.Finding != nil && action.Finding.Evidence != "" {
		return secret.Redact(action.Finding.Evidence)
	}
	return secret.Redact(r.text())
}

// confirmation is the word that a human types to let a step run: what will be
// destroyed, so that it cannot be typed out of habit.
func confirmation(step *classify.Step, action *classify.Action) (word, kind string) {
	word, kind = action.Resource.Name, action.Resource.Kind
	if !typable(word) {
		word, kind = "", ""
	}
	if isUUID(word) {
		word = word[:shortID]
	}
	if kind == "path" {
		word = lastElement(word)
	}
	if word == "" && action.Command < len(step.Script.Commands) {
		word, kind = step.Script.Commands[action.Command].Name, "command"
	}
	if word == "" || !typable(word) {
		word, kind = "run it", "words"
	}
	if kind == "" {
		kind = "name"
	}
	return word, kind
}

// typable reports whether a person can be asked to type s: short, printable
// ASCII, and not one of the prompt's own keys.
func typable(s string) bool {
	if s == "" || len(s) > 120 || s == "r" || s == "d" {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

func lastElement(path string) string {
	trimmed := strings.TrimRight(path, "/")
	if last := trimmed[strings.LastIndexByte(trimmed, '/')+1:]; last != "" && last != "*" {
		return last
	}
	return path
}

func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}
