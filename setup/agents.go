package setup

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An Agent is a program that can be told to ask restrain.
type Agent struct {
	Name  string // as restrain init takes it
	Title string
	// Hook is the agent's name for restrain hook; empty for a terminal, whose
	// shell restrain is.
	Hook string
	// Programs are its names in PATH; the first prints its version with --version.
	Programs []string
	// Notes say what the agent is still to be told, or what is not seen.
	Notes []string
	// dirs are below the home directory, and there once it has been used.
	dirs []string
	// shells are its names of the tool that runs commands, for matchers.
	shells  []string
	targets func(p *Place) []Target
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

// notAskedThere is about the terminals that an agent has.
const notAskedThere = "nobody is asked in the agent's terminal, where it could type the answer itself: restrain watch asks"

// Find gives the agent of a name.
func Find(name string) (Agent, bool) {
	if name == "claude" {
		name = "claude-code"
	}
	for _, agent := range Agents() {
		if agent.Name == name {
			return agent, true
		}
	}
	return Agent{}, false
}

// Names lists the agents.
func Names() []string {
	var names []string
	for _, agent := range Agents() {
		names = append(names, agent.Name)
	}
	return names
}

// Agents lists what can be set up.
func Agents() []Agent {
	return []Agent{
		{Name: "claude-code", Title: "Claude Code", Hook: "claude", Programs: []string{"claude"}, dirs: []string{".claude"}, shells: []string{"Bash"}, targets: claude},
		{Name: "cursor", Title: "Cursor", Hook: "cursor", Programs: []string{"cursor-agent", "cursor"}, dirs: []string{".cursor"}, shells: []string{"Shell"}, targets: cursor},
		{
			Name: "codex", Title: "Codex", Hook: "codex", Programs: []string{"codex"}, dirs: []string{".codex"}, shells: []string{"Bash", "shell", "exec_command"}, targets: codex,
			Notes: []string{"what Codex types into a shell that is open already has no hook"},
		},
		{Name: "gemini", Title: "Gemini CLI", Hook: "gemini", Programs: []string{"gemini"}, dirs: []string{".gemini"}, shells: []string{"run_shell_command"}, targets: gemini},
		{Name: "copilot", Title: "Copilot CLI", Hook: "copilot", Programs: []string{"copilot"}, dirs: []string{".copilot"}, shells: []string{"bash"}, targets: copilot},
		{Name: "opencode", Title: "OpenCode", Hook: "opencode", Programs: []string{"opencode"}, dirs: []string{".config/opencode"}, targets: opencode},
		{Name: "qwen", Title: "Qwen Code", Hook: "qwen", Programs: []string{"qwen"}, dirs: []string{".qwen"}, shells: []string{"run_shell_command", "Bash", "Shell"}, targets: qwen},
		{Name: "pi", Title: "pi", Hook: "pi", Programs: []string{"pi"}, dirs: []string{".pi"}, targets: pi},
		{
			Name: "cline", Title: "Cline", Hook: "cline", Programs: []string{"cline"}, dirs: []string{".cline"}, targets: cline,
			Notes: []string{"a denial ends Cline's run"},
		},
		{Name: "windsurf", Title: "Windsurf", Hook: "windsurf", Programs: []string{"windsurf"}, dirs: []string{".codeium/windsurf"}, targets: windsurf},
		{Name: "goose", Title: "goose", Hook: "goose", Programs: []string{"goose"}, dirs: []string{".config/goose"}, shells: []string{"shell", "developer__shell"}, targets: goose},
		{
			Name: "vscode", Title: "VS Code's agent terminal", Programs: []string{"code"}, dirs: []string{".config/Code", "Library/Application Support/Code"}, targets: vscode,
			Notes: []string{notAskedThere},
		},
		{
			Name: "cursor-ide", Title: "Cursor's agent terminal", Programs: []string{"cursor"}, dirs: []string{".config/Cursor", "Library/Application Support/Cursor"}, targets: cursorIDE,
			Notes: []string{notAskedThere, "set up cursor as well: its hook also sees the tools that start no shell"},
		},
	}
}

// Targets are the files that lead the agent to restrain.
func (a *Agent) Targets(p *Place) []Target { return a.targets(p) }

// Installed reports whether the agent has been used, or can be started.
func (a *Agent) Installed(p *Place) bool {
	for _, dir := range a.dirs {
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
func (p *Place) at(project, variable, user, file string) string {
	if p.Project != "" {
		return filepath.Join(p.Project, project, file)
	}
	if dir := p.Getenv(variable); variable != "" && filepath.IsAbs(dir) {
		return filepath.Join(dir, file)
	}
	return filepath.Join(p.Home, user, file)
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

// promptEvents are those at which agents tell what the human says. A hook there
// guards nothing, and what the human says goes on where it fails.
var promptEvents = [...]string{"UserPromptSubmit", "BeforeAgent", "userPromptSubmitted", "pre_user_prompt", "beforeSubmitPrompt"}

// hears is the hook by which an agent of Claude Code's shape tells what the human
// says; unit is a second in its timeouts.
func (p *Place) hears(agent, event string, unit int) Part {
	hook := fmt.Sprintf(`{"hooks":[{"type":"command","command":%s,"timeout":%d}]}`, quoteJSON(p.command(agent, false, false)), hearing*unit)
	return entry(hook, "hooks", event)
}

func claude(p *Place) []Target {
	hook := fmt.Sprintf(`{"matcher":"*","hooks":[{"type":"command","command":%s,"timeout":%d,"onFailure":"block"}]}`,
		quoteJSON(p.command("claude", true, true)), Limit)
	return []Target{{Path: p.at(".claude", "CLAUDE_CONFIG_DIR", ".claude", "settings.json"), Parts: []Part{entry(hook, "hooks", "PreToolUse"), p.hears("claude", "UserPromptSubmit", 1)}}}
}

// gemini's timeouts, and qwen's, are in milliseconds.
func gemini(p *Place) []Target {
	hook := fmt.Sprintf(`{"matcher":".*","hooks":[{"name":"restrain","type":"command","command":%s,"timeout":%d}]}`, quoteJSON(p.command("gemini", true, true)), Limit*1000)
	return []Target{{Path: p.at(".gemini", "", ".gemini", "settings.json"), Parts: []Part{entry(hook, "hooks", "BeforeTool"), p.hears("gemini", "BeforeAgent", 1000)}}}
}

func qwen(p *Place) []Target {
	hook := fmt.Sprintf(`{"matcher":".*","hooks":[{"name":"restrain","type":"command","command":%s,"timeout":%d}]}`, quoteJSON(p.command("qwen", true, true)), Limit*1000)
	return []Target{{Path: p.at(".qwen", "", ".qwen", "settings.json"), Parts: []Part{entry(hook, "hooks", "PreToolUse"), p.hears("qwen", "UserPromptSubmit", 1000)}}}
}

// cursor gets one event: each would be a step, and one that it does not know
// makes it drop the whole file. Its command may have nothing behind it, since
// Cursor adds a here-document.
func cursor(p *Place) []Target {
	hook := fmt.Sprintf(`{"command":%s,"timeout":%d,"failClosed":true}`, quoteJSON(p.command("cursor", true, false)), Limit)
	return []Target{{Path: p.at(".cursor", "", ".cursor", "hooks.json"), Parts: []Part{version(), entry(hook, "hooks", "preToolUse")}}}
}

func copilot(p *Place) []Target {
	hook := fmt.Sprintf(`{"type":"command","bash":%s,"timeoutSec":%d}`, quoteJSON(p.command("copilot", true, false)), Limit)
	heard := fmt.Sprintf(`{"type":"command","bash":%s,"timeoutSec":%d}`, quoteJSON(p.command("copilot", false, false)), hearing)
	return []Target{{Path: p.at(".github", "COPILOT_HOME", ".copilot", "hooks/restrain.json"), Parts: []Part{
		version(), entry(hook, "hooks", "preToolUse"), entry(heard, "hooks", "userPromptSubmitted"),
	}}}
}

func windsurf(p *Place) []Target {
	hook := fmt.Sprintf(`{"command":%s,"show_output":true}`, quoteJSON(p.command("windsurf", false, true)))
	target := Target{Path: p.at(".windsurf", "", ".codeium/windsurf", "hooks.json")}
	for _, event := range []string{"pre_run_command", "pre_read_code", "pre_write_code", "pre_mcp_tool_use"} {
		target.Parts = append(target.Parts, entry(hook, "hooks", event))
	}
	heard := fmt.Sprintf(`{"command":%s,"show_output":false}`, quoteJSON(p.command("windsurf", false, false)))
	target.Parts = append(target.Parts, entry(heard, "hooks", "pre_user_prompt"))
	return []Target{target}
}

// goose takes hooks from plugins (goose-docs.ai, guides: hooks).
func goose(p *Place) []Target {
	hook := fmt.Sprintf(`{"matcher":".*","hooks":[{"type":"command","command":%s,"timeout":%d,"on_failure":"block"}]}`, quoteJSON(p.command("goose", true, true)), Limit)
	plugin := "{\n  \"name\": \"restrain\",\n  \"version\": \"1.0.0\",\n  \"description\": \"" + mark + " goose: asks restrain before a tool is used\"\n}\n"
	return []Target{
		{Path: p.at(".agents", "", ".agents", "plugins/restrain/plugin.json"), Whole: plugin},
		{Path: p.at(".agents", "", ".agents", "plugins/restrain/hooks/hooks.json"), Parts: []Part{entry(hook, "hooks", "PreToolUse")}},
	}
}

func opencode(p *Place) []Target {
	config := p.at(".opencode", "XDG_CONFIG_HOME", ".config", "")
	if p.Project == "" {
		config = filepath.Join(config, "opencode")
	}
	return []Target{{Path: filepath.Join(config, "plugin/restrain.js"), Whole: script("opencode.js", quoteJSON(p.Program))}}
}

func pi(p *Place) []Target {
	return []Target{{Path: p.at(".pi", "PI_CODING_AGENT_DIR", ".pi/agent", "extensions/restrain.ts"), Whole: script("pi.ts", quoteJSON(p.Program))}}
}

func cline(p *Place) []Target {
	return []Target{{Path: p.at(".clinerules", "", ".cline", "hooks/PreToolUse"), Whole: script("cline.sh", quoteShell(p.Program)), Mode: 0o755}}
}

// script is a file of ours with restrain's own path in it.
func script(name, program string) string {
	text, err := files.ReadFile("files/" + name)
	if err != nil {
		return "" // embedded: it is there
	}
	return strings.ReplaceAll(string(text), "@RESTRAIN@", program)
}
