// Package hook translates between restrain and the hooks that coding agents
// call before they use a tool: an agent's own event in, a neutral Event out,
// and the verdict back in the agent's own schema. One file an agent.
//
// It knows the agents' schemas and the names of their tools. It must not know
// what is dangerous, nor how a command is judged. What it does not understand
// of a tool that runs commands or touches files is an error, and an error is
// answered with a denial.
package hook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"time"

	"restrain/agent"
)

// MaxEvent bounds an event in bytes. Cursor and Claude Code send the text of
// the files that are read or written along.
const MaxEvent = 16 << 20

// An Event is a tool that an agent is about to use, or what a human says to it.
type Event struct {
	Agent   string // the name of the agent that sent it
	Session string // the agent's own id of its session
	Call    string // its id of this use of a tool; empty when the event has none
	Tool    string // the agent's own name of the tool
	Model   string // what it works with; empty where it does not say
	Dir     string // where the tool works, absolute; empty when the agent does not say
	// Lines are what a shell tool will run, each by a shell of its own.
	Lines []string
	// Execs reports a tool whose Lines or Commands become processes, which
	// other doors see.
	Execs bool
	// Commands are what any other tool does, as the commands that do the
	// same: a file that is read is "cat FILE". None is a tool whose event
	// says nothing that can be judged.
	Commands [][]string
	// Elsewhere counts those at the end of Commands that a server does, and not
	// the agent: nothing can be kept for them.
	Elsewhere int

	// Prompt reports an event that is no tool: the human says something to the
	// agent. Says is that; empty where it is not the human's own.
	Prompt bool
	Says   string

	// input is that of a shell tool with one line, and lineAt the line's name there.
	input  object
	lineAt string
}

// An Output is what a hook gives back to the agent.
type Output struct {
	Stdout, Stderr string
	Status         int // exit status
}

// blocks is the exit status by which a hook blocks the tool (Claude Code,
// Codex, Gemini, Qwen, Cursor, Windsurf, goose); others take any that is not 0.
const blocks = 2

// Write gives the answer and returns the exit status. An agent that cannot be
// told is blocked by the status.
func (o Output) Write(stdout, stderr io.Writer) int {
	_, err := io.WriteString(stdout, o.Stdout)
	_, errStderr := io.WriteString(stderr, o.Stderr)
	if err = errors.Join(err, errStderr); err != nil {
		return blocks
	}
	return o.Status
}

// An Agent is the schema of one agent's hook.
type Agent struct {
	Name string
	// Limit is how long the agent waits for the hook unless its
	// configuration says otherwise. Agents then use the tool.
	Limit time.Duration
	schema
}

// A schema reads an agent's events and gives it answers.
type schema struct {
	read  func(event object) (Event, error)
	allow Output
	deny  func(reason string) Output
	// change lets a tool be used with another input; nil where the agent's
	// documentation knows of no such answer.
	change func(input object) Output
}

// Of returns the agent of a name.
func Of(name string) (Agent, bool) {
	known, ok := agent.ByHook(name)
	if !ok {
		return Agent{}, false
	}
	return Agent{known.Hook, known.Patience, schemaOf(known.Hook)}, true
}

func schemaOf(name string) schema {
	switch name {
	case "cline":
		return cline()
	case "codex":
		return codex()
	case "copilot":
		return copilot()
	case "cursor":
		return cursor()
	case "gemini":
		return gemini()
	case "goose":
		return goose()
	case "opencode":
		return opencode()
	case "pi":
		return pi()
	case "qwen":
		return qwen()
	case "windsurf":
		return windsurf()
	}
	return claude()
}

// Allow is the answer that leaves the tool to the agent's own permissions.
func (a Agent) Allow() Output { return a.allow }

// Deny is the answer that keeps the tool from being used. The reason is shown
// to the agent and the human.
func (a Agent) Deny(reason string) Output { return a.deny(reason) }

// Change is the answer that has a shell tool run another line; ok is false where
// there is no such answer. An agent's version that does not know it runs the line as
// it was.
func (a Agent) Change(e *Event, line string) (o Output, ok bool) {
	if a.change == nil || e.lineAt == "" || len(e.Lines) != 1 || len(e.Commands) > 0 {
		return Output{}, false
	}
	input := maps.Clone(e.input)
	input[e.lineAt] = json.RawMessage(jsonLine(line))
	return a.change(input), true
}

// Read understands an event. speaker is the agent that the answer is for: Cursor
// and VS Code also run others' hooks, with their own events. It is a itself where
// the event was not understood.
func (a Agent) Read(text []byte) (speaker Agent, e Event, err error) {
	speaker = a
	event, err := parseObject(text)
	if err != nil {
		return speaker, Event{}, err
	}
	switch {
	case event.has("cursor_version"):
		speaker, _ = Of("cursor")
	case a.Name == "copilot" && !event.has("toolName") && event.has("tool_name"):
		speaker.schema = copilotVSCode()
	}
	e, prompt := readPrompt(event)
	if !prompt {
		e, err = speaker.read(event)
	}
	if err == nil && e.Dir != "" && !filepath.IsAbs(e.Dir) {
		err = fmt.Errorf("the working directory %q is not absolute", e.Dir)
	}
	if err != nil {
		return speaker, Event{}, fmt.Errorf("event of %s: %w; update restrain, or report the agent's version", speaker.Name, err)
	}
	e.Agent, e.Call = speaker.Name, event.anyOf("tool_use_id", "tool_call_id", "toolCallId", "callID")
	e.Model = event.anyOf("model")
	return speaker, e, nil
}

// Task names the agent's session among those of all agents; empty when the
// event does not say.
func (e *Event) Task() string {
	if e.Session == "" {
		return ""
	}
	return e.Agent + ":" + e.Session
}

// wantEvent checks the name of the event: a hook that is configured for another
// one cannot answer it.
func wantEvent(event object, field string, names ...string) error {
	got, err := event.text(field)
	if err != nil {
		return err
	}
	for _, name := range names {
		if got == name {
			return nil
		}
	}
	return fmt.Errorf("%s is %q, not %s: configure the hook for that event only", field, got, names[0])
}

// jsonLine is an answer in JSON.
func jsonLine(answer any) string {
	text, err := json.Marshal(answer)
	if err != nil {
		return "" // texts only: cannot happen, and an empty answer comes with a status that blocks
	}
	return string(text) + "\n"
}
