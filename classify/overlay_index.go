package classify

import (
	"slices"
	"strings"
)

// overlaidIndex gives what buildIndex gives for merged, which is user laid over
// s, out of the index that s has: a user's few rules are read whenever a command
// is judged, and indexing the shipped ones again would cost more than the rest.
func (s *Set) overlaidIndex(user, merged *Set) index {
	if len(s.index.File) == 0 {
		return buildIndex(merged) // the base is empty
	}
	o := overIndex{index: s.index, fresh: map[string]*nameEntry{}}
	o.Names = movedBy(len(user.Programs), s.index.Names)
	o.Globs = movedBy(len(user.Programs), s.index.Globs)
	o.File = slices.Clone(s.index.File)
	for i := len(user.Programs) - 1; i >= 0; i-- { // the first description counts
		for _, name := range user.Programs[i].Name {
			o.entry(name).Program = int16(i)
		}
	}
	added := len(s.Rules)
	for i := range user.Rules {
		n := placeOf(s.Rules, user.Rules[i].ID, ruleID)
		if n < 0 {
			n, added = added, added+1
		} else {
			o.rule(&s.Rules[n], merged.Rules, func(list []uint16) []uint16 { return without(list, uint16(n)) })
		}
		o.rule(&merged.Rules[n], merged.Rules, func(list []uint16) []uint16 { return with(list, uint16(n)) })
	}
	if len(user.Handlings) > 0 {
		o.Handlings = indexHandlings(merged.Handlings)
	}
	if len(user.Paths) > 0 {
		var changed pathMask
		for i := range user.Paths {
			changed |= merged.masks(user.Paths[i].ID)
		}
		o.Paths = o.Paths.overlaid(merged.Paths, changed)
	}
	o.findSets(merged, user.Rules)
	o.Places = overlaidPlaces(s, merged)
	return o.settled()
}

// An overIndex is an index that is changed. It shares with the base what it
// does not change.
type overIndex struct {
	index
	fresh map[string]*nameEntry // names that the base does not have
}

// movedBy copies entries for programs that now stand n places further back.
func movedBy(n int, entries []nameEntry) []nameEntry {
	moved := slices.Clone(entries)
	for i := range moved {
		if moved[i].Program >= 0 {
			moved[i].Program += int16(n)
		}
	}
	return moved
}

// entry gives the entry of a name to be changed.
func (o *overIndex) entry(name string) *nameEntry {
	list := o.Names
	if isGlob(name) {
		list = o.Globs
	}
	if at, found := slices.BinarySearchFunc(list, name, func(e nameEntry, name string) int { return strings.Compare(e.Name, name) }); found {
		return &list[at]
	}
	if o.fresh[name] == nil {
		o.fresh[name] = &nameEntry{Name: name, Program: -1}
	}
	return o.fresh[name]
}

// rule changes every list that a rule is in; rules are those that the index will lead to.
func (o *overIndex) rule(r *Rule, rules []Rule, change func([]uint16) []uint16) {
	if r.File != nil {
		for i := range o.File {
			if r.File.hasOp(o.File[i].Op) {
				o.File[i].Rules = change(o.File[i].Rules)
			}
		}
		return
	}
	if list := o.factRules(r); list != nil {
		*list = change(*list)
		return
	}
	for _, name := range r.programs() {
		e := o.entry(name)
		e.Rules = change(e.Rules)
		e.sortOut(rules)
	}
}

// with adds a number to a sorted list, which others may hold; a rule that gives
// a name twice is in it twice, as buildIndex has it.
func with(list []uint16, n uint16) []uint16 {
	at, _ := slices.BinarySearch(list, n)
	return slices.Insert(slices.Clip(list), at, n)
}

func without(list []uint16, n uint16) []uint16 {
	rest := slices.DeleteFunc(slices.Clone(list), func(m uint16) bool { return m == n })
	if len(rest) == 0 {
		return nil
	}
	return rest
}

// overlaidPlaces indexes the globs of those places that the base does not have.
func overlaidPlaces(base, merged *Set) []pathIndex {
	list := make([]pathIndex, len(merged.Places))
	for i := range list {
		now := merged.Places[i].Globs
		if i < len(base.Places) {
			if was := base.Places[i].Globs; len(was) == len(now) && len(now) > 0 && &was[0] == &now[0] {
				list[i] = base.index.Places[i]
				continue
			}
		}
		list[i] = indexPlace(now)
	}
	return list
}

// settled gives the index with the fresh names in their places, and without
// those that nothing is left of.
func (o *overIndex) settled() index {
	var names, globs []nameEntry
	for name, e := range o.fresh {
		if isGlob(name) {
			globs = append(globs, *e)
		} else {
			names = append(names, *e)
		}
	}
	o.Names, o.Globs = interleaved(o.Names, names), interleaved(o.Globs, globs)
	return o.index
}

// interleaved puts fresh entries into a sorted list of many.
func interleaved(list, fresh []nameEntry) []nameEntry {
	slices.SortFunc(fresh, byName)
	all := make([]nameEntry, 0, len(list)+len(fresh))
	for _, e := range list {
		for len(fresh) > 0 && fresh[0].Name < e.Name {
			all, fresh = append(all, fresh[0]), fresh[1:]
		}
		if e.Program >= 0 || len(e.Rules) > 0 {
			all = append(all, e)
		}
	}
	return append(all, fresh...)
}
