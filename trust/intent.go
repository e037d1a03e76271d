package trust

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"restrain/asked"
	"restrain/classify"
)

// A Message is what the human said to the agent.
type Message struct {
	Time time.Time
	// Text is short and redacted by whoever made it.
	Text string
	// Weighs reports that it asks, or forbids, by its words. Otherwise it is
	// only shown.
	Weighs bool
}

// maxMessages bounds what a session remembers of the human's messages, and
// asked.MaxKept the text of each, in bytes.
const maxMessages = 5

// Hear remembers a message; the oldest is forgotten when there are more than 5.
// It reports false for one that is the latest already: several ways may bring it.
func (s *Session) Hear(m Message) bool {
	if len(m.Text) > asked.MaxKept {
		m.Text, m.Weighs = strings.ToValidUTF8(m.Text[:asked.MaxKept-len("…")], "")+"…", false
	}
	if n := len(s.messages); n > 0 && s.messages[n-1].Text == m.Text {
		return false
	}
	m.Text = strings.Clone(m.Text)
	first := max(0, len(s.messages)+1-maxMessages)
	s.messages = append(slices.Clone(s.messages[first:]), m)
	s.readings = nil
	return true
}

// Messages are what the human said, oldest first.
func (s *Session) Messages() []Message { return s.messages }

// Asked says whether the human asked for a step: for every action of it that
// matters by name, and not to do any.
func (s *Session) Asked(step *classify.Step) asked.Answer {
	if len(s.messages) == 0 || s.asks == nil || step.Severity < classify.Medium {
		return asked.Unsaid
	}
	answer, matters := asked.Wanted, false
	for i := range step.Actions {
		a := &step.Actions[i]
		if a.Severity < classify.Medium {
			continue
		}
		matters = true
		switch s.askedFor(step, a) {
		case asked.Unwanted:
			return asked.Unwanted
		case asked.Unsaid:
			answer = asked.Unsaid
		}
	}
	if !matters {
		return asked.Unsaid
	}
	return answer
}

func (s *Session) askedFor(step *classify.Step, a *classify.Action) asked.Answer {
	if s.readings == nil {
		s.readings = make([]*asked.Reading, len(s.messages))
		for i, m := range s.messages {
			s.readings[i] = &asked.Reading{}
			if m.Weighs {
				s.readings[i] = s.asks.Read(m.Text)
			}
		}
	}
	return s.asks.Of(s.readings, actOf(step, a))
}

// LatestMessage is the latest message and, in words, whether it names what an action does;
// ok is false when the human has said nothing.
func (s *Session) LatestMessage(step *classify.Step, a *classify.Action) (m Message, says string, ok bool) {
	if len(s.messages) == 0 || s.asks == nil {
		return Message{}, "", false
	}
	m = s.messages[len(s.messages)-1]
	if !m.Weighs {
		return m, "not weighed: it is long, or may not be your own words", true
	}
	return m, s.asks.Say(m.Text, s.askedFor(step, a), actOf(step, a)), true
}

// actOf is an action in the terms in which people's words are held against it.
func actOf(step *classify.Step, a *classify.Action) *asked.Act {
	act := &asked.Act{Class: string(a.Class), Kind: a.Resource.Kind, Name: a.Resource.Name, Where: a.Setting}
	if a.Finding != nil {
		act.Rule = a.Finding.Rule
	}
	if step.Script == nil || a.Command >= len(step.Script.Commands) {
		return act
	}
	command := &step.Script.Commands[a.Command]
	for _, word := range command.Argv {
		act.Words = append(act.Words, word.Text)
	}
	for i := range command.Assigns {
		act.Words = append(act.Words, command.Assigns[i].Value.Text)
	}
	return act
}

func (s *Session) appendMessages(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.messages)))
	for _, m := range s.messages {
		b = appendTime(b, m.Time)
		b = append(appendText(b, m.Text), flags(m.Weighs))
	}
	return b
}

func (s *Session) readMessages(r *stateReader) {
	s.readings = nil
	s.messages = make([]Message, r.count(maxMessages))
	for i := range s.messages {
		m := &s.messages[i]
		m.Time = r.time()
		text := r.text()
		if len(text) > asked.MaxKept {
			r.failed = true
		}
		m.Text, m.Weighs = string(text), r.byte() != 0
	}
}
