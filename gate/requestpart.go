package gate

import (
	"slices"
	"strings"

	"restrain/classify"
	"restrain/prompt"
	"restrain/secret"
)

// A Sent is what a request on the network, or a connection, is called. What is in its body, and
// what is asked for besides its path, is judged and not kept.
type Sent struct {
	Name string // the method, the host and the path
	Key  string // tells it from others, and the same one again

	operations string
}

// maxOperations bounds the operations that are named.
const maxOperations = 8

// name takes over what the request asks for by name.
func (s *Sent) name(step *classify.Step) {
	var names []string
	for i := range step.Sent {
		names = append(names, step.Sent[i].Operations...)
	}
	if len(names) > maxOperations {
		names = append(names[:maxOperations:maxOperations], "…")
	}
	s.operations = strings.Join(names, ", ")
}

func (s *Sent) text() string {
	if s.operations == "" {
		return s.Name
	}
	return s.Name + " (" + s.operations + ")"
}

// LimitsHosts reports a persona that says which hosts may be reached: each that is
// counts then, whatever is asked of it.
func (p *Policy) LimitsHosts() bool {
	return slices.ContainsFunc(p.persona.Limits, func(l classify.Limit) bool { return len(l.Hosts) > 0 })
}

// What says of a request what it would do, in the words of the rules.
func (g *Gate) What(r Request) string {
	step, _ := g.Policy.Read(&r, g.Store.Past())
	action := strongest(&step)
	if action == nil {
		return ""
	}
	return prompt.Escape(g.Store.redact(secret.Redact(what(g.Policy, action)[0])))
}

// An effect is what an approved step was found to do, whatever program does it.
type effect struct {
	domain   string // db, infra, …: what the class begins with
	kind     string // destroy, write, …: what it ends with
	name     string // of the thing, empty where it is not known
	severity classify.Severity
	host     string // that the step was read to ask, empty where its text says none
}

func effectsOf(step *classify.Step) []effect {
	var list []effect
	for i := range step.Actions {
		if a := &step.Actions[i]; a.Finding != nil && a.Severity > classify.None {
			host, spelled := hostOf(step, a.Command)
			if spelled {
				continue // the very request, and no other
			}
			e := effect{domain: domainOf(a.Class), kind: kindOf(a.Class), severity: a.Severity, host: host}
			if a.Resource.Settled() && a.Resource.Kind != "host" {
				e.name = a.Resource.Name
			}
			list = append(list, e)
		}
	}
	return list
}

// hostOf is the host that a command was read to ask, where the request itself is
// not known; spelled reports that all of its requests are.
func hostOf(step *classify.Step, command int) (host string, spelled bool) {
	for i := range step.Sent {
		s := &step.Sent[i]
		switch {
		case s.Command != command:
		case s.Known() && s.Method != classify.MethodConnect:
			spelled = true
		default:
			return s.Host, false
		}
	}
	return "", spelled
}

// kindOf is what a class does, to whatever.
func kindOf(class classify.Class) string {
	return string(class[strings.LastIndexByte(string(class), '.')+1:])
}

// domainOf is what a class is about.
func domainOf(class classify.Class) string {
	domain, _, _ := strings.Cut(string(class), ".")
	return domain
}

// sends is the reason for which a request is a part of the step, empty where it
// is none: the step was read to make this very one, or a human approved that the
// step does what it does. `terraform destroy` names nothing that it destroys, so it
// is approved for all; `gh repo delete site` is for what says "site".
func (p *Permit) sends(step *classify.Step) string {
	if len(step.Sent) == 0 {
		return ""
	}
	foreseen := true
	for i := range step.Sent {
		foreseen = foreseen && slices.ContainsFunc(p.sent, func(s classify.Sent) bool { return s.Same(&step.Sent[i]) })
	}
	if foreseen {
		return whyForeseen
	}
	for i := range step.Actions {
		if a := &step.Actions[i]; a.Severity > classify.Low && !p.approvedTo(a, step) {
			return ""
		}
	}
	if step.Severity <= classify.Low {
		return ""
	}
	return whyWithin
}

// approvedTo reports an action of a request that a human approved with the step.
func (p *Permit) approvedTo(a *classify.Action, step *classify.Step) bool {
	return slices.ContainsFunc(p.effects, func(e effect) bool {
		switch {
		case opens(step):
			return e.domain == domainOf(a.Class) && (e.kind == kindDestroy || e.kind == kindWrite) && (e.host == "" || e.host == step.Sent[0].Host)
		case e.kind != kindOf(a.Class), e.host != "" && !slices.ContainsFunc(step.Sent, func(s classify.Sent) bool { return s.Host == e.host }):
			return false
		case e.name == "":
			return e.severity >= a.Severity
		}
		return slices.ContainsFunc(step.Sent, func(s classify.Sent) bool { return s.Names(e.name) })
	})
}

// What may be done through a connection, whatever is asked there.
const (
	kindDestroy = "destroy"
	kindWrite   = "write"
)

// opens reports a step that only opens a connection: a human who approved of a
// change to a database approved of reaching one.
func opens(step *classify.Step) bool {
	return len(step.Sent) == 1 && step.Sent[0].Method == classify.MethodConnect
}
