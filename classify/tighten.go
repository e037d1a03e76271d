package classify

import (
	"fmt"
	"slices"
	"strings"
)

// LoadTighter reads a project's rules file, which nobody has vouched for: the
// agent may have written it. It may raise the severity of rules, add rules,
// sequences, path sets and word sets, and give agents a stricter persona.
// Whatever could make a verdict more lenient is an error, except approvals: they
// are in the set that is returned, and count only where the caller knows that
// the file was reviewed.
func LoadTighter(base *Set, name string, text []byte) (*Set, error) {
	f, s, err := decode(base, name, text)
	if err != nil {
		return nil, err
	}
	if err := f.onlyAdds(base, s); err != nil {
		return nil, err
	}
	for i := range s.Rules {
		if known := base.Rule(s.Rules[i].ID); known != nil {
			if err := f.onlyRaises(known, s.Rules[i].Severity, i); err != nil {
				return nil, err
			}
			raised := *known
			raised.Severity = s.Rules[i].Severity
			s.Rules[i] = raised
		}
	}
	if err := f.onlyStricter(base, s); err != nil {
		return nil, err
	}
	return f.withApprovals(base, s)
}

const trustHint = "move it to your own rules file, or vouch for this one with restrain trust"

// onlyAdds refuses the tables that change how lines are read or judged, and
// parts that replace known ones.
func (f *file) onlyAdds(base, s *Set) error {
	for _, k := range f.keys {
		switch k.table {
		case "class", "program", "handling", "output", "place", "matrix", "persona", "setting", "provider", "issuer", "service", "keep", "mask":
			return f.refuse(k.table, k.index, "", "a project's file may not change this")
		}
	}
	for _, table := range [...]struct { // TOML has more ways to write a table than a header
		name    string
		changed bool
	}{
		{"class", len(s.Classes) > 0}, {"program", len(s.Programs) > 0}, {"handling", len(s.Handlings) > 0}, {"output", len(s.Outputs) > 0}, {"place", len(s.Places) > 0}, {"matrix", s.Matrix != base.Matrix},
		{"persona", len(s.Personas) > 0}, {"setting", len(s.Settings) > 0}, {"provider", len(s.Providers) > 0}, {"issuer", len(s.Issuers) > 0}, {"service", len(s.Services) > 0}, {"keep", s.Keep != base.Keep},
		{"wire", len(s.Wire.Shut)+len(s.Wire.Near) > 0 || s.Wire.Unseen}, {"net", base.Net && !s.Net},
		{"mask", s.Mask.Off != base.Mask.Off || !slices.Equal(s.Mask.Show, base.Mask.Show)},
	} {
		if table.changed {
			return f.refuse(table.name, 0, "", "a project's file may not change this")
		}
	}
	for i := range s.Paths {
		for j := range base.Paths {
			if s.Paths[i].ID == base.Paths[j].ID {
				return f.refuse("paths", i, "id", fmt.Sprintf("a project's file may not replace %q", s.Paths[i].ID))
			}
		}
	}
	for i := range s.Words {
		for j := range base.Words {
			if s.Words[i].ID == base.Words[j].ID {
				return f.refuse("words", i, "id", fmt.Sprintf("a project's file may not replace %q", s.Words[i].ID))
			}
		}
	}
	for i := range s.Sequences {
		for j := range base.Sequences {
			if s.Sequences[i].ID == base.Sequences[j].ID {
				return f.refuse("sequence", i, "id", fmt.Sprintf("a project's file may not replace %q", s.Sequences[i].ID))
			}
		}
	}
	return nil
}

// onlyRaises checks the nth rule of a file, which has the id of a known rule.
func (f *file) onlyRaises(known *Rule, severity Severity, n int) error {
	for _, k := range f.keys {
		harmless := k.table == "rule" && (k.key == "" || k.key == "id" || k.key == "severity")
		if k.index == n && !harmless && strings.HasPrefix(k.table, "rule") {
			return f.refuse(k.table, n, k.key, "a project's file may only raise a rule's severity")
		}
	}
	if severity < known.Severity {
		return f.refuse("rule", n, "severity", fmt.Sprintf("a project's file may not lower %s to %s", known.Severity, severity))
	}
	return nil
}

// onlyStricter checks the personas that a project's file gives to agents, and
// marks them as the project's.
func (f *file) onlyStricter(base, s *Set) error {
	for i := range s.Agents {
		a := &s.Agents[i]
		a.Tightens = true
		wanted := base.Persona(a.Persona)
		if wanted == nil {
			continue // validation says which there are
		}
		has, _, err := base.PersonaFor(a.ID, "")
		if err != nil {
			return err
		}
		if !base.asStrict(wanted, has) {
			return f.refuse("agent", i, "persona", fmt.Sprintf("a project's file may not give %s the persona %q, which is not stricter than %q", a.ID, wanted.ID, has.ID))
		}
	}
	return nil
}

func (f *file) refuse(table string, n int, key, text string) error {
	return f.wrong(table, n, key, text, trustHint)
}
