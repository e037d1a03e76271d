package hook

import (
	"errors"
	"strings"
)

// This file is about tools that no agent brings along: those of MCP servers and
// of extensions.

// mcp notes a tool of an MCP server, whatever the server calls it.
func (e *Event) mcp(event object, tool, arguments string) (err error) {
	if e.Tool, err = event.text(tool); err != nil || !event.has(arguments) {
		return err
	}
	input, err := event.inner(arguments)
	if err != nil {
		return err
	}
	return e.guess(e.Tool, input)
}

// called notes a tool of an MCP server that another tool calls.
func (e *Event) called(input object) error {
	name := input.anyOf("tool_name", "toolName", "name")
	if name == "" {
		return errors.New("its input has no name of a tool")
	}
	if !input.has("arguments") {
		return nil
	}
	arguments, err := input.inner("arguments")
	if err != nil {
		return err
	}
	return e.guess(input.anyOf("server_name", "serverName", "server")+"__"+name, arguments)
}

// guess notes what the input of an unknown tool says by itself: files, by what the
// tool's name says of them; a line, SQL, URLs. A value of another shape says
// nothing.
func (e *Event) guess(tool string, input object) error {
	name := tool[strings.LastIndexAny(tool, ":.")+1:]
	if at := strings.LastIndex(name, "__"); at >= 0 {
		name = name[at+2:] // mcp__server__tool
	}
	if !e.known(name, input) {
		for _, field := range []string{"file_path", "filePath", "path", "absolute_path", "paths"} {
			if paths, err := input.texts(field); err == nil {
				for _, path := range paths {
					if path != "" {
						e.Commands = append(e.Commands, []string{"cat", operand(path)})
					}
				}
			}
		}
	}
	for _, field := range []string{"command", "cmd"} {
		if line, err := input.text(field); err == nil && strings.TrimSpace(line) != "" {
			e.Commands = append(e.Commands, []string{"sh", "-c", line})
		}
	}
	for _, field := range []string{"url", "uri", "urls"} {
		if urls, err := input.texts(field); err == nil {
			for _, url := range urls {
				if strings.HasPrefix(url, "http") || strings.HasPrefix(url, "file:") {
					e.Commands = append(e.Commands, []string{"curl", url})
				}
			}
		}
	}
	for _, field := range []string{"sql", "query", "statement", "statements", "queries"} {
		if field != "sql" && !speaksSQL(tool) {
			continue
		}
		if statements, err := input.texts(field); err == nil {
			for _, sql := range statements {
				e.Commands = append(e.Commands, []string{"psql", "-c", sql})
			}
		}
	}
	return nil
}

// known notes a tool that does with files what agents' own of that name do, as
// those of file servers. What such a tool takes is the server's matter.
func (e *Event) known(name string, input object) bool {
	switch effect := effectOf(name); effect {
	case read, write, remove:
		before := len(e.Commands)
		return e.note(name, effect, input) == nil && len(e.Commands) > before
	}
	if name == "move_file" {
		if files, err := input.texts("source", "destination"); err == nil && len(files) == 2 {
			e.Commands = append(e.Commands, []string{"mv", operand(files[0]), operand(files[1])})
			return true
		}
	}
	return false
}

// speaksSQL reports a tool whose queries are SQL, by its name or its server's.
func speaksSQL(tool string) bool {
	tool = strings.ToLower(tool)
	for _, database := range []string{"sql", "postgres", "database", "supabase", "bigquery", "snowflake", "clickhouse", "duckdb", "redshift"} {
		if strings.Contains(tool, database) {
			return true
		}
	}
	return false
}
