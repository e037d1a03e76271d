package session

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/secret"
	"restrain/shellparse"
)

// A judge brings the commands of a supervised agent before the gate.
//
// A command is a step of the session once, where it is seen first: a line when
// its shell is started, an exec that no line foresaw when it is made. The judge
// says where a request comes from; what follows is the gate's to say.
type judge struct {
	gate        *gate.Gate
	argv        []string // the agent, as the human started it
	agent, home string
	program     os.FileInfo  // restrain itself
	root        atomic.Int64 // the agent's own process
	launched    atomic.Bool  // the agent's own exec has been seen
	script      atomic.Value // string: the script that the agent is
	denied      atomic.Bool
	ends        func() // called at the first denied step, behind which all are denied; nil goes on
	steps       *intercept.Steps[*gate.Permit]
	start       *launching
	aloof       bool   // what the human says is shown only
	stepped     func() // called for each step of the session; nil is not
	exits       exits
	files       *files // nil where nobody looks after them
}

func newJudge(argv []string, home string) *judge {
	j := &judge{argv: argv, agent: filepath.Base(argv[0]), home: home, steps: intercept.NewSteps[*gate.Permit](), start: newLaunching(argv)}
	if path, err := os.Executable(); err == nil {
		j.program, _ = os.Stat(path) // nil matches nothing
	}
	return j
}

// Judge answers for one command.
func (j *judge) Judge(ctx context.Context, r intercept.Request) intercept.Reply {
	if j.ends != nil && j.denied.Load() {
		<-ctx.Done() // what would come next does not, before the agent has ended
		return intercept.Reply{Message: "restrain: denied: the agent is being ended"}
	}
	if reply, said := j.hearPrompt(&r); said {
		return reply
	}
	if j.typed(&r) {
		return j.judgeTyped(ctx, &r)
	}
	ctx, done := j.unwrap(ctx, &r)
	defer done()
	request := j.request(&r)
	decision, err := j.gate.Judge(ctx, request)
	reply := replyOf(&decision, err)
	withMasks(&reply, &r, &decision, func(list []secret.Withheld) error { return j.gate.Store.Withheld(&decision, list) })
	j.follow(&r, request.Role, &decision)
	if j.stepped != nil && !decision.Part {
		j.stepped()
	}
	switch {
	case decision.Outcome.Runs() && !reply.Allow: // it may run otherwise
	case !reply.Allow:
		j.refused()
	case r.Exec != nil && decision.Permit != nil:
		j.exits.watch(r.PID, &decision, request.Lineage.Of)
		if !j.goesOn(&r, &decision) {
			j.steps.Begin(intercept.Process{PID: r.PID, Serial: r.Exec.Serial}, foreseen(decision.Permit), decision.Permit)
		}
	}
	return reply
}

// refused is what a denied step is to the session.
func (j *judge) refused() {
	if first := !j.denied.Swap(true); first && j.ends != nil {
		j.ends()
	}
}

// follow notes what an exec is to the agent's start. Whoever is a part of it
// begins steps of its own, though a line of the human's started it.
func (j *judge) follow(r *intercept.Request, role gate.Role, d *gate.Decision) {
	switch {
	case r.Exec == nil:
	case role == gate.AgentStart, role == gate.Launch, role == gate.Start:
		if d.Outcome.Runs() || d.Answer != nil && d.Answer.Approved {
			j.start.began(r)
			if r.Kind == intercept.KindArgv {
				j.steps.Apart(processOf(r))
			}
		}
	case !d.Part:
		j.start.stepped(r)
	}
}

// goesOn reports a program below which new steps begin: a shell that will read
// more commands of its own, the agent, or a part of it that did no harm.
func (j *judge) goesOn(r *intercept.Request, d *gate.Decision) bool {
	if r.Kind != intercept.KindArgv || len(r.Argv) == 0 || d.Part {
		return false
	}
	if !j.isRoot(r) && shellparse.IsShell(programName(r.Argv[0])) {
		return r.Exec.ScriptPath == ""
	}
	return d.Severity == classify.None && d.Own
}

// programName is the name of a program by its path, or by the first word of a
// login shell's arguments.
func programName(path string) string { return strings.TrimPrefix(filepath.Base(path), "-") }

// foreseen is what a permit foresees, as steps are told apart by.
func foreseen(p *gate.Permit) []intercept.Foreseen {
	list := make([]intercept.Foreseen, len(p.Foreseen()))
	for i, f := range p.Foreseen() {
		list[i] = intercept.Foreseen(f)
	}
	return list
}

// gateRequest is what a door brought, as the gate takes it.
func gateRequest(r *intercept.Request, home string) gate.Request {
	return gate.Request{
		Masks: r.CanMask, Gathered: r.Gathered, Elsewhere: r.Elsewhere,
		Door: string(r.Door), PID: r.PID, Line: r.Line, Params: r.Params, Argv: r.Argv,
		Dir: r.Dir, Home: home, Env: lookup(r.Environ), Environ: r.Environ, Live: true,
	}
}

// replyOf tells the agent what was decided.
func replyOf(decision *gate.Decision, err error) intercept.Reply {
	if err != nil {
		return intercept.Reply{Message: prompt.Escape("restrain: error: nothing runs: " + err.Error())}
	}
	reply := intercept.Reply{Allow: decision.Outcome.Runs(), Kept: decision.Kept != nil}
	if !reply.Allow {
		reply.Message = decision.Message()
	}
	return reply
}

// lookup looks names up in an environment.
func lookup(environ func() []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, entry := range environ() {
			if value, ok := strings.CutPrefix(entry, name); ok && strings.HasPrefix(value, "=") {
				return value[1:], true
			}
		}
		return "", false
	}
}
