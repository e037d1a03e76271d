package transcript

import (
	"encoding/json"
	"strings"
)

const cursorLine = "a line of a Cursor agent's transcript: a JSON object with role and message, or with type and tool_call"

// A cursorEntry is what is read of a line of
// ~/.cursor/projects/*/agent-transcripts, which has messages without times, ids
// and results, and of what cursor-agent -p --output-format stream-json prints.
type cursorEntry struct {
	Role    string `json:"role"`
	Message struct {
		Content json.RawMessage `json:"content"`
	} `json:"message"`

	SessionID string `json:"session_id"`
	Cwd       string `json:"cwd"`
	CallID    string `json:"call_id"`
	Timestamp stamp  `json:"timestamp_ms"`
	ToolCall  struct {
		Shell cursorShell `json:"shellToolCall"`
		Tool  struct {
			Case  string      `json:"case"`
			Value cursorShell `json:"value"`
		} `json:"tool"`
	} `json:"tool_call"`
}

// A cursorShell is a call of the shell tool, and at its end the result.
type cursorShell struct {
	Args   cursorArgs `json:"args"`
	Result struct {
		Success  *cursorExit     `json:"success"`
		Failure  *cursorExit     `json:"failure"`
		Rejected json.RawMessage `json:"rejected"`
	} `json:"result"`
}

type cursorArgs struct {
	Command          string `json:"command"`
	WorkingDirectory string `json:"workingDirectory"`
	WorkingDir       string `json:"working_directory"`
}

type cursorExit struct {
	ExitCode int `json:"exitCode"`
}

// cursor reads a transcript of Cursor's agent.
func (in *input) cursor() error {
	b := in.builder("Cursor")
	named := false
	err := in.jsonLines(b, cursorLine, func(line []byte) error {
		var e cursorEntry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if e.SessionID != "" && !named {
			b.ID, named = e.SessionID, true
		}
		b.moved(e.Cwd)
		if e.Role == "assistant" && isArray(e.Message.Content) {
			return b.cursorMessage(e.Message.Content)
		}
		return b.cursorCall(&e)
	})
	if err != nil {
		return err
	}
	if !named {
		b.Notes = append(b.Notes, "Cursor's transcripts have no times and no results of commands")
	}
	return in.give(b)
}

func (b *builder) cursorMessage(content json.RawMessage) error {
	var blocks []claudeBlock // of the same form
	if err := json.Unmarshal(content, &blocks); err != nil {
		return err
	}
	for i := range blocks {
		block := &blocks[i]
		if block.Type != "tool_use" || !isShellTool(block.Name) {
			continue
		}
		var args cursorArgs
		if err := json.Unmarshal(block.Input, &args); err != nil {
			return err
		}
		if err := b.add(block.ID, args.asCommand()); err != nil {
			return err
		}
	}
	return nil
}

// cursorCall takes an event of a call: its beginning, or its end with the result.
func (b *builder) cursorCall(e *cursorEntry) error {
	shell := &e.ToolCall.Shell
	if e.ToolCall.Tool.Case == "shellToolCall" {
		shell = &e.ToolCall.Tool.Value
	}
	c := shell.Args.asCommand()
	c.Time = e.Timestamp.Time
	if err := b.add(e.CallID, c); err != nil {
		return err
	}
	switch r := &shell.Result; {
	case len(r.Rejected) > 0 && string(r.Rejected) != "null":
		b.setResult(e.CallID, result{Denied, -1})
	case r.Failure != nil && r.Failure.ExitCode == 0:
		b.setResult(e.CallID, result{Failed, -1})
	case r.Failure != nil:
		b.setResult(e.CallID, exited(r.Failure.ExitCode))
	case r.Success != nil:
		b.setResult(e.CallID, exited(r.Success.ExitCode))
	}
	return nil
}

func (a *cursorArgs) asCommand() Command {
	c := Command{Text: a.Command}
	if dir := firstOf(a.WorkingDirectory, a.WorkingDir); strings.HasPrefix(dir, "/") {
		c.Dir = dir
	}
	return c
}
