package setup

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"restrain/agent"
)

// An Agent is a program that can be told to ask restrain.
type Agent struct {
	agent.Agent
	targets func(a *Agent, p *Place) []Target
}

// A Place is where an agent is set up, and what for.
type Place struct {
	Home    string // absolute
	Getenv  func(string) string
	Project string // the directory of a project; empty for all of the user's work
	OS      string // as runtime.GOOS has it
	Program string // restrain, as a command or by its absolute path
	Bash    string // the link restrain-bash, likewise
}

// Limit is how long agents are told to wait for restrain's hook, in seconds: a
// human may be away. Agents use the tool when a hook is late.
const Limit = 3600

//go:embed files
var files embed.FS

// Find gives the agent of a name.
func Find(name string) (Agent, bool) {
	known, ok := agent.ByName(name)
	return withTargets(known), ok
}

// Agents lists what can be set up.
func Agents() []Agent {
	var list []Agent
	for _, known := range agent.All() {
		list = append(list, withTargets(known))
	}
	return list
}

// withTargets says how restrain is put into an agent's files.
func withTargets(known agent.Agent) Agent {
	a := Agent{known, nil}
	switch a.Name {
	case "claude-code":
		a.targets = claude
	case "cursor":
		a.targets = cursor
	case "codex":
		a.targets = codex
	case "gemini", "qwen":
		a.targets = gemini
	case "copilot":
		a.targets = copilot
	case "opencode":
		a.targets = opencode
	case "pi":
		a.targets = pi
	case "cline":
		a.targets = cline
	case "windsurf":
		a.targets = windsurf
	case "goose":
		a.targets = goose
	case "vscode":
		a.targets = vscode
	case "cursor-ide":
		a.targets = cursorIDE
	}
	return a
}

// Targets are the files that lead the agent to restrain.
func (a *Agent) Targets(p *Place) []Target {
	targets := a.targets(a, p)
	for i := range targets {
		targets[i].reader = a
	}
	return targets
}

// Installed reports whether the agent has been used, or can be started.
func (a *Agent) Installed(p *Place) bool {
	for _, dir := range a.Dirs {
		if info, err := os.Stat(filepath.Join(p.Home, dir)); err == nil && info.IsDir() {
			return true
		}
	}
	return a.Path() != ""
}

