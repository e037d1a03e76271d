package transcript

import (
	"errors"

	"restrain/journal"
)

// journal reads a journal of restrain, with the verdicts that it recorded.
func (in *input) journal() error {
	const expected = "an entry of a journal; restrain verify says more"
	b := in.builder("")
	err := journal.Read(in.r, func(e journal.Entry) error {
		b.ID = e.Session
		if b.Agent == "" {
			b.Agent = e.Agent
		}
		if e.Kind != journal.Step {
			return nil
		}
		c := Command{Text: e.Command, Dir: e.Dir, Time: e.Time, Status: -1, Verdict: &Verdict{Verdict: e.Verdict}}
		if e.Answer != nil {
			c.Verdict.Approved = e.Answer.Approved
		}
		if !e.Ran {
			c.Outcome = Denied
		}
		return b.add("", c)
	})
	var broken *journal.BrokenError
	switch {
	case errors.As(err, &broken) && broken.Problem == journal.Truncated && len(b.Commands) > 0:
		b.Notes = append(b.Notes, "the last entry is unfinished and was not read")
	case errors.As(err, &broken):
		return in.wrong(broken.Line, string(broken.Problem)+": "+broken.Detail, nil, expected)
	case err != nil:
		return in.wrong(0, "it cannot be read", err, expected)
	}
	return in.give(b)
}
