package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// ifClause reads every branch, since which one runs is rarely known.
func (sh *shell) ifClause(x *syntax.IfClause) output {
	var branches []*scope
	complete := false
	for ; x != nil; x = x.Else {
		if len(x.Cond) > 0 {
			sh.stmts(x.Cond)
		} else {
			complete = true // else
		}
		sub := sh.fork()
		sub.stmts(x.Then)
		branches = append(branches, sub.vars)
	}
	sh.vars.merge(complete, branches...)
	return output{}
}

// caseClause reads the branch that a known word takes, or else every branch.
func (sh *shell) caseClause(x *syntax.CaseClause) output {
	word := sh.word(x.Word, tildeStart)
	var branches []*scope
	all := output{}
	for _, item := range x.Items {
		taken := false
		for _, p := range item.Patterns {
			taken = taken || match(sh.patternText(p), word.Text)
		}
		if word.Known() && !taken && item.Op == syntax.Break {
			continue
		}
		sub := sh.fork()
		all = sub.stmts(item.Stmts)
		if word.Known() && item.Op == syntax.Break {
			sh.vars.merge(true, sub.vars)
			return all
		}
		branches = append(branches, sub.vars)
	}
	if len(branches) > 0 {
		sh.vars.merge(false, branches...)
	}
	return output{}
}

// forClause unrolls a loop over a known list.
func (sh *shell) forClause(x *syntax.ForClause) output {
	iter, ok := x.Loop.(*syntax.WordIter)
	if !ok {
		loop, _ := x.Loop.(*syntax.CStyleLoop)
		return sh.counted(loop, x.Do)
	}
	items := sh.items(iter)
	if x.Select {
		items = append(items, unknown("$"+iter.Name.Value))
	}
	all := silent
	for i, item := range items {
		if i == maxRounds {
			sh.forgetAssigned(x.Do)
			sh.vars.forget(iter.Name.Value)
			sh.stmts(x.Do)
			return output{}
		}
		if !sh.r.step() {
			return output{}
		}
		if unsettled(item) {
			sh.forgetAssigned(x.Do)
		}
		item.Span = Span{}
		sh.vars.set(iter.Name.Value, value{words: []Word{item}})
		all = all.then(sh.stmts(x.Do))
	}
	return all
}

// unsettled reports a word that may stand for any number of words.
func unsettled(w Word) bool { return !w.Known() || w.Glob }

func (sh *shell) items(iter *syntax.WordIter) []Word {
	if iter.InPos.IsValid() {
		return sh.fields(iter.Items)
	}
	if list, known := sh.positional(); known {
		return list
	}
	return []Word{unknown("$" + iter.Name.Value)}
}

// counted reads for ((i=0; i<3; i++)).
func (sh *shell) counted(loop *syntax.CStyleLoop, body []*syntax.Stmt) output {
	if loop == nil {
		return output{}
	}
	if loop.Init != nil {
		sh.arithm(loop.Init)
	}
	all := silent
	for range maxRounds {
		n, ok := sh.arithm(loop.Cond)
		if ok && n == 0 {
			return all
		}
		if !ok || !sh.r.step() {
			break
		}
		all = all.then(sh.stmts(body))
		if loop.Post != nil {
			sh.arithm(loop.Post)
		}
	}
	sh.forgetAssigned(body)
	if loop.Post != nil {
		sh.forgetIn(loop.Post)
	}
	sh.stmts(body)
	return output{}
}

// while reads the body once with what it assigns unknown, but for
// "while read x" over known text, which is unrolled.
func (sh *shell) while(x *syntax.WhileClause) output {
	if names, ok := readLoop(x); ok && sh.stdin.text != nil && sh.stdin.text.Known() {
		if lines := splitLines(sh.stdin.text.Text); len(lines) <= maxRounds {
			return sh.readLines(x, names, lines)
		}
	}
	sh.forgetAssigned(x.Cond)
	sh.forgetAssigned(x.Do)
	sub := sh.fork()
	sub.want = false
	sub.stmts(x.Cond)
	sub.stmts(x.Do)
	sh.vars.merge(false, sub.vars)
	return output{}
}

// readLoop recognises while read [-r] NAME… and while IFS= read NAME….
func readLoop(x *syntax.WhileClause) (names []string, ok bool) {
	if x.Until || len(x.Cond) != 1 || len(x.Cond[0].Redirs) > 0 {
		return nil, false
	}
	call, isCall := x.Cond[0].Cmd.(*syntax.CallExpr)
	if !isCall || len(call.Args) < 2 || call.Args[0].Lit() != "read" {
		return nil, false
	}
	for _, arg := range call.Args[1:] {
		switch name := arg.Lit(); {
		case name == "-r":
		case syntax.ValidName(name):
			names = append(names, name)
		default:
			return nil, false
		}
	}
	return names, len(names) > 0
}

func (sh *shell) readLines(x *syntax.WhileClause, names, lines []string) output {
	all := silent
	body := *sh
	body.stdin = input{from: sh.stdin.from}
	for _, line := range lines {
		if !sh.r.step() {
			return output{}
		}
		sh.assignRead(names, line)
		all = all.then(body.stmts(x.Do))
	}
	return all
}

// assignRead splits a line over names, the last of which takes the rest.
func (sh *shell) assignRead(names []string, line string) {
	for i, name := range names {
		line = strings.TrimLeft(line, " \t")
		if i == len(names)-1 {
			sh.vars.setText(name, strings.TrimRight(line, " \t"))
			return
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		sh.vars.setText(name, line[:end])
		line = line[end:]
	}
}

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// forgetAssigned makes unknown what statements that may run again assign.
func (sh *shell) forgetAssigned(list []*syntax.Stmt) {
	for _, st := range list {
		sh.forgetIn(st)
	}
}

func (sh *shell) forgetIn(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if n.Name != nil && !n.Naked {
				sh.vars.forget(n.Name.Value)
			}
		case *syntax.BinaryArithm:
			if word, ok := n.X.(*syntax.Word); ok && syntax.ValidName(word.Lit()) {
				if _, assigns := assigning(n.Op); assigns || n.Op == syntax.Assgn {
					sh.vars.forget(word.Lit())
				}
			}
		case *syntax.UnaryArithm:
			if word, ok := n.X.(*syntax.Word); ok && (n.Op == syntax.Inc || n.Op == syntax.Dec) {
				sh.vars.forget(word.Lit())
			}
		}
		return true
	})
}
