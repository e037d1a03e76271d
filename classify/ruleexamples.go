package classify

import (
	"slices"
	"strings"

	"restrain/shellparse"
)

// pairsWanted is how many pairs of a program and what it is told may stand in a
// rule's conditions for one example: more is knowledge that nobody tried.
const pairsWanted = 3

// ownLines gives the lines that a rule's conditions are themselves, as many as
// it takes for each alternative to stand in one of them, with a flag, an operand
// and a variable where the rule asks for one.
func (rule *Rule) ownLines() []string {
	conditions := slices.Clone(rule.spelled)
	for i := range max(1, len(rule.Args)) {
		if len(rule.Command) > 0 {
			condition := strings.Join(rule.Command, "|")
			if i < len(rule.Args) {
				condition += " " + rule.Args[i]
			}
			conditions = append(conditions, condition)
		}
	}
	var lines []string
	for i, condition := range conditions {
		words := strings.Fields(condition)
		n := 1
		for _, word := range words {
			n = max(n, 1+strings.Count(word, "|"))
		}
		if i == 0 {
			n = max(n, len(rule.Flags), len(rule.Operands), len(rule.Variables))
		}
		for turn := range n {
			if line := rule.ownLine(words, turn); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// ownLine gives the line that has the alternatives of a condition whose turn it
// is, or "" where they are none: the glob of a program names none.
func (rule *Rule) ownLine(condition []string, turn int) string {
	var words []string
	for _, word := range condition {
		alternatives := strings.Split(strings.TrimSuffix(word, "$"), "|")
		words = append(words, alternatives[turn%len(alternatives)])
	}
	if strings.ContainsAny(words[0], "*?[") {
		return ""
	}
	words = append(words, rule.FlagsAll...)
	for _, list := range [...][]string{rule.Flags, rule.Operands} {
		if len(list) > 0 {
			words = append(words, list[turn%len(list)])
		}
	}
	var line []string
	for _, word := range words {
		word = strings.NewReplacer("*", "x", "?", "x").Replace(word)
		if flag, value, is := strings.Cut(word, "="); is && strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--") {
			line = append(line, flag, value)
		} else if word != "" {
			line = append(line, word)
		}
	}
	text := shellparse.Quote(line)
	if len(rule.Variables) > 0 {
		name, value, _ := strings.Cut(rule.Variables[turn%len(rule.Variables)], "=")
		text = strings.ReplaceAll(name, "*", "") + "=" + shellparse.Quote([]string{strings.ReplaceAll(value, "*", "x")}) + " " + text
	}
	return text
}

// tellsMore reports whether a rule asks for more than its conditions say, so
// that its own lines may be none that it matches.
func (rule *Rule) tellsMore() bool {
	for _, list := range [...][]string{rule.Flags, rule.FlagsAll, rule.Operands, rule.By, rule.From, rule.Input, rule.Variables, rule.Command} {
		if len(list) > 0 {
			return true
		}
	}
	return rule.isAboutFact()
}

// leavesOut reports whether a rule says what it does not match, so that near
// misses show more than another word would.
func (rule *Rule) leavesOut() bool {
	return len(rule.FlagsNot) > 0 || len(rule.OperandNot) > 0 || rule.Shown || rule.InLine || strings.Contains(strings.Join(rule.Runs, " "), "$") || rule.isAboutFact()
}

// isAboutFact reports whether a rule matches a fact of a command, not only its words.
func (rule *Rule) isAboutFact() bool {
	return rule.File != nil || rule.HTTP != nil || rule.GraphQL != nil || rule.SQL != nil || rule.Search != nil ||
		rule.Env != nil || rule.Form != nil || rule.Loss != nil
}

// examples gives the lines that try a rule: those under match, and of its own
// all that it has to match, or that it does.
func (s *Set) examples(rule *Rule) []string {
	lines := slices.Clone(rule.Match)
	for _, line := range rule.ownLines() {
		if !rule.tellsMore() || contains(s.ruleIDs(line, rule), rule.ID) {
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
func (s *Set) checkRuns(rule *Rule, examples []string, report func(*Rule, string, ...any)) {
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
