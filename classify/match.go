package classify

import (
	"path"

	"restrain/shellparse"
)

// commandRules tries the rules about a program's words, and about those of the
// program that a runner was given: yarn prisma migrate reset.
func (r *reader) commandRules(name string, args *argv) {
	r.namedRules(name, args)
	inner, words := r.handedOn(name, args)
	if inner == "" {
		return
	}
	var given argv
	given.read(r.set.program(inner), words)
	r.namedRules(inner, &given)
}

// handedOn gives the program that a runner such as yarn or python starts, with
// its words, or "".
func (r *reader) handedOn(name string, args *argv) (inner string, words []shellparse.Word) {
	if !contains(r.wordSet("runners").Any, name) {
		return "", nil
	}
	for _, i := range args.operands[:min(2, len(args.operands))] {
		if word := args.words[i].Text; word != "run" && word != "exec" {
			return path.Base(word), args.words[i+1:]
		}
	}
	return "", nil
}

func (r *reader) namedRules(name string, args *argv) {
	if e := r.set.index.exact(name); e != nil {
		r.tryRules(e.told(args), name, args)
	}
	for i := range r.set.index.Globs {
		if e := &r.set.index.Globs[i]; len(e.Rules) > 0 && e.fits(name) {
			r.tryRules(e.told(args), name, args)
		}
	}
}

func (r *reader) tryRules(rules []uint16, name string, args *argv) {
	for _, n := range rules {
		rule := &r.set.Rules[n]
		if took, ok := rule.matchWords(name, args); ok && !r.showsOnly(rule, name, args, took) && r.matchSource(rule) {
			severity, target := r.wordSeverity(rule, args)
			r.addFinding(rule, r.evidence(), rule.target(args, took), severity, target)
		}
	}
}

// wrapperRules tries the rules about the programs that run the command.
func (r *reader) wrapperRules() {
	for i := range r.cmd.Wrappers {
		w := &r.cmd.Wrappers[i]
		e := r.set.index.exact(w.Name)
		if e == nil || len(e.Rules) == 0 {
			continue
		}
		r.args.read(r.set.program(w.Name), w.Args)
		r.tryRules(e.told(&r.args), w.Name, &r.args)
	}
	r.assignRules()
}

// assignRules tries the rules about env for the variables that are set for
// this command alone: A=1 CMD is env A=1 CMD.
func (r *reader) assignRules() {
	if len(r.cmd.Assigns) == 0 || len(r.cmd.Argv) == 0 {
		return
	}
	e := r.set.index.exact("env")
	if e == nil || len(e.Rules) == 0 {
		return
	}
	words := make([]shellparse.Word, 0, 8)
	for _, a := range r.cmd.Assigns {
		words = append(words, shellparse.Word{Text: a.Name + "=" + a.Value.Text})
	}
	r.args.read(r.set.program("env"), words)
	r.tryRules(e.told(&r.args), "env", &r.args)
}

// matchWords reports whether a rule's words fit an argument list, and how many
// operands its args took.
func (rule *Rule) matchWords(name string, args *argv) (took int, ok bool) {
	if len(rule.spelled) > 0 {
		if took, ok = rule.matchRuns(name, args); !ok {
			return 0, false
		}
	}
	if len(rule.Args) > 0 {
		for _, pattern := range rule.Args {
			if took, ok = args.matchLoosely(pattern); ok {
				break
			}
		}
		if !ok {
			return 0, false
		}
	}
	if len(rule.Flags) > 0 && !args.hasAny(rule.Flags...) {
		return 0, false
	}
	for _, f := range rule.FlagsAll {
		if !args.has(f) {
			return 0, false
		}
	}
	if args.excused(rule.FlagsNot, took > 0) {
		return 0, false
	}
	if len(rule.OperandNot) > 0 && args.anyFits(rule.OperandNot) {
		return 0, false
	}
	return took, len(rule.Operands) == 0 || args.anyFits(rule.Operands)
}

// anyFits reports whether an operand or the value of a flag fits a glob.
func (a *argv) anyFits(globs []string) bool {
	for _, i := range a.operands {
		if matchAny(globs, a.words[i].Text) {
			return true
		}
		for _, u := range a.words[i].Unknown { // kill $(pgrep x), kill $PPID
			if u[0] == '$' && matchAny(globs, u) {
				return true
			}
		}
	}
	for i := range a.flags {
		if f := &a.flags[i]; f.valued && matchAny(globs, f.value) {
			return true
		}
	}
	return false
}

