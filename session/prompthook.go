package session

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"restrain/asked"
	"restrain/gate"
	"restrain/hook"
	"restrain/intercept"
	"restrain/secret"
)

// This file hears what the human says through the agent's own hook. The hook is
// a program that anybody can start: it is believed only where the agent itself
// has started it, with nothing in between but a shell that starts it and does
// nothing else.

// saidVerb is the hidden verb by which a hook tells the supervisor of execs what
// the human said: restrain VERB TEXT. It carries out nothing.
const saidVerb = "__said"

// errNotHeard says why a prompt event counts for nothing. The human's own words
// go to the agent all the same.
var errNotHeard = errors.New("the hook was not started by the agent itself")

// HearEvent takes a prompt event of an agent.
func (h *Host) HearEvent(ctx context.Context, event *hook.Event) error {
	// Others may see the arguments of a process, and none has a NUL.
	text := secret.Redact(strings.ReplaceAll(asked.Bounded(event.Says), "\x00", ""))
	switch {
	case text == "":
		return nil
	case intercept.Supervised():
		self, err := os.Executable()
		if err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, self, saidVerb, text)
		cmd.Args[0] = os.Args[0]
		return cmd.Run()
	case intercept.Socket(os.Args[0], h.Getenv) != "":
		return errNotHeard // who calls there cannot be told well enough
	}
	program, err := ownProgram()
	if err != nil {
		return err
	}
	agent, above, ok := intercept.HookOf(os.Getpid(), startsHook(program, os.Environ()))
	if !ok {
		return errNotHeard
	}
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return err
	}
	id, ok := gate.OwnSession(stateDir, agent.Key, event.Task(), above)
	if !ok {
		return errNotHeard
	}
	policy, err := LoadPolicy(h.Getenv, agent.Name, "")
	if err != nil {
		return err
	}
	store, err := gate.OpenStore(stateDir, id, policy)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Hear(gate.Message{Text: text, By: gate.ByHook}, time.Now())
}

// startsHook reports a process that only starts restrain's hook: restrain itself,
// or a shell whose one line that is.
func startsHook(program os.FileInfo, env []string) func(pid int, argv []string) bool {
	return func(pid int, argv []string) bool {
		image := "/proc/" + strconv.Itoa(pid) + "/exe"
		switch {
		case len(argv) > 2 && argv[1] == "hook":
			return isProgram(image, program) || isProgram(argv[0], program)
		case len(argv) == 3 && slices.Contains([]string{"-c", "-lc", "-ic", "-lic"}, argv[1]):
			dir, _ := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd") // without one, names are looked up in PATH only
			return isHookLine(argv[2], &intercept.Request{Dir: dir, Env: env}, program)
		}
		return false
	}
}

// isAgentProcess reports the agent's own process: the one that it began as, or
// what its launcher has started with the same arguments. A server that the agent
// has started is another program, and what it starts may be told by the model.
func (j *judge) isAgentProcess(pid int) bool {
	if int64(pid) == j.root.Load() {
		return true
	}
	argv, err := intercept.ArgvOf(pid)
	for script := 0; err == nil && script < min(2, len(argv)); script++ { // by itself, or as its interpreter's script
		if filepath.Base(argv[script]) == filepath.Base(j.argv[0]) && slices.Equal(argv[script+1:], j.argv[1:]) {
			return true
		}
	}
	return false
}

// hearPrompt hears what a hook tells; handled reports an exec that is that. One that is
// below a step of the agent's comes from a command, and is refused.
func (j *judge) hearPrompt(r *intercept.Request) (reply intercept.Reply, handled bool) {
	if r.Exec == nil || len(r.Exec.Raw) != 3 || r.Exec.Raw[1] != saidVerb || !isProgram(r.Exec.Path, j.program) {
		return reply, false
	}
	refused := intercept.Reply{Message: "restrain: not heard: " + errNotHeard.Error()}
	if r.Exec.Opaque != "" || j.steps.Place(*r).Below {
		return refused, true
	}
	agent, _, ok := intercept.HookOf(r.PID, startsHook(j.program, r.Environ()))
	if !ok || !j.isAgentProcess(agent.PID) {
		return refused, true
	}
	if err := j.gate.Store.Hear(gate.Message{Text: r.Exec.Raw[2], By: gate.ByHook, Shown: j.aloof}, time.Now()); err != nil {
		return intercept.Reply{Message: "restrain: error: " + err.Error()}, true
	}
	told, _ := gate.Stands(&gate.Request{Role: gate.HookStart}) // part of the hook's own start
	return replyOf(&told, nil), true
}
