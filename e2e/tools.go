package main

import (
	"strings"
)

// shellTools are the names that agents give to their shell.
var shellTools = []string{
	"Bash", "bash", "exec_command", "shell_command", "shell", "local_shell",
	"run_shell_command", "execute_command", "run_commands", "run_command",
}

// A tool is one that an agent offers, with the schema of its arguments.
type tool struct {
	schema object
	kind   string // of its entry in the protocol; a namespace has its name behind a colon
}

func shellOf(tools map[string]tool) (string, bool) {
	for _, name := range shellTools {
		if _, ok := tools[name]; ok {
			return name, true
		}
	}
	return "", false
}

// toolsOf reads the tools of a request in any of the protocols.
func toolsOf(request object) map[string]tool {
	tools := map[string]tool{}
	for _, entry := range objects(request["tools"]) {
		addTool(tools, entry, "")
	}
	return tools
}

func addTool(tools map[string]tool, entry object, namespace string) {
	for _, declared := range append(objects(entry["functionDeclarations"]), objects(entry["function_declarations"])...) {
		schema := objectOf(declared["parametersJsonSchema"])
		if schema == nil {
			schema = objectOf(declared["parameters"])
		}
		tools[text(declared["name"])] = tool{schema, "gemini"}
	}
	switch function := objectOf(entry["function"]); {
	case function != nil:
		tools[text(function["name"])] = tool{objectOf(function["parameters"]), "function"}
	case entry["type"] == "namespace":
		for _, inner := range objects(entry["tools"]) {
			addTool(tools, inner, text(entry["name"]))
		}
	case entry["type"] == "local_shell":
		tools["local_shell"] = tool{nil, "local_shell"}
	case entry["name"] != nil:
		schema := objectOf(entry["input_schema"])
		if schema == nil {
			schema = objectOf(entry["parameters"])
		}
		kind := text(entry["type"])
		if namespace != "" {
			kind = "namespace:" + namespace
		}
		tools[text(entry["name"])] = tool{schema, kind}
	}
}

// arguments puts a shell line into the argument that takes one, and something
// of the right type into the others that are required.
func (t tool) arguments(line string) object {
	properties := objectOf(t.schema["properties"])
	key := "command"
	for _, k := range []string{"command", "cmd", "commands", "script"} {
		if properties[k] != nil {
			key = k
			break
		}
	}
	args := object{key: line}
	if strings.EqualFold(text(objectOf(properties[key])["type"]), "array") {
		args[key] = []string{line}
		if key != "commands" {
			args[key] = []string{"bash", "-lc", line}
		}
	}
	required, _ := t.schema["required"].([]any)
	for _, name := range required {
		if name := text(name); args[name] == nil {
			args[name] = filler(name, objectOf(properties[name]))
		}
	}
	return args
}

func filler(name string, schema object) any {
	if choices, ok := schema["enum"].([]any); ok && len(choices) > 0 {
		return choices[0]
	}
	switch strings.ToLower(text(schema["type"])) {
	case "boolean":
		return false
	case "integer", "number":
		if strings.Contains(strings.ToLower(name), "time") {
			return 30000
		}
		return 1
	case "array":
		return []any{}
	case "object":
		return object{}
	}
	return "a step of the script"
}

func objectOf(v any) object { o, _ := v.(object); return o }

func objects(v any) []object {
	list, _ := v.([]any)
	var out []object
	for _, item := range list {
		if o := objectOf(item); o != nil {
			out = append(out, o)
		}
	}
	return out
}

func text(v any) string {
	if list, ok := v.([]any); ok && len(list) > 0 { // "type": ["string", "null"]
		v = list[0]
	}
	s, _ := v.(string)
	return s
}
