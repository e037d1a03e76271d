package session

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"restrain/agent"
	"restrain/gate"
	"restrain/intercept"
	"restrain/shellparse"
)

// This file tells what an agent's own program does from the commands that it
// runs for its model: its start, its helpers, what it asks the system. It says
// where a request comes from, and nothing of what follows.

// request is what a supervised process asks, with what is known of the process.
func (j *judge) request(r *intercept.Request) gate.Request {
	request := gateRequest(r, j.home)
	request.Agent = j.agent
	if request.Role = j.role(r); request.Role != gate.Command || r.Exec == nil {
		return request
	}
	request.Opaque = r.Exec.Opaque
	if r.Exec.Opaque != "" {
		return request
	}
	if r.Kind == intercept.KindLine && j.isRoot(r) && j.launched.CompareAndSwap(false, true) {
		request.Role = gate.Start // the line that the human gave
		return request
	}
	if role := j.start.role(r, int(j.root.Load())); role != gate.Command {
		request.Role = role
		return request
	}
	at := j.steps.Place(*r)
	switch {
	case at.Below:
		request.Lineage = gate.Lineage{Of: at.Permit, Foreseen: at.Foreseen}
	case isSetup(r):
		request.Role = gate.Setup
	case asksEnvironment(r) && j.root.Load() != 0:
		request.Role = gate.Environment
	case j.steps.Adopt(*r):
		request.Lineage = gate.Lineage{Of: j.steps.Place(*r).Permit, Foreseen: true}
	case j.isOwn(r):
		request.Role = gate.Own
	}
	if request.Lineage.Foreseen {
		return request
	}
	request.Lineage.Itself = len(r.Argv) > 0 && j.gate.Policy.StartsItself(r.Argv[0]) && isItself(r)
	request.Names = j.names(r)
	return request
}

// role is what a request is by where it comes from, as far as no step has to be
// looked for.
func (j *judge) role(r *intercept.Request) gate.Role {
	switch {
	case r.Repeat:
		return gate.Repeat
	case j.isAgent(r):
		return gate.AgentStart
	case j.isDoor(r):
		return gate.Door
	case isHook(r, j.program):
		return gate.HookStart
	case r.Exec == nil && asksEnvironment(r):
		return gate.Environment
	}
	return gate.Command
}

// isAgent reports the agent's own start, which the human asked for: its first
// exec, and for a script that of its interpreter. A line given to a shell is
// read all the same.
func (j *judge) isAgent(r *intercept.Request) bool {
	if r.Kind != intercept.KindArgv || !j.isRoot(r) {
		return false
	}
	if r.Exec == nil {
		return true
	}
	script, _ := j.script.Load().(string)
	if j.launched.CompareAndSwap(false, true) {
		j.script.Store(r.Exec.ScriptPath)
		return true
	}
	return script != "" && r.Exec.ScriptPath == script
}

// isDoor reports restrain in the place of a shell. It passes a supervised line
// on to the real shell, whose exec is judged.
func (j *judge) isDoor(r *intercept.Request) bool {
	if r.Exec == nil || len(r.Exec.Raw) == 0 {
		return false
	}
	_, isShell := ParseShellCall(r.Exec.Raw)
	return isShell && isProgram(r.Exec.Path, j.program)
}

// isSetup reports an agent's own helper that readies a process: what that then
// becomes is judged.
func isSetup(r *intercept.Request) bool {
	_, ok := agent.Setup(r.Exec.Raw)
	return ok && isItself(r)
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
func (j *judge) isOwn(r *intercept.Request) bool {
	if r.Kind != intercept.KindArgv || len(r.Argv) == 0 {
		return false
	}
	if j.isRoot(r) {
		return true
	}
	image, err := imageOf(r.PID)
	return err == nil && !shellparse.IsShell(programName(image)) && filepath.Base(image) != "busybox"
}

// isItself reports a process that is to become the program which it is.
func isItself(r *intercept.Request) bool {
	if r.Kind != intercept.KindArgv {
		return false
	}
	if r.Exec.Path == "/proc/self/exe" {
		return true
	}
	image, err := imageOf(r.PID)
	return err == nil && (image == r.Exec.Path || image == r.Exec.Program)
}

// imageOf is the program that a process is.
func imageOf(pid int) (string, error) { return os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe") }

// isRoot reports an exec of the process that the agent began as.
func (j *judge) isRoot(r *intercept.Request) bool { return int64(r.PID) == j.root.Load() }
