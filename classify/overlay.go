package classify

import "slices"

// Overlay gives the set with another's parts added. Parts with the same id
// replace, and a program described again is read in the new way. A matrix
// replaces as a whole, as does what bounds the kept files; hosts are added.
func (s *Set) Overlay(user *Set) *Set {
	merged := &Set{
		Classes:   overlay(s.Classes, user.Classes, func(c *ClassInfo) string { return string(c.ID) }),
		Programs:  append(user.Programs[:len(user.Programs):len(user.Programs)], s.Programs...),
		Handlings: overlay(s.Handlings, user.Handlings, func(h *Handling) string { return h.ID }),
		Outputs:   overlay(s.Outputs, user.Outputs, func(o *Output) string { return o.ID }),
		Rules:     overlay(s.Rules, user.Rules, ruleID),
		Paths:     overlay(s.Paths, user.Paths, func(p *PathSet) string { return p.ID }),
		Places:    overlay(s.Places, user.Places, func(p *PlaceSet) string { return string(p.ID) }),
		Words:     overlay(s.Words, user.Words, func(w *WordSet) string { return w.ID }),
		Settings:  overlay(s.Settings, user.Settings, func(t *Setting) string { return t.ID }),
		Providers: overlay(s.Providers, user.Providers, func(p *Provider) string { return p.ID }),
		Issuers:   overlay(s.Issuers, user.Issuers, func(t *Issuer) string { return t.ID }),
		Services:  overlay(s.Services, user.Services, func(t *Service) string { return t.ID }),
		Sequences: overlay(s.Sequences, user.Sequences, func(q *Sequence) string { return q.ID }),
		Personas:  overlay(s.Personas, user.Personas, func(p *Persona) string { return p.ID }),
		Agents: overlay(s.Agents, user.Agents, func(a *Agent) string {
			if a.Tightens {
				return a.ID + " of the project" // beside the user's own, not instead
			}
			return a.ID
		}),
		Matrix: user.Matrix,
		Keep:   user.Keep,
		Mask:   user.Mask,
		Net:    user.Net,
		Wire:   s.Wire.over(user.Wire),
		Asked:  s.Asked,
	}
	merged.index = s.overlaidIndex(user, merged)
	return merged
}

func ruleID(r *Rule) string { return r.ID }

func overlay[T any](base, over []T, id func(*T) string) []T {
	merged := slices.Clone(base)
	for i := range over {
		if at := placeOf(base, id(&over[i]), id); at >= 0 {
			merged[at] = over[i]
		} else {
			merged = append(merged, over[i])
		}
	}
	return merged
}

// placeOf finds the part with an id, or gives -1. Parts are large: it looks at
// them where they are.
func placeOf[T any](list []T, wanted string, id func(*T) string) int {
	for i := range list {
		if id(&list[i]) == wanted {
			return i
		}
	}
	return -1
}
