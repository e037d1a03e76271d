package classify

import "restrain/shellparse"

// readRemote puts the address in the place of a remote's name that the line has
// only just given it: git remote add x URL && git push x. Where a fresh
// repository gets its origin so, that is how one begins.
func (r *reader) readRemote() {
	if r.cmd.Name != "git" || r.args.operand(0) != "push" || len(r.args.operands) < 2 {
		return
	}
	at := r.args.operands[1]
	name := r.args.words[at].Text
	for n := r.n - 1; n >= max(r.n-maxAhead, 0); n-- {
		var args argv
		c := &r.script.Commands[n]
		if c.Name != "git" {
			continue
		}
		args.read(r.program, c.Argv[1:])
		verb := args.operand(1)
		added := verb == "add" && name != "origin"
		if args.operand(0) == "remote" && args.operand(2) == name && (added || verb == "set-url") && len(args.operands) > 3 {
			words := append([]shellparse.Word(nil), r.args.words...)
			words[at] = args.words[args.operands[3]]
			r.args.words = words
			return
		}
	}
}
