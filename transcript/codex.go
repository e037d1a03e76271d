package transcript

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"restrain/shellparse"
)

const codexLine = "a line of a Codex rollout: a JSON object with type and payload"

// A codexItem is what is read of the payload of a rollout's line; in rollouts
// of before 2025-10 it is the line itself.
type codexItem struct {
	Type      string          `json:"type"`
	ID        string          `json:"id"`
	SessionID string          `json:"session_id"`
	Cwd       string          `json:"cwd"`
	Name      string          `json:"name"`
	CallID    string          `json:"call_id"`
	Arguments json.RawMessage `json:"arguments"`
	Input     json.RawMessage `json:"input"`
	Action    json.RawMessage `json:"action"`
	Output    json.RawMessage `json:"output"`
	ExitCode  *int            `json:"exit_code"`

	Command json.RawMessage `json:"command"` // in what codex exec --json prints
	Status  string          `json:"status"`
}

// codex reads a rollout of ~/.codex/sessions, and what codex exec --json
// prints. What the agent writes into a
// program that is running is not in it as commands.
func (in *input) codex() error {
	b := in.builder("Codex")
	if in.isCodexDocument() {
		return in.codexDocument(b)
	}
	err := in.jsonLines(b, codexLine, func(line []byte) error {
		var entry struct {
			Type         string          `json:"type"`
			ID           string          `json:"id"`
			Instructions json.RawMessage `json:"instructions"`
			Timestamp    stamp           `json:"timestamp"`
			Payload      json.RawMessage `json:"payload"`
			Item         json.RawMessage `json:"item"` // in what codex exec --json prints
			Thread       string          `json:"thread_id"`
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			return err
		}
		if entry.Thread != "" {
			b.ID = entry.Thread
		}
		if entry.Payload == nil {
			entry.Payload = line
		}
		if entry.Item != nil {
			entry.Payload = entry.Item
		}
		var item codexItem
		if err := json.Unmarshal(entry.Payload, &item); err != nil {
			return err
		}
		if entry.Type == "session_meta" || entry.Type == "" && entry.Instructions != nil {
			b.ID = firstOf(item.ID, item.SessionID, b.ID)
		}
		b.moved(item.Cwd)
		return b.codexItem(&item, entry.Timestamp)
	})
	if err != nil {
		return err
	}
	return in.give(b)
}

// isCodexDocument knows a rollout of the first Codex, until 2025-08: one object
// with all items in it.
func (in *input) isCodexDocument() bool {
	head, _ := in.r.Peek(maxLook)
	k := keys{}
	_ = k.read(json.NewDecoder(bytes.NewReader(head))) // of a long one the beginning
	return k.has("session", "items")
}

func (in *input) codexDocument(b *builder) error {
	more := func(key string, value json.RawMessage) {
		var session struct {
			ID string `json:"id"`
		}
		if key == "session" && json.Unmarshal(value, &session) == nil {
			b.ID = firstOf(session.ID, b.ID)
		}
	}
	v := in.values(b, codexLine+", or an object with session and items")
	err := v.each([]string{"items"}, more, func(element json.RawMessage) error {
		var item codexItem
		if err := json.Unmarshal(element, &item); err != nil {
			return err
		}
		return b.codexItem(&item, stamp{})
	})
	if err != nil {
		return err
	}
	return in.give(b)
}

func (b *builder) codexItem(item *codexItem, at stamp) error {
	switch item.Type {
	case "custom_tool_call":
		if item.Name == "exec" {
			return b.codexScript(item, at)
		}
	case "function_call", "local_shell_call":
		c, err := item.command()
		if err != nil {
			return err
		}
		c.Time = at.Time
		return b.add(firstOf(item.CallID, item.ID), c)
	case "function_call_output", "custom_tool_call_output":
		b.setResult(item.CallID, codexResult(item.Output))
	case "command_execution":
		return b.codexExecution(item)
	case "exec_command_end":
		if item.ExitCode != nil {
			b.setResult(item.CallID, exited(*item.ExitCode))
		}
	}
	return nil
}

