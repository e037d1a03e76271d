package classify

import (
	"slices"
	"strings"
)

// A wordEntry lists what there is for a word: of a verb, the rules that can match
// when it is the first operand, also those that can with any; of a program, the
// handlings.
type wordEntry struct {
	Word    string
	Numbers []uint16
}

// fewRules are as quickly tried as sorted out.
const fewRules = 3

// sortOut fills in Verbs and Others from Rules, whose numbers are places in rules.
func (e *nameEntry) sortOut(rules []Rule) {
	e.Verbs, e.Others = nil, nil
	if len(e.Rules) <= fewRules {
		return
	}
	verbs := make([][]string, len(e.Rules)) // nil: any
	var all []string
	for i, n := range e.Rules {
		verbs[i] = rules[n].verbs(e.Name)
		all = append(all, verbs[i]...)
		if verbs[i] == nil {
			e.Others = append(e.Others, n)
		}
	}
	slices.Sort(all)
	for _, verb := range slices.Compact(all) {
		v := wordEntry{Word: verb}
		for i, n := range e.Rules {
			if verbs[i] == nil || contains(verbs[i], verb) {
				v.Numbers = append(v.Numbers, n)
			}
		}
		e.Verbs = append(e.Verbs, v)
	}
}

// verbs gives the words of which a rule wants one as the first operand of a
// program; nil when others will do.
func (rule *Rule) verbs(program string) []string {
	patterns := slices.Clip(rule.Args)
	for _, run := range rule.spelled {
		if programs, args := cutRun(run); contains(strings.Split(programs, "|"), program) {
			patterns = append(patterns, args)
		}
	}
	var list []string
	for _, pattern := range patterns {
		verb := firstWanted(pattern)
		if verb == "" || strings.ContainsAny(verb, "*?$") {
			return nil
		}
		list = append(list, strings.Split(verb, "|")...)
	}
	return list
}

// firstWanted gives what a pattern of words wants as the first operand, or "".
func firstWanted(pattern string) string {
	for word := range strings.SplitSeq(pattern, " ") {
		if len(word) < 2 || word[0] != '-' {
			return word
		}
	}
	return ""
}

// told gives the rules that the first operand leaves, which may be the value of a
// flag.
func (e *nameEntry) told(args *argv) []uint16 {
	if len(e.Verbs) == 0 {
		return e.Rules
	}
	rules := e.byVerb(args.operand(0))
	if len(args.loose) == 0 || len(args.operands) > 0 && args.loose[0] == args.operands[0] {
		return rules
	}
	both := slices.Concat(rules, e.byVerb(args.words[args.loose[0]].Text))
	slices.Sort(both)
	return slices.Compact(both)
}

func (e *nameEntry) byVerb(verb string) []uint16 {
	if v := findWord(e.Verbs, verb); v != nil {
		return v.Numbers
	}
	return e.Others
}

// findWord finds an entry in a sorted list, or gives nil.
func findWord(list []wordEntry, word string) *wordEntry {
	at, found := slices.BinarySearchFunc(list, word, func(e wordEntry, word string) int { return strings.Compare(e.Word, word) })
	if !found {
		return nil
	}
	return &list[at]
}
