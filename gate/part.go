package gate

import (
	"path/filepath"
	"slices"
	"time"

	"restrain/classify"
	"restrain/trust"
)

// A Role is what a request is by the place that it comes from. The zero Role is
// a command of the agent's, which is judged.
type Role uint8

// The roles. What they stand for is not the agent's doing, or is judged
// elsewhere; each is let through with a reason, and is no step.
const (
	Command Role = iota
	// AgentStart is the command that the human started the agent with.
	AgentStart
	// Launch is what the agent's launcher starts with the same arguments.
	Launch
	// Start is what the human's command becomes until the agent runs: launchers,
	// their scripts, the agent's own program. It is read, but not what the
	// sources say of those programs that it starts.
	Start
	// Setup is an agent's own helper, which becomes what is judged.
	Setup
	// Environment is how an agent asks a shell for the user's environment.
	Environment
	// Door is restrain in the place of a shell: the shell's own exec is judged.
	Door
	// HookStart is restrain as an agent's hook, whose event is judged.
	HookStart
	// Supervised is a hook's event whose processes a supervisor of execs judges.
	Supervised
	// Repeat is a line that a door was allowed a moment ago and that comes again
	// from the very shell that was to run it.
	Repeat
	// Nothing is a hook's event that says nothing which could be judged.
	Nothing
	// Own is a program that the agent's own program starts for itself. It is
	// judged, and no step where it is housekeeping.
	Own
)

// reasons are the words for the roles that need no reading.
var roleReasons = [...]string{
	AgentStart:  "the agent's own start, as the human asked for it",
	Launch:      "the agent's launcher starts it with the same arguments",
	Start:       "",
	Setup:       "the agent's own helper: what it becomes is judged",
	Environment: "the agent asks for the user's environment",
	Door:        "restrain in the place of a shell: the shell itself is judged",
	HookStart:   "restrain as the agent's hook: its event is judged",
	Supervised:  "its processes are judged when they start",
	Repeat:      "the same line was allowed for this shell a moment ago",
	Nothing:     "the event holds nothing that could be judged",
	Own:         "",
}

// The reasons for which a request is a part of a step, or none.
const (
	whyForeseen     = "what the step was read to run, word for word"
	whyItself       = "the program starts itself for a part of what it was told"
	whyPlumbing     = "the agent's own plumbing around its commands"
	whyWithin       = "within what the step was approved for"
	whyKept         = "what it takes away was kept with the step"
	whyHarmless     = "part of the step, and does no harm of its own"
	whyStart        = "what the human's command becomes until the agent runs"
	whyHousekeeping = "the agent's own housekeeping"
	whyPassed       = "the agent's hook was let through with it"
)

// Lineage is what a door knows of the process that asks.
type Lineage struct {
	// Of is what the step that the process belongs to was let run with; nil
	// where it belongs to none.
	Of *Permit
	// Foreseen reports that the step was read to run this very command.
	Foreseen bool
	// Itself reports a process that is to become the program which it is. It is
	// asked for where Policy.StartsItself says so.
	Itself bool
}

// ownTime is how long what a step has made counts as its own, to be taken away
// again unasked: a step may be another agent, whose work of hours it is not.
const ownTime = 10 * time.Minute

// since is from when on what was made is the step's own; zero for no step.
func (l *Lineage) since() time.Time {
	if l.Of == nil || l.Of.began.IsZero() {
		return time.Time{}
	}
	if recent := time.Now().Add(-ownTime); recent.After(l.Of.began) {
		return recent
	}
	return l.Of.began
}

// stands is the reason for which a request needs no reading, empty for others.
// Whatever could not be read whole is judged.
func (r *Request) stands() string {
	switch {
	case r.Opaque != "":
		return ""
	case r.Role != Command && r.Role != Own && r.Role != Start:
		return roleReasons[r.Role]
	case r.Lineage.Foreseen && !r.Lineage.Of.stale(r):
		return whyForeseen
	}
	return ""
}

// Stands decides on a request whose role is enough for it, where there is no
// session to ask. ok is false for all others, which are for Judge.
func Stands(r *Request) (d Decision, ok bool) {
	why := r.stands()
	if why == "" || r.Role == Command {
		return Decision{Judgement: Judgement{Outcome: Deny}}, false
	}
	return Decision{Judgement: Judgement{Outcome: Run, Reason: why}, Part: true}, true
}

// part is the reason for which a request that was read is no step of its own,
// empty where it is one.
func (p *Policy) part(r *Request, step *classify.Step, past trust.Past) string {
	of := r.Lineage.Of
	switch {
	case r.Opaque != "":
		return ""
	case r.Role == Start && step.Severity == classify.None && !step.Uncertain && r.Line == "":
		return whyStart
	case r.Lineage.Itself && len(r.Argv) > 0 && p.StartsItself(r.Argv[0]):
		return whyItself
	case of == nil && r.Role == Own && p.housekeeping(step):
		return whyHousekeeping
	case of == nil || step.Uncertain || past.Around(step):
		return ""
	}
	if r.Sent != nil {
		if why := of.sends(step); why != "" {
			return why
		}
	}
	if stand, _ := p.stand(step); stand != classify.Inside && !of.approved {
		return "" // the persona has something to say, and nobody was asked
	}
	if of.keeps(step) {
		return whyKept
	}
	why := whyHarmless
	for i := range step.Actions {
		if action := &step.Actions[i]; !p.minor(action) {
			if !of.covers(step, action, r.Dir) {
				return ""
			}
			why = whyWithin
		}
	}
	return why
}

// StartsItself reports a program, by its path or name, whose own starts of itself
// are parts of what it was told to do.
func (p *Policy) StartsItself(program string) bool {
	return p.set.StartsItself(filepath.Base(program))
}

// minor reports an action that is none beside the step which it is part of: it
// does no harm, or a low one of a class that nothing watches for.
func (p *Policy) minor(action *classify.Action) bool {
	return action.Severity == classify.None || action.Severity == classify.Low && !p.risky(action.Class)
}

// risky reports a class that sequences and levels watch for.
func (p *Policy) risky(class classify.Class) bool {
	c := p.set.Class(class)
	return c == nil || c.Risk
}

// housekeeping reports what an agent may do for itself without it being a step:
// it does no harm, the persona has it, and it is of no kind that says where the
// session is going.
func (p *Policy) housekeeping(step *classify.Step) bool {
	if step.Severity > classify.None || step.Uncertain {
		return false
	}
	for i := range step.Actions {
		if slices.Contains(p.watch.Risk, step.Actions[i].Class) {
			return false
		}
	}
	stand, _ := p.stand(step)
	return stand == classify.Inside
}
