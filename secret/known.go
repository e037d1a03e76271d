package secret

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash"
	"math/bits"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// MaxKnown is how many secrets a session remembers.
	MaxKnown = 10_000
	// KeySize is the size of a session's key.
	KeySize = 32

	window     = 8 // bytes that a place in a text is told by; a shorter value is not remembered
	digestSize = 16
	hashBits   = 24
	lowBits    = 12 // of a hash, which a tag has; its place has the others
)

// Known are the secrets that a session has met, as salted digests. What a
// session has met cannot be told from them, nor can a guess be tried, without
// the session's key, and that is kept elsewhere. Values shorter than 8 bytes are
// not remembered: they stand in too much by chance. It may be used by several at
// once. A nil Known knows nothing.
type Known struct {
	mu       sync.Mutex
	key      []byte
	salt     [2]uint64 // of the windows' hashes
	mac      hash.Hash
	records  []record
	origins  []string
	names    []string
	meetings []Meeting
	tags     []tag    // in the order of their hashes
	firsts   []uint32 // for each upper half of a hash, its first tag
	filter   []uint64 // by the first bits of a hash
	shift    uint8    // from a hash to its bit of the filter
	full     bool
}

// A record is what is kept of one secret.
type record struct {
	digest [digestSize]byte
	line   uint32
	length uint16
	// anchor is where in the value the window lies that plain and escaped forms
	// are told by.
	anchor                uint16
	name, origin, meeting uint16 // where they stand in the tables
}

// A Meeting is how a session came to a secret.
type Meeting struct {
	When time.Time
	// Step is the number of the step that met it, 0 for the session's begin.
	Step int
	// Given says that the session was given it, in its environment or in the
	// agent's or a tool's own configuration. Else it was found.
	Given bool
}

// A Hit is a known secret in a text.
type Hit struct {
	Name string
	// Origin is where the secret lies.
	Origin
	Meeting
	// Start and End are where it stands in the text.
	Start, End int
	// Form says how it stands there: "" as it is, else "base64", "hex" or "escaped".
	Form string
}

// NewKey gives a key for a session.
func NewKey() []byte {
	key := make([]byte, KeySize)
	rand.Read(key) // never fails
	return key
}

// NewKnown gives an empty memory with the session's key.
func NewKnown(key []byte) *Known {
	k := &Known{key: key, mac: hmac.New(sha256.New, key)}
	salt := k.digest("restrain: windows")
	k.salt = [2]uint64{binary.LittleEndian.Uint64(salt[:]), binary.LittleEndian.Uint64(salt[8:]) | 1}
	return k
}

// Len is how many secrets are known.
func (k *Known) Len() int {
	if k == nil {
		return 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.records)
}

// FoundCount is how many of them the session was not given.
func (k *Known) FoundCount() int {
	if k == nil {
		return 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for i := range k.records {
		if !k.meetings[k.records[i].meeting].Given {
			n++
		}
	}
	return n
}

// Full reports that there were more secrets than are remembered.
func (k *Known) Full() bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.full
}

// Add remembers values, and gives those that were not known before. How a
// session first came to a value stands: what it was given it cannot find.
func (k *Known) Add(values []Value, m Meeting) []Value {
	k.mu.Lock()
	defer k.mu.Unlock()
	var added []Value
	var tags []hashed
	for _, v := range values {
		if len(v.value) < window || len(v.value) > maxValue {
			continue
		}
		digest := k.digest(v.value)
		if k.has(digest, v.value, len(k.records)-len(added)) {
			continue
		}
		if len(k.records) >= MaxKnown {
			k.full = true
			break
		}
		m.When = m.When.Truncate(time.Second)
		k.records = append(k.records, record{
			digest: digest, line: uint32(v.Origin.Line), length: uint16(len(v.value)), anchor: uint16(anchor(v.value)),
			name: intern(&k.names, v.Name), origin: intern(&k.origins, v.Origin.Path), meeting: intern(&k.meetings, m),
		})
		tags = k.windows(tags, v.value, len(k.records)-1)
		added = append(added, v)
	}
	if added != nil {
		k.insert(tags)
	}
	return added
}

// intern gives where in a table something stands, and puts it there. Only the
// latest are looked through: what belongs together comes together.
func intern[T comparable](table *[]T, item T) uint16 {
	const latest = 64
	from := max(0, len(*table)-latest)
	if i := slices.Index((*table)[from:], item); i >= 0 {
		return uint16(from + i)
	}
	*table = append(*table, item)
	return uint16(len(*table) - 1)
}

func (k *Known) digest(value string) (d [digestSize]byte) {
	k.mac.Reset()
	k.mac.Write([]byte(value))
	var sum [sha256.Size]byte
	copy(d[:], k.mac.Sum(sum[:0]))
	return d
}

// has finds a value among the first records, by their tags, and among those
// after, which have none yet.
func (k *Known) has(digest [digestSize]byte, value string, tagged int) bool {
	for i := tagged; i < len(k.records); i++ {
		if k.records[i].digest == digest {
			return true
		}
	}
	for _, t := range k.find(k.hash(windowAt(value, anchor(value)))) {
		if k.records[t.index()].digest == digest {
			return true
		}
	}
	return false
}

// A form is how a value may stand in a text.
type form uint8

const (
	plain form = iota // as it is, or escaped, told by its anchor
	start             // the same, told by its first bytes
	base64At0
	base64At1 // its first byte is the second of three
	base64At2
	hexed
)

