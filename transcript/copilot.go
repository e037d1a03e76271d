package transcript

import "encoding/json"

const copilotLine = "an event of Copilot CLI: an object with type and data"

// copilot reads events.jsonl of ~/.copilot/session-state/*.
func (in *input) copilot() error {
	b := in.builder("Copilot CLI")
	err := in.jsonLines(b, copilotLine, b.copilotEvent)
	if err != nil {
		return err
	}
	return in.give(b)
}

// A copilotCall is a call of a tool, as it is asked for and as it begins.
type copilotCall struct {
	ID        string          `json:"toolCallId"`
	Name      string          `json:"name"`
	ToolName  string          `json:"toolName"`
	Arguments json.RawMessage `json:"arguments"`
}

func (b *builder) copilotEvent(line []byte) error {
	var event struct {
		Type      string `json:"type"`
		Timestamp stamp  `json:"timestamp"`
		Data      struct {
			copilotCall
			SessionID string `json:"sessionId"`
			Context   struct {
				CWD string `json:"cwd"`
			} `json:"context"`
			ToolRequests []copilotCall   `json:"toolRequests"`
			Success      *bool           `json:"success"`
			Result       json.RawMessage `json:"result"`
			Error        struct {
				Code string `json:"code"`
			} `json:"error"`
		} `json:"data"`
	}
	if err := json.Unmarshal(line, &event); err != nil {
		return err
	}
	data := &event.Data
	switch event.Type {
	case "session.start", "session.resume":
		b.ID = firstOf(data.SessionID, b.ID)
		b.moved(data.Context.CWD)
	case "assistant.message":
		for i := range data.ToolRequests {
			if err := b.copilotCall(&data.ToolRequests[i], event.Timestamp); err != nil {
				return err
			}
		}
	case "tool.execution_start":
		return b.copilotCall(&data.copilotCall, event.Timestamp)
	case "tool.execution_complete":
		switch {
		case data.Error.Code == "denied" || data.Error.Code == "rejected":
			b.setResult(data.ID, result{Denied, -1})
		case data.Success != nil && !*data.Success:
			b.setResult(data.ID, result{Failed, -1})
		case data.Success != nil:
			b.setResult(data.ID, readOutput(string(data.Result), false))
		}
	}
	return nil
}

func (b *builder) copilotCall(call *copilotCall, at stamp) error {
	if !isShellTool(firstOf(call.ToolName, call.Name)) {
		return nil
	}
	var args struct {
		Command string `json:"command"`
	}
	if json.Unmarshal(call.Arguments, &args) != nil {
		return nil
	}
	return b.add(call.ID, Command{Text: args.Command, Time: at.Time})
}
