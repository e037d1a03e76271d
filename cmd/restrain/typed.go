package main

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/term"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
)

// This file judges what open shells are about to do by themselves.

// typed makes the exec by which an open shell asks what it asks about. The exec
// stays to tell who asks.
func (j *sessionJudge) typed(r *intercept.Request) bool {
	if r.Door == intercept.DoorTyped {
		return true
	}
	if r.Exec == nil || r.Exec.Opaque != "" || len(r.Exec.Raw) < 2 || r.Exec.Raw[1] != intercept.TypedVerb || !isProgram(r.Exec.Path, j.program) {
		return false
	}
	asked, err := intercept.ParseTyped(r.Exec.Raw[2:])
	if err != nil {
		return false // an exec as any other
	}
	asked.Dir, asked.Env, asked.PID, asked.PeerUID, asked.Exec = r.Dir, r.Env, r.PID, r.PeerUID, r.Exec
	*r = asked
	return true
}

// judgeTyped answers for a line that was typed into an open shell, or for a
// command of such a line that has become plainer. The line is a step; its
// commands are part of it as far as they bring nothing new.
func (j *sessionJudge) judgeTyped(ctx context.Context, r *intercept.Request) intercept.Reply {
	shell, known := intercept.Process{}, false
	if r.Exec != nil {
		shell, known = j.approvals.ShellAbove(intercept.Process{PID: r.PID, Serial: r.Exec.Serial}, r.Typed.Shell)
	}
	if known {
		r.PID = shell.PID
	}
	request := gateRequest(*r, j.home)
	request.Agent = j.agent
	if scope, same := j.approvals.Typed(shell, r.Typed.Number); known && same {
		read := request
		if step, plumbing := j.gate.Policy.Read(&read); plumbing || !step.Uncertain && covered(&step, scope) {
			return intercept.Reply{Allow: true}
		}
	}
	decision, err := j.gate.Judge(ctx, request)
	reply := replyOf(&decision, err)
	if !reply.Allow {
		j.denied.Store(true)
	} else if known {
		j.approvals.Type(shell, r.Typed.Number, foreseen(&decision, r), scopeOf(&decision))
	}
	return reply
}

// covered reports a step that adds nothing to what was approved: no finding but
// by a rule and a program of that.
func covered(step *classify.Step, scope intercept.Scope) bool {
	for i := range step.Actions {
		action := &step.Actions[i]
		if action.Finding == nil && action.Severity == classify.None {
			continue
		}
		name := step.Script.Commands[action.Command].Name
		if action.Finding == nil || !slices.Contains(scope.Rules, action.Finding.Rule) ||
			name != "" && !slices.Contains(scope.Programs, name) {
			return false
		}
	}
	return true
}

// openShell is restrain in the place of a shell that reads its commands from
// standard input: a session around the real one. Where somebody else may hold
// the terminal, as an agent does that types into it, nobody is asked there.
func (h *host) openShell(path string, s shellInvocation, parsed intercept.ShellArgs) int {
	agent, err := intercept.Caller()
	if err != nil {
		return h.deny(err)
	}
	policy, err := loadPolicyOf(h.getenv, agent.Name, "")
	if err != nil {
		return h.deny(err)
	}
	argv := []string{path}
	if strings.HasPrefix(s.argv0, "-") {
		argv = append(argv, "-l")
	}
	if !parsed.Interactive && term.IsTerminal(int(h.stdin.Fd())) {
		argv = append(argv, "-i")
	}
	status, err := h.session(sessionOptions{policy: policy, timeout: gate.DefaultTimeout, apart: !agent.TTYSafe}, append(argv, s.args...))
	if err != nil {
		return h.deny(err)
	}
	return status
}