func (f form) String() string {
	switch f {
	case base64At0, base64At1, base64At2:
		return "base64"
	case hexed:
		return "hex"
	}
	return ""
}

// A tag is a window by which a value is told: the lower bits of its keyed hash,
// the form, the index of the record. A tag's place among all has the other bits.
type tag uint32

const (
	indexBits = 14
	formBits  = 3
)

func newTag(hash uint32, f form, index int) tag {
	return tag(hash%(1<<lowBits)<<(formBits+indexBits) | uint32(f)<<indexBits | uint32(index))
}

func (t tag) low() uint32 { return uint32(t) >> (formBits + indexBits) }
func (t tag) form() form  { return form(t >> indexBits & (1<<formBits - 1)) }
func (t tag) index() int  { return int(t & (1<<indexBits - 1)) }

// hashed is a tag with the bits that its place will have.
type hashed struct {
	upper uint32
	tag
}

// hash gives 24 bits of the keyed hash of a window.
func (k *Known) hash(w uint64) uint32 {
	hi, lo := bits.Mul64(w^k.salt[0], k.salt[1])
	return uint32((hi ^ lo) >> (64 - hashBits))
}

// find gives the tags of a hash.
func (k *Known) find(hash uint32) []tag {
	if k.firsts == nil {
		return nil
	}
	upper := hash >> lowBits
	tags := k.tags[k.firsts[upper]:k.firsts[upper+1]]
	first := 0
	for first < len(tags) && tags[first].low() < hash%(1<<lowBits) {
		first++
	}
	end := first
	for end < len(tags) && tags[end].low() == hash%(1<<lowBits) {
		end++
	}
	return tags[first:end]
}

func windowAt(text string, i int) uint64 {
	b := text[i : i+window]
	_ = b[window-1]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// windows adds the windows of a value in all its forms.
func (k *Known) windows(tags []hashed, value string, n int) []hashed {
	add := func(text string, at int, f form) {
		if at+window <= len(text) {
			hash := k.hash(windowAt(text, at))
			tags = append(tags, hashed{hash >> lowBits, newTag(hash, f, n)})
		}
	}
	at := anchor(value)
	add(value, at, plain)
	if !isAlphanumeric(value[at : at+window]) { // it looks otherwise when it is escaped
		for _, escaped := range [...]string{url.QueryEscape(value), url.PathEscape(value), jsonEscape(value), lowerEscapes(url.QueryEscape(value))} {
			if escaped != value {
				add(escaped, 0, start)
			}
		}
	}
	for lead := range 3 {
		encoded := base64.StdEncoding.EncodeToString(append(make([]byte, lead, lead+len(value)), value...))
		first := [...]int{0, 2, 3}[lead]
		add(encoded, first, base64At0+form(lead))
		if inURL := strings.NewReplacer("+", "-", "/", "_").Replace(encoded); inURL[first:first+window] != encoded[first:first+window] {
			add(inURL, first, base64At0+form(lead))
		}
	}
	encoded := hex.EncodeToString([]byte(value[:window]))
	add(encoded, 0, hexed)
	if upper := strings.ToUpper(encoded); upper[:window] != encoded[:window] {
		add(upper, 0, hexed)
	}
	return tags
}

// anchor gives where the first eight letters and digits in a row are, which are
// the same in all escaped forms; 0 when there are none.
func anchor(value string) int {
	run := 0
	for i := range len(value) {
		if !isAlphanumeric(value[i : i+1]) {
			run = 0
		} else if run++; run == window {
			return i + 1 - window
		}
	}
	return 0
}

func isAlphanumeric(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// lowerEscapes writes %3A as %3a, which some do.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '%' && i+2 < len(b) {
			copy(b[i:], strings.ToLower(s[i:i+3]))
		}
	}
	return string(b)
}

func jsonEscape(s string) string {
	b, _ := json.Marshal(s) // a string can be marshalled
	return string(bytes.Trim(b, `"`))
}

// insert puts new tags in their places.
func (k *Known) insert(tags []hashed) {
	for upper := range uint32(max(0, len(k.firsts)-1)) {
		for _, t := range k.tags[k.firsts[upper]:k.firsts[upper+1]] {
			tags = append(tags, hashed{upper, t})
		}
	}
	slices.SortFunc(tags, func(a, b hashed) int {
		return cmp.Or(cmp.Compare(a.upper, b.upper), cmp.Compare(a.tag, b.tag))
	})
	tags = slices.Compact(tags)
	k.tags = make([]tag, len(tags))
	k.firsts = make([]uint32, 1<<(hashBits-lowBits)+1)
	for i, t := range tags {
		k.tags[i] = t.tag
		k.firsts[t.upper+1]++
	}
	for i := 1; i < len(k.firsts); i++ {
		k.firsts[i] += k.firsts[i-1]
	}
	k.settle()
}

// settle makes the filter that a text is first held against: small, so that it
// is in the processor's cache, and with one bit of 16 set at most.
func (k *Known) settle() {
	const most = 20
	size := 6
	for size < most && 1<<size < 32*len(k.tags) {
		size++
	}
	k.shift = uint8(hashBits - size)
	k.filter = make([]uint64, 1<<size/64)
	for upper := range uint32(len(k.firsts) - 1) {
		for _, t := range k.tags[k.firsts[upper]:k.firsts[upper+1]] {
			bit := (upper<<lowBits | t.low()) >> k.shift
			k.filter[bit/64] |= 1 << (bit % 64)
		}
	}
}
