package transcript

import (
	"encoding/json"
	"strings"
)

const geminiValue = "a Gemini CLI session: an object with sessionId and messages, or messages one a line"

// gemini reads a session of ~/.gemini/tmp/*/chats: one document, or since 2026
// one message a line; and what gemini --output-format stream-json prints.
func (in *input) gemini() error {
	b := in.builder("Gemini CLI")
	name := func(key string, value json.RawMessage) {
		if key == "sessionId" || key == "session_id" {
			json.Unmarshal(value, &b.ID) // a name that is no text is none
		}
	}
	v := in.values(b, geminiValue)
	err := v.each([]string{"messages"}, name, b.geminiMessage)
	if err != nil {
		return err
	}
	return in.give(b)
}

func (b *builder) geminiMessage(element json.RawMessage) error {
	var message struct {
		Timestamp stamp        `json:"timestamp"`
		ToolCalls []geminiCall `json:"toolCalls"`

		// Of a stream.
		ToolID     string          `json:"tool_id"`
		ToolName   string          `json:"tool_name"`
		Parameters json.RawMessage `json:"parameters"`
		Status     string          `json:"status"`
		Output     json.RawMessage `json:"output"`
	}
	if err := json.Unmarshal(element, &message); err != nil {
		return err
	}
	if message.ToolID != "" {
		message.ToolCalls = append(message.ToolCalls, geminiCall{
			ID: message.ToolID, Name: message.ToolName, Args: message.Parameters, Status: message.Status, Result: message.Output,
		})
	}
	for i := range message.ToolCalls {
		call := &message.ToolCalls[i]
		if call.Timestamp.IsZero() {
			call.Timestamp = message.Timestamp
		}
		if call.Name == "run_shell_command" {
			if err := b.geminiCall(call); err != nil {
				return err
			}
		}
		b.setResult(call.ID, geminiResult(call.Status, call.Result))
	}
	return nil
}

// A geminiCall is a call of a tool, with its result or without.
type geminiCall struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Status    string          `json:"status"`
	Timestamp stamp           `json:"timestamp"`
	Args      json.RawMessage `json:"args"`
	Result    json.RawMessage `json:"result"`
}

func (b *builder) geminiCall(call *geminiCall) error {
	var args struct {
		Command   string `json:"command"`
		Directory string `json:"directory"`
		DirPath   string `json:"dir_path"`
	}
	if err := json.Unmarshal(call.Args, &args); err != nil {
		return err
	}
	c := Command{Text: args.Command, Time: call.Timestamp.Time}
	if dir := firstOf(args.Directory, args.DirPath); strings.HasPrefix(dir, "/") {
		c.Dir = dir
	}
	return b.add(call.ID, c)
}

func geminiResult(status string, output json.RawMessage) result {
	switch strings.ToLower(status) {
	case "cancelled", "canceled":
		return result{Denied, -1}
	case "success":
		if code, ok := quotedStatus(output); ok {
			return exited(code)
		}
		return exited(0)
	case "error":
		return result{Failed, -1}
	}
	return unknown
}

// quotedStatus finds the line "Exit Code: N" that the shell tool ends its
// output with, in the JSON of a response.
func quotedStatus(output json.RawMessage) (int, bool) {
	const words = `\nExit Code: `
	text := string(output)
	at := strings.LastIndex(text, words)
	if at < 0 {
		return 0, false
	}
	return leadingNumber(text[at+len(words):])
}
