package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A condition of runs names a program with what it is told, as one would type
// it: "mix ecto.drop|ecto.reset", "git push --force|-f", "terraform destroy".
// The first word is the program, the others fit its leading operands in turn; a
// word that begins with - is a flag, which may stand anywhere. A word is a list
// of globs with | between them. @kubectl is every word of the set of that id, or
// else every name of the program that kubectl is described with; $ at the end
// says that no operand follows.

// cutRun gives the programs of a condition, and what they are told.
func cutRun(run string) (programs, args string) {
	programs, args, _ = strings.Cut(run, " ")
	return programs, args
}

// spellOut replaces @kubectl in the conditions of the set's rules by the names
// that the program has here, or else below: what others describe later does not
// change what a rule is about. So it is with what the rule's class says for it.
func (s *Set) spellOut(below *Set) {
	for i := range s.Rules {
		rule := &s.Rules[i]
		for _, set := range []*Set{s, below} {
			if class := set.Class(rule.Class); class != nil {
				if rule.Severity == unweighed && class.Severity > None {
					rule.Severity = class.Severity
				}
				rule.Undo = cmp.Or(rule.Undo, class.Undo)
				rule.Attack = cmp.Or(rule.Attack, class.Attack)
				rule.Resource = cmp.Or(rule.Resource, class.Resource)
				rule.Justification = cmp.Or(rule.Justification, class.Justification)
				rule.FalsePositives = cmp.Or(rule.FalsePositives, class.FalsePositives)
			}
		}
		rule.spelled = slices.Clone(rule.Runs)
		for n, run := range rule.spelled {
			programs, args, told := strings.Cut(run, " ")
			if !strings.Contains(programs, "@") {
				continue
			}
			var names []string
			for name := range strings.SplitSeq(programs, "|") {
				names = append(names, s.alias(below, name)...)
			}
			rule.spelled[n] = strings.Join(names, "|")
			if told {
				rule.spelled[n] += " " + args
			}
		}
	}
}

// alias gives what a word such as @kubectl stands for: itself, without the @.
func (s *Set) alias(below *Set, word string) []string {
	name, is := strings.CutPrefix(word, "@")
	if !is {
		return []string{word}
	}
	for _, set := range []*Set{s, below} {
		if list := set.alike(name); list != nil {
			return list
		}
	}
	return []string{word}
}

// alike gives the programs that a name stands for, or nil.
func (s *Set) alike(name string) []string {
	for i := range s.Words {
		if s.Words[i].ID == name {
			return s.Words[i].Any
		}
	}
	if p := s.described(name); p != nil {
		return p.Name
	}
	return nil
}

// described gives the description of a program by one of its names, or nil.
func (s *Set) described(name string) *Program {
	for i := range s.Programs {
		if contains(s.Programs[i].Name, name) {
			return &s.Programs[i]
		}
	}
	return nil
}

// programs gives the names of the programs that a rule is about, once each.
func (rule *Rule) programs() []string {
	if len(rule.spelled) == 0 {
		return rule.Command
	}
	var list []string
	for _, run := range rule.spelled {
		programs, _ := cutRun(run)
		list = append(list, strings.Split(programs, "|")...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// matchRuns reports whether one of a rule's conditions fits a program's words,
// and how many operands it took.
func (rule *Rule) matchRuns(name string, args *argv) (took int, ok bool) {
	for _, run := range rule.spelled {
		programs, words := cutRun(run)
		if !matchWord(programs, name) {
			continue
		}
		if took, ok = args.matchLoosely(words); ok {
			return took, true
		}
	}
	return 0, false
}

// hasOneOf reports whether one of the flags of a word of a condition is there.
func (a *argv) hasOneOf(flags string) bool {
	for flags != "" {
		var one string
		one, flags, _ = strings.Cut(flags, "|")
		if a.has(one) {
			return true
		}
	}
	return false
}

// namesFlag reports whether a flag stands in the words of a condition.
func namesFlag(words, flag string) bool {
	for word := range strings.FieldsSeq(words) {
		for one := range strings.SplitSeq(word, "|") {
			if one == flag {
				return true
			}
		}
	}
	return false
}

// runs checks the conditions of a rule.
func (f *file) runs(n int, rule *Rule) error {
	if len(rule.Runs) > 0 && (len(rule.Command) > 0 || len(rule.Args) > 0) {
		return f.wrong("rule", n, "runs", "stands beside command or args", `write the program and its verb together: runs = ["mix ecto.drop"]`)
	}
	for _, run := range rule.Runs {
		programs, _ := cutRun(run)
		for name := range strings.SplitSeq(programs, "|") {
			set, is := strings.CutPrefix(name, "@")
			switch {
			case name == "":
				return f.wrong("rule", n, "runs", fmt.Sprintf("%q names no program", run), "begin with the program, and put one space between words")
			case is && f.all.alike(set) == nil:
				return f.wrong("rule", n, "runs", fmt.Sprintf("%q is no set of words and no program with a description", name), "give its names in a [[words]], or write them with | between them")
			}
		}
	}
	return nil
}
