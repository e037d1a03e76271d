package hook

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// This file is about tools that no agent brings along: those of MCP servers and
// of extensions.

// unnamed stands for a server that the event does not name.
const unnamed = "server"

// served tells the tool of a server by its name, as agents make one of both.
func served(tool string) (server, name string, ok bool) {
	if rest, found := strings.CutPrefix(tool, "MCP:"); found { // Cursor
		return unnamed, rest, true
	}
	if server, name, ok = strings.Cut(strings.TrimPrefix(tool, "mcp__"), "__"); ok { // Claude Code, Codex, Qwen, goose
		return server, name, true
	}
	if rest, found := strings.CutPrefix(tool, "mcp_"); found { // VS Code
		return strings.Cut(rest, "_")
	}
	return strings.Cut(tool, "-") // Copilot CLI; no agent's own tool has a hyphen
}

// mcp notes a tool of an MCP server, whatever the server calls it.
func (e *Event) mcp(event object, server, tool, arguments string) (err error) {
	if e.Tool, err = event.text(tool); err != nil {
		return err
	}
	input := object{}
	if event.has(arguments) {
		if input, err = event.inner(arguments); err != nil {
			return err
		}
	}
	return e.serve(event.anyOf(server), e.Tool, input)
}

// delegated notes a tool of an MCP server that another tool calls.
func (e *Event) delegated(input object) (err error) {
	name := input.anyOf("tool_name", "toolName", "name")
	if name == "" {
		return errors.New("its input has no name of a tool")
	}
	arguments := object{}
	if input.has("arguments") {
		if arguments, err = input.inner("arguments"); err != nil {
			return err
		}
	}
	return e.serve(input.anyOf("server_name", "serverName", "server"), name, arguments)
}

// serve notes a call of a server's tool: by its name, as the command
// mcp SERVER WORDS… with what it names, and by what its input says.
func (e *Event) serve(server, tool string, input object) error {
	if server == "" {
		server = unnamed
	}
	command := append([]string{"mcp", serverWord(server)}, words(tool)...)
	for _, field := range slices.Sorted(maps.Keys(input)) {
		name := strings.ToLower(field)
		if !strings.HasSuffix(name, "id") && !strings.HasSuffix(name, "name") {
			continue
		}
		if value, err := input.text(field); err == nil && len(value) <= maxNamed {
			command = append(command, field+"="+value)
		}
	}
	e.Commands = append(e.Commands, command)
	e.shapes(server, tool, input, !e.fileTool(tool, input))
	return nil
}

// serverWord is a server's name as a word of a command.
func serverWord(server string) string { return strings.ToLower(strings.TrimLeft(server, "-")) }

// maxNamed bounds the name of what a server's tool is about, in bytes.
const maxNamed = 100

// words are those of a tool's name, in small letters: delete, db, instance.
func words(name string) []string {
	var all []string
	start, previous := 0, ' '
	add := func(end int) {
		if word := strings.ToLower(name[start:end]); word != "" {
			all = append(all, word)
		}
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			add(i)
			start = i + len(string(r))
		case unicode.IsUpper(r) && unicode.IsLower(previous):
			add(i)
			start = i
		}
		previous = r
	}
	add(len(name))
	return all
}

// fileTool notes a tool that does with files what agents' own of that name do, as
// those of file servers. What such a tool takes is the server's matter.
func (e *Event) fileTool(tool string, input object) bool {
	switch effect := effectOf(tool); effect {
	case read, write, remove:
		before := len(e.Commands)
		return e.note(tool, effect, input) == nil && len(e.Commands) > before
	}
	if tool == "move_file" {
		if files, err := input.texts("source", "destination"); err == nil && len(files) == 2 {
			e.Commands = append(e.Commands, []string{"mv", operand(files[0]), operand(files[1])})
			return true
		}
	}
	return false
}
