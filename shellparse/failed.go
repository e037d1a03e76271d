package shellparse

import "mvdan.cc/sh/v3/syntax"

// This file follows what happens when cd fails and the line goes on: cd build;
// rm -rf * then removes what is in the directory that the shell was in.

// maxElsewhere bounds the directories that a shell may be in instead.
const maxElsewhere = 8

// elsewhere gives the directories that the shell is in when a cd has failed.
func (s *scope) elsewhere() []Word {
	for ; s != nil; s = s.parent {
		if s.moved {
			return s.missed
		}
	}
	return nil
}

// mayStay notes, after a cd from old, that the shell may still be there, or
// where the same cd leads from the directories it may have been in before.
func (sh *shell) mayStay(old Word, before []Word, to Word) {
	if sh.vars.stops() {
		return
	}
	s := sh.vars
	s.missed = append([]Word(nil), sh.absolute(old))
	there := s.dir
	for _, dir := range before {
		s.dir = dir
		s.missed = append(s.missed, sh.resolve(to))
	}
	s.dir = there
	s.missed = append(s.missed, before...)
	s.missed = s.missed[:min(len(s.missed), maxElsewhere)]
}

// stops reports set -e: a cd that fails ends the shell.
func (s *scope) stops() bool {
	for ; s != nil; s = s.parent {
		if s.exits != nil {
			return *s.exits
		}
	}
	return false
}

// exitOnError follows set -e, set +e and set -o errexit.
func (sh *shell) exitOnError(c *Command) {
	for i, w := range c.Argv[1:] {
		on := len(w.Text) > 1 && w.Text[0] == '-'
		if !on && (len(w.Text) < 2 || w.Text[0] != '+') || w.Text == "--" {
			return
		}
		named := w.Text[1:] == "o" && i+2 < len(c.Argv) && c.Argv[i+2].Text == "errexit"
		for _, letter := range w.Text[1:] {
			if letter == 'e' || letter == 'o' && i+2 < len(c.Argv) && c.Argv[i+2].Text == "errexit" {
				named = true
			}
		}
		if named {
			sh.vars.exits = &on
			if on {
				sh.arrived()
			}
			return
		}
	}
}

// arrived notes that no cd has failed.
func (sh *shell) arrived() { sh.stay(nil) }

// stayed takes the directories of an earlier cd up again, beside those of later
// ones.
func (sh *shell) stayed(missed []Word) {
	if len(missed) > 0 {
		sh.stay(append(sh.vars.elsewhere(), missed...)[:min(len(missed)+len(sh.vars.elsewhere()), maxElsewhere)])
	}
}

func (sh *shell) stay(missed []Word) {
	if s := sh.vars; len(missed) > 0 || len(s.elsewhere()) > 0 {
		s.dir, s.moved, s.missed = s.directory(), true, missed
	}
}

// leaves reports a statement that ends the shell, the loop or the function.
func leaves(st *syntax.Stmt) bool {
	switch x := st.Cmd.(type) {
	case *syntax.CallExpr:
		if len(x.Args) > 0 {
			switch x.Args[0].Lit() {
			case "exit", "return", "continue", "break", "exec", "die", "fail", "abort":
				return true
			}
		}
	case *syntax.Block:
		return len(x.Stmts) > 0 && leaves(x.Stmts[len(x.Stmts)-1])
	case *syntax.BinaryCmd:
		return x.Op == syntax.AndStmt && leaves(x.Y)
	}
	return false
}
