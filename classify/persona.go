package classify

import (
	"fmt"
	"slices"
	"strings"
)

// A Persona is an agent's role: its declared capabilities, and the baseline it
// is held to. Allow, Ask and Deny are globs of classes; Stand says which of
// them counts for a class.
type Persona struct {
	ID    string `toml:"id"`
	Title string `toml:"title"`
	Allow Words  `toml:"allow"`
	Ask   Words  `toml:"ask"`
	Deny  Words  `toml:"deny"`
	// Limits say where the classes may reach.
	Limits   []Limit `toml:"limits"`
	Baseline string  `toml:"baseline"`
}

// A Limit holds the classes of a glob to hosts, to namespaces, or to both, each
// a list of globs. A step whose host or namespace is not known is outside.
type Limit struct {
	Class      string `toml:"class"`
	Hosts      Words  `toml:"hosts"` // any case
	Namespaces Words  `toml:"namespaces"`
}

// An Agent gives the agent of a name its persona. The name "*" is every agent
// that has no entry of its own.
type Agent struct {
	ID      string `toml:"id"`
	Persona string `toml:"persona"`
	// Tightens marks an entry of a project's file: it counts only where it is
	// stricter than what the user chose.
	Tightens bool `toml:"-"`
}

const (
	anyAgent       = "*"
	defaultPersona = "coding"
)

// A Stand is what a persona says of a class, in rising strictness.
type Stand uint8

// The stands.
const (
	Inside  Stand = iota // allowed: the step is judged by its severity and the session
	Outside              // not declared: asked about from medium severity
	Asked                // asked about, whatever its severity
	Refused              // denied, whatever its severity
)

// Stand says what the persona's declared capabilities make of a class. The
// strictest list that names it counts.
func (p *Persona) Stand(c Class) Stand {
	switch {
	case matchAny(p.Deny, string(c)):
		return Refused
	case matchAny(p.Ask, string(c)):
		return Asked
	case matchAny(p.Allow, string(c)):
		return Inside
	}
	return Outside
}

// Persona gives the persona with an id, or nil.
func (s *Set) Persona(id string) *Persona {
	for i := range s.Personas {
		if s.Personas[i].ID == id {
			return &s.Personas[i]
		}
	}
	return nil
}

// PersonaFor gives the persona of an agent: the one chosen by hand, or that of
// the user's file, or the default, unless the project's file has a stricter
// one, which tightened reports.
func (s *Set) PersonaFor(agent, chosen string) (persona *Persona, tightened bool, err error) {
	if chosen == "" {
		chosen = s.assigned(agent, false)
	}
	if chosen == "" {
		chosen = defaultPersona
	}
	persona = s.Persona(chosen)
	if persona == nil {
		return nil, false, fmt.Errorf("unknown persona %q: use %s", chosen, strings.Join(s.PersonaIDs(), ", "))
	}
	tighter := s.Persona(s.assigned(agent, true))
	switch {
	case tighter == nil || s.asStrict(persona, tighter):
		return persona, false, nil
	case s.asStrict(tighter, persona):
		return tighter, true, nil
	}
	return nil, false, fmt.Errorf("the persona %q is not as strict as %q, which the project's file wants: choose a stricter one", chosen, tighter.ID)
}

// assigned gives the persona that the user's file, or the project's, has for
// an agent; empty when it has none.
func (s *Set) assigned(agent string, tightens bool) string {
	persona := ""
	for i := range s.Agents {
		switch a := &s.Agents[i]; {
		case a.Tightens != tightens:
		case a.ID == agent:
			return a.Persona
		case a.ID == anyAgent:
			persona = a.Persona
		}
	}
	return persona
}

// asStrict reports whether a persona is at least as strict as another in every
// class and every limit, and is held to the same baseline.
func (s *Set) asStrict(p, other *Persona) bool {
	for i := range s.Classes {
		if c := s.Classes[i].ID; p.Stand(c) < other.Stand(c) {
			return false
		}
	}
	for i := range other.Limits {
		same := func(l Limit) bool {
			o := &other.Limits[i]
			return l.Class == o.Class && slices.Equal(l.Hosts, o.Hosts) && slices.Equal(l.Namespaces, o.Namespaces)
		}
		if !slices.ContainsFunc(p.Limits, same) {
			return false
		}
	}
	return p.Baseline == other.Baseline
}

// PersonaIDs lists the personas there are.
func (s *Set) PersonaIDs() []string {
	ids := make([]string, len(s.Personas))
	for i := range s.Personas {
		ids[i] = s.Personas[i].ID
	}
	return ids
}

// personas checks the personas of a file and who has them.
func (f *file) personas(s *Set) error {
	if err := f.ids("persona", len(s.Personas), func(i int) string { return s.Personas[i].ID }); err != nil {
		return err
	}
	for i := range s.Personas {
		p := &s.Personas[i]
		for _, list := range [...]struct {
			key   string
			globs []string
		}{{"allow", p.Allow}, {"ask", p.Ask}, {"deny", p.Deny}} {
			for _, glob := range list.globs {
				if err := f.classGlob("persona", i, list.key, glob); err != nil {
					return err
				}
			}
		}
		for _, l := range p.Limits {
			if err := f.classGlob("persona", i, "limits", l.Class); err != nil {
				return err
			}
			if len(l.Hosts)+len(l.Namespaces) == 0 {
				return f.wrong("persona", i, "limits", "limits "+l.Class+" to nothing", "give it hosts or namespaces; to forbid the class, put it in deny")
			}
		}
		if err := f.oneOf("persona", i, "baseline", p.Baseline, defaultPersona); err != nil {
			return err
		}
	}
	return f.agents(s)
}

// classGlob checks a glob that some class must fit, so that a slip of the pen
// does not leave a persona with less than was meant.
func (f *file) classGlob(table string, n int, key, glob string) error {
	if len(f.all.Classes) == 0 || slices.ContainsFunc(f.all.Classes, func(c ClassInfo) bool { return matchWord(glob, string(c.ID)) }) {
		return nil
	}
	var known []string
	for i := range f.all.Classes {
		known = append(known, string(f.all.Classes[i].ID))
	}
	hint := "restrain rules list --markdown names the classes"
	if near := Nearest(glob, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return f.wrong(table, n, key, fmt.Sprintf("no class fits %q", glob), hint)
}

func (f *file) agents(s *Set) error {
	if err := f.ids("agent", len(s.Agents), func(i int) string { return s.Agents[i].ID }); err != nil {
		return err
	}
	for i := range s.Agents {
		if err := f.oneOf("agent", i, "persona", s.Agents[i].Persona, f.all.PersonaIDs()...); err != nil {
			return err
		}
		if s.Agents[i].Persona == "" {
			return f.wrong("agent", i, "persona", "has no persona", "give it one, such as persona = \"ops\"")
		}
	}
	return nil
}
