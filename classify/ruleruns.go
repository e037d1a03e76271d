package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"restrain/shellparse"
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

// pairsWanted is how many pairs of a program and what it is told may stand in a
// rule's conditions for one example: more is knowledge that nobody tried. A
// condition is an example itself, by the first of each word's alternatives.
const pairsWanted = 3

// example gives the line that a condition is itself, or "" where it is none:
// the glob of a program names none.
func example(run string) string {
	var words []string
	for word := range strings.FieldsSeq(run) {
		first, _, _ := strings.Cut(word, "|")
		if len(words) == 0 && strings.ContainsAny(first, "*?[") {
			return ""
		}
		if strings.HasPrefix(first, "-") && !strings.HasPrefix(first, "--") && strings.Contains(first, "=") {
			return "" // its program says whether the value is a word of its own
		}
		if first = strings.TrimSuffix(first, "$"); first != "" {
			words = append(words, strings.ReplaceAll(strings.ReplaceAll(first, "*", "x"), "?", "x"))
		}
	}
	return strings.Join(words, " ")
}

// tellsMore reports whether a rule asks for more than its conditions say, so
// that a condition alone is no line that it matches.
func (rule *Rule) tellsMore() bool {
	for _, list := range [...][]string{rule.Flags, rule.FlagsAll, rule.Operands, rule.By, rule.From, rule.Input, rule.Variables} {
		if len(list) > 0 {
			return true
		}
	}
	return rule.File != nil || rule.HTTP != nil || rule.GraphQL != nil || rule.SQL != nil || rule.Search != nil ||
		rule.Env != nil || rule.Form != nil || rule.Loss != nil
}

// examples gives the lines that try a rule: those under match, and its
// conditions where nothing else is asked for.
func (rule *Rule) examples() []string {
	lines := slices.Clone(rule.Match)
	if rule.tellsMore() {
		return lines
	}
	for _, run := range rule.spelled {
		if line := example(run); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// pairs counts what a rule's conditions come to when each is spelled out. The
// names of @kubectl count once.
func (rule *Rule) pairs() int {
	sum := len(rule.Command) * max(1, len(rule.Args))
	for _, run := range rule.Runs {
		n := 1
		for word := range strings.FieldsSeq(run) {
			n *= 1 + strings.Count(word, "|")
		}
		sum += n
	}
	return sum
}

// checkRuns looks for conditions that no example tries.
func (s *Set) checkRuns(rule *Rule, report func(*Rule, string, ...any)) {
	examples := rule.examples()
	if n := rule.pairs(); n > pairsWanted*len(examples) {
		report(rule, "has %d pairs of program and verb for %d examples: give it a line under match for each %d, or take out what no program has", n, len(examples), pairsWanted)
	}
	var ran []string
	for _, line := range examples {
		ran = append(ran, programsOf(line)...)
	}
	for i, run := range rule.Runs {
		programs, _ := cutRun(run)
		all, _ := cutRun(rule.spelled[i])
		for name := range strings.SplitSeq(programs, "|") {
			if strings.HasPrefix(name, "@") {
				name = all
			}
			if !slices.ContainsFunc(ran, func(program string) bool { return matchWord(name, program) }) {
				report(rule, "names %s in %q, and no example runs it: give it a line under match", name, run)
			}
		}
	}
}

// programsOf gives the names of the programs that a line runs, also those that
// run others.
func programsOf(line string) []string {
	var names []string
	script := shellparse.Parse(line, shellparse.Options{Dir: "/home/dev/acme/shop", Home: "/home/dev"})
	for i := range script.Commands {
		c := &script.Commands[i]
		names = append(names, c.Name)
		for j := range c.Wrappers {
			names = append(names, c.Wrappers[j].Name)
		}
	}
	return names
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
