package setup

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"restrain/agent"
)

// SwitchedOff says by which settings an agent does without all of its hooks, or
// without restrain's.
func (a *Agent) SwitchedOff(p *Place) []string {
	var found []string
	look := func(path string, test func(d *document) string) {
		text, there, err := readFile(path)
		if err != nil || !there {
			return
		}
		d, err := newDocument(text)
		if err != nil {
			return // Guards says so, for the files that matter
		}
		if fault := test(d); fault != "" {
			found = append(found, fmt.Sprintf("%s: %s", path, fault))
		}
	}
	switch a.Hook {
	case "claude":
		for _, path := range a.settings(p, ".claude", "settings.json", "settings.local.json") {
			look(path, isTrue("disableAllHooks"))
		}
		managed := "/etc/claude-code/managed-settings.json"
		if p.OS == "darwin" {
			managed = "/Library/Application Support/ClaudeCode/managed-settings.json"
		}
		look(managed, isTrue("disableAllHooks"))
		look(managed, isTrue("allowManagedHooksOnly"))
	case "qwen":
		for _, path := range a.settings(p, ".qwen", "settings.json") {
			look(path, isTrue("disableAllHooks"))
		}
	case "copilot":
		for _, path := range a.settings(p, ".copilot", "config.json", "settings.json", "hooks/restrain.json") {
			look(path, isTrue("disableAllHooks"))
		}
	case "gemini":
		for _, path := range a.settings(p, ".gemini", "settings.json") {
			look(path, geminiOff)
		}
	case "codex":
		for _, path := range a.settings(p, ".codex", "config.toml") {
			if fault := codexOff(path); fault != "" {
				found = append(found, fmt.Sprintf("%s: %s", path, fault))
			}
		}
	case "goose":
		look(p.at(agent.File{Project: ".config/goose", User: ".config/goose", Name: "settings.json"}), gooseOff)
	case "cursor":
		for _, path := range a.settings(p, ".cursor", "hooks.json") {
			look(path, cursorVoid)
		}
	}
	return found
}

// settings are the agent's files of the user and of the project.
func (a *Agent) settings(p *Place, dir string, names ...string) []string {
	var paths []string
	for _, target := range a.Targets(p) {
		own := filepath.Dir(target.Path)
		for _, name := range names {
			paths = append(paths, filepath.Join(own, name))
		}
	}
	for _, name := range names {
		paths = append(paths, filepath.Join(p.Home, dir, name))
		if p.Project != "" {
			paths = append(paths, filepath.Join(p.Project, dir, name))
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func isTrue(name string) func(*document) string {
	return func(d *document) string {
		at, err := d.find(name)
		if at == nil || err != nil {
			return ""
		}
		if literal, ok := at.Value.(hujson.Literal); ok && literal.String() == "true" {
			return name + " is true: no hook runs"
		}
		return ""
	}
}

func geminiOff(d *document) string {
	at, err := d.find("hooksConfig")
	if at == nil || err != nil {
		return ""
	}
	object, ok := at.Value.(*hujson.Object)
	if !ok {
		return ""
	}
	if textOf(object, "enabled") == "false" {
		return "hooksConfig.enabled is false: no hook runs"
	}
	if list, err := member(object, "disabled"); err == nil && list != nil && slices.ContainsFunc(textsIn(list), func(s string) bool { return s == "restrain" || IsHook(s) }) {
		return "hooksConfig.disabled names restrain's hook"
	}
	return ""
}

// codexOff looks at the switch for hooks, by its name and by the one it had.
func codexOff(path string) string {
	text, there, err := readFile(path)
	if err != nil || !there {
		return ""
	}
	doc, err := decodeTOML(string(text))
	if err != nil {
		return "" // Guards says so
	}
	features, _ := doc["features"].(map[string]any)
	for _, name := range []string{"hooks", "codex_hooks"} {
		if on, ok := features[name].(bool); ok && !on {
			return "features." + name + " is false: no hook runs"
		}
	}
	return ""
}

func gooseOff(d *document) string {
	at, err := d.find("disabledPlugins")
	if err == nil && at != nil && slices.Contains(textsIn(at), "restrain") {
		return "disabledPlugins names restrain"
	}
	return ""
}

// cursorEvents are the events that Cursor knows (cursor.com/docs/hooks, and the
// SDK 1.0.32). One that it does not know makes it drop the whole file.
const cursorEvents = " sessionStart sessionEnd preToolUse postToolUse postToolUseFailure subagentStart subagentStop" +
	" beforeShellExecution afterShellExecution beforeMCPExecution afterMCPExecution beforeReadFile afterFileEdit" +
	" beforeSubmitPrompt preCompact stop afterAgentResponse afterAgentThought beforeTabFileRead afterTabFileEdit workspaceOpen "

func cursorVoid(d *document) string {
	at, err := d.find("hooks")
	if at == nil || err != nil {
		return ""
	}
	object, ok := at.Value.(*hujson.Object)
	if !ok {
		return "hooks is no object"
	}
	for i := range object.Members {
		name, _ := object.Members[i].Name.Value.(hujson.Literal)
		if !strings.Contains(cursorEvents, " "+name.String()+" ") {
			return fmt.Sprintf("Cursor does not know the event %q and drops the whole file", name.String())
		}
	}
	return ""
}