// codexExecution takes a command as it begins or as it has ended. Ids begin
// again in each turn.
func (b *builder) codexExecution(item *codexItem) error {
	c := Command{Text: commandLine(item.Command)}
	if i, ok := b.calls[item.ID]; ok && (b.Commands[i].Outcome != Unknown || b.Commands[i].Text != c.Text) {
		delete(b.calls, item.ID)
	}
	if err := b.add(item.ID, c); err != nil {
		return err
	}
	switch {
	case item.Status == "declined":
		b.setResult(item.ID, result{Denied, -1})
	case item.ExitCode != nil:
		b.setResult(item.ID, exited(*item.ExitCode))
	}
	return nil
}

// codexScript adds the commands that a script of the code mode runs. What is
// said of the script's end settles its one command, and nothing when there are
// several.
func (b *builder) codexScript(item *codexItem, at stamp) error {
	var script string
	if err := json.Unmarshal(item.Input, &script); err != nil {
		return err
	}
	commands := scriptCommands(script)
	for i, c := range commands {
		c.Time = at.Time
		id := item.CallID
		if len(commands) > 1 {
			id = fmt.Sprintf("%s#%d", id, i)
		}
		if err := b.add(id, c); err != nil {
			return err
		}
	}
	return nil
}

// A codexCall is what a shell tool of Codex is called with.
type codexCall struct {
	Command    json.RawMessage `json:"command"` // a list of words, or a line
	Cmd        json.RawMessage `json:"cmd"`
	Workdir    string          `json:"workdir"`
	WorkingDir string          `json:"working_directory"`
}

// command gives the command that a call runs; the zero Command for a call of
// another tool.
func (item *codexItem) command() (Command, error) {
	arguments := item.Arguments
	switch item.Name {
	case "shell", "shell_command", "exec_command", "container.exec", "unified_exec", "exec", "local_shell":
	case "":
		if arguments = item.Action; item.Type != "local_shell_call" {
			return Command{}, nil
		}
	default:
		return Command{}, nil
	}
	var text string
	if json.Unmarshal(arguments, &text) == nil { // JSON within a string
		if !json.Valid([]byte(text)) {
			return Command{Text: text}, nil
		}
		arguments = json.RawMessage(text)
	}
	var call codexCall
	if err := json.Unmarshal(arguments, &call); err != nil {
		return Command{}, err
	}
	c := Command{Text: firstOf(commandLine(call.Command), commandLine(call.Cmd))}
	if dir := firstOf(call.Workdir, call.WorkingDir); strings.HasPrefix(dir, "/") {
		c.Dir = dir
	}
	return c, nil
}

// commandLine is the line that a command is: as it stands, or of its words. The
// shell around a line is taken off.
func commandLine(value json.RawMessage) string {
	var line string
	if json.Unmarshal(value, &line) == nil {
		return line
	}
	var argv []string
	if json.Unmarshal(value, &argv) != nil || len(argv) == 0 {
		return ""
	}
	if len(argv) == 3 && (argv[1] == "-lc" || argv[1] == "-c") {
		switch argv[0][strings.LastIndexByte(argv[0], '/')+1:] {
		case "bash", "sh", "zsh":
			return argv[2]
		}
	}
	return shellparse.Quote(argv)
}

// codexResult reads an output: text, JSON within text, or an object.
func codexResult(value json.RawMessage) result {
	var output struct {
		Output   string `json:"output"`
		Content  string `json:"content"`
		Success  *bool  `json:"success"`
		Metadata struct {
			ExitCode *int `json:"exit_code"`
		} `json:"metadata"`
	}
	var text string
	if json.Unmarshal(value, &text) == nil {
		if json.Unmarshal([]byte(text), &output) != nil {
			return readOutput(text, strings.HasPrefix(text, "exec_command failed") || strings.Contains(text[:min(len(text), maxScan)], "rejected by user"))
		}
	} else if isArray(value) {
		return readOutput(contentText(value), false)
	} else if json.Unmarshal(value, &output) != nil {
		return unknown
	}
	if code := output.Metadata.ExitCode; code != nil {
		return exited(*code)
	}
	failed := output.Success != nil && !*output.Success
	return readOutput(firstOf(output.Output, output.Content), failed)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
