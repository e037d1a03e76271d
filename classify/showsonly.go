package classify

// Which calls only show what they would do is said once, in the word sets
// shows-only, shows-only-last and help-word: no rule repeats it. --help is the
// same for every set.

// showsOnly reports whether a call that fits a rule does nothing: it asks for
// help or the version, or is a dry run. took is how many operands the rule's
// words took. What the rule itself names is no such word, and the flags after
// code, as in python3 x.py --help, are the code's own.
func (r *reader) showsOnly(rule *Rule, name string, args *argv, took int) bool {
	if p := r.set.program(name); took == 0 && len(args.operands) > 0 && p.Class == classRun && p != &unknownProgram {
		return false
	}
	if args.has("--help") && !rule.names("--help") {
		return true
	}
	for _, flag := range r.wordSet("shows-only").Any {
		if args.has(flag) && !args.has(flag+"=none") && !rule.names(flag) {
			return true
		}
	}
	if len(args.words) == 0 {
		return false
	}
	last := args.words[len(args.words)-1].Text
	if last == "help" {
		return len(args.operands) > 1 && len(args.flags) == 0 && contains(r.wordSet("help-word").Any, name)
	}
	// elsewhere the value of -h is a host, and that of --version is one
	return (took > 0 || len(args.operands) == 0) && contains(r.wordSet("shows-only-last").Any, last) && args.has(last) && !rule.names(last)
}

// names reports whether a rule asks for a flag.
func (rule *Rule) names(flag string) bool {
	if contains(rule.Flags, flag) || contains(rule.FlagsAll, flag) {
		return true
	}
	for _, run := range rule.spelled {
		if _, words := cutRun(run); namesFlag(words, flag) {
			return true
		}
	}
	return false
}
