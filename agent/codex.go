package agent

import (
	"path/filepath"
	"slices"
	"time"
)

// codex ignores "ask" and runs the command. What it types into a shell that is open
// already has no hook.
func codex() Agent {
	return Agent{
		Name: "codex", Title: "Codex", Aliases: []string{"codex-cli"}, Hook: "codex", Prompt: "UserPromptSubmit", Seen: "0.171.0",
		Programs: []string{"codex"}, Packages: []string{"@openai/codex"}, Dirs: []string{".codex"}, Shells: []string{"Bash", "shell", "exec_command"}, Patience: time.Minute,
		Hooks:   File{Project: ".codex", Variable: "CODEX_HOME", User: ".codex", Name: "hooks.json", Syntax: Strict, Unmarked: true},
		Notes:   []string{"what Codex types into a shell that is open already has no hook"},
		isolate: isolateCodex,
	}
}

// What Codex puts around a command (0.171.0): a helper that readies the process
// and becomes the shell, whose line restores variables and becomes another.
const (
	// CodexSetup is the first argument of the helper, which is Codex itself:
	// /proc/self/exe FLAG FD FD pipe "" DIR PROGRAM ARGV….
	CodexSetup = "--codex-run-as-process-setup"
	// CodexVariables begin the names of what it restores, and CodexSnapshots are
	// the directory of the shell's state.
	CodexVariables = "__CODEX_SNAPSHOT_"
	CodexSnapshots = "/shell_snapshots/"
)

// codexSetupWords are the words of the helper in front of what it becomes.
const codexSetupWords = 7

// Setup takes an agent's own helper off an argv: what it becomes is an exec of
// its own. ok is false for anything else.
func Setup(argv []string) (becomes []string, ok bool) {
	if len(argv) < codexSetupWords+2 || argv[1] != CodexSetup || !filepath.IsAbs(argv[codexSetupWords]) {
		return nil, false
	}
	return slices.Concat(argv[codexSetupWords:codexSetupWords+1], argv[codexSetupWords+2:]), true
}

// isolateCodex: since 0.169 a shared server does the work of every Codex of a user,
// started by the first of them. It listens below CODEX_HOME.
func isolateCodex(s *Start, at int, p *Place) (note string, err error) {
	if s.hasWord(at, "--remote") {
		return "", &OutsideError{"codex", "--remote has another process do its work", "leave --remote out"}
	}
	home := p.Getenv("CODEX_HOME")
	if home == "" {
		home = filepath.Join(p.Getenv("HOME"), ".codex")
	}
	if s.hasWord(at, "--no-daemon") || !p.Alive(filepath.Join(home, "app-server-control", "app-server-control.sock")) {
		return "", nil
	}
	s.insert(at, "--no-daemon")
	return "Codex's shared server runs outside of this session; codex is started with --no-daemon", nil
}
