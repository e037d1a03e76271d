package session

import (
	"context"

	"restrain/intercept"
)

// This file judges what open shells are about to do by themselves.

// typed makes the exec by which an open shell asks what it asks about. The exec
// stays to tell who asks.
func (j *judge) typed(r *intercept.Request) bool {
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
func (j *judge) judgeTyped(ctx context.Context, r *intercept.Request) intercept.Reply {
	shell, known := intercept.Process{}, false
	if r.Exec != nil {
		shell, known = j.steps.ShellAbove(intercept.Process{PID: r.PID, Serial: r.Exec.Serial}, r.Typed.Shell)
	}
	if known {
		r.PID = shell.PID
	}
	request := gateRequest(r, j.home)
	request.Agent = j.agent
	if permit, same := j.steps.Typed(shell, r.Typed.Number); known && same {
		request.Lineage.Of = permit
	}
	decision, err := j.gate.Judge(ctx, request)
	reply := replyOf(&decision, err)
	switch {
	case !reply.Allow:
		j.denied.Store(true)
	case known && decision.Permit != nil:
		j.steps.Type(shell, r.Typed.Number, foreseen(decision.Permit), decision.Permit.And(request.Lineage.Of))
	}
	return reply
}
