package hook

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// This file reads what a tool that nobody knows is given, by shape: an address with a
// method, GraphQL, SQL, a command, a path, at any depth of its input.

// Bounds of what is looked at in one input.
const (
	maxShapeDepth  = 12
	maxShapeValues = 2_000
	maxShapeText   = 256 << 10
)

// A shape walks the input of a tool.
type shape struct {
	event    *Event
	server   string
	tool     string
	words    []string // of the tool's name
	values   int
	said     string // what people would read
	language string // that its object says code is in
	files    bool   // paths are what the tool is about: not already read by its name
}

// shapes notes what an input says by itself.
func (e *Event) shapes(server, tool string, input object, files bool) {
	s := shape{event: e, server: server, tool: tool, words: words(tool), files: files}
	fields := make(map[string]any, len(input))
	for name, raw := range input {
		var value any
		if json.Unmarshal(raw, &value) == nil {
			fields[name] = value
		}
	}
	before := len(e.Commands)
	s.object(fields, 0)
	if server != "" && files && s.said != "" {
		e.Commands[before-1] = append(e.Commands[before-1], "--says="+strings.TrimSpace(s.said))
	}
	if server != "" {
		e.Elsewhere += len(e.Commands) - before
	}
}

func (s *shape) object(fields map[string]any, depth int) {
	if depth > maxShapeDepth {
		return
	}
	_, s.language = named(fields, "language", "lang", "runtime", "kernel")
	taken := s.request(fields)
	taken = append(taken, s.command(fields)...)
	if len(taken) == 0 {
		taken = s.resource(fields)
		s.documents(fields, depth)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(taken, name) {
			s.value(strings.ToLower(name), fields[name], depth+1)
		}
	}
}

func (s *shape) value(name string, value any, depth int) {
	if s.values++; s.values > maxShapeValues || depth > maxShapeDepth {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		s.object(v, depth)
	case []any:
		for _, item := range v {
			s.value(name, item, depth+1)
		}
	case string:
		if len(v) <= maxShapeText {
			s.text(name, v, depth)
		}
	}
}

// run notes a command that does the same as the tool.
func (s *shape) run(argv ...string) { s.event.Commands = append(s.event.Commands, argv) }

// text notes what one text says by its form, or else by the name it stands under.
func (s *shape) text(name, text string, depth int) {
	trimmed := strings.TrimSpace(text)
	if isSaid(name) && len(s.said)+len(text) <= maxSaid {
		s.said += text + "\n"
	}
	switch {
	case trimmed == "":
	case trimmed[0] == '{' && json.Valid([]byte(trimmed)): // JSON in a text
		var inner map[string]any
		if json.Unmarshal([]byte(trimmed), &inner) == nil {
			s.object(inner, depth+1)
		}
	case isGraphQL(trimmed):
		body, _ := json.Marshal(map[string]string{"query": text})
		s.run("curl", "https://"+s.host()+"/graphql", "-d", string(body))
	case isRouteName(name) && s.routed(trimmed):
	case isSQL(trimmed):
		s.run("psql", "-c", text)
	case isScriptName(name) && s.interpreter(name, text) != nil:
		program := s.interpreter(name, text)
		if program[0] == "node" {
			text = called(text)
		}
		s.run(append(program, text)...)
	case slices.Contains([]string{"command", "cmd", "clicommand", "cli_command", "commands", "script", "shell", "bash", "commandline", "command_line", "shell_command", "shellcommand"}, name):
		s.run("sh", "-c", text)
		if program, _ := s.program(); program != "" && !slices.Contains(s.words, "exec") && !strings.HasPrefix(trimmed, program+" ") {
			s.run("sh", "-c", program+" "+text) // the program's own words
		}
	case isURL(trimmed):
		if strings.HasPrefix(name, "url") || strings.HasPrefix(name, "uri") || name == "endpoint" || name == "href" || name == "link" {
			s.run("curl", trimmed)
		}
	case s.files && isPathName(name) && !strings.ContainsAny(text, "\n"):
		s.path(text)
	}
}

func isURL(text string) bool {
	return (strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "file:")) && !strings.ContainsAny(text, " \n")
}

// host is where a server's own API is, by its name.
func (s *shape) host() string {
	if strings.EqualFold(s.server, "octokit") || strings.EqualFold(s.server, "gh") {
		return "api.github.com"
	}
	if strings.Trim(s.server, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" || s.server == "" {
		return "api." + unnamed + ".com"
	}
	return "api." + strings.ToLower(s.server) + ".com"
}

// The names of fields that hold a method or an address.
var (
	methodNames  = []string{"method", "httpmethod", "http_method", "verb", "requestmethod", "request_method"}
	addressNames = []string{"url", "uri", "endpoint", "href", "path", "route", "request", "resource"}
)

// beside looks for a field's text in the objects that stand in an object, for what is
// split over both: {"verb": "DELETE", "target": {"url": …}}.
func beside(fields map[string]any, names []string, fits func(string) bool, depth int) string {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		inner, ok := fields[name].(map[string]any)
		if !ok || depth > maxBeside {
			continue
		}
		if _, text := named(inner, names...); fits(text) {
			return text
		}
		if text := beside(inner, names, fits, depth+1); text != "" {
			return text
		}
	}
	return ""
}

