package asked

import (
	"path"
	"slices"
	"strings"
)

// An Act is what a step is about to do, in the words of rules.
type Act struct {
	Class string
	Rule  string // id of the finding; empty when there is none
	Kind  string // of what it acts on
	Name  string // of the very thing; empty when it is not known
	// Words are those of its command, the program first.
	Words []string
	// Where is what the thing is in: "context: kind-dev", "database: host/name".
	Where string
}

// An Answer is what the messages say of an act.
type Answer uint8

// The answers, in rising order.
const (
	Unsaid   Answer = iota // nothing that would name it
	Wanted                 // the human asked for it by name
	Unwanted               // the human said not to do it
)

func (a Answer) String() string { return [...]string{"not asked for", "asked for", "asked not to"}[a] }

// Of answers for an act, from the readings of the human's messages, the latest
// last. A wish is one of the latest message, or of one that only "yes, go on" has
// followed; what is not wanted stays so until it is asked for.
func (w *Words) Of(readings []*Reading, act *Act) Answer {
	stands := true
	for i := len(readings) - 1; i >= 0; i-- {
		r := readings[i]
		for n := range r.asks {
			a := &r.asks[n]
			switch {
			case a.denied && w.forbids(a, act):
				return Unwanted
			case stands && !a.denied && !a.unclear && !r.stops && w.covers(a, readings[:i], r, act):
				return Wanted
			}
		}
		stands = stands && r.goesOn && !r.stops
	}
	return Unsaid
}

// forbids reports a denial that is about an act: of its effect, and of its kind
// of target unless none is named.
func (w *Words) forbids(a *ask, act *Act) bool {
	return w.Effects[a.effect].does(act) && (len(a.targets)+len(a.names) == 0 ||
		slices.ContainsFunc(a.targets, func(t int) bool { return w.Targets[t].is(act) }) ||
		slices.ContainsFunc(a.names, act.calls))
}

// covers reports a wish that names an act: what it does, and to what.
func (w *Words) covers(a *ask, earlier []*Reading, r *Reading, act *Act) bool {
	e := &w.Effects[a.effect]
	if !e.does(act) || !w.placed(a, act) {
		return false
	}
	words := act.tokens()
	has := func(word string) bool { return slices.Contains(words, word) }
	named := slices.ContainsFunc(a.names, act.calls)
	switch {
	case len(a.names) > 0 && (!named || !act.onlyCalls(a.names)):
		return false
	case len(a.names) == 0 && len(a.words) > 0 && !slices.ContainsFunc(a.words, has):
		return false
	}
	targets := a.targets
	if len(targets) == 0 && a.pronoun && !named {
		targets = only(earlier, r)
	}
	if len(targets) == 0 {
		return named && a.calls(act) || e.Itself
	}
	return slices.ContainsFunc(targets, func(n int) bool {
		t := &w.Targets[n]
		return t.is(act) && (!t.Named || (named || slices.Contains(a.near, act.base())) && a.calls(act))
	})
}

// calls reports that a wish names every file of a command that is about files:
// "delete build" is not about src.
func (a *ask) calls(act *Act) bool {
	if act.Kind != "path" || len(act.Words) == 0 {
		return true
	}
	for _, word := range act.Words[1:] {
		base := foldName(path.Base(word))
		if !strings.HasPrefix(word, "-") && !slices.Contains(a.near, base) &&
			!slices.ContainsFunc(a.names, func(name string) bool { return same(word, strings.TrimRight(name, "/")) }) {
			return false
		}
	}
	return true
}

// only is the one kind of thing that the talk is about: this message's, or the
// latest's that names any.
func only(earlier []*Reading, r *Reading) []int {
	for i := len(earlier); r != nil; i-- {
		if len(r.targets) > 0 || len(r.names) > 0 {
			if r.things == 1 && len(r.names) == 0 {
				return r.targets
			}
			return nil
		}
		if i == 0 {
			break
		}
		r = earlier[i-1]
	}
	return nil
}

// placed reports that a wish and an act are about the same place: a test database
// asked for is one by the step's own words, and production has to be said.
func (w *Words) placed(a *ask, act *Act) bool {
	tokens := split(act.text()).tokens
	for i := range w.Places {
		p := &w.Places[i]
		asked := slices.Contains(a.places, i)
		if !asked && !p.Wanted {
			continue
		}
		there := false
		for n := range tokens {
			there = there || longest(p.Words, tokens[n:]) > 0
		}
		if there != asked && (asked || p.Wanted) {
			return false
		}
	}
	return true
}

