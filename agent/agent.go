// Package agent owns what is known of coding agents, one file an agent: its names,
// where it looks for hooks and how it reads the file, the lines that it puts around
// commands, and whether a process outside of a session does its work. It must not
// know verdicts, nor how commands are caught.
package agent

import (
	"slices"
	"strings"
	"time"
)

// An Agent is what is known of one.
type Agent struct {
	Name  string // as restrain init takes it
	Title string
	// Aliases are other names that people have for it.
	Aliases []string
	// Hook is its name for restrain hook; empty for a terminal, whose shell
	// restrain is.
	Hook string
	// Prompt is its event at which it tells what the human says; empty for none.
	// A hook there guards nothing, and what the human says goes on where it fails.
	Prompt string
	// Seen is the version that this was observed of; empty where it is from its
	// documentation only.
	Seen string
	// Programs are its names in PATH; the first prints its version with --version.
	Programs []string
	// Packages are its names for npx and its like.
	Packages []string
	// Dirs are below the home directory, and there once it has been used.
	Dirs []string
	// Shells are its names of the tool that runs commands, for matchers.
	Shells []string
	// Patience is how long it waits for a hook unless its configuration says
	// otherwise. Agents then use the tool.
	Patience time.Duration
	// Hooks is where it looks for hooks.
	Hooks File
	// Notes say what it is still to be told, or what is not seen.
	Notes []string
	// isolate has its work done by processes of a session's own; nil where it does
	// it itself. at is where the program stands in the start's words.
	isolate func(s *Start, at int, p *Place) (note string, err error)
}

// A File is one of an agent's, of a project or of the user.
type File struct {
	Project  string // the directory below a project's
	Variable string // the environment's name for the user's directory; empty for none
	User     string // the user's directory, below the home directory
	Name     string
	Syntax   Syntax
	Unmarked bool // it is not read with a byte order mark in front
}

// A Syntax is how an agent reads its settings.
type Syntax int

// What stands in a file with anything else is not read.
const (
	Loose    Syntax = iota // JSON, with comments and trailing commas
	Comments               // JSON, with comments
	Strict                 // JSON
)

// All lists the agents.
func All() []Agent {
	return []Agent{
		claude(), cursor(), codex(), gemini(), copilot(), openCode(), qwen(), pi(), cline(), windsurf(), goose(), vsCode(), cursorIDE(),
	}
}

// Names lists the agents.
func Names() []string {
	return names(func(a *Agent) string { return a.Name })
}

// Hooks lists the agents that have a hook, by their names for restrain hook.
func Hooks() []string {
	list := names(func(a *Agent) string { return a.Hook })
	slices.Sort(list)
	return list
}

// Titles lists the agents for people, each name with its aliases.
func Titles() []string {
	return names(func(a *Agent) string {
		if len(a.Aliases) == 0 {
			return a.Name
		}
		return a.Name + " (" + strings.Join(a.Aliases, ", ") + ")"
	})
}

// names lists what name says of the agents, but what is empty.
func names(name func(a *Agent) string) (list []string) {
	all := All()
	for i := range all {
		if text := name(&all[i]); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// IsPrompt reports the event by which an agent tells what the human says.
func IsPrompt(event string) bool {
	_, ok := find(func(a *Agent) bool { return event != "" && a.Prompt == event })
	return ok
}

// ByName gives the agent of a name or an alias.
func ByName(name string) (Agent, bool) {
	return find(func(a *Agent) bool { return a.Name == name || slices.Contains(a.Aliases, name) })
}

// ByHook gives the agent that restrain hook calls so.
func ByHook(name string) (Agent, bool) {
	if name == "claude-code" {
		name = "claude"
	}
	return find(func(a *Agent) bool { return name != "" && a.Hook == name })
}

func find(is func(a *Agent) bool) (Agent, bool) {
	all := All()
	for i := range all {
		if is(&all[i]) {
			return all[i], true
		}
	}
	return Agent{}, false
}
