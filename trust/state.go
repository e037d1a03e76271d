package trust

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"restrain/classify"
)

// The state is binary, so that a shell that starts for one command reads it in
// microseconds: a mark with the version, the fields, and a checksum against
// damage. It names classes and sequences, so that it outlives a change of the
// rules or of the baseline.
const stateMark = "rstrust7"

// maxState bounds a state, in bytes.
const maxState = 64 << 10

const checksumSize = 8

func checksum(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}

// AppendState appends the session's state, versioned and checksummed, to b.
func (s *Session) AppendState(b []byte) []byte {
	begin := len(b)
	b = append(b, stateMark...)
	b = binary.AppendUvarint(b, uint64(s.steps))
	b = append(b, byte(s.suspicion.level))
	b = appendFloat(b, s.suspicion.floor)
	b = appendFloat(b, s.suspicion.denied)
	b = appendFloat(b, s.window.seed)

	n := s.vocabulary.size()
	b = binary.AppendUvarint(b, uint64(n))
	for i := range n {
		b = appendText(b, string(s.vocabulary.name(i)))
		b = appendFloat(b, s.suspicion.classes[i])
	}
	b = s.appendWindow(b)
	for i := range s.recent {
		for _, word := range s.recent[i] {
			b = binary.LittleEndian.AppendUint64(b, word)
		}
	}
	for _, a := range s.aims {
		b = binary.LittleEndian.AppendUint64(b, uint64(a))
	}
	b = binary.AppendUvarint(b, uint64(len(s.patterns)))
	for i := range s.patterns {
		p := &s.patterns[i]
		b = appendText(b, p.ID)
		marks := s.progress[p.first:p.marks(len(p.stages))]
		b = binary.AppendUvarint(b, uint64(len(marks)))
		for _, m := range marks {
			b = binary.AppendUvarint(b, uint64(m.step))
			if m.step > 0 {
				b = append(binary.AppendVarint(b, m.at), m.class)
				b = binary.LittleEndian.AppendUint64(b, uint64(m.aim))
				b = binary.LittleEndian.AppendUint64(b, uint64(m.under))
			}
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s.notables)))
	for _, note := range s.notables {
		b = binary.AppendUvarint(b, uint64(note.Step))
		b = appendTime(b, note.Time)
		b = appendText(b, string(note.Class))
		b = append(appendText(b, note.Text), flags(note.Denied))
	}
	b = binary.AppendUvarint(b, uint64(len(s.artifacts)))
	for _, l := range s.artifacts {
		b = append(binary.LittleEndian.AppendUint64(b, l.path), byte(l.origin))
	}
	b = s.appendMessages(s.appendObjects(b))
	b = s.appendMemory(b)
	return binary.LittleEndian.AppendUint64(b, checksum(b[begin:]))
}

// appendFloat spends one byte on zero, which most figures are.
func appendFloat(b []byte, f float64) []byte {
	if f == 0 {
		return append(b, 0)
	}
	return binary.LittleEndian.AppendUint64(append(b, 1), math.Float64bits(f))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendTime keeps the zero time, which has no place in nanoseconds of Unix.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), t.UnixNano())
}

var errState = errors.New("session state is damaged: the session starts elevated")

// RestoreState replaces the session's state by one that AppendState wrote. On
// an error the session is unchanged; use NewSuspectSession then.
func (s *Session) RestoreState(b []byte) error {
	switch {
	case len(b) > maxState:
		return fmt.Errorf("%d bytes, more than %d: %w", len(b), maxState, errState)
	case len(b) < len(stateMark)+checksumSize || string(b[:len(stateMark)-1]) != stateMark[:len(stateMark)-1]:
		return fmt.Errorf("not a state: %w", errState)
	case string(b[:len(stateMark)]) != stateMark:
		return fmt.Errorf("version %q is not known: %w", b[len(stateMark)-1], errState)
	}
	body := b[:len(b)-checksumSize]
	if binary.LittleEndian.Uint64(b[len(body):]) != checksum(body) {
		return fmt.Errorf("wrong checksum: %w", errState)
	}
	restored := *s
	r := stateReader{rest: body[len(stateMark):]}
	restored.read(&r)
	if r.failed || len(r.rest) > 0 {
		return fmt.Errorf("wrong field: %w", errState)
	}
	*s = restored
	return nil
}

