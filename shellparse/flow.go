package shellparse

import (
	"reflect"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// ifClause reads every branch, since which one runs is rarely known.
func (sh *shell) ifClause(x *syntax.IfClause) output {
	var branches []*scope
	complete := false
	for ; x != nil; x = x.Else {
		failed := len(x.Cond) == 1 && x.Cond[0].Negated
		if len(x.Cond) > 0 {
			sh.stmts(x.Cond)
		} else {
			complete = true // else
		}
		sub := sh.fork()
		if len(x.Cond) > 0 && !failed {
			sub.arrived()
		}
		sub.stmts(x.Then)
		if n := len(x.Then); failed && n > 0 && leaves(x.Then[n-1]) {
			sh.arrived()
		}
		branches = append(branches, sub.vars)
	}
	sh.vars.merge(complete, branches...)
	return output{}
}

// caseClause reads the branches that a known word takes, or else every branch.
func (sh *shell) caseClause(x *syntax.CaseClause) output {
	word := sh.word(x.Word, tildeStart)
	var branches []*scope
	all, through := silent, false // ;& goes on into the next branch
	for _, item := range x.Items {
		taken, certain := through, through
		for _, p := range item.Patterns {
			text := sh.patternText(p)
			var m matcher
			fits := m.match(text, word.Text)
			maybe := !word.Known() || !sh.matches(text, word.Text) || m.over() || strings.ContainsRune(text, Hole)
			taken = taken || maybe || fits
			certain = certain || !maybe && fits
		}
		if !taken {
			continue
		}
		sub := sh.fork()
		out := sub.stmts(item.Stmts)
		through = certain && item.Op == syntax.Fallthrough
		if !certain || len(branches) > 0 {
			branches, all = append(branches, sub.vars), output{}
			continue
		}
		sh.vars.merge(true, sub.vars)
		if all = all.then(out); item.Op == syntax.Break {
			return all
		}
	}
	if len(branches) > 0 {
		sh.vars.merge(false, branches...)
	}
	return all
}

// forClause unrolls a loop over a known list. Rounds that would be as the second was,
// which looks at no item and leaves all as it found it, are not read again.
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
	all, rounds := silent, len(items)
	if rounds > maxRounds {
		rounds = fewRounds // the rest has to be read without the values anyway
	}
	used := new(bool)
	alike := rounds == len(items) && sh.stdin.text == nil && !slices.ContainsFunc(items, unsettled)
	for i, item := range items {
		if i == rounds {
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
		sh.vars.set(iter.Name.Value, value{words: []Word{item}, used: used})
		var was *scope
		if i == 1 && alike && !*used {
			was = sh.vars.copied()
		}
		out := sh.stmts(x.Do)
		all = all.then(out)
		if was != nil && !*used && reflect.DeepEqual(was, sh.vars) {
			for range items[i+1:] {
				all = all.then(out)
			}
			last := items[len(items)-1]
			last.Span = Span{}
			sh.vars.set(iter.Name.Value, value{words: []Word{last}})
			break
		}
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
	if names, ok := readLoop(x); ok && sh.stdin.text != nil {
		if lines := lineWords(*sh.stdin.text, "\n"); len(lines) <= maxRounds && (sh.stdin.text.Known() || len(lines) > 1) {
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

// separators is the value of IFS as far as it is known.
func (sh *shell) separators() string {
	if v, ok := sh.vars.get("IFS"); ok && len(v.words) == 1 && v.words[0].Known() {
		return v.words[0].Text
	}
	return " \t\n"
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
		case *syntax.CallExpr:
			if len(n.Args) > 0 && n.Args[0].Lit() == "shift" { // any argument may be $1 by then
				sh.vars.params, sh.vars.called = nil, true
			}
		case *syntax.BinaryArithm:
			if word, ok := n.X.(*syntax.Word); ok && syntax.ValidName(word.Lit()) {
				if n.Op >= syntax.AddAssgn && n.Op <= syntax.ShrAssgn || n.Op == syntax.Assgn {
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
