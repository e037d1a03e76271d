package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
)

// A shellInvocation is a call of restrain in the place of a shell.
type shellInvocation struct {
	argv0 string
	shell string // bash, zsh, sh, dash; empty is the user's own
	args  []string
}

// shellCall reports whether restrain is called as a shell: by the name of one
// (restrain-bash), or with a shell's own options (restrain -lc LINE).
func shellCall(args []string) (shellInvocation, bool) {
	if shell, _ := intercept.DoorName(args[0]); shell != "" {
		return shellInvocation{args[0], shell, args[1:]}, true
	}
	if len(args) < 2 || !shellOption(args[1]) {
		return shellInvocation{}, false
	}
	parsed, err := intercept.ParseShellArgs("bash", args[1:])
	return shellInvocation{args[0], "", args[1:]}, err == nil && parsed.HasLine
}

// shellOption tells a shell's option (-c, -lc, +x) from one of restrain's own.
func shellOption(arg string) bool {
	if len(arg) < 2 || arg == "-h" {
		return false
	}
	return arg[0] == '+' || arg[0] == '-' && arg[1] != '-' || arg == "--norc" || arg == "--noprofile" || arg == "--login" || arg == "--posix"
}

// shellDoor judges what the shell was asked to run and then becomes the real
// shell. It returns only when nothing runs.
func (h *host) shellDoor(s shellInvocation) int {
	env := os.Environ()
	path, err := intercept.RealShell(s.shell, env)
	if err != nil {
		return h.deny(err)
	}
	name, _ := intercept.DoorName(path)
	if intercept.Supervised() {
		// The supervisor judges the exec of the real shell.
		return h.deny(intercept.ExecShell(path, s.argv0, s.args, env))
	}
	parsed, err := intercept.ParseShellArgs(name, s.args)
	if err != nil {
		return h.deny(err)
	}
	if parsed.Stdin && !parsed.HasLine && intercept.Socket(s.argv0, h.getenv) == "" {
		return h.openShell(path, s, parsed)
	}
	dir, err := os.Getwd()
	if err != nil {
		return h.deny(fmt.Errorf("no working directory: %w; change to one that exists", err))
	}
	request := intercept.Request{
		Kind: intercept.KindLine, Door: intercept.DoorShell, Shell: name, Line: parsed.Line,
		Params: parsed.Params, Dir: dir, Env: env, Interactive: parsed.Interactive, PID: os.Getpid(),
	}
	if !parsed.HasLine {
		request.Kind, request.Argv = intercept.KindArgv, append([]string{name}, s.args...)
	}
	var reply intercept.Reply
	if socket := intercept.Socket(s.argv0, h.getenv); socket != "" {
		reply, err = intercept.Call(socket, request)
	} else {
		reply, err = h.judgeAlone(context.Background(), request, claimed{task: taskOf(h.getenv)})
	}
	if status := intercept.Conclude(reply, err, h.stderr); status != exitOK {
		return status
	}
	return h.deny(intercept.ExecShell(path, s.argv0, s.args, env))
}

// deny reports why nothing runs.
func (h *host) deny(err error) int {
	h.fail(err)
	return exitDenied
}

// judgeAlone judges a request of a door that no session is around: the agent
// that called it is the session.
func (h *host) judgeAlone(ctx context.Context, r intercept.Request, t claimed) (intercept.Reply, error) {
	if program, err := ownProgram(); err == nil && (isHook(&r, program) || r.Door == intercept.DoorShell && asksEnvironment(&r)) {
		return intercept.Reply{Allow: true}, nil
	}
	agent, err := intercept.Caller()
	if err != nil {
		return intercept.Reply{}, err
	}
	policy, err := loadPolicyOf(h.getenv, agent.Name, "")
	if err != nil {
		return intercept.Reply{}, err
	}
	stateDir, err := gate.StateDir(h.getenv)
	if err != nil {
		return intercept.Reply{}, err
	}
	id, err := gate.SessionFor(stateDir, agent.Key, t.task)
	if err != nil {
		return intercept.Reply{}, err
	}
	store, err := gate.OpenStore(stateDir, id, policy)
	if err != nil {
		return intercept.Reply{}, err
	}
	defer store.Close()
	g := &gate.Gate{Policy: policy, Store: store}
	if deadline, limited := ctx.Deadline(); limited {
		g.Timeout = time.Until(deadline)
	}
	asker := doorAsker{host: h, gate: g, agent: agent}
	if agent.TTYSafe && (r.Door != intercept.DoorHook || terminalIdle()) {
		asker.terminal = prompt.TTY{}
	}
	g.Asker = asker
	request := gateRequest(r, h.getenv("HOME"))
	request.Agent, request.Call = agent.Name, t.call
	reply := judge(ctx, g, request)
	h.exportAlone(gate.JournalPath(stateDir, store.ID()))
	return reply, nil
}

// What an agent has told of a request; empty when it is unknown.
type claimed struct {
	task string // the agent's own id of its session
	call string // and of this use of a tool
}

// taskOf is the id that an agent gives to the commands of one session of its own.
// Its hook says the same.
func taskOf(getenv func(string) string) string {
	for _, variable := range [...]struct{ name, agent string }{
		{"CLAUDE_CODE_SESSION_ID", "claude"}, {"CURSOR_CONVERSATION_ID", "cursor"},
		{"CODEX_THREAD_ID", "codex"}, {"COPILOT_AGENT_SESSION_ID", "copilot"},
	} {
		if id := getenv(variable.name); id != "" {
			return variable.agent + ":" + id
		}
	}
	return ""
}

// hiddenCall carries out the verbs by which restrain calls itself.
func (h *host) hiddenCall(args []string) (status int, called bool) {
	if len(args) > 1 && args[1] == intercept.EnvVerb {
		return intercept.AskForShell(args[2:], h.getenv, h.stderr), true
	}
	if len(args) > 1 && args[1] == intercept.TypedVerb {
		return intercept.AskTyped(args[2:], h.getenv, h.stderr), true
	}
	if len(args) > 1 && args[1] == guardVerb {
		return h.guard(args[2:]), true
	}
	if len(args) > 1 && args[1] == stepVerb {
		return exitOK, true // it was judged before it was started
	}
	return 0, false
}
