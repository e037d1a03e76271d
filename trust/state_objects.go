package trust

import (
	"encoding/binary"
	"math"

	"restrain/classify"
)

// appendObjects appends the objects that were denied, and those that were made.
func (s *Session) appendObjects(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.denials)))
	for i := range s.denials {
		d := &s.denials[i]
		b = binary.AppendUvarint(b, uint64(d.step))
		b = binary.AppendVarint(b, d.at)
		b = append(b, d.class, byte(d.kind), byte(d.effect), flags(d.deep, d.wide))
		b = binary.LittleEndian.AppendUint64(b, d.where)
		b = binary.LittleEndian.AppendUint64(b, d.own)
		b = binary.AppendUvarint(b, uint64(len(d.above)))
		for _, hash := range d.above {
			b = binary.LittleEndian.AppendUint64(b, hash)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s.made)))
	for _, m := range s.made {
		b = binary.LittleEndian.AppendUint64(b, m.object)
		b = binary.AppendVarint(b, m.at)
	}
	return b
}

func flags(list ...bool) (bits byte) {
	for i, set := range list {
		if set {
			bits |= 1 << i
		}
	}
	return bits
}

// readObjects reads what appendObjects wrote.
func (s *Session) readObjects(r *stateReader, numbers *[maxClasses]uint8, stored int) {
	s.denials = make([]deniedObject, r.count(maxDenials))
	for i := range s.denials {
		d := &s.denials[i]
		d.step, d.at = r.count(math.MaxInt32), r.varint()
		d.class = r.class(numbers, stored)
		d.kind, d.effect = classify.ObjectKind(r.byte()), classify.Effect(r.byte())
		bits := r.byte()
		d.deep, d.wide = bits&1 != 0, bits&2 != 0
		d.where, d.own = r.word(), r.word()
		if d.above = make([]uint64, r.count(maxAbove)); r.failed || !d.kind.Valid() || !d.effect.Valid() {
			r.failed = true
			return
		}
		for j := range d.above {
			d.above[j] = r.word()
		}
	}
	s.made = make([]made, r.count(maxMade))
	for i := range s.made {
		s.made[i] = made{r.word(), r.varint()}
	}
}
