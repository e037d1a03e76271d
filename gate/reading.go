package gate

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/shellparse"
	"restrain/trust"
)

// Read finds out what a request would do, in the light of what earlier steps
// have left behind. What an agent wraps around a command is taken off first;
// plumbing reports a line that is nothing else, which is no step.
func (p *Policy) Read(r *Request, past trust.Past) (step classify.Step, plumbing bool) {
	r.guard = p.guard
	return Read(p.set, r, past)
}

// Read is Policy.Read for those who have rules and no policy.
func Read(set *classify.Set, r *Request, past trust.Past) (step classify.Step, plumbing bool) {
	if unplumb(r) {
		return classify.Step{}, true
	}
	ctx := r.context()
	switch {
	case past.Remembers():
		ctx = remembering{making{ctx, past}}
	case past.Makes():
		ctx = making{ctx, past}
	}
	if r.Live && r.seal != nil {
		ctx = sealing{ctx, r.seal}
	}
	step = classifyCall(set, r, ctx)
	if r.Role == Start {
		startsAgent(&step)
	}
	if r.Sent != nil {
		r.Sent.name(&step)
	}
	if r.Live && r.seal != nil {
		r.seal.operands(&step)
	}
	if r.Opaque != "" {
		unread(&step, "opaque-exec", "starts a program that cannot be read", r.Opaque)
	}
	if r.answers {
		answers(&step)
	}
	if limit := step.Script.Limit; limit != "" {
		unread(&step, "unread-text", "is too long or too deep to be read", "the limit on "+limit)
	}
	return step, false
}

// agentClass is the class of starting another agent.
const agentClass = "agent"

// startsAgent takes away that a step starts an agent: it is the one that the
// human asked for.
func startsAgent(step *classify.Step) {
	step.Actions = slices.DeleteFunc(step.Actions, func(a classify.Action) bool { return a.Class == agentClass })
	if len(step.Actions) == 0 {
		step.Actions = []classify.Action{{Class: "shell"}}
	}
	step.Severity = classify.None
	for i := range step.Actions {
		step.Severity = max(step.Severity, step.Actions[i].Severity)
	}
}

// classifyCall reads what a request runs. A program that is a script goes by
// several names: it is what the worst of them is.
func classifyCall(set *classify.Set, r *Request, ctx classify.Context) classify.Step {
	worst := set.Classify(r.named(r.script(r.Argv)), ctx)
	for _, argv := range r.Names {
		if !set.Knows(argv[0]) {
			continue
		}
		if step := set.Classify(r.script(argv), ctx); step.Severity > worst.Severity {
			worst, r.Argv = step, argv
		}
	}
	return worst
}

// named calls restrain what it is, where a command starts a copy of it or a link
// to it.
func (r *Request) named(script *shellparse.Script) *shellparse.Script {
	if r.guard == nil || !r.Live {
		return script
	}
	for i := range script.Commands {
		c := &script.Commands[i]
		if len(c.Argv) < 2 || !c.Argv[0].Known() || !strings.Contains(c.Argv[0].Text, "/") || c.Host != "" {
			continue
		}
		path, dir := c.Argv[0].Text, r.Dir
		if c.Dir.Known() && filepath.IsAbs(c.Dir.Text) {
			dir = c.Dir.Text
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if r.guard.IsProgram(path) {
			c.Name = "restrain"
		}
	}
	return script
}

// making is a context that knows what the session has made.
type making struct {
	classify.Context
	past trust.Past
}

// Made is when a step of the session made an object.
func (c making) Made(o *classify.Object) (since time.Time, ok bool) { return c.past.Made(o) }

// Own reports a file of the session's own: a step said that it makes the file, or
// what it lies below, and it is no older than that step.
func (c making) Own(path string) bool {
	if since, ok := c.past.Made(&classify.Object{Kind: classify.ObjectPath, Name: path}); ok && c.Context.MadeSince(path, since) {
		return true
	}
	return c.Context.Own(path)
}

// remembering is one that also knows what files were made from.
type remembering struct{ making }

// Origin is what is known of a file.
func (c remembering) Origin(path string) classify.Origin { return c.past.Origin(path) }

// unread adds that a part of a step is not known, which is always worth a
// question.
func unread(step *classify.Step, rule, what, why string) {
	step.Uncertain = true
	step.Severity = max(step.Severity, classify.Medium)
	step.Actions = append(step.Actions, classify.Action{
		Class: "obfuscated", Severity: classify.Medium,
		Finding: &classify.Finding{Rule: rule, Description: what, Attack: "T1027", Evidence: why},
	})
}

// unplumb replaces what an agent wraps around a command by the command, and
// reports a line that is nothing but the agent's own plumbing.
func unplumb(r *Request) (nothingElse bool) {
	if r.Line == "" {
		return false
	}
	command, ok := shellparse.PlumbingArgs(r.Line, r.Params)
	if !ok {
		return false
	}
	if command == "" {
		return true
	}
	r.Line, r.Params = command, nil
	return false
}
