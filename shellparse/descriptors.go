package shellparse

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// keepDescriptor remembers the text that a redirection such as exec 3<<< text
// puts behind a descriptor, for what reads from there later.
func (sh *shell) keepDescriptor(out *Redir, r *syntax.Redirect) {
	if r.N == nil || out.FD >= 0 && out.FD < 3 {
		return
	}
	in, text := input{from: -1}, out.Target
	switch out.Op {
	case RedirHereStr:
		text.Text += "\n"
		in.text = &text
	case RedirHeredoc:
		in.text = &text
	case RedirRead:
		if known, ok := sh.fileText(out.Target); ok {
			in.text = &known
		} else if _, ok := processIn(r.Word); ok {
			in.from = len(sh.r.script.Commands) - 1
		} else {
			return
		}
	default:
		return
	}
	if sh.r.descriptors == nil {
		sh.r.descriptors = make(map[int]input)
	}
	if name := strings.Trim(r.N.Value, "{}"); name != r.N.Value { // exec {fd}<<< text
		out.FD = 10 + len(sh.r.descriptors)
		sh.vars.setText(name, strconv.Itoa(out.FD))
	}
	if len(sh.r.descriptors) < maxFiles {
		sh.r.descriptors[out.FD] = in
	}
}

// descriptorText is the text behind a descriptor, where that is known.
func (sh *shell) descriptorText(name string) (text Word, ok bool) {
	if in, ok := sh.descriptor(name); ok && in.text != nil {
		return *in.text, true
	}
	return Word{}, false
}

// descriptor is what lies behind a descriptor, given by its number or its path.
func (sh *shell) descriptor(name string) (in input, ok bool) {
	for _, dir := range [...]string{"/dev/fd/", "/proc/self/fd/"} {
		name = strings.TrimPrefix(name, dir)
	}
	n, err := strconv.Atoi(name)
	if err != nil {
		return input{}, false
	}
	in, ok = sh.r.descriptors[n]
	return in, ok
}

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
