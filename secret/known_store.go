package secret

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"time"
)

// knownVersion changes with the format of what MarshalBinary gives.
const knownVersion = 1

var errKnown = errors.New("the secrets that the session knew cannot be read: they were damaged, or are another session's")

// MarshalBinary gives what LoadKnown reads: digests, names and origins, and no
// value. It never fails.
func (k *Known) MarshalBinary() ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	check := k.digest("restrain: key")
	b := append([]byte{knownVersion}, check[:]...)
	for _, table := range [...][]string{k.origins, k.names} {
		b = binary.AppendUvarint(b, uint64(len(table)))
		for _, text := range table {
			b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(k.meetings)))
	for _, m := range k.meetings {
		given := uint64(0)
		if m.Given {
			given = 1
		}
		b = binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(b, uint64(m.When.Unix())), uint64(m.Step)), given)
	}
	b = binary.AppendUvarint(b, uint64(len(k.records)))
	for i := range k.records {
		r := &k.records[i]
		b = append(b, r.digest[:]...)
		b = binary.AppendUvarint(b, uint64(r.line))
		for _, n := range [...]uint16{r.length, r.anchor, r.name, r.origin, r.meeting} {
			b = binary.LittleEndian.AppendUint16(b, n)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(k.tags)))
	if len(k.tags) > 0 {
		for _, n := range k.firsts[1:] {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	for _, t := range k.tags {
		b = binary.LittleEndian.AppendUint32(b, uint32(t))
	}
	return append(b, knownSum(b)...), nil
}

func knownSum(b []byte) []byte {
	sum := fnv.New32a()
	sum.Write(b)
	return sum.Sum(nil)
}

// LoadKnown gives what MarshalBinary wrote with the same key.
func LoadKnown(key, data []byte) (*Known, error) {
	k := NewKnown(key)
	const sumSize = 4
	if len(data) < 1+digestSize+sumSize || data[0] != knownVersion {
		return nil, errKnown
	}
	body := data[:len(data)-sumSize]
	if string(knownSum(body)) != string(data[len(body):]) || [digestSize]byte(body[1:]) != k.digest("restrain: key") {
		return nil, errKnown
	}
	d := decoder{rest: body[1+digestSize:]}
	for _, table := range [...]*[]string{&k.origins, &k.names} {
		for range d.count() {
			*table = append(*table, string(d.bytes(d.count())))
		}
	}
	for range d.count() {
		k.meetings = append(k.meetings, Meeting{When: time.Unix(int64(d.number()), 0), Step: int(d.number()), Given: d.number() == 1})
	}
	for range d.count() {
		r := record{digest: [digestSize]byte(d.bytes(digestSize)), line: uint32(d.number())}
		for _, n := range [...]*uint16{&r.length, &r.anchor, &r.name, &r.origin, &r.meeting} {
			*n = binary.LittleEndian.Uint16(d.bytes(2))
		}
		d.bad = d.bad || int(r.name) >= len(k.names) || int(r.origin) >= len(k.origins) || int(r.meeting) >= len(k.meetings) || r.anchor > r.length
		k.records = append(k.records, r)
	}
	d.tags(k)
	if d.bad || len(d.rest) > 0 || len(k.records) > MaxKnown {
		return nil, errKnown
	}
	if len(k.records) > 0 {
		k.settle()
	}
	return k, nil
}

// tags reads the tags and where each upper half of a hash begins.
func (d *decoder) tags(k *Known) {
	n := d.count()
	if n == 0 {
		d.bad = d.bad || len(k.records) > 0
		return
	}
	k.firsts = make([]uint32, 1<<(hashBits-lowBits)+1)
	for i := 1; i < len(k.firsts); i++ {
		k.firsts[i] = uint32(d.number())
		d.bad = d.bad || k.firsts[i] < k.firsts[i-1] || int(k.firsts[i]) > n
	}
	d.bad = d.bad || int(k.firsts[len(k.firsts)-1]) != n
	for range n {
		t := tag(binary.LittleEndian.Uint32(d.bytes(4)))
		d.bad = d.bad || t.index() >= len(k.records)
		k.tags = append(k.tags, t)
	}
}

// A decoder reads what was written; it goes on with zeros when it is at fault.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

// count is a number of things, of which each takes a byte at least.
func (d *decoder) count() int {
	n := d.number()
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.rest) {
		d.bad, d.rest = true, nil
		return make([]byte, n)
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}
