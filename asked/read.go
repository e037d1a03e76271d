package asked

import (
	"slices"
	"strings"
)

// Bounds of a message that counts. A longer one is pasted, from a file or a
// page: it is shown, and not weighed.
const (
	maxWeighed = 600 // bytes
	maxLines   = 12
)

// reach is how far apart a verb and its object may stand.
const reach = 14

// A Reading is what a message asks for.
type Reading struct {
	asks    []ask
	targets []int    // all kinds that it names
	things  int      // the words that name them
	names   []string // and all that looks like a name
	stops   bool
	goesOn  bool
}

// An ask is one effect that a message names, with what it is to happen to.
type ask struct {
	effect  int
	denied  bool
	unclear bool // it asks a question, makes a condition or an exception
	targets []int
	names   []string // which the step has to have one of
	words   []string // likewise, where there are no names
	near    []string // all words around the target: one may be its name
	places  []int
	pronoun bool
}

// Read reads a message. One that is too long asks for nothing.
func (w *Words) Read(message string) *Reading {
	r := &Reading{}
	if !Weighs(message) {
		return r
	}
	p := &parser{words: w, text: split(message), reading: r}
	p.mark()
	for i := 0; i < len(p.found); i++ {
		switch f := p.found[i]; f.kind {
		case anEffect:
			p.ask(i)
		case aTarget:
			r.targets = append(r.targets, f.all...)
			r.things++
		case aStop:
			r.stops = true
		case aGoOn:
			r.goesOn = true
		}
	}
	for i := range p.text.chunks {
		if c := &p.text.chunks[i]; c.named && p.properName(c) {
			r.names = append(r.names, c.text)
		}
	}
	r.goesOn = r.goesOn && len(r.asks) == 0 && len(p.text.tokens) <= maxGoOn
	return r
}

// maxGoOn bounds the words of "yes, go on": a longer message is another one.
const maxGoOn = 8

// Weighs reports a message that is short enough to be the human's own words.
func Weighs(message string) bool {
	return len(message) <= maxWeighed && strings.Count(strings.TrimSpace(message), "\n") < maxLines
}

// Names reports a message that names anything of the vocabulary.
func (w *Words) Names(message string) bool {
	p := &parser{words: w, text: split(message), reading: &Reading{}}
	p.mark()
	return slices.ContainsFunc(p.found, func(f match) bool { return f.kind < aPlace || f.kind == aStop || f.kind == aGoOn })
}

type kind uint8

const (
	anEffect kind = iota
	aTarget
	aPronoun
	aPlace
	aDenial
	aDoubt
	aStop
	aGoOn
	aBreak
)

// A match is a word of the vocabulary.
type match struct {
	kind     kind
	all      []int // in its list: one word may name several
	from, to int   // tokens
}

type parser struct {
	words   *Words
	text    *text
	reading *Reading
	found   []match
	kinds   []bool // of tokens: whether they are of the vocabulary
}

// mark finds the words of the vocabulary, the longest at each place.
func (p *parser) mark() {
	tokens := p.text.tokens
	p.kinds = make([]bool, len(tokens))
	clause := 0
	for i := 0; i < len(tokens); {
		f := p.at(i)
		if f.to == 0 {
			tokens[i].clause += clause
			i++
			continue
		}
		if f.kind == aBreak {
			clause += len(tokens) // what comes next is a clause of its own
		}
		for ; i < f.to; i++ {
			tokens[i].clause += clause
			p.kinds[i] = f.kind != aBreak
		}
		p.found = append(p.found, f)
	}
}

// at is the longest word of the vocabulary at a token. An effect's is never part
// of a name: feature/delete-button asks for no deletion.
func (p *parser) at(i int) (best match) {
	w, tokens := p.words, p.text.tokens[i:]
	better := func(kind kind, index int, patterns []string) {
		n := longest(patterns, tokens)
		switch {
		case n == 0 || (kind == anEffect || kind == aTarget) && !p.whole(i, n):
		case n > best.to-best.from:
			best = match{kind, []int{index}, i, i + n}
		case n == best.to-best.from && kind == best.kind && !slices.Contains(best.all, index):
			best.all = append(best.all, index)
		}
	}
	better(aDenial, 0, w.Denials)
	better(aDoubt, 0, w.Doubts)
	for e := range w.Effects {
		better(anEffect, e, w.Effects[e].Verbs)
		better(anEffect, e, w.Effects[e].Words)
	}
	for t := range w.Targets {
		better(aTarget, t, w.Targets[t].Words)
	}
	for l := range w.Places {
		better(aPlace, l, w.Places[l].Words)
	}
	better(aPronoun, 0, w.Pronoun)
	better(aStop, 0, w.Stops)
	better(aGoOn, 0, w.GoesOn)
	better(aBreak, 0, w.Breaks)
	return best
}

// whole reports n tokens that are no part of a name.
func (p *parser) whole(i, n int) bool {
	first, last := &p.text.chunks[p.text.tokens[i].chunk], &p.text.chunks[p.text.tokens[i+n-1].chunk]
	whole := func(c *chunk) bool { return !c.named || c.from >= i && c.to <= i+n }
	return whole(first) && whole(last)
}

// properName reports a chunk that is not all words of the vocabulary.
func (p *parser) properName(c *chunk) bool {
	return slices.Contains(p.kinds[c.from:c.to], false)
}

