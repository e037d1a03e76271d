package transcript

import (
	"encoding/json"
	"strings"
)

const openHandsValue = "events of OpenHands: objects with action, observation or kind, in an array, under history or trajectory, or one after another"

// An openHandsEvent is what is read of an event: of version 0, which has action
// and observation as words with args and extras, and of version 1, which has
// them as objects with a kind.
type openHandsEvent struct {
	ID          json.RawMessage `json:"id"`
	Kind        string          `json:"kind"`
	Timestamp   stamp           `json:"timestamp"`
	Action      json.RawMessage `json:"action"`
	Observation json.RawMessage `json:"observation"`

	Args   openHandsCall   `json:"args"`
	Extras openHandsOutput `json:"extras"`
	Cause  json.RawMessage `json:"cause"`

	ToolCallID string `json:"tool_call_id"`
	ActionID   string `json:"action_id"`
}

type openHandsCall struct {
	Kind    string          `json:"kind"`
	Command string          `json:"command"`
	IsInput json.RawMessage `json:"is_input"`
}

type openHandsOutput struct {
	ExitCode *int `json:"exit_code"`
	Metadata struct {
		ExitCode   *int   `json:"exit_code"`
		WorkingDir string `json:"working_dir"`
	} `json:"metadata"`
}

// openHands reads events: a trajectory file, or event files put together.
func (in *input) openHands() error {
	b := in.builder("OpenHands")
	v := in.values(b, openHandsValue)
	more := func(key string, value json.RawMessage) {
		if key == "instance_id" {
			json.Unmarshal(value, &b.ID) // a name that is no text is none
		}
	}
	err := v.each([]string{"history", "trajectory", "events"}, more, b.openHandsElement)
	if err != nil {
		return err
	}
	return in.give(b)
}

// openHandsElement takes one event, or the list of an action and its
// observation that evaluations write.
func (b *builder) openHandsElement(element json.RawMessage) error {
	if isArray(element) {
		var events []json.RawMessage
		if err := json.Unmarshal(element, &events); err != nil {
			return err
		}
		for _, event := range events {
			if err := b.openHandsEvent(event); err != nil {
				return err
			}
		}
		return nil
	}
	return b.openHandsEvent(element)
}

func (b *builder) openHandsEvent(element json.RawMessage) error {
	var e openHandsEvent
	if err := json.Unmarshal(element, &e); err != nil {
		return err
	}
	switch {
	case isWord(e.Action, "run"):
		return b.openHandsCall(string(e.ID), &e, &e.Args)
	case isWord(e.Observation, "run"):
		b.openHandsOutput(string(e.Cause), &e.Extras)
	case isWord(e.Observation, "user_rejected"):
		b.setResult(string(e.Cause), result{Denied, -1})
	case e.Kind == "UserRejectObservation":
		b.setResult(firstOf(e.ToolCallID, e.ActionID), result{Denied, -1})
	case e.Kind == "ActionEvent":
		var call openHandsCall
		if len(e.Action) == 0 || json.Unmarshal(e.Action, &call) != nil || !isTerminal(call.Kind) {
			return nil // another tool's
		}
		return b.openHandsCall(e.ToolCallID, &e, &call)
	case e.Kind == "ObservationEvent":
		var output openHandsOutput
		if json.Unmarshal(e.Observation, &output) == nil {
			b.openHandsOutput(e.ToolCallID, &output)
		}
	}
	return nil
}

func isTerminal(kind string) bool {
	return kind == "TerminalAction" || kind == "ExecuteBashAction" || kind == "BashAction"
}

// openHandsCall adds a command; what is typed into one that runs is none.
func (b *builder) openHandsCall(id string, e *openHandsEvent, call *openHandsCall) error {
	if isTrue(call.IsInput) {
		return nil
	}
	return b.add(id, Command{Text: call.Command, Time: e.Timestamp.Time})
}

// openHandsOutput takes an observation. Status -1 says that the command is
// still running.
func (b *builder) openHandsOutput(id string, output *openHandsOutput) {
	status := output.ExitCode
	if status == nil {
		status = output.Metadata.ExitCode
	}
	if status != nil && *status != -1 {
		b.setResult(id, exited(*status))
	}
	b.moved(output.Metadata.WorkingDir)
}

func isWord(value json.RawMessage, word string) bool {
	return string(value) == `"`+word+`"`
}

// isTrue reads a boolean that some versions write as a text.
func isTrue(value json.RawMessage) bool {
	return strings.EqualFold(strings.Trim(string(value), `"`), "true")
}