// maxBeside bounds how deep the other half of a request is looked for.
const maxBeside = 2

// request notes an address with a method in the same object, or one further in, and
// returns the names of the fields that make it up.
func (s *shape) request(fields map[string]any) (taken []string) {
	methodField, method := named(fields, methodNames...)
	if method = strings.ToUpper(method); !isMethod(method) {
		if methodField, method = named(fields, "operation", "action", "op", "command"); !isMethod(method) {
			methodField, method = "", ""
		}
	}
	urlField, url := named(fields, addressNames...)
	switch {
	case method != "" && url == "":
		url = beside(fields, addressNames, func(text string) bool { return isURL(text) || strings.HasPrefix(text, "/") }, 0)
	case method == "" && isURL(url):
		method = strings.ToUpper(beside(fields, methodNames, func(text string) bool { return isMethod(strings.ToUpper(text)) }, 0))
	}
	if first, rest, ok := route(url); ok {
		method, url = first, rest
	}
	if method == "" {
		return nil
	}
	url = filled(url, fields, 0)
	if strings.HasPrefix(url, "/") {
		url = "https://" + s.host() + url
	}
	if !isURL(url) {
		return nil
	}
	argv := []string{"curl", "-X", method, url}
	taken = []string{methodField, urlField}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		switch name := strings.ToLower(field); name {
		case "headers":
			headers, _ := fields[field].(map[string]any)
			for _, header := range slices.Sorted(maps.Keys(headers)) {
				if v, ok := headers[header].(string); ok {
					argv = append(argv, "-H", header+": "+v)
				}
			}
		case "body", "data", "json", "payload":
			body, isText := fields[field].(string)
			if !isText {
				encoded, _ := json.Marshal(fields[field])
				body = string(encoded)
			}
			if len(body) <= maxShapeText && !strings.HasPrefix(body, "@") {
				argv = append(argv, "-d", body)
			}
		default:
			continue
		}
		taken = append(taken, field)
	}
	s.run(argv...)
	return taken
}

// command notes a program with its arguments: {"command":"rm","args":["-rf","x"]},
// {"argv":["rm","x"]}.
func (s *shape) command(fields map[string]any) (taken []string) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		name := strings.ToLower(field)
		switch v := fields[field].(type) {
		case string:
			if name != "command" && name != "cmd" && name != "program" && name != "executable" {
				continue
			}
			for _, more := range []string{"args", "arguments", "argv"} {
				if args, ok := texts(fields[more]); ok && len(args) > 0 && v != "" {
					if strings.ContainsAny(v, " \t") {
						v = "(" + v + ")" // a line with more words: nobody knows how they are joined
					}
					s.run(append([]string{v}, args...)...)
					return []string{field, more}
				}
			}
		case []any:
			program, _ := s.program()
			if name != "argv" && name != "command" && name != "cmd" && name != "exec" && (program == "" || name != "args" && name != "arguments") {
				continue
			}
			args, ok := texts(v)
			if !ok || len(args) == 0 || args[0] == "" {
				continue
			}
			taken = append(taken, field)
			if program != "" && args[0] != program {
				s.run(append([]string{program}, args...)...)
			}
			if name == "args" || name == "arguments" {
				continue
			}
			if name != "argv" && strings.ContainsAny(args[0], " \t;|&") { // lines
				for _, line := range args {
					s.run("sh", "-c", line)
				}
				continue
			}
			s.run(args...)
		}
	}
	return taken
}

func texts(value any) (all []string, ok bool) {
	list, ok := value.([]any)
	for _, item := range list {
		text, isText := item.(string)
		if !isText {
			return nil, false
		}
		all = append(all, text)
	}
	return all, ok && len(all) <= maxShapeValues
}

// path notes a file that the tool is given: deleted, moved away, written or read, as
// the tool's name says.
func (s *shape) path(text string) {
	if isURL(text) || text == "" {
		return
	}
	verb := func(verbs ...string) bool {
		return slices.ContainsFunc(s.words, func(w string) bool { return slices.Contains(verbs, w) })
	}
	switch file := operand(text); {
	case verb("delete", "remove", "rm", "unlink", "trash", "rmdir", "purge", "wipe", "destroy", "erase"):
		s.run("rm", "-rf", file)
	case verb("truncate", "clear", "empty"):
		s.run("truncate", "-s", "0", file)
	case verb("write", "edit", "overwrite", "append", "replace", "patch", "update", "save") && !verb("read"):
		s.run("tee", file)
	default:
		s.run("cat", file)
	}
}

// maxSaid bounds what a tool tells others, in bytes.
const maxSaid = 32 << 10

// isSaid reports a field that holds what people will read.
func isSaid(name string) bool {
	switch name {
	case "text", "body", "content", "contents", "message", "description", "comment", "title", "subject", "markdown", "html", "summary", "note", "notes", "blocks", "payload", "reply":
		return true
	}
	return false
}

// isPathName reports a field that holds a file's name.
func isPathName(name string) bool {
	switch name {
	case "path", "paths", "file", "files", "filename", "file_name", "filepath", "file_path", "filepaths", "file_paths", "absolute_path", "absolutepath", "relative_path",
		"dir", "directory", "directories", "folder", "source", "destination", "target_file", "target_path", "source_path", "src", "dest":
		return true
	}
	return false
}
