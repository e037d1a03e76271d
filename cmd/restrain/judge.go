package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/shellparse"
)

// A sessionJudge brings the commands of a supervised agent before the gate.
//
// A command is a step of the session once, where it is seen first: a line when
// its shell is started, an exec that no line foresaw when it is made. What runs
// below a step is part of it as long as it does no harm of its own, or is word
// for word what the step was judged to run.
type sessionJudge struct {
	gate        *gate.Gate
	argv        []string // the agent, as the human started it
	agent, home string
	program     os.FileInfo  // restrain itself
	root        atomic.Int64 // the agent's own process
	launched    atomic.Bool  // the agent's own exec has been seen
	script      atomic.Value // string: the script that the agent is
	denied      atomic.Bool
	ends        func() // called at the first denied step, behind which all are denied; nil goes on
	approvals   *intercept.Approvals
	exits       exits
	left        leftBehind
}

func newSessionJudge(argv []string, home string) *sessionJudge {
	j := &sessionJudge{argv: argv, agent: filepath.Base(argv[0]), home: home, approvals: intercept.NewApprovals()}
	if path, err := os.Executable(); err == nil {
		j.program, _ = os.Stat(path) // nil matches nothing
	}
	return j
}

// Judge answers for one command.
func (j *sessionJudge) Judge(ctx context.Context, r intercept.Request) intercept.Reply {
	if j.ends != nil && j.denied.Load() {
		<-ctx.Done() // what would come next does not, before the agent has ended
		return intercept.Reply{Message: "restrain: denied: the agent is being ended"}
	}
	if j.isAgent(&r) || j.isDoor(&r) || isHook(&r, j.program) || r.Exec == nil && asksEnvironment(&r) {
		return intercept.Reply{Allow: true}
	}
	if j.typed(&r) {
		return j.judgeTyped(ctx, &r)
	}
	ctx, done := j.unwrap(ctx, &r)
	defer done()
	request := gateRequest(r, j.home)
	request.Agent = j.agent
	if r.Exec != nil {
		request.Opaque = r.Exec.Opaque
		j.asCalled(&r, &request)
		scope, below := j.approvals.Below(r)
		if below && !scope.Began.IsZero() {
			request.Since = later(scope.Began, time.Now().Add(-ownTime))
		}
		if j.isPart(&r) || below && j.partOfStep(&r, &request, scope) || !below && (j.isStart(&r) || j.approvals.Adopt(r)) {
			return intercept.Reply{Allow: true}
		}
		request.Own = !below && j.isOwn(&r)
	}
	j.exits.settle(j.gate)
	decision, err := j.gate.Judge(ctx, request)
	reply := replyOf(&decision, err)
	if reply.Allow && r.Exec != nil {
		j.exits.watch(r.PID, &decision)
	}
	if reply.Allow && decision.Step != nil {
		j.left.add(decision.Step.Left)
	}
	if !reply.Allow {
		if first := !j.denied.Swap(true); first && j.ends != nil {
			j.ends()
		}
	} else if r.Exec != nil && !j.goesOn(&r, &decision, request.Own) {
		j.approvals.Approve(intercept.Process{PID: r.PID, Serial: r.Exec.Serial}, foreseen(&decision, &r), scopeOf(&decision))
	}
	return reply
}

// ownTime is how long what a step has made counts as its own, to be taken away
// again unasked: a step may be another agent, whose work of hours it is not.
const ownTime = 10 * time.Minute

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// partOfStep reports an exec below a step that is part of it: word for word
// what was foreseen, harmless, or within what a human approved. What the
// persona has something to say about is so only below a step that a human
// approved.
func (j *sessionJudge) partOfStep(r *intercept.Request, request *gate.Request, scope intercept.Scope) bool {
	if r.Exec.Opaque != "" {
		return false
	}
	if j.approvals.Foreseen(*r) {
		return true
	}
	read := *request
	step, plumbing := j.gate.Policy.ReadIn(&j.left, &read)
	meant := len(scope.Programs) > 0 || j.gate.Policy.Declared(&step)
	return plumbing || !step.Uncertain && meant && j.within(&step, scope)
}

