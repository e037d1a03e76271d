package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/figure"
	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
)

func showCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show all that is recorded of a step",
		ArgsUsage: "[[SESSION:]STEP]",
		Description: "STEP is its number in the session, as restrain log has it. Without one, the latest\n" +
			"step that was asked about or denied; without a session, the latest.\n\n" +
			"   restrain show\n   restrain show 42\n   restrain show 7f3a:42",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print the journal's entry"}},
		Action: func(c *cli.Context) error {
			set, err := session.LoadRules(h.Getenv)
			if err != nil {
				return err
			}
			step, err := h.recordedStep(c.Args().First())
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return json.NewEncoder(h.Stdout).Encode(step.entry)
			}
			return h.paged(func(out io.Writer) error { return h.showStep(out, set, step) })
		},
	}
}

// A recordedStep is a step of a journal.
type recordedStep struct {
	session string // a short id
	number  int
	entry   journal.Entry
	status  int         // with which it failed; 0 when that is not known
	steps   stepNumbers // up to it
}

// recordedStep finds a step by [SESSION:]NUMBER.
func (h *host) recordedStep(name string) (recordedStep, error) {
	id, number, joined := strings.Cut(name, ":")
	if !joined {
		id, number = "", name
	}
	wanted := 0
	if number != "" {
		var err error
		if wanted, err = strconv.Atoi(number); err != nil || wanted < 1 {
			return recordedStep{}, session.Hint(session.Usagef("%q is no step", name), "give its number, as restrain log has it: 42, or 7f3a:42")
		}
	}
	record, err := session.FindRecord(h.Getenv, id)
	if err != nil {
		return recordedStep{}, err
	}
	list, err := session.Records(h.Getenv, "")
	if err != nil {
		return recordedStep{}, err
	}
	found, steps, err := stepOf(record, wanted)
	found.session = session.ShortID(list, record.ID)
	switch {
	case err != nil:
		return found, err
	case found.number == 0 && wanted > 0:
		return found, session.Hint(session.Usagef("session %s has %s, and none with the number %d", found.session, figure.Number(steps, "step"), wanted), "restrain log "+found.session+" lists them")
	case found.number == 0:
		return found, session.Hint(session.Usagef("nothing was asked about or denied in session %s", found.session), "name a step: restrain log "+found.session+" lists them")
	}
	return found, nil
}

// stepOf reads a step of a journal; with number 0 the latest that was asked
// about or denied. It also gives how many steps there are.
func stepOf(record session.Record, number int) (found recordedStep, steps int, err error) {
	var numbers stepNumbers
	err = withFile(record.Journal(), func(file *os.File) error {
		return journal.Read(file, func(e journal.Entry) error {
			if e.Kind == journal.Exit && e.Of == found.entry.Seq {
				found.status = e.Status
			}
			if e.Kind == journal.Note && e.Of == found.entry.Seq {
				found.entry.Masked = append(found.entry.Masked, e.Masked...)
			}
			if e.Kind != journal.Step {
				return nil
			}
			steps++
			numbers = append(numbers, e.Seq)
			if steps == number || number == 0 && (session.Asked(&e) || session.Denied(&e)) {
				found = recordedStep{number: steps, entry: e, steps: numbers}
			}
			return nil
		})
	})
	var broken *journal.BrokenError
	if errors.As(err, &broken) && found.number > 0 {
		err = nil // what stands before the damage is shown; restrain log and verify say the rest
	}
	return found, steps, err
}

// A sheet writes labelled facts, folded to the terminal.
type sheet struct {
	w    io.Writer
	look entryLook
	err  error
}

const sheetIndent = 11

// fact writes what label is, unless there is nothing.
func (s *sheet) fact(label, text string) {
	if text == "" || s.err != nil {
		return
	}
	head := s.look.ink.bold(fmt.Sprintf("%-*s", sheetIndent, label))
	for line := range strings.Lines(prompt.EscapeLines(text)) {
		if s.err = s.look.line(s.w, head, sheetIndent, strings.TrimRight(line, "\n")); s.err != nil {
			return
		}
		head = strings.Repeat(" ", sheetIndent)
	}
}

func (h *host) showStep(w io.Writer, set *classify.Set, step recordedStep) error {
	e := &step.entry
	s := &sheet{w: w, look: h.entryLook()}
	s.look.steps = step.steps
	s.fact("STEP", fmt.Sprintf("%d of session %s, %s, %s", step.number, step.session, e.Agent, e.Time.Local().Format("2006-01-02 15:04:05")))
	s.fact("COMMAND", e.Command)
	s.fact("IN", e.Dir)
	if e.Of > 0 {
		s.fact("SENT BY", step.steps.name(e.Of))
	}
	s.fact("OUTCOME", outcomeText(step))
	s.fact("BECAUSE", e.Reason)
	for _, rule := range rulesOf(set, e.Rules) {
		s.fact("RULE", strings.TrimSuffix(rule.ID+": "+rule.Description+"; "+rule.Justification, "; "))
	}
	s.fact("TARGET", strings.Join(e.Resources, "\n"))
	if sequence := sequenceOf(set, e.Sequence); sequence != nil {
		s.fact("SEQUENCE", sequence.Title)
	}
	s.fact("KEPT", keptText(e.Kept))
	s.fact("MASKED", maskedText(e.Masked))
	s.fact("SECRETS", secretsText(append(append([]journal.Secret{}, e.Met...), e.Used...)))
	s.fact("SEVERITY", e.Severity+", the session is "+e.Level)
	s.fact("FIGURES", fmt.Sprintf("divergence %.3f bits, of it %+.3f by this step; above %s%% of ordinary steps", e.Divergence, e.Contribution, figure.Percentile(e.Percentile)))
	s.fact("DOOR", e.Door)
	s.fact("ENTRY", fmt.Sprintf("%d of the journal, %s", e.Seq, e.Hash))
	if s.err == nil {
		s.err = s.look.parts(w, e.Parts)
	}
	return s.err
}

// outcomeText says what became of a step.
func outcomeText(step recordedStep) string {
	e := &step.entry
	text := "ran, unasked"
	switch {
	case e.Answer != nil:
		text = answerText(e.Answer)
	case session.Denied(e):
		text = "denied"
	case e.Kept != nil && len(e.Masked) > 0:
		text = "ran; what it took was kept, the secrets that it printed were withheld"
	case e.Kept != nil:
		text = "ran; what it took was kept"
	case len(e.Masked) > 0:
		text = "ran; the secrets that it printed were withheld"
	}
	if step.status != 0 {
		text += "; " + failureText(step.status)
	}
	return text
}