// ask reads what the effect found[at] is to happen to: what stands behind it, or
// in a language whose verb comes last, in front.
func (p *parser) ask(at int) {
	f := p.found[at]
	for _, effect := range f.all {
		a := ask{effect: effect}
		if before := f.from - 1; before >= 0 && p.sentence(before) == p.sentence(f.from) {
			a.denied = slices.Contains(p.words.Negates, p.text.tokens[before].text)
		}
		for i := range p.found {
			if p.sentence(p.found[i].from) == p.sentence(f.from) {
				a.denied = a.denied || p.found[i].kind == aDenial
				a.unclear = a.unclear || p.found[i].kind == aDoubt
			}
		}
		if !p.behind(&a, at) && longest(p.words.Effects[effect].Words, p.text.tokens[f.from:]) == f.to-f.from {
			p.before(&a, at)
		}
		p.reading.asks = append(p.reading.asks, a)
	}
}

func (p *parser) sentence(i int) int { return p.text.tokens[i].sentence }

// span is the words that belong to an effect, behind it or (step -1) in front.
func (p *parser) span(at, step int) (from, to int) {
	f, tokens := p.found[at], p.text.tokens
	from, to = f.to, f.to
	low, high := 0, len(tokens)
	if at > 0 {
		for i := at - 1; i >= 0; i-- {
			if p.found[i].kind == anEffect {
				low = p.found[i].to
				break
			}
		}
	}
	for i := at + 1; i < len(p.found); i++ {
		if p.found[i].kind == anEffect {
			high = p.found[i].from
			break
		}
	}
	weight := 0
	if step > 0 {
		for to < high && tokens[to].clause == tokens[f.from].clause && weight < reach {
			weight += tokens[to].weight()
			to++
		}
		return from, to
	}
	from, to = f.from, f.from
	for from > low && tokens[from-1].clause == tokens[f.from].clause && weight < reach {
		from--
		weight += tokens[from].weight()
	}
	return from, to
}

// behind reads the object behind the verb, and reports that there is one.
func (p *parser) behind(a *ask, at int) bool {
	from, to := p.span(at, 1)
	objects := p.objects(from, to)
	p.places(a, from, to)
	names := p.names(from, to)
	itself := p.words.Effects[a.effect].Itself
	if len(objects) == 0 && len(names) == 0 && !itself {
		a.places = nil
		return false
	}
	a.names = append(a.names, names...)
	if itself {
		p.toward(a, from, to)
	}
	if len(objects) == 0 {
		a.near = p.texts(from, to)
		return true
	}
	last := objects[0]
	p.take(a, last)
	p.specify(a, from, last.from)
	for _, next := range objects[1:] {
		if !p.joined(last.to, next.from) {
			break
		}
		p.take(a, next)
		p.specify(a, last.to, next.from)
		last = next
	}
	p.specify(a, last.to, min(last.to+1, to))
	a.near = p.texts(from, min(last.to+1, to))
	return true
}

// before reads the object in front of a verb that ends its clause.
func (p *parser) before(a *ask, at int) {
	f := p.found[at]
	rest := 0
	for i := f.to; i < len(p.text.tokens) && p.text.tokens[i].clause == p.text.tokens[f.from].clause; i++ {
		if rest += p.text.tokens[i].weight(); rest > reach/2 {
			return
		}
	}
	from, to := p.span(at, -1)
	objects := p.objects(from, to)
	p.places(a, from, to)
	a.names = append(a.names, p.names(from, to)...)
	if len(objects) == 0 {
		a.near = p.texts(from, to)
		return
	}
	last := objects[len(objects)-1]
	p.take(a, last)
	begin := max(from, last.from-1)
	p.specify(a, begin, last.from)
	p.specify(a, last.to, to)
	a.near = p.texts(begin, to)
}

func (p *parser) take(a *ask, f match) {
	if f.kind == aPronoun {
		a.pronoun = true
		return
	}
	a.targets = append(a.targets, f.all...)
}

// objects are the targets and pronouns among the tokens. A pronoun counts where no
// target does: "delete that branch".
func (p *parser) objects(from, to int) (list []match) {
	var pronoun []match
	for _, f := range p.found {
		switch {
		case f.from < from || f.to > to:
		case f.kind == aTarget:
			list = append(list, f)
		case f.kind == aPronoun:
			pronoun = append(pronoun, f)
		}
	}
	if len(list) == 0 {
		return pronoun
	}
	return list
}

// joined reports that nothing stands between two targets but words that join them.
func (p *parser) joined(from, to int) bool {
	for from < to {
		n := longest(p.words.Joins, p.text.tokens[from:to])
		if n == 0 {
			return false
		}
		from += n
	}
	return true
}

func (p *parser) places(a *ask, from, to int) {
	for _, f := range p.found {
		if f.kind == aPlace && f.from >= from && f.to <= to {
			a.places = append(a.places, f.all...)
		}
	}
}

func (p *parser) names(from, to int) (names []string) {
	for i := range p.text.chunks {
		if c := &p.text.chunks[i]; c.named && c.from >= from && c.to <= to && p.properName(c) {
			names = append(names, c.text)
		}
	}
	return names
}

// specify notes the words that say which of its kind is meant: "the users table".
func (p *parser) specify(a *ask, from, to int) {
	for i := from; i < to; i++ {
		t := &p.text.tokens[i]
		if p.kinds[i] || t.alone || len(t.text) < 2 || longest(p.words.Plain, p.text.tokens[i:]) > 0 || longest(p.words.Joins, p.text.tokens[i:]) > 0 {
			continue
		}
		a.words = append(a.words, t.text)
	}
}

// toward notes the name behind "to": "force push to main".
func (p *parser) toward(a *ask, from, to int) {
	for i := from; i < to; i++ {
		if longest(p.words.Toward, p.text.tokens[i:]) > 0 {
			for i++; i < to && longest(p.words.Plain, p.text.tokens[i:]) > 0; i++ {
			}
			p.specify(a, i, min(i+1, to))
			return
		}
	}
}

func (p *parser) texts(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, p.text.tokens[i].text)
	}
	return list
}
