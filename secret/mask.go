package secret

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Masker passes on what is written to it, with a mark in the place of every
// secret that it knows:
//
//	‹RAILWAY_TOKEN: withheld by restrain, 36 characters›
//
// All else it passes on byte for byte. A secret is found wherever the writes
// are cut, so the end of one is held back while it may be the beginning of a
// secret; Flush lets it go. No byte of a secret that overlaps another is passed
// on either. A Masker is for one goroutine.
type Masker struct {
	w     io.Writer
	marks []mark // of the values, in their order
	index finder

	// held is the end of what was written, from where a secret may begin. Its
	// first done bytes have been passed on or masked already, and are there to
	// tell how it goes on.
	held []byte
	done int
	// last is the value of the latest mark, which covers what lies before
	// lastEnd in held.
	last, lastEnd int
	out           []byte    // what goes to w next
	form          *formed   // withholds what is known by its form, before w; nil for nothing
	controls      *controls // what stands between the text on a terminal; nil where it is text itself
	err           error     // of w
}

// A mark is what stands in the place of a value.
type mark struct {
	value    Value
	withheld int
}

// Withheld says how often a secret was masked.
type Withheld struct {
	Value Value
	Times int
}

// Count adds what was masked to a list that has each secret once.
func Count(list []Withheld, w Withheld) []Withheld {
	for i := range list {
		if list[i].Value.Name == w.Value.Name && list[i].Value.Origin == w.Value.Origin {
			list[i].Times += w.Times
			return list
		}
	}
	return append(list, w)
}

// minMasked is the shortest value, and the shortest line of one, that is masked:
// what is shorter stands in too much that has nothing to do with it.
const (
	minMasked = 4
	minLine   = 16
)

// surelyBegun is how much of a secret's beginning is a secret that is slowly
// written, and not the end of a prompt. Flush goes on holding it back.
const surelyBegun = 8

// Maskable reports a value that is long enough to be told from other text.
func (v Value) Maskable() bool {
	return v.form != noForm || len(strings.TrimRight(v.value, "\r\n")) >= minMasked
}

// NewMasker masks what goes to w.
func NewMasker(w io.Writer, values []Value) *Masker {
	return newMasker(w, values, func([]pattern) {})
}

// newMasker masks with patterns that are changed before they are searched for.
func newMasker(w io.Writer, values []Value, change func([]pattern)) *Masker {
	m := &Masker{w: w, marks: make([]mark, len(values)), last: -1}
	if m.form = strictest(w, values); m.form != nil {
		m.w = m.form
	}
	var patterns []pattern
	for i, v := range values {
		m.marks[i].value = v
		patterns = append(patterns, patternsOf(v.value, i)...)
	}
	change(patterns)
	m.index.build(patterns)
	return m
}

// patternsOf gives the texts by which a value is known: itself, with the line
// ends of a terminal, and line by line.
func patternsOf(value string, of int) []pattern {
	value = strings.TrimRight(value, "\r\n")
	var list []pattern
	add := func(text string, least int) {
		if len(text) >= least {
			list = append(list, pattern{text: text, of: of, lines: strings.Contains(text, "\n")})
		}
	}
	add(value, minMasked)
	if !strings.Contains(value, "\n") {
		return list
	}
	plain := strings.ReplaceAll(value, "\r\n", "\n")
	add(strings.ReplaceAll(plain, "\n", "\r\n"), minMasked)
	add(plain, minMasked)
	for line := range strings.SplitSeq(plain, "\n") {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") { // -----BEGIN tells nothing
			add(line, minLine)
		}
	}
	return list
}

// Write passes on p but for its secrets. What may be the beginning of one is
// held back.
func (m *Masker) Write(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	text := p
	if m.controls != nil {
		text = m.controls.split(p)
	}
	m.text(text)
	return len(p), m.err
}

// text takes in what is no control sequence.
func (m *Masker) text(text []byte) {
	if len(m.held) > 0 {
		m.held = append(m.held, text...)
		text = m.held
	}
	from := m.index.begun(text, 0, false)
	m.mask(text, from, from)
}

// Flush passes on what is held back, so that a prompt appears whose end is the
// beginning of a secret. A secret that goes on afterwards is masked from there.
func (m *Masker) Flush() error {
	if len(m.held) > m.done && m.err == nil {
		until := m.index.begun(m.held, surelyBegun, true)
		m.mask(m.held, until, min(until, m.index.begun(m.held, 0, false)))
	}
	return m.err
}

// release passes on all that is held back. What goes on there is still known.
func (m *Masker) release() error {
	if m.err == nil {
		m.mask(m.held, len(m.held), m.index.begun(m.held, 0, false))
	}
	return m.err
}

// Holds reports whether Flush might pass anything on.
func (m *Masker) Holds() bool { return len(m.held) > m.done }

// Settle passes on all that is held back, as whoever wrote it has ended, and only
// what it left behind may go on. Of output that was read by its form, that is
// withheld.
func (m *Masker) Settle() error {
	if err := m.release(); err == nil && m.form != nil {
		if m.err = m.form.close(); m.form.diff == nil {
			m.form.value.form, m.form.lost = All, 0
		}
	}
	return m.err
}

// Close passes on what is left; it does not close what it writes to.
func (m *Masker) Close() error {
	if m.err == nil {
		m.mask(m.held, len(m.held), len(m.held))
	}
	if m.form != nil && m.err == nil {
		m.err = m.form.close()
	}
	return m.err
}

// Withheld lists the secrets that were masked, in the order of the values.
func (m *Masker) Withheld() []Withheld {
	var list []Withheld
	for i := range m.marks {
		if k := &m.marks[i]; k.withheld > 0 {
			list = append(list, Withheld{k.value, k.withheld})
		}
	}
	if m.form != nil && m.form.times > 0 {
		list = append(list, Withheld{m.form.value, m.form.times})
	}
	return list
}

