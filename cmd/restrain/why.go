package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/secret"
	"restrain/session"
)

func whyCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "why",
		Usage:     "say why a step or a line is asked about or not, and what changes that",
		ArgsUsage: "[[SESSION:]STEP|LINE]",
		Description: "A number is a step of the latest session, as restrain log has it; anything else is a\n" +
			"shell line, which is judged and not run. Without either, the latest step that was\n" +
			"asked about or denied. What changes the verdict stands ready to be pasted, and\n" +
			"nothing of it is done.\n\n" +
			"   restrain why\n   restrain why 42\n   restrain why 7f3a:42\n   restrain why 'git push --force'",
		Flags: []cli.Flag{textOnlyFlag(), personaFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return session.Hint(session.Usagef("why takes one step or one line"), "quote the line, as in restrain why 'rm -rf build'")
			}
			set, err := session.LoadRules(h.Getenv)
			if err != nil {
				return err
			}
			r, err := h.reasonsFor(c, set)
			if err != nil {
				return err
			}
			return h.paged(func(out io.Writer) error { return h.why(out, set, r) })
		},
	}
}

// reasons is what is known of a verdict.
type reasons struct {
	title, command, dir   string
	outcome, reason       string
	severity, level       string
	rules, targets, facts []string
	classes               []string
	sequence              string
	asked                 bool // a human was, or would be, asked; or it was denied
	persona               string
}

func (h *host) reasonsFor(c *cli.Context, set *classify.Set) (reasons, error) {
	name := c.Args().First()
	if strings.Trim(name[strings.LastIndexByte(name, ':')+1:], "0123456789") == "" && !strings.ContainsAny(name, " /") {
		step, err := h.recordedStep(name)
		return reasonsOfStep(step), err
	}
	policy, err := session.PolicyOn(set, h.Getenv, "", c.String("persona"))
	if err != nil {
		return reasons{}, err
	}
	request := checkedRequest(h, c)
	j, _ := policy.Consider(policy.NewSession(), request, time.Now())
	return reasonsOfLine(request, &j, policy), nil
}

func reasonsOfStep(step recordedStep) reasons {
	e := &step.entry
	r := reasons{
		title:   fmt.Sprintf("step %d of session %s", step.number, step.session),
		command: e.Command, dir: e.Dir, outcome: outcomeText(step), reason: e.Reason, severity: e.Severity, level: e.Level,
		rules: e.Rules, classes: e.Classes, sequence: e.Sequence, asked: e.Verdict != gate.Run.Verdict(),
	}
	for _, target := range e.Resources {
		r.targets = addOnce(r.targets, target)
	}
	if used := secretsText(e.Used); used != "" {
		r.facts = append(r.facts, "uses "+used)
	}
	if met := secretsText(e.Met); met != "" {
		r.facts = append(r.facts, "came to "+met)
	}
	return r
}

func reasonsOfLine(request *gate.Request, j *gate.Judgement, policy *gate.Policy) reasons {
	r := reasons{
		title: "a line in a new session", command: secret.Redact(request.Line), dir: request.Dir, outcome: "would be: " + string(j.Outcome),
		reason: secret.Redact(j.Reason), severity: j.Severity.String(), level: j.Assessment.Level.String(), rules: j.Rules,
		classes: gate.Classes(j.Step), sequence: j.Assessment.Sequence, asked: !j.Outcome.Runs(), persona: policy.Persona(),
	}
	for i := range j.Step.Actions {
		action := &j.Step.Actions[i]
		if action.Finding == nil {
			continue
		}
		r.targets = addOnce(r.targets, secret.Redact(action.Finding.Evidence))
		if action.Target != nil {
			r.facts = addOnce(r.facts, action.Target.String())
		}
		if action.Setting != "" {
			r.facts = addOnce(r.facts, secret.Redact(action.Setting))
		}
	}
	r.facts = slices.DeleteFunc(append(r.facts, j.Assessment.Reasons...), func(fact string) bool { return fact == "" })
	return r
}

func (h *host) why(w io.Writer, set *classify.Set, r reasons) error {
	s := &sheet{w: w, look: h.entryLook()}
	s.fact("WHAT", r.title)
	s.fact("COMMAND", r.command)
	s.fact("IN", r.dir)
	s.fact("OUTCOME", r.outcome)
	s.fact("BECAUSE", r.reason)
	if len(r.rules) == 0 {
		s.fact("RULE", "none fits it")
	}
	for _, id := range r.rules {
		text := id
		if rule := set.Rule(id); rule != nil {
			text += ": " + rule.Description + " (" + rule.Severity.String() + ")"
			for _, more := range [...]string{rule.Justification, rule.FalsePositives} {
				if more != "" {
					text += "\n" + more
				}
			}
		}
		s.fact("RULE", text)
	}
	s.fact("FACTS", strings.Join(append(append([]string{}, r.targets...), r.facts...), "\n"))
	if sequence := sequenceOf(set, r.sequence); sequence != nil {
		s.fact("SEQUENCE", sequence.Title)
	}
	s.fact("SESSION", r.level+"; the step's severity is "+r.severity)
	if s.err != nil {
		return s.err
	}
	var ways []way
	if r.asked {
		ways = h.waysToRun(set, &r)
	} else {
		ways = waysToAsk(set, &r)
	}
	return writeWays(w, s.look.ink, ways, r.asked)
}
