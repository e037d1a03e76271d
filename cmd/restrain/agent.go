package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"restrain/intercept"
)

// This file tells what an agent's own program does from the commands that it
// runs for its model: its start, its helpers, what it asks the system.

// isAgent reports the agent's own start, which the human asked for: its first
// exec, and for a script that of its interpreter. A line given to a shell is
// judged all the same.
func (j *sessionJudge) isAgent(r *intercept.Request) bool {
	if r.Kind != intercept.KindArgv || !j.isRoot(r) {
		return false
	}
	if r.Exec == nil {
		return true
	}
	script, _ := j.script.Load().(string)
	if j.launched.CompareAndSwap(false, true) {
		j.script.Store(r.Exec.ScriptPath)
		return r.Exec.Opaque == ""
	}
	return script != "" && r.Exec.ScriptPath == script && r.Exec.Opaque == ""
}

// isDoor reports restrain in the place of a shell. It passes a supervised line
// on to the real shell, whose exec is judged.
func (j *sessionJudge) isDoor(r *intercept.Request) bool {
	if r.Exec == nil || len(r.Exec.Raw) == 0 {
		return false
	}
	_, isShell := shellCall(r.Exec.Raw)
	return isShell && isProgram(r.Exec.Path, j.program)
}

// isStart reports an exec by which the agent, and no command of it, gets
// going: its launcher starts the program proper with the arguments that the
// human gave, or it asks a shell for the environment.
func (j *sessionJudge) isStart(r *intercept.Request) bool {
	if r.Exec.Opaque != "" || j.root.Load() == 0 {
		return false
	}
	if r.Kind == intercept.KindLine {
		if !asksEnvironment(r) {
			return false
		}
		j.approvals.Approve(intercept.Process{PID: r.PID, Serial: r.Exec.Serial},
			[]intercept.Foreseen{{Argv: []string{"env"}}, {Argv: []string{"env", "-0"}}}, intercept.Scope{})
		return true
	}
	return len(r.Argv) > 0 && slices.Equal(r.Argv[1:], j.argv[1:]) &&
		filepath.Base(r.Argv[0]) == filepath.Base(j.argv[0]) && !isShellName(r.Argv[0])
}

// asksEnvironment reports the line by which Claude Code or the Copilot CLI
// reads the user's environment when it starts. The variable that each gives to
// the commands of its model is not there yet.
func asksEnvironment(r *intercept.Request) bool {
	env := lookup(r.Environ)
	has := func(name string) bool { _, ok := env(name); return ok }
	switch {
	case r.Line == "env":
		return has("CLAUDECODE") && !has("CLAUDE_CODE_SESSION_ID")
	case strings.HasPrefix(r.Line, copilotMark):
		mark, rest, _ := strings.Cut(r.Line[len(copilotMark):], "__'")
		return strings.Trim(mark, "0123456789abcdef_") == "" && rest == copilotEnvironment &&
			has("COPILOT_CLI_BINARY_VERSION") && !has("COPILOT_AGENT_SESSION_ID")
	}
	return false
}

// What the Copilot CLI 1.0.102 runs, around a random number.
const (
	copilotMark        = "printf %s '__copilot_login_env_snapshot_"
	copilotEnvironment = `; if ! command env -0 2>/dev/null; then for __copilot_k in $(compgen -e); do printf '%s=%s\0' "$__copilot_k" "${!__copilot_k}"; done; fi`
)

// isOwn reports a program that a program of the agent starts without a shell:
// git to find the root of the project, a daemon of its own. What a shell starts
// was written by someone, and is a command; but what the agent's own process
// becomes is the agent, however many scripts stand in front of it.
func (j *sessionJudge) isOwn(r *intercept.Request) bool {
	if r.Kind != intercept.KindArgv || r.Exec.Opaque != "" || len(r.Argv) == 0 {
		return false
	}
	if j.isRoot(r) {
		return true
	}
	image, err := os.Readlink("/proc/" + strconv.Itoa(r.PID) + "/exe")
	return err == nil && !isShellName(image) && filepath.Base(image) != "busybox"
}

// isPart reports what a program starts of itself for a part of what it was told:
// git stash -u starts git clean. It was judged when the program was started.
func (j *sessionJudge) isPart(r *intercept.Request) bool {
	if r.Kind != intercept.KindArgv || r.Exec.Opaque != "" || len(r.Argv) == 0 ||
		!j.gate.Policy.StartsItself(filepath.Base(r.Argv[0])) {
		return false
	}
	image, err := os.Readlink("/proc/" + strconv.Itoa(r.PID) + "/exe")
	return err == nil && (image == r.Exec.Path || image == r.Exec.Program)
}

// isRoot reports an exec of the process that the agent began as.
func (j *sessionJudge) isRoot(r *intercept.Request) bool { return int64(r.PID) == j.root.Load() }
