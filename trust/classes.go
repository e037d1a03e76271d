package trust

import (
	"bytes"
	"slices"

	"restrain/classify"
)

// maxClasses bounds the classes of a session, its last slot ("other")
// included. Classes beyond it share that slot.
const maxClasses = 128

// A classSet is a set of class numbers.
type classSet [maxClasses / 64]uint64

func (s *classSet) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s *classSet) remove(i int)   { s[i/64] &^= 1 << (i % 64) }
func (s *classSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// joinAllBut adds all classes that others does not have.
func (s *classSet) joinAllBut(others *classSet) {
	for w := range s {
		s[w] |= ^others[w]
	}
}

// join adds the classes of others.
func (s *classSet) join(others ...*classSet) {
	for _, other := range others {
		for w := range s {
			s[w] |= other[w]
		}
	}
}

func (s *classSet) meets(t *classSet) bool { return s[0]&t[0] != 0 || s[1]&t[1] != 0 }

// A vocabulary numbers classes: first the baseline's, then those that only the
// rules know, last one slot for all others.
type vocabulary struct {
	known []classify.Class // sorted
	extra []classify.Class // sorted
}

func newVocabulary(known, taxonomy []classify.Class) vocabulary {
	v := vocabulary{known: known[:min(len(known), maxClasses-1)]}
	for _, c := range taxonomy {
		if v.size() == maxClasses {
			break
		}
		if v.number(c) == v.other() {
			at, _ := slices.BinarySearch(v.extra, c)
			v.extra = slices.Insert(v.extra, at, c)
		}
	}
	return v
}

// size counts the numbers, the one for all others included.
func (v *vocabulary) size() int  { return len(v.known) + len(v.extra) + 1 }
func (v *vocabulary) other() int { return len(v.known) + len(v.extra) }

func (v *vocabulary) number(c classify.Class) int {
	if i, ok := slices.BinarySearch(v.known, c); ok {
		return i
	}
	if i, ok := slices.BinarySearch(v.extra, c); ok {
		return len(v.known) + i
	}
	return v.other()
}

// set numbers classes, but those that share the slot for all others.
func (v *vocabulary) set(classes []classify.Class) (set classSet) {
	for _, c := range classes {
		if i := v.number(c); i != v.other() {
			set.add(i)
		}
	}
	return set
}

// otherName stands for every class that has no number of its own.
const otherName classify.Class = "other"

func (v *vocabulary) name(i int) classify.Class {
	switch {
	case i < len(v.known):
		return v.known[i]
	case i < v.other():
		return v.extra[i-len(v.known)]
	}
	return otherName
}

// A stepClasses is what the model sees of a step: each class once, in the
// order of its first action, with the strongest severity it came with. What a
// line repeats, or wraps around a risk, does not change it.
type stepClasses struct {
	order    [maxClasses]uint8
	severity [maxClasses]classify.Severity // by class number
	facets   [maxClasses]facets            // by class number, of the rarest token
	tokens   [maxClasses]uint16            // by place in order
	raise    [maxClasses]float64           // by class number: what it adds to suspicion
	set      classSet
	numbers  [16]uint8 // of the classes of the first actions; see class
	mute     classSet  // those that say nothing of what follows, unless they fail
	n        int
}

// silent reports an action that says nothing of what follows: it is on the session's
// own things, or on a database that is a file of the project or of this machine.
func silent(a *classify.Action) bool {
	return a.Own() || domainOf(a.Class) == "db" && (a.Owner == classify.OwnerProject || a.Owner == classify.OwnerLocal)
}

func (v *vocabulary) read(step *classify.Step, into *stepClasses) {
	into.n, into.set, into.mute = 0, classSet{}, classSet{}
	for i := range step.Actions {
		a := &step.Actions[i]
		c := v.number(a.Class)
		if i < len(into.numbers) {
			into.numbers[i] = uint8(c)
		}
		if into.set.has(c) {
			into.severity[c] = max(into.severity[c], a.Severity)
			if !silent(a) {
				into.mute.remove(c)
			}
			continue
		}
		into.set.add(c)
		into.severity[c] = a.Severity
		if silent(a) {
			into.mute.add(c)
		}
		into.order[into.n] = uint8(c)
		into.n++
	}
}

// tokenize is vocabulary.read with the tokens of the classes: the rarest of a class,
// so that nothing harmless put around a risk makes it look more ordinary.
func (s *Session) tokenize(step *classify.Step) *stepClasses {
	classes := &s.scratch.classes
	s.vocabulary.read(step, classes)
	var met classSet
	for j := range step.Actions {
		a := &step.Actions[j]
		c := classes.class(&s.vocabulary, step, j)
		i := bytes.IndexByte(classes.all(), uint8(c))
		f := facetsOf(a.Owner, s.memory.credential(step, a), s.memory.circumstance(s.domains[c], s.steps+1))
		t := s.baseline.tokens.number(c, f)
		if !met.has(c) || s.window.base[t] < s.window.base[classes.tokens[i]] {
			met.add(c)
			classes.facets[c], classes.tokens[i] = f, t
		}
	}
	return classes
}

func (c *stepClasses) all() []uint8 { return c.order[:c.n] }

// class is the number of the class of the nth action of the step that was read.
func (c *stepClasses) class(v *vocabulary, step *classify.Step, n int) int {
	if n < len(c.numbers) {
		return int(c.numbers[n])
	}
	return v.number(step.Actions[n].Class)
}
