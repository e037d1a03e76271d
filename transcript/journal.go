package transcript

import (
	"errors"
	"strings"

	"restrain/journal"
	"restrain/shellparse"
)

// journal reads a journal of restrain, with the verdicts that it recorded.
func (in *input) journal() error {
	const expected = "an entry of a journal; restrain verify says more"
	b := in.builder("")
	places := map[uint64]int{} // of steps, by their entry
	err := journal.Read(in.r, func(e journal.Entry) error {
		b.ID = e.Session
		if b.Agent == "" {
			b.Agent = e.Agent
		}
		switch e.Kind {
		case journal.Exit:
			b.failed(places, &e)
			return nil
		case journal.Tamper:
			if len(e.Classes) == 0 || e.Of != 0 {
				return nil // of the journal's file, not of the session; or of a step that stands before it
			}
			return b.add("", Command{
				Text: e.Reason, Time: e.Time, Outcome: Denied, Status: -1, Tamper: true, Verdict: &Verdict{Verdict: e.Verdict},
			})
		case journal.Step:
		default:
			return nil
		}
		c := Command{Text: commandOf(&e), Dir: e.Dir, Time: e.Time, Status: -1, Verdict: &Verdict{Verdict: e.Verdict}}
		if e.Answer != nil {
			c.Verdict.Approved, c.Verdict.By = e.Answer.Approved, e.Answer.By
		}
		if !e.Ran {
			c.Outcome = Denied
		}
		if c.Text != "" {
			places[e.Seq] = len(b.Commands)
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

// wireDoor is the door of requests that were seen on the network.
const wireDoor = "wire"

// commandOf is the text of a step. That of a request is the command which makes
// it, as far as a journal tells.
func commandOf(e *journal.Entry) string {
	method, url, found := strings.Cut(e.Command, " ")
	if e.Door != wireDoor || !found {
		return e.Command
	}
	url, _, _ = strings.Cut(url, " ")
	return shellparse.Quote([]string{"curl", "-X", method, url})
}

// failed notes the end of a step that failed.
func (b *builder) failed(places map[uint64]int, e *journal.Entry) {
	place, ok := places[e.Of]
	if !ok || e.Status == 0 || place >= len(b.Commands) {
		return
	}
	b.setResultAt(place, exited(e.Status))
	last := &b.Commands[len(b.Commands)-1]
	last.Failures = append(last.Failures, place)
}
