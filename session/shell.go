package session

import (
	"context"
	"fmt"
	"os"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
)

// A ShellCall is a call of restrain in the place of a shell.
type ShellCall struct {
	argv0 string
	shell string // bash, zsh, sh, dash; empty is the user's own
	args  []string
}

// ParseShellCall reports whether restrain is called as a shell: by the name of one
// (restrain-bash), or with a shell's own options (restrain -lc LINE).
func ParseShellCall(args []string) (ShellCall, bool) {
	if shell, _ := intercept.DoorName(args[0]); shell != "" {
		return ShellCall{args[0], shell, args[1:]}, true
	}
	if len(args) < 2 || !shellOption(args[1]) {
		return ShellCall{}, false
	}
	parsed, err := intercept.ParseShellArgs("bash", args[1:])
	return ShellCall{args[0], "", args[1:]}, err == nil && parsed.HasLine
}

// shellOption tells a shell's option (-c, -lc, +x) from one of restrain's own.
func shellOption(arg string) bool {
	if len(arg) < 2 || arg == "-h" {
		return false
	}
	return arg[0] == '+' || arg[0] == '-' && arg[1] != '-' || arg == "--norc" || arg == "--noprofile" || arg == "--login" || arg == "--posix"
}

// ShellDoor judges what the shell was asked to run and then becomes the real
// shell. It returns only when nothing runs.
func (h *Host) ShellDoor(s ShellCall) int {
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
	if parsed.Stdin && !parsed.HasLine && intercept.Socket(s.argv0, h.Getenv) == "" {
		return h.openShell(path, s, parsed)
	}
	dir, err := os.Getwd()
	if err != nil {
		return h.deny(fmt.Errorf("no working directory: %w; change to one that exists", err))
	}
	request := intercept.Request{
		Kind: intercept.KindLine, Door: intercept.DoorShell, Shell: name, Line: parsed.Line,
		Params: parsed.Params, Dir: dir, Env: env, Interactive: parsed.Interactive, PID: os.Getpid(),
		Masks: !parsed.Interactive && intercept.MasksOutput(), Gathered: !parsed.Interactive && intercept.GathersOutput(),
	}
	if !parsed.HasLine {
		request.Kind, request.Argv = intercept.KindArgv, append([]string{name}, s.args...)
	}
	var reply intercept.Reply
	if socket := intercept.Socket(s.argv0, h.Getenv); socket != "" {
		reply, err = intercept.Call(socket, request)
	} else {
		reply, err = h.judgeStandalone(context.Background(), &request, Claim{Task: taskOf(h.Getenv)})
	}
	if status := intercept.Conclude(reply, err, h.Stderr); status != 0 {
		return status
	}
	if len(reply.Mask) > 0 {
		return h.maskedShell(path, s, env, &reply)
	}
	return h.deny(intercept.ExecShell(path, s.argv0, s.args, env))
}

// maskedShell runs the real shell with values withheld from what it prints, and
// says which below it.
func (h *Host) maskedShell(path string, s ShellCall, env []string, reply *intercept.Reply) int {
	end, withheld, err := intercept.RunMasked(path, s.argv0, s.args, env, reply.Mask)
	if err != nil {
		return h.deny(err)
	}
	line := prompt.Escape(gate.WithheldLine(withheld))
	if reply.Withheld != nil {
		line = reply.Withheld(withheld)
	}
	if line != "" {
		fmt.Fprintln(h.Stderr, line)
	}
	return intercept.Imitate(end)
}

// deny reports why nothing runs.
func (h *Host) deny(err error) int {
	h.Fail(err)
	return ExitDenied
}

// HiddenCall carries out the verbs by which restrain calls itself.
func (h *Host) HiddenCall(args []string) (status int, called bool) {
	if len(args) > 1 && args[1] == intercept.EnvVerb {
		return intercept.AskForShell(args[2:], h.Getenv, h.Stderr), true
	}
	if len(args) > 1 && args[1] == intercept.TypedVerb {
		return intercept.AskTyped(args[2:], h.Getenv, h.Stderr), true
	}
	if len(args) > 1 && args[1] == guardVerb {
		return h.guard(args[2:]), true
	}
	if len(args) > 1 && (args[1] == stepVerb || args[1] == saidVerb) {
		return 0, true // it was judged before it was started
	}
	return 0, false
}
