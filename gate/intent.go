package gate

import (
	"fmt"
	"time"

	"restrain/asked"
	"restrain/classify"
	"restrain/journal"
	"restrain/prompt"
	"restrain/secret"
	"restrain/trust"
)

// Message is a message of the human's to the agent, as a door heard it.
type Message struct {
	Text string
	// By says how it was heard: one of the By constants.
	By string
	// Shown reports one that may not be the human's own words: it is shown, and
	// asks for nothing.
	Shown bool
}

// How a message was heard. The journal keeps these words.
const (
	ByKeys        = "typed"
	ByCommandLine = "the agent's command line"
	ByTask        = "--task"
	ByHook        = "the agent's hook"
)

// Hear remembers what the human said, short and redacted. What says nothing that
// could be weighed, in a single word, is not kept: it may be a password.
func (s *Store) Hear(said Message, now time.Time) error {
	words := &s.policy.set.Asked
	text, weighs := words.Condense(secret.Redact(asked.Bounded(said.Text)))
	if text == "" || said.By == ByKeys && asked.OneWord(text) && !words.Names(text) {
		return nil
	}
	return s.Update(func(t *Turn) error {
		// Only now is it sure that what other processes met is known here too.
		text = s.Known().Redact(text)
		if !t.Session.Hear(trust.Message{Time: now, Text: text, Weighs: weighs && !said.Shown}) {
			return nil
		}
		return t.Append(journal.Entry{Time: now, Kind: journal.Note, Reason: fmt.Sprintf("the human said (%s): %q", said.By, text)})
	})
}

// requested reports a step that the human asked for by name, and that nothing in
// the session speaks against.
func (j *Judgement) requested() bool {
	return j.Assessment.Weighed[trust.AskedFor] < 0 && max(j.Severity, j.Step.Severity) < classify.Critical
}

// unwanted reports a step that the human said not to do.
func (j *Judgement) unwanted() bool { return j.Assessment.Asked == asked.Unwanted }

// saidOf is what a question shows of the human's latest message.
func saidOf(session *trust.Session, j *Judgement, action *classify.Action) *prompt.Message {
	m, says, ok := session.LatestMessage(j.Step, action)
	if !ok {
		return nil
	}
	return &prompt.Message{Time: m.Time, Text: m.Text, Says: says}
}