// Path is the agent's program; empty when it is not in PATH.
func (a *Agent) Path() string {
	for _, name := range a.Programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// at gives a file of the project, or else of the user: below the directory that
// a variable names, or below the home directory.
func (p *Place) at(file agent.File) string {
	if p.Project != "" {
		return filepath.Join(p.Project, file.Project, file.Name)
	}
	if dir := p.Getenv(file.Variable); file.Variable != "" && filepath.IsAbs(dir) {
		return filepath.Join(dir, file.Name)
	}
	return filepath.Join(p.Home, file.User, file.Name)
}

// hooks is the file with the agent's hooks, or another one beside it.
func (a *Agent) hooks(p *Place, name string) string {
	file := a.Hooks
	if name != "" {
		file.Name = name
	}
	return p.at(file)
}

// command is what the agent runs. With orBlock the tool is blocked also when
// restrain itself cannot be started: the agents take status 2 for a denial.
func (p *Place) command(agent string, limit, orBlock bool) string {
	command := quoteShell(p.Program) + " hook"
	if limit {
		command += " --timeout 1h"
	}
	command += " " + agent
	if orBlock {
		command += " || exit 2"
	}
	return command
}

// quoteShell makes one word of s for any shell.
func quoteShell(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func version() Part { return Part{Path: []string{"version"}, Value: "1", Needed: true} }

func entry(value string, path ...string) Part { return Part{Path: path, Value: value, List: true} }

// hearing is how long an agent waits while restrain hears what the human says, in
// seconds.
const hearing = 10

// hears is the hook by which an agent of Claude Code's shape tells what the human
// says; unit is a second in its timeouts.
func (p *Place) hears(a *Agent, unit int) Part {
	hook := fmt.Sprintf(`{"hooks":[{"type":"command","command":%s,"timeout":%d}]}`, quoteJSON(p.command(a.Hook, false, false)), hearing*unit)
	return entry(hook, "hooks", a.Prompt)
}

func claude(a *Agent, p *Place) []Target {
	hook := fmt.Sprintf(`{"matcher":"*","hooks":[{"type":"command","command":%s,"timeout":%d,"onFailure":"block"}]}`,
		quoteJSON(p.command("claude", true, true)), Limit)
	return []Target{{Path: a.hooks(p, ""), Parts: []Part{entry(hook, "hooks", "PreToolUse"), p.hears(a, 1)}}}
}

// gemini's timeouts, and qwen's, are in milliseconds.
func gemini(a *Agent, p *Place) []Target {
	event := "BeforeTool"
	if a.Hook == "qwen" {
		event = "PreToolUse"
	}
	hook := fmt.Sprintf(`{"matcher":".*","hooks":[{"name":"restrain","type":"command","command":%s,"timeout":%d}]}`, quoteJSON(p.command(a.Hook, true, true)), Limit*1000)
	return []Target{{Path: a.hooks(p, ""), Parts: []Part{entry(hook, "hooks", event), p.hears(a, 1000)}}}
}

// cursor gets one event: each would be a step, and one that it does not know
// makes it drop the whole file. Its command may have nothing behind it, since
// Cursor adds a here-document.
func cursor(a *Agent, p *Place) []Target {
	hook := fmt.Sprintf(`{"command":%s,"timeout":%d,"failClosed":true}`, quoteJSON(p.command("cursor", true, false)), Limit)
	return []Target{{Path: a.hooks(p, ""), Parts: []Part{version(), entry(hook, "hooks", "preToolUse")}}}
}

func copilot(a *Agent, p *Place) []Target {
	hook := fmt.Sprintf(`{"type":"command","bash":%s,"timeoutSec":%d}`, quoteJSON(p.command("copilot", true, false)), Limit)
	heard := fmt.Sprintf(`{"type":"command","bash":%s,"timeoutSec":%d}`, quoteJSON(p.command("copilot", false, false)), hearing)
	return []Target{{Path: a.hooks(p, ""), Parts: []Part{
		version(), entry(hook, "hooks", "preToolUse"), entry(heard, "hooks", a.Prompt),
	}}}
}

func windsurf(a *Agent, p *Place) []Target {
	hook := fmt.Sprintf(`{"command":%s,"show_output":true}`, quoteJSON(p.command("windsurf", false, true)))
	target := Target{Path: a.hooks(p, "")}
	for _, event := range []string{"pre_run_command", "pre_read_code", "pre_write_code", "pre_mcp_tool_use"} {
		target.Parts = append(target.Parts, entry(hook, "hooks", event))
	}
	heard := fmt.Sprintf(`{"command":%s,"show_output":false}`, quoteJSON(p.command("windsurf", false, false)))
	target.Parts = append(target.Parts, entry(heard, "hooks", a.Prompt))
	return []Target{target}
}

// goose takes hooks from plugins (goose-docs.ai, guides: hooks).
func goose(a *Agent, p *Place) []Target {
	hook := fmt.Sprintf(`{"matcher":".*","hooks":[{"type":"command","command":%s,"timeout":%d,"on_failure":"block"}]}`, quoteJSON(p.command("goose", true, true)), Limit)
	plugin := "{\n  \"name\": \"restrain\",\n  \"version\": \"1.0.0\",\n  \"description\": \"" + mark + " goose: asks restrain before a tool is used\"\n}\n"
	return []Target{
		{Path: a.hooks(p, "plugins/restrain/plugin.json"), Whole: plugin},
		{Path: a.hooks(p, ""), Parts: []Part{entry(hook, "hooks", "PreToolUse")}},
	}
}

func opencode(a *Agent, p *Place) []Target {
	name := a.Hooks.Name
	if p.Project == "" {
		name = filepath.Join("opencode", name)
	}
	return []Target{{Path: a.hooks(p, name), Whole: script("opencode.js", quoteJSON(p.Program))}}
}

func pi(a *Agent, p *Place) []Target {
	return []Target{{Path: a.hooks(p, ""), Whole: script("pi.ts", quoteJSON(p.Program))}}
}

func cline(a *Agent, p *Place) []Target {
	return []Target{{Path: a.hooks(p, ""), Whole: script("cline.sh", quoteShell(p.Program)), Mode: 0o755}}
}

// script is a file of ours with restrain's own path in it.
func script(name, program string) string {
	text, err := files.ReadFile("files/" + name)
	if err != nil {
		return "" // embedded: it is there
	}
	return strings.ReplaceAll(string(text), "@RESTRAIN@", program)
}
