package session

import (
	"context"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/secret"
)

// A Claim is what an agent has told of a request; empty where it has not.
type Claim struct {
	Task string // the agent's own id of its session
	Call string // and of this use of a tool
	// Model is the one that it works with.
	Model string
}

// judgeStandalone judges a request of a door that no session is around: the agent
// that called it is the session.
func (h *Host) judgeStandalone(ctx context.Context, r *intercept.Request, claim Claim) (intercept.Reply, error) {
	request := gateRequest(r, h.Getenv("HOME"))
	if program, err := ownProgram(); err == nil && isHook(r, program) {
		request.Role = gate.HookStart
	} else if r.Door == intercept.DoorShell && asksEnvironment(r) {
		request.Role = gate.Environment
	}
	if d, ok := gate.Stands(&request); ok {
		return replyOf(&d, nil), nil
	}
	agent, err := intercept.Caller()
	if err != nil {
		return intercept.Reply{}, err
	}
	policy, err := LoadPolicy(h.Getenv, agent.Name, "")
	if err != nil {
		return intercept.Reply{}, err
	}
	stateDir, err := gate.StateDir(h.Getenv)
	if err != nil {
		return intercept.Reply{}, err
	}
	id, err := gate.SessionFor(stateDir, agent.Key, claim.Task)
	if err != nil {
		return intercept.Reply{}, err
	}
	store, err := gate.OpenStore(stateDir, id, policy)
	if err != nil {
		return intercept.Reply{}, err
	}
	defer store.Close()
	store.Given = h.beginsAlone(store, stateDir, policy, agent)
	g := &gate.Gate{Policy: policy, Store: store, Keeps: keeper(stateDir, policy), Surroundings: gate.OpenSurroundings(store.Dir())}
	defer g.Surroundings.Save()
	if deadline, limited := ctx.Deadline(); limited {
		g.Timeout = time.Until(deadline)
	}
	asker := doorAsker{host: h, gate: g, agent: agent}
	if agent.TTYSafe && (r.Door != intercept.DoorHook || terminalIdle()) {
		asker.terminal = prompt.TTY{}
	}
	g.Asker = asker
	request.Agent, request.Call, request.Model = agent.Name, claim.Call, claim.Model
	decision, err := g.Judge(ctx, request)
	h.exportAlone(gate.JournalPath(stateDir, store.ID()))
	reply := replyOf(&decision, err)
	withMasks(&reply, r, &decision, func(list []secret.Withheld) error {
		store, err := gate.OpenStore(stateDir, id, policy) // the other is closed by then
		if err != nil {
			return err
		}
		defer store.Close()
		return store.Withheld(&decision, list)
	})
	return reply, nil
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
