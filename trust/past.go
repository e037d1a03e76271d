package trust

import (
	"slices"
	"strings"
	"time"

	"restrain/classify"
)

// A Past is what a step is read in the light of: what the session's steps have
// left behind and made by the time it was asked for. It does not change, and is
// safe for concurrent use.
type Past struct {
	files   []artifact
	made    []made
	denials []deniedObject // that may be worked around
}

// Past is what the session's steps have left behind so far.
func (s *Session) Past() Past { return Past{s.artifacts, s.made, slices.Clone(s.denials)} }

// Is reports that two pasts are the same.
func (p Past) Is(other Past) bool {
	return len(p.denials) == len(other.denials) && slices.Equal(p.files, other.files) && slices.Equal(p.made, other.made)
}

// Remembers reports whether it matters what a step's files were made from: steps
// have left such files behind, or were denied.
func (p Past) Remembers() bool { return len(p.files) > 0 || len(p.denials) > 0 }

// Around reports a step that may work around a denial: it would do to the same
// object what was denied. How long ago that was is not asked.
func (p Past) Around(step *classify.Step) bool {
	return slices.ContainsFunc(p.denials, func(d deniedObject) bool { return d.met(step.Objects) })
}

// Makes reports whether steps have made anything that is remembered.
func (p Past) Makes() bool { return len(p.made) > 0 }

// Origin is that of a file that an earlier step of the session left behind, by
// its path as in a classify.Left.
func (p Past) Origin(path string) classify.Origin {
	hash := pathHash(path)
	for i := range p.files {
		if p.files[i].path == hash {
			return p.files[i].origin
		}
	}
	return classify.OriginNone
}

// Made is when a step of the session made an object, or what it lies below.
// That a step was to make it does not say that it was not there before.
func (p Past) Made(o *classify.Object) (since time.Time, ok bool) {
	for name := o.Name; name != ""; {
		hash := madeHash(o.Kind, o.At, name)
		for i := range p.made {
			if p.made[i].object == hash {
				return time.Unix(0, p.made[i].at), true
			}
		}
		if o.Kind != classify.ObjectPath {
			return time.Time{}, false
		}
		name = name[:max(strings.LastIndexByte(name, '/'), 0)]
	}
	return time.Time{}, false
}
