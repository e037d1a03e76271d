package transcript

import (
	"bytes"
	"encoding/json"
	"strings"

	"restrain/shellparse"
)

const claudeLine = "a line of a Claude Code session file: a JSON object with type, sessionId and message"

// A claudeEntry is what is read of a line of ~/.claude/projects/*/*.jsonl, and
// of what claude -p --output-format stream-json prints.
type claudeEntry struct {
	Type       string          `json:"type"`
	SessionID  string          `json:"sessionId"`
	StreamID   string          `json:"session_id"`
	Cwd        string          `json:"cwd"`
	Timestamp  stamp           `json:"timestamp"`
	Message    json.RawMessage `json:"message"`
	DenialKind string          `json:"toolDenialKind"`

	// The subagent that wrote the line. What one does is also told to the
	// session that called it, as progress.
	Sidechain bool            `json:"isSidechain"`
	AgentID   string          `json:"agentId"`
	Data      json.RawMessage `json:"data"`
}

// A claudeBlock is a part of a message: a call of a tool, or its result.
type claudeBlock struct {
	Type  string          `json:"type"`
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`

	ToolUseID string          `json:"tool_use_id"`
	Content   json.RawMessage `json:"content"`
	IsError   bool            `json:"is_error"`
}

// claude reads a session file. The commands of subagents are part of it where
// they stand in the same file; a file of a subagent's own is a session.
func (in *input) claude() error {
	b := in.builder("Claude Code")
	named := false
	err := in.jsonLines(b, claudeLine, func(line []byte) error {
		var e claudeEntry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if id := e.SessionID + e.StreamID; id != "" && !named {
			b.ID, named = id, true
			if e.Sidechain && e.AgentID != "" {
				b.ID += "/" + e.AgentID
			}
		}
		b.moved(e.Cwd)
		switch {
		case e.Type == "assistant", e.Type == "user":
			return b.claudeMessage(&e)
		case e.Type == "progress":
			var data struct {
				Message claudeEntry `json:"message"`
			}
			if json.Unmarshal(e.Data, &data) == nil { // of a subagent; others have no message
				return b.claudeMessage(&data.Message)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return in.give(b)
}

// powerShell is the tool that runs commands on Windows.
const powerShell = "PowerShell"

func (b *builder) claudeMessage(e *claudeEntry) error {
	var message struct {
		Content json.RawMessage `json:"content"`
	}
	if len(e.Message) == 0 {
		return nil
	}
	if err := json.Unmarshal(e.Message, &message); err != nil || !isArray(message.Content) {
		return err // text of the user's
	}
	var blocks []claudeBlock
	if err := json.Unmarshal(message.Content, &blocks); err != nil {
		return err
	}
	for i := range blocks {
		block := &blocks[i]
		switch {
		case block.Type == "tool_use" && (block.Name == "Bash" || block.Name == powerShell):
			var call struct {
				Command string `json:"command"`
			}
			if err := json.Unmarshal(block.Input, &call); err != nil {
				return err
			}
			if block.Name == powerShell && call.Command != "" {
				call.Command = shellparse.Quote([]string{"pwsh", "-Command", call.Command})
			}
			if err := b.add(block.ID, Command{Text: call.Command, Time: e.Timestamp.Time}); err != nil {
				return err
			}
		case block.Type == "tool_result":
			b.setResult(block.ToolUseID, block.result(e.DenialKind))
		}
	}
	return nil
}

func (block *claudeBlock) result(denial string) result {
	if denial != "" {
		return result{Denied, -1}
	}
	if !block.IsError {
		return exited(0) // the text is the command's own
	}
	return readOutput(contentText(block.Content), true)
}

// contentText is the text of a content that is a string, or a list of parts.
func contentText(content json.RawMessage) string {
	if !isArray(content) {
		var text string
		if json.Unmarshal(content, &text) != nil {
			return ""
		}
		return text
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for i := range parts {
		b.WriteString(parts[i].Text)
		b.WriteByte('\n')
	}
	return b.String()
}

func isArray(value json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(value), []byte("["))
}
