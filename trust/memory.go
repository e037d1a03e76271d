package trust

import (
	"strings"

	"restrain/classify"
)

// A memory is what a session remembers for the facts of its steps.
type memory struct {
	sought bool // it has searched for or read a credential
	// failed and denied are the latest steps, 1-based, at which a class of a
	// domain failed or was denied; by the first class of the domain.
	failed, denied [maxClasses]uint32
	// named are hashes of what steps have named, at the count of them;
	// approved of what a human has let happen. Old ones are overwritten.
	named         [maxNamed]uint32
	approved      [maxApproved]uint64
	names, grants uint32
}

// Bounds on what is remembered, in things and in steps.
const (
	maxNamed     = 256
	maxApproved  = 32
	maxStepNames = 32
	failureSteps = 5
	denialSteps  = 50
)

// seeks reports an action that gets at a credential.
func seeks(a *classify.Action) bool {
	return a.Class == "credential.search" || a.Class == "credential.read"
}

// credential tells where the credential of an action's command comes from.
func (m *memory) credential(step *classify.Step, action *classify.Action) credential {
	uses, sought := false, m.sought
	for i := range step.Actions {
		a := &step.Actions[i]
		sought = sought || a.Command < action.Command && seeks(a)
		uses = uses || a.Command == action.Command && a.Class == "credential.use"
	}
	for _, u := range step.Used {
		if u.Command == action.Command {
			uses, sought = true, sought || u.Found
		}
	}
	switch {
	case !uses:
		return noCredential
	case sought:
		return foundCredential
	}
	return givenCredential
}

// circumstance tells what came before the next step, numbered from 1, of a
// domain.
func (m *memory) circumstance(domain uint8, next int) circumstance {
	switch now := uint32(next); {
	case m.denied[domain] > 0 && now-m.denied[domain] <= denialSteps:
		return afterDenial
	case m.failed[domain] > 0 && now-m.failed[domain] <= failureSteps:
		return afterFailure
	}
	return plain
}

// knows reports that an earlier step has named the thing that an action acts on.
// A credential is not better known for that. That an agent names a thing to make
// it known gains it little: see Weights.
func (m *memory) knows(a *classify.Action) bool {
	if !a.Resource.Settled() || domainOf(a.Class) == "credential" {
		return false
	}
	hash := nameHash(a.Resource.Name)
	for _, h := range m.named[:min(m.names, maxNamed)] {
		if h == hash {
			return true
		}
	}
	return false
}

// name remembers what a step has named: the words of its commands.
func (m *memory) name(step *classify.Step) {
	left := maxStepNames
	for i := range step.Actions {
		if a := &step.Actions[i]; a.Resource.Settled() {
			m.addName(a.Resource.Name, &left)
		}
	}
	if step.Script == nil {
		return
	}
	for i := range step.Script.Commands {
		argv := step.Script.Commands[i].Argv
		for j := 1; j < len(argv) && left > 0; j++ {
			if w := &argv[j]; w.Known() {
				m.addName(w.Text, &left)
			}
		}
	}
}

// shortName is the length from which a word is a name.
const shortName = 3

func (m *memory) addName(name string, left *int) {
	if len(name) < shortName || len(name) > maxNoteText || name[0] == '-' || *left == 0 {
		return
	}
	*left--
	m.named[m.names%maxNamed] = nameHash(name)
	if m.names++; m.names == 2*maxNamed {
		m.names = maxNamed
	}
}

func nameHash(name string) uint32 { return uint32(pathHash(strings.TrimSuffix(name, "/"))) }

// approves reports that a human has let the same kind of thing happen.
func (m *memory) approves(a *classify.Action) bool {
	hash := kindHash(a)
	if hash == 0 {
		return false
	}
	for _, h := range m.approved[:min(m.grants, maxApproved)] {
		if h == hash {
			return true
		}
	}
	return false
}

func (m *memory) approve(step *classify.Step) {
	for i := range step.Actions {
		a := &step.Actions[i]
		if hash := kindHash(a); hash != 0 && a.Severity >= classify.Medium && !m.approves(a) {
			m.approved[m.grants%maxApproved] = hash
			if m.grants++; m.grants == 2*maxApproved {
				m.grants = maxApproved
			}
		}
	}
}

// remember adds a step, numbered from 1.
func (m *memory) remember(step *classify.Step, classes *stepClasses, domains *[maxClasses]uint8, number int, o Outcome) {
	m.name(step)
	for i := range step.Actions {
		if a := &step.Actions[i]; seeks(a) && a.Severity > classify.None {
			m.sought = true
		}
	}
	switch o.Decision {
	case Denied:
		for _, c := range classes.all() {
			if classes.severity[c] >= classify.Medium {
				m.denied[domains[c]] = uint32(number)
			}
		}
	case Approved:
		m.approve(step)
	}
	if o.Failed {
		m.fail(classes, domains, number)
	}
}

func (m *memory) fail(classes *stepClasses, domains *[maxClasses]uint8, number int) {
	for _, c := range classes.all() {
		m.failed[domains[c]] = max(m.failed[domains[c]], uint32(number))
	}
}

// domains gives for each class the first class of its domain, which is the part
// of its name before the dot.
func (v *vocabulary) domains() (d [maxClasses]uint8) {
	for i := range v.size() {
		d[i] = uint8(i)
		if i > 0 && domainOf(v.name(i)) == domainOf(v.name(i-1)) { // they are sorted
			d[i] = d[i-1]
		}
	}
	return d
}

func domainOf(c classify.Class) string {
	domain, _, _ := strings.Cut(string(c), ".")
	return domain
}