// target names what a command acts on: the last operand that its sub-command
// did not take.
func (rule *Rule) target(args *argv, took int) string {
	operands := args.operands
	if len(operands) <= took {
		operands = args.loose
	}
	if n := len(operands); n > took {
		return args.words[operands[n-1]].Text
	}
	return ""
}

// forCommand reports whether a rule about facts is about this command's.
func (r *reader) forCommand(rule *Rule) bool {
	if len(rule.Command) > 0 && !matchAny(rule.Command, r.cmd.Name) || matchAny(rule.CommandNot, r.cmd.Name) {
		return false
	}
	took, ok := rule.matchWords(r.cmd.Name, &r.args)
	return ok && !r.showsOnly(rule, r.cmd.Name, &r.args, took) && r.matchSource(rule)
}

// matchSource reports whether the command is run, fed and looked at as a rule
// wants it.
func (r *reader) matchSource(rule *Rule) bool {
	return (len(rule.By) == 0 || r.runBy(rule.By)) &&
		(len(rule.From) == 0 || r.fedBy(rule.From)) &&
		(len(rule.Input) == 0 || r.cmd.Stdin != nil && matchAny(rule.Input, r.cmd.Stdin.Text)) &&
		(len(rule.Variables) == 0 || r.runsWith(rule.Variables)) &&
		(!rule.Shown || r.visibility() != seenNothing) &&
		(!rule.InLine || r.cmd.Origin != shellparse.ScriptFile)
}

// runsWith reports whether the line sets one of the variables for the command.
func (r *reader) runsWith(globs []string) bool {
	fits := false
	r.exports(func(name, value string) { fits = fits || matchAny(globs, name+"="+value) })
	return fits
}

// exports calls f with what the line gives variables for the command: in front of it,
// or by an export before it in whatever shell.
func (r *reader) exports(f func(name, value string)) {
	for i := range r.script.Commands[:r.n+1] {
		if c := &r.script.Commands[i]; i == r.n || c.Name == "export" {
			for j := range c.Assigns {
				f(c.Assigns[j].Name, c.Assigns[j].Value.Text)
			}
		}
	}
}

// runBy reports whether one of the programs runs the command; "code" is any
// that has its own way to run others.
func (r *reader) runBy(names []string) bool {
	for i := range r.cmd.Wrappers {
		if matchAny(names, r.cmd.Wrappers[i].Name) {
			return true
		}
	}
	return r.cmd.Origin == shellparse.Code && contains(names, "code")
}

// fedBy reports whether the output of one of the programs reaches the command,
// through filters or not.
func (r *reader) fedBy(names []string) bool {
	at := r.cmd.From
	for range maxStages {
		if at < 0 || at >= len(r.script.Commands) {
			return false
		}
		c := &r.script.Commands[at]
		if matchAny(names, c.Name) {
			return true
		}
		for i := range c.Wrappers {
			if matchAny(names, c.Wrappers[i].Name) {
				return true
			}
		}
		at = c.From
	}
	return false
}

// addFinding adds the action of a rule that matched. Of several facts that match
// the same rule in one command the most severe counts.
func (r *reader) addFinding(rule *Rule, evidence, resource string, severity Severity, target *TargetInfo) {
	for i := r.first; i < len(r.actions); i++ {
		a := &r.actions[i]
		if a.Finding != nil && a.Finding.Rule == rule.ID {
			switch {
			case a.Resource.Name == resource:
			case a.Target != nil && target != nil:
				sum := a.Target.plus(*target)
				a.Target, target = &sum, &sum
			}
			if severity > a.Severity {
				a.Class = rule.classAt(severity)
				a.Severity, a.Resource.Name, a.Finding.Evidence, a.Target = severity, resource, evidence, target
			}
			return
		}
	}
	r.actions = append(r.actions, Action{
		Class:    rule.classAt(severity),
		Severity: severity,
		Undo:     rule.Undo,
		Resource: Resource{Kind: rule.Resource, Name: resource},
		Finding: &Finding{
			Rule:          rule.ID,
			Description:   rule.Description,
			Justification: rule.Justification,
			Attack:        rule.Attack,
			Evidence:      evidence,
		},
		Target:  target,
		Command: r.n,
	})
}

// evidence is the command as it stands in the line, or as it was made up.
func (r *reader) evidence() string {
	if s := r.cmd.Span; s.End > s.Start && s.End <= len(r.script.Source) && s.Start >= 0 {
		return r.script.Source[s.Start:s.End]
	}
	return joinWords(r.cmd.Argv)
}

func joinWords(words []shellparse.Word) string {
	var b []byte
	for i, w := range words {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, w.Text...)
	}
	return string(b)
}
