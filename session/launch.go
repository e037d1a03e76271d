package session

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"restrain/gate"
	"restrain/intercept"
	"restrain/shellparse"
)

// This file follows the human's command until the agent runs: `timeout 60 agent`,
// a version manager's shim, `npm run agent`, a script that execs node. None of it
// is the agent's doing, and none is held against it for what its source says.

// A launching is the start of an agent, by the processes that it has come to. It
// is over with the first step of one of them that starts nothing for the human.
type launching struct {
	human []string // the command, as it was asked for
	procs *intercept.Steps[launcher]

	mu   sync.Mutex
	over bool
}

// A launcher says what of a process's children still belongs to the start.
type launcher uint8

const (
	// proper starts nothing but what carries the human's words on: it may be
	// the agent.
	proper launcher = iota
	// handsOn starts one program in its place.
	handsOn
	// runsLines is there to start programs, also through a shell: the human's
	// own line, npm.
	runsLines
)

func newLaunching(argv []string) *launching {
	return &launching{human: argv, procs: intercept.NewSteps[launcher]()}
}

// role is what an exec is as a part of the start; Command where it is none.
func (l *launching) role(r *intercept.Request, root int) gate.Role {
	l.mu.Lock()
	over := l.over
	l.mu.Unlock()
	if over || r.Exec == nil {
		return gate.Command
	}
	at, kind, ok := l.procs.StepOf(processOf(r), r.Exec.PPID)
	switch {
	case !ok:
		return gate.Command
	case r.Kind == intercept.KindArgv && l.typedByHuman(r.Argv, r.Exec.Raw):
		return gate.Launch
	case at == processOf(r), r.Kind == intercept.KindArgv && l.carried(r.Argv) > 0:
		return gate.Start
	case kind == runsLines && (r.Kind == intercept.KindArgv || sameStreams(r.PID, root)),
		kind == handsOn && r.Kind == intercept.KindArgv && sameStreams(r.PID, root):
		return gate.Start
	}
	return gate.Command
}

// began notes that a process has become a part of the start.
func (l *launching) began(r *intercept.Request) {
	at, kind, ok := l.procs.StepOf(processOf(r), r.Exec.PPID)
	if ok && kind == handsOn && at != processOf(r) && r.Kind == intercept.KindArgv {
		l.procs.Begin(at, nil, proper) // it has handed on
	}
	l.procs.Begin(processOf(r), nil, launcherOf(r))
}

// stepped notes a step that is no part of the start. What launchers look up for
// themselves does not end it.
func (l *launching) stepped(r *intercept.Request) {
	if r.Exec == nil {
		return
	}
	if _, kind, ok := l.procs.StepOf(processOf(r), r.Exec.PPID); !ok || kind == proper {
		l.mu.Lock()
		l.over = true
		l.mu.Unlock()
	}
}

// typedByHuman reports words that the human typed: the command behind `env` or `timeout`.
func (l *launching) typedByHuman(calls ...[]string) bool {
	for _, argv := range calls {
		if n := len(argv); n == 0 || n >= len(l.human) || l.carried(argv) < n-1 || filepath.Base(argv[0]) != filepath.Base(l.human[len(l.human)-n]) {
			continue
		}
		script := shellparse.FromArgv(l.human, shellparse.Options{})
		for i := range script.Commands {
			if words := script.Commands[i].Argv; len(words) == len(argv) && words[0].Text == l.human[len(l.human)-len(argv)] {
				return true
			}
		}
	}
	return false
}

// carried is how many of the human's last words an exec ends with.
func (l *launching) carried(argv []string) int {
	n := 0
	for n < min(len(argv), len(l.human))-1 && argv[len(argv)-1-n] == l.human[len(l.human)-1-n] {
		n++
	}
	return n
}

// launcherOf is what a part of the start is there for.
func launcherOf(r *intercept.Request) launcher {
	x := r.Exec
	switch {
	case r.Kind == intercept.KindLine, isLauncher(x.Path), isLauncher(x.ScriptPath):
		return runsLines
	case x.ScriptPath == "" || x.ScriptCut:
		return proper
	case shellparse.IsShell(programName(r.Argv[0])):
		if strings.Contains(x.Script, "$@") || strings.Contains(x.Script, "$*") {
			return handsOn
		}
		return proper
	case strings.Contains(x.ScriptPath, "/node_modules/"), strings.Contains(x.ScriptPath, "/site-packages/"), strings.HasSuffix(filepath.Dir(x.ScriptPath), "/bin"):
		return handsOn
	}
	return proper
}

// launchers are programs that people start others with, and that do so in ways
// of their own.
var launchers = []string{
	"asdf", "bun", "bunx", "conda", "corepack", "devbox", "direnv", "fnm", "gmake", "hatch", "just", "make", "mamba", "micromamba",
	"mise", "nix", "nix-shell", "nodenv", "npm", "npx", "nvm-exec", "pdm", "pipenv", "pipx", "pixi", "pnpm", "pnpx", "poetry",
	"pyenv", "rbenv", "rye", "task", "uv", "uvx", "volta", "yarn", "yarnpkg",
}

// isLauncher reports such a program by its path, or by that of its script.
func isLauncher(path string) bool {
	name := filepath.Base(path)
	name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".js"), ".cjs"), "-cli")
	_, ok := slices.BinarySearch(launchers, name)
	return ok
}

// sameStreams reports a process that reads and writes where the agent's own does:
// what an agent runs for its model it listens to.
func sameStreams(pid, root int) bool {
	for _, fd := range []string{"0", "1"} {
		mine, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/fd/" + fd)
		theirs, err2 := os.Readlink("/proc/" + strconv.Itoa(root) + "/fd/" + fd)
		if err != nil || err2 != nil || mine != theirs {
			return false
		}
	}
	return true
}

// processOf is the process that is about to become a program.
func processOf(r *intercept.Request) intercept.Process {
	return intercept.Process{PID: r.PID, Serial: r.Exec.Serial}
}
