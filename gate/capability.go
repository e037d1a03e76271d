package gate

import (
	"fmt"

	"restrain/classify"
)

// stand is the strictest that the persona says of a step, and why in words. A
// class that is not declared counts from medium severity; what a person has
// written down, in deny, in ask or in limits, counts for every severity.
func (p *Policy) stand(step *classify.Step) (strictest classify.Stand, why string) {
	if p.open {
		return classify.Inside, ""
	}
	for i := range step.Actions {
		action := &step.Actions[i]
		stand := p.persona.Stand(action.Class)
		if stand <= strictest || stand == classify.Outside && action.Severity <= classify.Low {
			continue
		}
		strictest = stand
		switch stand {
		case classify.Refused:
			why = fmt.Sprintf("the persona %s denies %s", p.persona.ID, action.Class)
		case classify.Asked:
			why = fmt.Sprintf("the persona %s asks about %s", p.persona.ID, action.Class)
		case classify.Outside:
			why = fmt.Sprintf("%s is outside the declared capabilities of the persona %s", action.Class, p.persona.ID)
		}
	}
	if strictest < classify.Asked && len(p.persona.Limits) > 0 {
		if limit := p.broken(step); limit != nil {
			return classify.Asked, fmt.Sprintf("outside the limits that the persona %s has for %s", p.persona.ID, limit.Class)
		}
	}
	return strictest, why
}

// broken is the first limit of the persona that a step does not keep to.
func (p *Policy) broken(step *classify.Step) *classify.Limit {
	if step.Script == nil {
		return nil
	}
	for n := range step.Script.Commands {
		reach := p.set.Reach(step.Script, n)
		for i := range p.persona.Limits {
			limit := &p.persona.Limits[i]
			if (covers(limit, step, n) || requests(limit, &reach)) && !limit.Holds(&reach) {
				return limit
			}
		}
	}
	return nil
}

// covers reports whether a limit is about an action of the nth command.
func covers(limit *classify.Limit, step *classify.Step, n int) bool {
	for i := range step.Actions {
		if a := &step.Actions[i]; a.Command == n && limit.Covers(a.Class) {
			return true
		}
	}
	return false
}

// requests reports whether a limit is about a request of the command, which
// may have the class of a rule, such as credential.use.
func requests(limit *classify.Limit, reach *classify.Reach) bool {
	for _, class := range reach.Requests {
		if limit.Covers(class) {
			return true
		}
	}
	return false
}