// mask passes on text up to until, with the secrets that begin before it masked,
// and holds back what follows keep.
func (m *Masker) mask(text []byte, until, keep int) {
	m.out = m.out[:0]
	plain := true // nothing of text is masked
	for at := 0; ; at++ {
		start, end, of := m.index.find(text, at, until)
		if of < 0 {
			break
		}
		at = start
		if end <= m.done || m.controls.parts(start-m.done, end-m.done) {
			continue // inside of what is masked already, or not in one piece
		}
		plain = false
		if start > m.done {
			m.out = m.controls.around(m.out, text[m.done:start])
		}
		if of != m.last || start >= m.lastEnd {
			m.out = m.marks[of].append(m.controls.within(m.out, 0))
		}
		m.out = m.controls.within(m.out, end-max(start, m.done))
		m.done, m.last, m.lastEnd = end, of, end
	}
	if rest := text[min(m.done, until):until]; plain && m.controls == nil {
		m.pass(rest)
	} else {
		m.out = m.controls.around(m.out, rest)
		m.pass(m.out)
	}
	m.done, m.lastEnd = max(m.done, until)-keep, m.lastEnd-keep
	m.held = append(m.held[:0], text[keep:]...)
}

// pass writes to what is behind.
func (m *Masker) pass(p []byte) {
	if len(p) > 0 {
		_, m.err = m.w.Write(p)
	}
}

// maxShown is how many characters of a name a mark shows.
const maxShown = 64

// append adds the mark, and counts it.
func (k *mark) append(out []byte) []byte {
	k.withheld++
	return fmt.Appendf(out, "‹%s: withheld by restrain, %d characters›", shownName(k.value.Name), utf8.RuneCountInString(k.value.value))
}

// shownName is a name as it may stand on a terminal.
func shownName(name string) string {
	runes := []rune(name)
	if len(runes) > maxShown {
		runes = append(runes[:maxShown-1], '…')
	}
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = '?'
		}
	}
	return string(runes)
}

// A pattern is one text by which a value is known.
type pattern struct {
	text  string
	of    int  // the value
	lines bool // it has several lines
}

// A finder finds the patterns in a text, skipping as far as the shortest of them
// allows: by the last two bytes of a window of its length (Wu and Manber).
type finder struct {
	sorted   []pattern
	byFirst  [256][]pattern // longest first
	skip     *[skips]uint8  // by skipOf; nil without patterns
	shortest int
	longest  int
}

// skips is few enough to stay close to the processor.
const skips = 1 << 14

func skipOf(a, b byte) int { return int(a)<<6 ^ int(b) }

func (f *finder) build(patterns []pattern) {
	if len(patterns) == 0 {
		return
	}
	slices.SortStableFunc(patterns, func(a, b pattern) int { return strings.Compare(a.text, b.text) })
	f.sorted = slices.CompactFunc(patterns, func(a, b pattern) bool { return a.text == b.text })
	f.shortest = len(f.sorted[0].text)
	for _, p := range f.sorted {
		f.shortest, f.longest = min(f.shortest, len(p.text)), max(f.longest, len(p.text))
		f.byFirst[p.text[0]] = append(f.byFirst[p.text[0]], p)
	}
	f.shortest = min(f.shortest, 1<<8)
	for _, list := range f.byFirst {
		slices.SortStableFunc(list, func(a, b pattern) int { return cmp.Compare(len(b.text), len(a.text)) })
	}
	f.skip = new([skips]uint8)
	for i := range f.skip {
		f.skip[i] = uint8(f.shortest - 1)
	}
	for _, p := range f.sorted {
		for i := 1; i < f.shortest; i++ {
			pair := &f.skip[skipOf(p.text[i-1], p.text[i])]
			*pair = min(*pair, uint8(f.shortest-1-i))
		}
	}
}

// find gives the first pattern that begins at from or later and before until,
// the longest of those at one place; of is -1 for none.
func (f *finder) find(text []byte, from, until int) (start, end, of int) {
	if f.skip == nil {
		return 0, 0, -1
	}
	for i := from + f.shortest - 1; i < len(text); {
		if n := int(f.skip[skipOf(text[i-1], text[i])]); n > 0 {
			i += n
			continue
		}
		start := i - f.shortest + 1
		if start >= until {
			break
		}
		for _, p := range f.byFirst[text[start]] {
			if len(p.text) <= len(text)-start && string(text[start:start+len(p.text)]) == p.text {
				return start, start + len(p.text), p.of
			}
		}
		i++
	}
	return 0, 0, -1
}

// begun gives where the end of text may be the beginning of a pattern, of at
// least so many bytes, and, where oneLine is set, of no pattern with several
// lines; the length of text for nowhere.
func (f *finder) begun(text []byte, least int, oneLine bool) int {
	for i := max(0, len(text)-f.longest+1); i <= len(text)-max(least, 1); i++ {
		if list := f.byFirst[text[i]]; len(list) > 0 && f.begins(text[i:], oneLine) {
			return i
		}
	}
	return len(text)
}

// begins reports a pattern that goes on behind a text which it begins with.
func (f *finder) begins(text []byte, oneLine bool) bool {
	beginning := string(text)
	n, _ := slices.BinarySearchFunc(f.sorted, beginning, func(p pattern, s string) int { return strings.Compare(p.text, s) })
	for ; n < len(f.sorted) && strings.HasPrefix(f.sorted[n].text, beginning); n++ {
		if len(f.sorted[n].text) > len(beginning) && !(oneLine && f.sorted[n].lines) {
			return true
		}
	}
	return false
}
