package trust

import (
	"encoding/binary"
	"math"
)

// restFacets stands in a state for a token of what the baseline has not seen.
const restFacets = 0xff

// appendWindow appends the tokens that have weight in the window: each names
// its class by number and its facets, so that it is found in another baseline.
func (s *Session) appendWindow(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.window.active)))
	for _, t := range s.window.active {
		class, f := int(t)-len(s.baseline.counts), byte(restFacets)
		if class < 0 {
			c := &s.baseline.counts[t]
			class, f = int(c.class), byte(c.facets)
		}
		b = appendFloat(append(b, byte(class), f), s.window.weights[t])
	}
	return b
}

func (s *Session) readWindow(r *stateReader, numbers *[maxClasses]uint8, stored int) {
	s.window.weights = make([]float64, len(s.window.base))
	s.window.active = make([]uint16, 0, len(s.window.base))
	s.window.total = 0
	for range r.count(maxState) {
		class, f, w := r.class(numbers, stored), r.byte(), r.float()
		if r.failed || f != restFacets && int(f) >= facetKinds {
			r.failed = true
			return
		}
		t := uint16(len(s.baseline.counts) + int(class))
		if f != restFacets {
			t = s.baseline.tokens.number(int(class), facets(f))
		}
		if w > 0 && s.window.weights[t] == 0 {
			s.window.active = append(s.window.active, t)
		}
		s.window.weights[t] += w
		s.window.total += w
	}
}

// appendMemory appends what the session remembers for the facts of its steps.
func (s *Session) appendMemory(b []byte) []byte {
	m := &s.memory
	b = append(b, flags(m.sought))
	for _, steps := range [...]*[maxClasses]uint32{&m.failed, &m.denied} {
		n := 0
		for _, step := range steps {
			if step > 0 {
				n++
			}
		}
		b = binary.AppendUvarint(b, uint64(n))
		for c, step := range steps {
			if step > 0 {
				b = binary.AppendUvarint(append(b, byte(c)), uint64(step))
			}
		}
	}
	b = binary.AppendUvarint(b, uint64(m.names))
	for _, hash := range m.named[:min(m.names, maxNamed)] {
		b = binary.LittleEndian.AppendUint32(b, hash)
	}
	b = binary.AppendUvarint(b, uint64(m.grants))
	for _, hash := range m.approved[:min(m.grants, maxApproved)] {
		b = binary.LittleEndian.AppendUint64(b, hash)
	}
	return b
}

// readMemory reads what appendMemory wrote.
func (s *Session) readMemory(r *stateReader, numbers *[maxClasses]uint8, stored int) {
	m := &s.memory
	*m = memory{sought: r.byte() != 0}
	for _, steps := range [...]*[maxClasses]uint32{&m.failed, &m.denied} {
		for range r.count(maxClasses) {
			at := &steps[s.domains[r.class(numbers, stored)]]
			*at = max(*at, uint32(r.count(math.MaxInt32)))
		}
	}
	m.names = uint32(r.count(2*maxNamed - 1))
	for i := range m.named[:min(m.names, maxNamed)] {
		if b := r.take(4); b != nil {
			m.named[i] = binary.LittleEndian.Uint32(b)
		}
	}
	m.grants = uint32(r.count(2*maxApproved - 1))
	for i := range m.approved[:min(m.grants, maxApproved)] {
		m.approved[i] = r.word()
	}
}
