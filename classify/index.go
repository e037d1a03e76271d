package classify

import (
	"slices"
	"strings"
)

// An index leads from what a command is to the rules that can match it, so
// that a command visits no others. Its numbers are places in Set.Rules and
// Set.Programs.
type index struct {
	Names []nameEntry // sorted by name
	Globs []nameEntry // the names that are patterns
	// Rules about facts, with or without a command's name.
	File                                        []opEntry
	HTTP, GraphQL, SQL, Search, Env, Form, Loss []uint16
	Paths                                       pathIndex   // of all Set.Paths
	Places                                      []pathIndex // one for each of Set.Places
	Handlings                                   handlingIndex
	Fixed                                       fixedSets
}

// fixedSets are the sets of paths that the code knows.
type fixedSets struct {
	Guarded, Lookalikes, Credentials, History, Keys, Own pathMask
	Hollow, Config, OwnConfig                            pathMask
}

// An opEntry lists the rules about one thing that can happen to a file.
type opEntry struct {
	Op    string
	Rules []uint16
}

// fileRules gives the rules about an op.
func (x *index) fileRules(op string) []uint16 {
	for i := range x.File {
		if x.File[i].Op == op {
			return x.File[i].Rules
		}
	}
	return nil
}

// fileOps are the things that can happen to a file.
var fileOps = []string{
	opRead, opWrite, opAppend, opTruncate, opDelete, opMove, opCopy, opLoad, opSend, opChmod, opList, opStage, opRun,
}

func fileEntries(rules []Rule) []opEntry {
	var entries []opEntry
	for _, op := range fileOps {
		e := opEntry{Op: op}
		for i := range rules {
			if m := rules[i].File; m != nil && m.hasOp(op) {
				e.Rules = append(e.Rules, uint16(i))
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// hasOp reports whether a rule is about an op; adding to a file is a way to
// write it.
func (m *FileMatch) hasOp(op string) bool {
	return within(m.Op, op) || op == opAppend && contains(m.Op, opWrite)
}

// A nameEntry says what there is about a program's name.
type nameEntry struct {
	Name    string
	Program int16 // -1: not described
	Rules   []uint16
	// Of many rules nearly all want another first operand: Verbs has those that
	// each leaves, and Others those that any does. Both are empty for few rules.
	Verbs  []wordEntry // sorted
	Others []uint16
}

// fits reports whether a name fits the pattern of an entry: nearly all begin with
// another letter.
func (e *nameEntry) fits(name string) bool {
	return name != "" && (e.Name[0] == name[0] || isMeta(e.Name[0])) && matchWord(e.Name, name)
}

func buildIndex(s *Set) index {
	var x index
	entries := map[string]*nameEntry{}
	entry := func(name string) *nameEntry {
		if entries[name] == nil {
			entries[name] = &nameEntry{Name: name, Program: -1}
		}
		return entries[name]
	}
	for i := range s.Programs {
		for _, name := range s.Programs[i].Name {
			if e := entry(name); e.Program < 0 {
				e.Program = int16(i)
			}
		}
	}
	for i := range s.Rules {
		rule, n := &s.Rules[i], uint16(i)
		if rule.File != nil {
			continue
		}
		if list := x.factRules(rule); list != nil {
			*list = append(*list, n)
			continue
		}
		for _, name := range rule.programs() {
			e := entry(name)
			e.Rules = append(e.Rules, n)
		}
	}
	for _, e := range entries {
		e.sortOut(s.Rules)
	}
	x.File = fileEntries(s.Rules)
	x.Paths = pathIndex{}.overlaid(s.Paths, 1<<len(s.Paths)-1)
	x.findSets(s, s.Rules)
	for i := range s.Places {
		x.Places = append(x.Places, indexPlace(s.Places[i].Globs))
	}
	x.Handlings = indexHandlings(s.Handlings)
	for name, e := range entries {
		if isGlob(name) {
			x.Globs = append(x.Globs, *e)
		} else {
			x.Names = append(x.Names, *e)
		}
	}
	slices.SortFunc(x.Names, byName)
	slices.SortFunc(x.Globs, byName)
	return x
}

// findSets notes which sets of paths the names in rules stand for.
func (x *index) findSets(s *Set, rules []Rule) {
	x.Fixed = fixedSets{
		Guarded: s.masks(credentialSet, historySet, stateSet), Lookalikes: s.masks(lookalikeSet), Credentials: s.masks(credentialSet),
		History: s.masks(historySet), Keys: s.masks(keySet), Own: s.masks(guardSet),
		Hollow: s.masks(hollowSet), Config: s.masks(configSet), OwnConfig: s.masks(ownConfigSet),
	}
	for i := range rules {
		if m := rules[i].File; m != nil {
			m.sets.find(s, m.Set, m.NotSet)
		}
		if m := rules[i].Search; m != nil {
			m.sets.find(s, m.Set, m.NotSet)
		}
	}
}

func byName(a, b nameEntry) int { return strings.Compare(a.Name, b.Name) }

// factRules gives the list that a rule about facts belongs to, nil for a rule
// about a command's words alone.
func (x *index) factRules(rule *Rule) *[]uint16 {
	switch {
	case rule.HTTP != nil:
		return &x.HTTP
	case rule.GraphQL != nil:
		return &x.GraphQL
	case rule.SQL != nil:
		return &x.SQL
	case rule.Search != nil:
		return &x.Search
	case rule.Env != nil:
		return &x.Env
	case rule.Form != nil:
		return &x.Form
	case rule.Loss != nil:
		return &x.Loss
	}
	return nil
}

// exact finds what there is about a name that is not a pattern.
func (x *index) exact(name string) *nameEntry {
	low, high := 0, len(x.Names)
	for low < high {
		mid := int(uint(low+high) >> 1)
		if x.Names[mid].Name < name {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(x.Names) && x.Names[low].Name == name {
		return &x.Names[low]
	}
	return nil
}

// unknownProgram describes what no [[program]] does. Whether its short flags
// bundle is unknown: argv.read takes them both ways.
var unknownProgram = Program{Class: "run"}

// StartsItself reports a program that starts itself for parts of what it was
// told to do, by its base name.
func (s *Set) StartsItself(name string) bool { return s.program(name).Itself }

// Knows reports a program that a rule may be about, by its name or path.
func (s *Set) Knows(name string) bool {
	name = name[strings.LastIndexByte(name, '/')+1:]
	if s.index.exact(name) != nil {
		return true
	}
	for i := range s.index.Globs {
		if s.index.Globs[i].fits(name) {
			return true
		}
	}
	return false
}

// program gives how to read a program's argv.
func (s *Set) program(name string) *Program {
	if e := s.index.exact(name); e != nil && e.Program >= 0 {
		return &s.Programs[e.Program]
	}
	for i := range s.index.Globs {
		if e := &s.index.Globs[i]; e.Program >= 0 && e.fits(name) {
			return &s.Programs[e.Program]
		}
	}
	return &unknownProgram
}
