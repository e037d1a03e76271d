// Package asked reads what a human asks an agent for: which effects their own
// words name, on what, and what they say not to do. It also gets these words
// out of an agent's command line and out of the keys typed at its terminal.
//
// It knows languages only as lists of words, which are data. It must not know
// rules, sessions or verdicts.
package asked

import (
	"fmt"
	"slices"
	"strings"
)

// Words is the vocabulary. Each word is a pattern: one or more words with a
// space between, of which any may end in * for what it may go on with. Case,
// accents and width do not count, and a hyphen is a space.
type Words struct {
	Effects []Effect `toml:"effect"`
	Targets []Target `toml:"target"`
	Places  []Place  `toml:"place"`
	Agents  []Agent  `toml:"agent"`

	Denials Phrases `toml:"denials"` // "don't", "without": the sentence asks for nothing
	Negates Phrases `toml:"negates"` // "no": only the verb right behind it; elsewhere it is another word
	Doubts  Phrases `toml:"doubts"`  // "why", "if", "except": the sentence asks for nothing clear
	Stops   Phrases `toml:"stops"`   // "never mind": what was asked for before is over
	GoesOn  Phrases `toml:"goes_on"` // "yes", "go on": what was asked for before stands
	Breaks  Phrases `toml:"breaks"`  // "then": a new clause
	Joins   Phrases `toml:"joins"`   // "and the": what may stand between two targets
	Plain   Phrases `toml:"plain"`   // "old", "please": words that say nothing of which target
	Toward  Phrases `toml:"toward"`  // "to": what comes next is a name
	Pronoun Phrases `toml:"pronouns"`
}

// Phrases are a list that may be written as a text, with a comma or the end of
// the line between its elements.
type Phrases []string

// UnmarshalTOML reads an array of strings, or a text.
func (p *Phrases) UnmarshalTOML(value any) error {
	*p = nil
	switch value := value.(type) {
	case string:
		for phrase := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == '\n' }) {
			if phrase = strings.TrimSpace(phrase); phrase != "" {
				*p = append(*p, phrase)
			}
		}
		return nil
	case []any:
		for _, element := range value {
			phrase, is := element.(string)
			if !is {
				return fmt.Errorf("incompatible types: TOML value has type %T; destination has type string", element)
			}
			*p = append(*p, phrase)
		}
		return nil
	}
	return fmt.Errorf("incompatible types: TOML value has type %T; destination has type slice", value)
}

// An Effect is what a step may do, in the words of people.
type Effect struct {
	ID        string  `toml:"id"`
	Title     string  `toml:"title"`      // "a deletion"
	Classes   Phrases `toml:"classes"`    // of actions that do it; globs
	Rules     Phrases `toml:"rules"`      // whose findings do it, whatever their class; globs
	RulesNone Phrases `toml:"rules_none"` // and whose do not, whatever their class; globs
	// Itself is set of an effect that needs no target: one can only force-push
	// a branch.
	Itself   bool    `toml:"itself"`
	Verbs    Phrases `toml:"verbs"`     // whose object stands behind, as in English
	Words    Phrases `toml:"words"`     // whose object may stand in front as well
	Match    Phrases `toml:"match"`     // messages that ask for it
	NotMatch Phrases `toml:"not_match"` // messages that do not
}

// A Target is a kind of thing, in the words of people.
type Target struct {
	ID    string  `toml:"id"`
	Title string  `toml:"title"` // "a volume"
	Kinds Phrases `toml:"kinds"` // of resources; globs
	Rules Phrases `toml:"rules"` // whose findings are about it, whatever they call it; globs
	// Named is set of kinds that are too many to be meant by the kind alone:
	// the message has to name the very one.
	Named bool    `toml:"named"`
	Words Phrases `toml:"words"`
}

// A Place is what says for whom something is there. What is asked for of a test
// database is not asked for of another.
type Place struct {
	ID string `toml:"id"`
	// Wanted is set of a place that has to be named wherever a step has it.
	Wanted bool    `toml:"wanted"`
	Words  Phrases `toml:"words"`
}

// An Agent says where its command line has the human's message.
type Agent struct {
	Name    Phrases `toml:"name"`   // base names
	Verbs   Phrases `toml:"verbs"`  // sub-commands that may stand in front; any, or none
	Needs   bool    `toml:"needs"`  // without such a verb there is no message
	Flags   Phrases `toml:"flags"`  // whose value is the message
	Values  Phrases `toml:"values"` // flags that take another value
	Operand bool    `toml:"operand"`
	Match   Phrases `toml:"match"` // "LINE => MESSAGE", words apart by spaces, quoted by '
}

// Fold writes all patterns as they are matched.
func (w *Words) Fold() {
	lists := []*Phrases{&w.Denials, &w.Negates, &w.Doubts, &w.Stops, &w.GoesOn, &w.Breaks, &w.Joins, &w.Plain, &w.Toward, &w.Pronoun}
	for i := range w.Effects {
		lists = append(lists, &w.Effects[i].Verbs, &w.Effects[i].Words)
	}
	for i := range w.Targets {
		lists = append(lists, &w.Targets[i].Words)
	}
	for i := range w.Places {
		lists = append(lists, &w.Places[i].Words)
	}
	for _, list := range lists {
		for i, word := range *list {
			(*list)[i] = foldPattern(word)
		}
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}

// NamedRules gives the globs over rules that effects and targets name.
func (w *Words) NamedRules() []string {
	var globs []string
	for i := range w.Effects {
		globs = append(append(globs, w.Effects[i].Rules...), w.Effects[i].RulesNone...)
	}
	for i := range w.Targets {
		globs = append(globs, w.Targets[i].Rules...)
	}
	return globs
}

// Empty reports that there is no vocabulary.
func (w *Words) Empty() bool { return len(w.Effects) == 0 }

// Check runs the examples, and says what is wrong with them.
func (w *Words) Check() []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for i := range w.Effects {
		e := &w.Effects[i]
		if len(e.Match) < 3 || len(e.NotMatch) < 2 {
			report("effect %q: give it three examples or more, and two near misses", e.ID)
		}
		for _, text := range e.Match {
			if !w.asksFor(w.Read(text), i) {
				report("effect %q is not asked for by its own example %q: correct the words or the example", e.ID, text)
			}
		}
		for _, text := range e.NotMatch {
			if w.asksFor(w.Read(text), i) {
				report("effect %q is asked for by %q, which is under not_match: correct the words or the example", e.ID, text)
			}
		}
	}
	for i := range w.Agents {
		a := &w.Agents[i]
		if len(a.Match) == 0 {
			report("agent %q has no example: give it one, as \"claude -p 'fix it' => fix it\"", a.Name)
		}
		for _, example := range a.Match {
			if err := a.example(w, example); err != nil {
				report("agent %q: %v", a.Name, err)
			}
		}
	}
	return found
}

// asksFor reports a reading that asks for an effect on something.
func (w *Words) asksFor(r *Reading, effect int) bool {
	return slices.ContainsFunc(r.asks, func(a ask) bool {
		on := len(a.targets)+len(a.names) > 0 || a.pronoun || w.Effects[effect].Itself
		return a.effect == effect && on && !a.denied && !a.unclear
	})
}
