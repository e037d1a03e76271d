package hook

import (
	"encoding/json"
	"maps"
	"strings"
)

// opencode is OpenCode (1.18.33). It has plugins in place of hooks: one for
// tool.execute.before hands over {"tool","sessionID","callID","cwd","args"} and
// throws the reason unless the status is 0.
func opencode() schema {
	return schema{read: readOpenCode, deny: denyPlugin, change: changePlugin}
}

// readOpenCode also knows SERVER_TOOL, the tool of an MCP server.
func readOpenCode(event object) (Event, error) {
	tool := event.anyOf("tool")
	if effectOf(tool) != other || !strings.Contains(tool, "_") {
		return readPlugin(event, "sessionID", "tool", "args")
	}
	served := maps.Clone(event)
	served["tool"] = json.RawMessage(jsonLine("mcp_" + tool))
	e, err := readPlugin(served, "sessionID", "tool", "args")
	e.Tool = tool
	return e, err
}

// readPlugin reads what a plugin of an agent hands over.
func readPlugin(event object, session, tool, args string) (e Event, err error) {
	if e.Session, err = event.optional(session); err != nil {
		return e, err
	}
	if e.Dir, err = event.optional("cwd"); err != nil {
		return e, err
	}
	name, err := event.text(tool)
	if err != nil {
		return e, err
	}
	input, err := event.input(args, name)
	if err != nil {
		return e, err
	}
	return e, e.use(name, input)
}

// denyPlugin answers a plugin.
func denyPlugin(reason string) Output {
	answer := jsonLine(struct {
		Block  bool   `json:"block"`
		Reason string `json:"reason"`
	}{true, reason})
	return Output{Stdout: answer, Stderr: reason + "\n", Status: blocks}
}

// changePlugin has a plugin change the input, which the tool is then used with.
func changePlugin(input object) Output {
	return Output{Stdout: jsonLine(struct {
		Input object `json:"input"`
	}{input})}
}
