package trust

import (
	"slices"
	"time"

	"restrain/classify"
)

// A place is where an object is, by hashes: its own and those of all that it
// lies below. So whether one thing is another, part of it or around it can be
// told, and no name is kept.
type place struct {
	kind  classify.ObjectKind
	where uint64 // 0 when that is not known
	own   uint64
	above []uint64 // from the outermost
}

// maxAbove bounds how deep an object may lie; of what lies deeper, the
// outermost count.
const maxAbove = 16

// placeOf gives the place of a name. An empty name is that of everything there.
func placeOf(kind classify.ObjectKind, at, name string) place {
	p := place{kind: kind, own: pathHash(name)}
	if at != "" {
		p.where = pathHash(at) | 1
	}
	if name == "" {
		return p
	}
	p.above = append(p.above, pathHash(""), pathHash("/"))
	for i := 1; i < len(name) && len(p.above) < maxAbove; i++ {
		if name[i] == '/' {
			p.above = append(p.above, pathHash(name[:i]))
		}
	}
	if name == "/" {
		p.above = p.above[:1]
	}
	return p
}

// A relation says how one place lies to another.
type relation uint8

const (
	apart relation = iota
	same
	below
	above
)

// to tells how the place lies to another.
func (p *place) to(q *place) relation {
	switch {
	case p.kind != q.kind || p.where != q.where && (p.kind == classify.ObjectPath || p.where != 0 && q.where != 0):
		return apart
	case p.own == q.own:
		return same
	case has(p.above, q.own):
		return below
	case has(q.above, p.own):
		return above
	}
	return apart
}

func has(list []uint64, hash uint64) bool {
	for _, h := range list {
		if h == hash {
			return true
		}
	}
	return false
}

// A made object is one that a step of the session has made.
type made struct {
	object uint64
	at     int64 // when the step was judged, in nanoseconds of Unix
}

// maxMade bounds the objects that a session remembers to have made; the oldest
// is forgotten first.
const maxMade = 64

// remember keeps what a step makes. The list is made anew, for pasts have the one
// of before.
func (s *Session) remember(objects []classify.Object, now time.Time) {
	for i := range objects {
		o := &objects[i]
		if o.Effect != classify.EffectMake {
			continue
		}
		m := made{madeHash(o.Kind, o.At, o.Name), now.UnixNano()}
		known := false
		for j := range s.made {
			known = known || s.made[j].object == m.object
		}
		if known {
			continue // it is as old as it was
		}
		s.made = append(slices.Clip(s.made[max(0, len(s.made)-maxMade+1):]), m)
	}
}

func madeHash(kind classify.ObjectKind, at, name string) uint64 {
	return pathHash(kind.String() + "\x00" + at + "\x00" + name)
}
