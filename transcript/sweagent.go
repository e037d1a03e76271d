package transcript

import (
	"encoding/json"
	"strings"
)

const sweAgentValue = "a SWE-agent trajectory: an object with trajectory, a list of objects with action, or with messages"

// sweAgent reads a .traj file: the trajectory of SWE-agent, or the messages of
// mini-SWE-agent, which carry exit statuses.
func (in *input) sweAgent() error {
	b := in.builder("SWE-agent")
	b.ID = strings.TrimSuffix(b.ID, ".traj")
	mini := false
	more := func(key string, _ json.RawMessage) { mini = mini || key == "trajectory_format" }
	v := in.values(b, sweAgentValue)
	err := v.each([]string{"trajectory", "messages"}, more, func(element json.RawMessage) error {
		var step sweAgentStep
		if err := json.Unmarshal(element, &step); err != nil {
			return err
		}
		if step.Role != "" {
			mini = true
			return b.miniMessage(&step)
		}
		return b.sweAgentStep(&step)
	})
	if err != nil {
		return err
	}
	if mini {
		b.Agent = "mini-SWE-agent"
	} else {
		b.Notes = append(b.Notes, "SWE-agent does not record exit statuses; its editing tools are left out")
	}
	return in.give(b)
}

// A sweAgentStep is a step of a trajectory, or a message of mini-SWE-agent.
type sweAgentStep struct {
	Action string          `json:"action"`
	State  json.RawMessage `json:"state"`

	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	ToolCalls []struct {
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
	Extra struct {
		Timestamp  stamp             `json:"timestamp"`
		Actions    []json.RawMessage `json:"actions"`
		Returncode *int              `json:"returncode"`
	} `json:"extra"`
}

// sweAgentStep adds the action of a step. The state is that after it.
func (b *builder) sweAgentStep(step *sweAgentStep) error {
	action := strings.TrimSpace(step.Action)
	if !isSWEAgentTool(action) {
		if err := b.add("", Command{Text: action}); err != nil {
			return err
		}
	}
	state := step.State
	var text string
	if json.Unmarshal(state, &text) == nil { // JSON within a string
		state = json.RawMessage(text)
	}
	var place struct {
		WorkingDir string `json:"working_dir"`
	}
	if json.Unmarshal(state, &place) == nil {
		b.moved(place.WorkingDir)
	}
	return nil
}

// isSWEAgentTool reports an action that is a tool of SWE-agent's own.
func isSWEAgentTool(action string) bool {
	name, _, _ := strings.Cut(action, " ")
	name, _, _ = strings.Cut(name, "\n")
	switch name {
	case "", "str_replace_editor", "edit", "insert", "create", "open", "goto", "scroll_up", "scroll_down",
		"search_dir", "search_file", "find_file", "submit", "exit_cost", "exit_context", "exit_format", "exit_error":
		return true
	}
	return false
}

func (b *builder) miniMessage(m *sweAgentStep) error {
	if m.Role != "assistant" {
		if m.Extra.Returncode != nil {
			b.setLastResult(exited(*m.Extra.Returncode))
		} else {
			b.setLastResult(readOutput(contentText(m.Content), false))
		}
		return nil
	}
	for _, line := range m.commands() {
		if err := b.add("", Command{Text: line, Time: m.Extra.Timestamp.Time}); err != nil {
			return err
		}
	}
	return nil
}

// commands are those of a message: as the agent took them out of it, as calls
// of the tool bash, or as the one block of shell in the text.
func (m *sweAgentStep) commands() []string {
	var lines []string
	for _, action := range m.Extra.Actions {
		var call struct {
			Command string `json:"command"`
		}
		if json.Unmarshal(action, &call) == nil && call.Command != "" {
			lines = append(lines, call.Command)
		}
	}
	if len(lines) > 0 {
		return lines
	}
	for i := range m.ToolCalls {
		var call struct {
			Command string `json:"command"`
		}
		if function := &m.ToolCalls[i].Function; function.Name == "bash" && json.Unmarshal([]byte(function.Arguments), &call) == nil {
			lines = append(lines, call.Command)
		}
	}
	if len(lines) > 0 {
		return lines
	}
	blocks := shellBlocks(contentText(m.Content))
	return blocks[:min(len(blocks), 1)]
}