// read fills s, a copy whose slices are still those of the session.
func (s *Session) read(r *stateReader) {
	s.suspicion = suspicion{classes: make([]float64, s.vocabulary.size())}

	s.steps = r.count(math.MaxInt32)
	s.suspicion.level = Level(r.byte())
	if s.suspicion.level > Alarmed {
		r.failed = true
	}
	s.suspicion.floor = r.float()
	s.suspicion.denied = r.float()
	s.window.seed = r.float()

	var numbers [maxClasses]uint8 // of the state's classes here
	stored := r.count(maxClasses)
	for i := range stored {
		c := s.vocabulary.number(classify.Class(r.text()))
		numbers[i] = uint8(c)
		s.suspicion.classes[c] += r.float()
	}
	s.readWindow(r, &numbers, stored)
	for i := range s.recent {
		s.recent[i] = r.classes(&numbers, stored)
	}
	for i := range s.aims {
		s.aims[i] = aim(r.word())
	}
	s.readProgress(r, &numbers, stored)

	notes := r.count(maxNotables)
	s.notables = make([]Notable, notes)
	for i := range s.notables {
		s.notables[i] = Notable{
			Step:  r.count(math.MaxInt32),
			Time:  r.time(),
			Class: classify.Class(r.text()),
			Text:  string(r.text()),

			Denied: r.byte() != 0,
		}
	}
	s.artifacts = make([]artifact, r.count(maxArtifacts), maxArtifacts)
	for i := range s.artifacts {
		s.artifacts[i] = artifact{path: r.word(), origin: r.origin()}
	}
	s.readObjects(r, &numbers, stored)
	s.readMessages(r)
	s.readMemory(r, &numbers, stored)
}

// readProgress reads the marks of sequences; those of one that the rules no
// longer have, or have with other stages, are dropped.
func (s *Session) readProgress(r *stateReader, numbers *[maxClasses]uint8, stored int) {
	s.progress = make(progress, len(s.progress))
	for range r.count(maxState) {
		if r.failed {
			return
		}
		into := s.marksOf(r.text())
		length := r.count(maxStages * maxStages)
		if length != len(into) {
			into = nil
		}
		for i := range length {
			var m mark
			if m.step = r.count(math.MaxInt32); m.step > 0 {
				m.at = r.varint()
				m.class = r.class(numbers, stored)
				m.aim, m.under = aim(r.word()), aim(r.word())
			}
			if into != nil {
				into[i] = m
			}
		}
	}
}

func (s *Session) marksOf(id []byte) progress {
	for i := range s.patterns {
		if p := &s.patterns[i]; p.ID == string(id) {
			return s.progress[p.first:p.marks(len(p.stages))]
		}
	}
	return nil
}

// A stateReader reads the fields of a state. After a failure it gives zeros.
type stateReader struct {
	rest   []byte
	failed bool
}

func (r *stateReader) take(n int) []byte {
	if r.failed || n > len(r.rest) {
		r.failed, r.rest = true, nil
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *stateReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// count reads a number of at most limit.
func (r *stateReader) count(limit int) int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > uint64(limit) {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

// float reads a figure that is finite and not negative.
func (r *stateReader) float() float64 {
	if r.byte() == 0 {
		return 0
	}
	f := math.Float64frombits(r.word())
	if !(f >= 0 && f < math.MaxFloat32) {
		r.failed = true
		return 0
	}
	return f
}

func (r *stateReader) text() []byte { return r.take(r.count(maxState)) }

func (r *stateReader) time() time.Time {
	if r.byte() == 0 {
		return time.Time{}
	}
	return time.Unix(0, r.varint()).UTC()
}

func (r *stateReader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// word reads eight bytes.
func (r *stateReader) word() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *stateReader) origin() classify.Origin {
	origin := classify.Origin(r.byte())
	if origin != classify.FromNetwork && origin != classify.FromCredential {
		r.failed = true
	}
	return origin
}

func (r *stateReader) class(numbers *[maxClasses]uint8, stored int) uint8 {
	c := int(r.byte())
	if c >= stored {
		r.failed = true
		return 0
	}
	return numbers[c]
}

func (r *stateReader) classes(numbers *[maxClasses]uint8, stored int) classSet {
	var set classSet
	for word := range set {
		bits := r.word()
		for i := range 64 {
			if bits&(1<<i) == 0 {
				continue
			}
			c := word*64 + i
			if c >= stored {
				r.failed = true
				return set
			}
			set.add(int(numbers[c]))
		}
	}
	return set
}
