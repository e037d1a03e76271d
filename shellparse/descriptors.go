package shellparse

import (
	"mvdan.cc/sh/v3/syntax"
)

// outlet takes the process substitution that reads a command's output, as in
// cmd > >(sh), out of its redirections.
func outlet(redirs []*syntax.Redirect) (rest []*syntax.Redirect, p *syntax.ProcSubst) {
	for i, r := range redirs {
		if r.Word == nil || len(r.Word.Parts) != 1 {
			continue
		}
		if p, ok := r.Word.Parts[0].(*syntax.ProcSubst); ok && p.Op == syntax.CmdOut {
			rest = append(rest, redirs[:i]...)
			return append(rest, redirs[i+1:]...), p
		}
	}
	return redirs, nil
}

// reads is sh when somebody reads what it prints.
func (sh *shell) reads(outlet *syntax.ProcSubst) *shell {
	if outlet == nil || sh.want {
		return sh
	}
	sub := *sh
	sub.want = true
	return &sub
}

// feed reads the commands of a process substitution that has a command's
// output as its input.
func (sh *shell) feed(outlet *syntax.ProcSubst, out output) {
	sub := sh.fork()
	sub.become(Substitution)
	sub.want = false
	sub.stdin = input{from: len(sh.r.script.Commands) - 1}
	if out.known {
		sub.stdin.text = &out.text
	}
	sub.stmts(outlet.Stmts)
}

// fedBy is sh with the input of a command, which the process substitutions
// among its arguments may be handed: tee >(sh) <<< text.
func (sh *shell) fedBy(c *Command) *shell {
	if c.Stdin == sh.stdin.text {
		return sh
	}
	sub := *sh
	sub.stdin = input{text: c.Stdin, from: c.From}
	return &sub
}
