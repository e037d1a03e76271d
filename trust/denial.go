package trust

import (
	"time"

	"restrain/classify"
)

// What a human said no to is a thing that would happen to an object, whatever
// command it was to happen by. The session remembers the objects, and a step
// that would do the same to one of them by other means works around the denial.
// Another object does not, nor does a look at the same one.

// A deniedObject is one object of a step that was denied.
type deniedObject struct {
	mark
	place
	effect     classify.Effect
	deep, wide bool
}

// Bounds on what is remembered: of all denials, the oldest is forgotten first,
// and of one step, so that a long list does not push out what was denied before.
const (
	maxDenials     = 64
	maxStepDenials = 24
)

// A WorkAround is a step that another one works around the denial of.
type WorkAround struct {
	Step int // 1-based
	Time time.Time
	// Kind and Object say what would be reached again, as the step at hand
	// names it; it may be a part of what was denied, or have it in it.
	Kind, Object string
}

// deny remembers what a denied step would have done that a sequence watches for.
func (s *Session) deny(step *classify.Step, now time.Time) {
	count := 0
	for i := range step.Objects {
		o := &step.Objects[i]
		if o.Minor || o.Effect == classify.EffectUnknown || o.Effect == classify.EffectMake {
			continue
		}
		class, ok := s.deniable(step, o.Command)
		if !ok || count == maxStepDenials {
			continue
		}
		count++
		d := deniedObject{
			mark: mark{step: s.steps, at: now.UnixNano(), class: class}, place: placeOf(o.Kind, o.At, o.Name),
			effect: o.Effect, deep: o.Deep, wide: o.Wide,
		}
		if d.effect == classify.EffectCopy { // of a credential: to have it elsewhere is to have it
			d.effect = classify.EffectReveal
		}
		s.addDenial(d)
	}
}

// deniable gives the strongest class of a command that a sequence takes for
// something to work around, when it does any harm.
func (s *Session) deniable(step *classify.Step, command int) (class uint8, ok bool) {
	severity := classify.None
	for i := range step.Actions {
		a := &step.Actions[i]
		c := s.vocabulary.number(a.Class)
		if a.Command == command && a.Severity > severity && s.deniables.has(c) {
			class, severity, ok = uint8(c), a.Severity, true
		}
	}
	return class, ok
}

func (s *Session) addDenial(d deniedObject) {
	for i := range s.denials {
		if e := &s.denials[i]; e.effect == d.effect && e.kind == d.kind && e.at == d.at && e.own == d.own && e.where == d.where {
			return
		}
	}
	if len(s.denials) == maxDenials {
		s.denials = append(s.denials[:0], s.denials[1:]...)
	}
	s.denials = append(s.denials, d)
}

// follow keeps an eye on denied objects that a step which runs moves or copies,
// and on no longer on those that a human has let it reach after all.
func (s *Session) follow(step *classify.Step, decision Decision) {
	if len(s.denials) == 0 {
		return
	}
	for i := range step.Objects {
		o := &step.Objects[i]
		if o.To == "" {
			continue
		}
		from, to := placeOf(o.Kind, o.At, o.Name), placeOf(o.Kind, o.At, o.To)
		for j, n := 0, len(s.denials); j < n; j++ {
			d := s.denials[j]
			if from.to(&d.place) == apart || o.Effect == classify.EffectCopy && d.effect == classify.EffectDestroy {
				continue
			}
			d.place, d.deep, d.wide = to, true, false
			s.addDenial(d)
		}
	}
	if decision != Approved {
		return
	}
	kept := s.denials[:0]
	for i := range s.denials {
		if d := &s.denials[i]; !d.met(step.Objects) {
			kept = append(kept, *d)
		}
	}
	s.denials = kept
}

// met reports whether one of the objects is reached again.
func (d *deniedObject) met(objects []classify.Object) bool {
	for i := range objects {
		p := placeOf(objects[i].Kind, objects[i].At, objects[i].Name)
		if d.repeats(&objects[i], &p) {
			return true
		}
	}
	return false
}

// repeats reports whether an object at a place has done to it what was denied, or
// may have.
func (d *deniedObject) repeats(o *classify.Object, p *place) bool {
	lies := p.to(&d.place)
	switch lies {
	case apart:
		return false
	case below:
		if !d.deep || o.Minor && d.effect != classify.EffectReveal {
			return false
		}
	case above:
		if !o.Deep {
			return false
		}
	}
	if o.Effect == classify.EffectUnknown {
		// A project is given to every program that works on it.
		return lies == same || lies == below && !d.wide || lies == above && d.kind == classify.ObjectRequest
	}
	switch d.effect {
	case classify.EffectDestroy:
		// Of anything but files, changing it may be how it is destroyed.
		return o.Effect == classify.EffectDestroy ||
			o.Effect == classify.EffectChange && d.kind != classify.ObjectPath && lies != above
	case classify.EffectReveal:
		return o.Effect == classify.EffectReveal || o.Effect == classify.EffectSend ||
			o.Effect == classify.EffectSearch && lies != below
	case classify.EffectSearch:
		return o.Effect == classify.EffectSearch && !o.Minor
	case classify.EffectSend:
		return o.Effect == classify.EffectSend
	case classify.EffectChange:
		return lies != above && (o.Effect == classify.EffectChange || o.Effect == classify.EffectDestroy && d.kind != classify.ObjectPath)
	}
	return o.Effect == d.effect
}

// around looks for a denial that a step works around, the latest first, and
// takes in the sequence that says so.
func (s *Session) around(step *classify.Step, now mark, best *completion) (w *WorkAround) {
	if len(s.denials) == 0 {
		return nil
	}
	for i := range step.Objects {
		o := &step.Objects[i]
		if o.Effect == classify.EffectMake {
			continue
		}
		at := placeOf(o.Kind, o.At, o.Name)
		for j := len(s.denials) - 1; j >= 0; j-- {
			e := &s.denials[j]
			if !e.repeats(o, &at) {
				continue
			}
			if s.completeAround(e, now, classOf(s, step, o.Command), best) && (w == nil || e.step > w.Step) {
				w = &WorkAround{e.step, time.Unix(0, e.at), o.Kind.String(), o.Name}
			}
		}
	}
	return w
}

// classOf is the number of the strongest class of a command.
func classOf(s *Session, step *classify.Step, command int) uint8 {
	class, severity := s.vocabulary.other(), -1
	for i := range step.Actions {
		if a := &step.Actions[i]; a.Command == command && int(a.Severity) > severity {
			class, severity = s.vocabulary.number(a.Class), int(a.Severity)
		}
	}
	return uint8(class)
}

// completeAround takes in the sequences that a denial begins and its
// work-around completes, and reports whether there are any.
func (s *Session) completeAround(e *deniedObject, now mark, class uint8, best *completion) (ok bool) {
	for i := range s.patterns {
		p := &s.patterns[i]
		if !p.denied || !p.stages[1].same || !p.stages[0].denied.has(int(e.class)) || !p.within(e.mark, now) {
			continue
		}
		now.class = class
		best.take(p, &[maxStages]mark{e.mark, now}, len(p.stages))
		ok = true
	}
	return ok
}