// does reports an effect that an act has.
func (e *Effect) does(act *Act) bool {
	if act.Rule != "" && anyGlob(e.RulesNone, act.Rule) {
		return false
	}
	return anyGlob(e.Classes, act.Class) || act.Rule != "" && anyGlob(e.Rules, act.Rule)
}

// is reports the kind of thing that an act is on.
func (t *Target) is(act *Act) bool {
	return anyGlob(t.Kinds, act.Kind) || act.Rule != "" && anyGlob(t.Rules, act.Rule)
}

// text is all text of an act.
func (a *Act) text() string { return a.Name + " " + strings.Join(a.Words, " ") + " " + a.Where }

// tokens are the folded words of an act's own text.
func (a *Act) tokens() []string {
	list := split(a.text()).tokens
	words := make([]string, len(list))
	for i := range list {
		words[i] = list[i].text
	}
	return words
}

// base is the last part of the name, folded.
func (a *Act) base() string { return foldName(path.Base(strings.TrimRight(a.Name, "/"))) }

// minPlace is the length from which a word may be where a thing is.
const minPlace = 4

// minPart is the length of a beginning of an id that stands for it.
const minPart = 7

// calls reports a folded name that the act's own words have: the thing's, or a
// word of the command.
func (a *Act) calls(name string) bool {
	name = strings.TrimRight(name, "/")
	if same(a.Name, name) {
		return true
	}
	return len(a.Words) > 0 && slices.ContainsFunc(a.Words[1:], func(word string) bool { return same(word, name) }) || a.Where != "" && same(a.Where, name)
}

// same reports that a word of a step is what a message calls it.
func same(word, name string) bool {
	word = foldName(word)
	return word == name || name != "" && path.Base(word) == name || len(name) >= minPart && strings.HasPrefix(word, name)
}

// onlyCalls reports that of the words of a command all that look like names are
// among those of a message: "delete old-a" is not about old-b. Where the thing is
// need not be said.
func (a *Act) onlyCalls(names []string) bool {
	if len(a.Words) == 0 {
		return true
	}
	for _, word := range a.Words[1:] {
		if strings.HasPrefix(word, "-") || len(word) >= minPlace && strings.Contains(a.Where, word) {
			continue
		}
		for _, c := range split(word).chunks {
			if c.named && !slices.ContainsFunc(names, func(name string) bool {
				name = strings.TrimRight(name, "/")
				return same(word, name) || c.text == name
			}) {
				return false
			}
		}
	}
	return true
}

func foldName(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimRight(s, "/") {
		b.WriteString(foldRune(r))
	}
	return b.String()
}

func anyGlob(globs []string, s string) bool {
	for _, glob := range globs {
		if ok, err := path.Match(glob, s); ok && err == nil {
			return true
		}
	}
	return false
}

// Say tells in a few words whether a message names an act.
func (w *Words) Say(message string, answer Answer, act *Act) string {
	effect, target := w.titles(act)
	if !Weighs(message) {
		return "too long to be weighed"
	}
	switch answer {
	case Wanted:
		return "it names " + effect + " and " + target
	case Unwanted:
		return "it says not to: " + effect
	}
	r := w.Read(message)
	does := slices.ContainsFunc(r.asks, func(a ask) bool { return w.Effects[a.effect].does(act) })
	is := slices.ContainsFunc(r.targets, func(t int) bool { return w.Targets[t].is(act) }) || slices.ContainsFunc(r.names, act.calls)
	switch {
	case does && is:
		return "it names " + effect + " and " + target + ", and does not clearly ask for this"
	case does:
		return "it names " + effect + ", and not this " + bare(target)
	case is:
		return "it names " + target + ", and not " + effect
	}
	return "nothing in it names " + target + " or " + effect
}

// titles are the words of people for what an act does, and to what.
func (w *Words) titles(act *Act) (effect, target string) {
	effect, target = "this", "its target"
	if act.Kind != "" {
		target = "a " + act.Kind
	}
	for i := range w.Effects {
		if e := &w.Effects[i]; e.does(act) {
			effect = e.Title
			break
		}
	}
	for i := range w.Targets {
		if t := &w.Targets[i]; t.is(act) {
			target = t.Title
			break
		}
	}
	return effect, target
}

func bare(title string) string {
	for _, article := range [...]string{"a ", "an "} {
		if rest, ok := strings.CutPrefix(title, article); ok {
			return rest
		}
	}
	return title
}