// within reports a step whose every finding is of a rule, and made by a
// program, that a human approved: globs and variables have become plain words.
// A small matter of an ordinary class is none beside the step that it is part of.
func (j *sessionJudge) within(step *classify.Step, scope intercept.Scope) bool {
	for i := range step.Actions {
		action := &step.Actions[i]
		if action.Severity == classify.None || action.Severity == classify.Low && !j.gate.Policy.Risky(action.Class) {
			continue
		}
		if action.Finding == nil || !slices.Contains(scope.Rules, action.Finding.Rule) ||
			!slices.Contains(scope.Programs, step.Script.Commands[action.Command].Name) {
			return false
		}
	}
	return true
}

// scopeOf is what the human who was asked approved.
func scopeOf(d *gate.Decision) intercept.Scope {
	scope := intercept.Scope{Began: time.Now()}
	if d.Answer == nil || !d.Answer.Approved || d.Severity == classify.Critical {
		return scope
	}
	scope.Rules = d.Rules
	for i := range d.Step.Script.Commands {
		if name := d.Step.Script.Commands[i].Name; name != "" {
			scope.Programs = append(scope.Programs, name)
		}
	}
	return scope
}

// goesOn reports a program below which new steps begin: a shell that will read
// more commands of its own, the agent, or a part of it that did no harm.
func (j *sessionJudge) goesOn(r *intercept.Request, d *gate.Decision, own bool) bool {
	if r.Kind != intercept.KindArgv || len(r.Argv) == 0 {
		return false
	}
	if !j.isRoot(r) && isShellName(r.Argv[0]) {
		return r.Exec.ScriptPath == ""
	}
	return own && d.Severity == classify.None
}

func isShellName(path string) bool {
	switch strings.TrimPrefix(filepath.Base(path), "-") {
	case "bash", "zsh", "sh", "dash", "fish", "ksh", "ash":
		return true
	}
	return false
}

// foreseen lists what a step was judged to run, as far as it is known to the
// last word, with each of the wrappers around it; and the line itself, which an
// agent's plumbing may hand on to another shell.
func foreseen(d *gate.Decision, r *intercept.Request) []intercept.Foreseen {
	if d.Step == nil || d.Step.Script == nil {
		return nil
	}
	var list []intercept.Foreseen
	if r.Kind == intercept.KindLine {
		list = append(list, intercept.Foreseen{Line: d.Step.Script.Source, Dir: r.Dir})
	}
	for i := range d.Step.Script.Commands {
		command := &d.Step.Script.Commands[i]
		if command.Stdin != nil && command.Stdin.Known() && isShellName(command.Name) {
			list = append(list, intercept.Foreseen{Line: command.Stdin.Text}) // read there as a line
		}
		argv, known := plainArgv(command.Argv)
		if !known || len(argv) == 0 || command.Host != "" || !command.Dir.Known() {
			continue
		}
		at := command.Dir.Text
		if at != "" && !filepath.IsAbs(at) {
			at = filepath.Join(r.Dir, at)
		}
		list = append(list, intercept.Foreseen{Argv: argv, Dir: at})
		for k := len(command.Wrappers) - 1; k >= 0; k-- {
			words, known := plainArgv(command.Wrappers[k].Args)
			if !known {
				break
			}
			argv = append(append([]string{command.Wrappers[k].Name}, words...), argv...)
			list = append(list, intercept.Foreseen{Argv: argv, Dir: at})
		}
	}
	return list
}

func plainArgv(words []shellparse.Word) ([]string, bool) {
	argv := make([]string, len(words))
	for i, word := range words {
		if !word.Known() || word.Glob {
			return nil, false
		}
		argv[i] = word.Text
	}
	return argv, true
}

func gateRequest(r intercept.Request, home string) gate.Request {
	return gate.Request{
		Door: string(r.Door), PID: r.PID, Line: r.Line, Params: r.Params, Argv: r.Argv,
		Dir: r.Dir, Home: home, Env: lookup(r.Environ), Live: true,
	}
}

func judge(ctx context.Context, g *gate.Gate, request gate.Request) intercept.Reply {
	decision, err := g.Judge(ctx, request)
	return replyOf(&decision, err)
}

// replyOf tells the agent what was decided.
func replyOf(decision *gate.Decision, err error) intercept.Reply {
	switch {
	case err != nil:
		return intercept.Reply{Message: prompt.Escape("restrain: error: nothing runs: " + err.Error())}
	case decision.Verdict != gate.Allow:
		return intercept.Reply{Message: decision.Message()}
	}
	return intercept.Reply{Allow: true}
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
