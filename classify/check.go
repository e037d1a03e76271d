package classify

import (
	"fmt"
	"slices"
	"strings"

	"restrain/shellparse"
)

// A Problem is something that Check found in a set.
type Problem struct {
	Rule string // id; empty when it is not about one rule
	Text string // what is wrong and what to do
}

// How many lines a rule has at least to match, with those that its conditions are
// themselves, and how many near misses to spare.
const (
	examplesWanted   = 2
	nearMissesWanted = 1
)

// Check runs every rule's examples, and looks for rules that lack examples,
// that can never match, or that match exactly what another rule does.
func (s *Set) Check() []Problem {
	var found []Problem
	report := func(rule *Rule, format string, args ...any) {
		found = append(found, Problem{rule.ID, fmt.Sprintf(format, args...)})
	}
	others := make([][]string, len(s.Rules))
	for i := range s.Rules {
		rule := &s.Rules[i]
		examples := s.examples(rule)
		if n := len(examples); n < examplesWanted {
			report(rule, "has %d examples, with its conditions: give it lines under match for %d", n, examplesWanted)
		}
		if n := len(rule.NotMatch); n < nearMissesWanted && rule.leavesOut() {
			report(rule, "has %d lines under not_match: give it %d or more near misses", n, nearMissesWanted)
		}
		matched := 0
		for _, line := range examples {
			ids := s.ruleIDs(line, rule)
			if !contains(ids, rule.ID) {
				report(rule, "does not match %q, its own example or condition: correct the rule or the example", line)
				continue
			}
			if matched++; matched == 1 {
				others[i] = ids
			} else {
				others[i] = slices.DeleteFunc(others[i], func(id string) bool { return !contains(ids, id) })
			}
		}
		for _, line := range rule.NotMatch {
			if contains(s.ruleIDs(line, rule), rule.ID) {
				report(rule, "matches %q, which is under not_match: correct the rule or the example", line)
			}
		}
		if len(rule.Runs) > 0 {
			s.checkRuns(rule, examples, report)
		}
		if matched == 0 && len(examples) > 0 {
			report(rule, "never matches: correct it or remove it")
		}
	}
	for _, text := range s.Asked.Check() {
		found = append(found, Problem{Text: text})
	}
	for _, glob := range s.Asked.NamedRules() {
		if !slices.ContainsFunc(s.Rules, func(r Rule) bool { return matchWord(glob, r.ID) }) {
			found = append(found, Problem{Text: fmt.Sprintf("what is asked for names rules %q, and there is none: take it out", glob)})
		}
	}
	return append(found, s.overlaps(others)...)
}

// overlaps reports pairs of rules each of which matches all the examples of the
// other and says the same of them. always holds, for each rule, the rules that
// match all its examples.
func (s *Set) overlaps(always [][]string) []Problem {
	var found []Problem
	for i := range s.Rules {
		for j := i + 1; j < len(s.Rules); j++ {
			a, b := &s.Rules[i], &s.Rules[j]
			if a.Class == b.Class && contains(always[i], b.ID) && contains(always[j], a.ID) {
				found = append(found, Problem{b.ID, fmt.Sprintf("matches the same lines as %q: make them one rule", a.ID)})
			}
		}
	}
	return found
}

// ruleIDs gives the rules that a line matches, judged offline; for a rule about
// losses in a place where everything is there to be lost.
func (s *Set) ruleIDs(line string, about *Rule) []string {
	offline := Offline{WorkDir: "/home/dev/acme/shop", HomeDir: "/home/dev"}
	script := shellparse.Parse(line, shellparse.Options{Dialect: shellparse.LikelyDialect, Dir: offline.WorkDir, Home: offline.HomeDir})
	var ctx Context = offline
	if about.Loss != nil {
		ctx = full{offline}
	}
	step := s.Classify(script, ctx)
	var ids []string
	for i := range step.Actions {
		if f := step.Actions[i].Finding; f != nil {
			ids = append(ids, f.Rule)
		}
	}
	return ids
}

// String gives the problem as one line.
func (p Problem) String() string {
	return strings.TrimPrefix(fmt.Sprintf("%s: %s", p.Rule, p.Text), ": ")
}
