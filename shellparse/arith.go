package shellparse

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arithmWord folds $((…)).
func (sh *shell) arithmWord(x syntax.ArithmExpr, note string) Word {
	if n, ok := sh.arithm(x); ok {
		return Word{Text: strconv.Itoa(n)}
	}
	return unknown(note)
}

// arithm evaluates an arithmetic expression; ok is false when it depends on
// something unknown. Assignments inside it are carried out.
func (sh *shell) arithm(x syntax.ArithmExpr) (n int, ok bool) {
	if x == nil || !sh.r.enter() {
		return 0, false
	}
	defer sh.r.leave()
	switch x := x.(type) {
	case *syntax.Word:
		return sh.arithmTerm(x)
	case *syntax.ParenArithm:
		return sh.arithm(x.X)
	case *syntax.UnaryArithm:
		return sh.arithmUnary(x)
	case *syntax.BinaryArithm:
		return sh.arithmBinary(x)
	}
	return 0, false
}

func (sh *shell) arithmTerm(x *syntax.Word) (n int, ok bool) {
	w := sh.word(x, tildeNever)
	for range 8 {
		if !w.Known() {
			return 0, false
		}
		if !syntax.ValidName(w.Text) {
			return arithmNumber(w.Text)
		}
		next, set := sh.scalar(w.Text, nil)
		if !set {
			return 0, true
		}
		w = next
	}
	return 0, false
}

// arithmNumber reads a number as bash does: 0x1f, 017, 2#101.
func arithmNumber(s string) (n int, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, true
	}
	base := 0
	if b, digits, found := strings.Cut(s, "#"); found {
		base, _ = strconv.Atoi(b)
		if s = digits; base < 2 || base > 36 {
			return 0, false
		}
	} else if len(s) > 1 && s[0] == '0' && s[1] != 'x' && s[1] != 'X' {
		base = 8
	}
	v, err := strconv.ParseInt(s, base, 64)
	return int(v), err == nil
}

func (sh *shell) arithmUnary(x *syntax.UnaryArithm) (n int, ok bool) {
	if x.Op == syntax.Inc || x.Op == syntax.Dec {
		word, isWord := x.X.(*syntax.Word)
		if !isWord {
			return 0, false
		}
		old, ok := sh.arithmTerm(word)
		if !ok {
			sh.vars.forget(word.Lit())
			return 0, false
		}
		next := old + 1
		if x.Op == syntax.Dec {
			next = old - 1
		}
		sh.vars.setText(word.Lit(), strconv.Itoa(next))
		if x.Post {
			return old, true
		}
		return next, true
	}
	if n, ok = sh.arithm(x.X); !ok {
		return 0, false
	}
	switch x.Op {
	case syntax.Not:
		return truth(n == 0), true
	case syntax.BitNegation:
		return ^n, true
	case syntax.Minus:
		return -n, true
	}
	return n, true
}

func (sh *shell) arithmBinary(x *syntax.BinaryArithm) (n int, ok bool) {
	switch x.Op {
	case syntax.TernQuest:
		cond, ok := sh.arithm(x.X)
		branches, isPair := x.Y.(*syntax.BinaryArithm)
		if !ok || !isPair {
			return 0, false
		}
		if cond != 0 {
			return sh.arithm(branches.X)
		}
		return sh.arithm(branches.Y)
	case syntax.Assgn:
		n, ok = sh.arithm(x.Y)
		sh.arithmAssign(x.X, n, ok)
		return n, ok
	}
	if x.Op >= syntax.AddAssgn && x.Op <= syntax.ShrAssgn {
		left, ok1 := sh.arithm(x.X)
		right, ok2 := sh.arithm(x.Y)
		n, ok = binary(strings.TrimSuffix(x.Op.String(), "="), left, right)
		ok = ok && ok1 && ok2
		sh.arithmAssign(x.X, n, ok)
		return n, ok
	}
	left, ok := sh.arithm(x.X)
	if !ok {
		sh.arithm(x.Y) // for its assignments
		return 0, false
	}
	if x.Op == syntax.AndArit && left == 0 || x.Op == syntax.OrArit && left != 0 {
		return truth(left != 0), true
	}
	right, ok := sh.arithm(x.Y)
	if !ok {
		return 0, false
	}
	return binary(x.Op.String(), left, right)
}

func (sh *shell) arithmAssign(target syntax.ArithmExpr, n int, ok bool) {
	word, isWord := target.(*syntax.Word)
	if !isWord || !syntax.ValidName(word.Lit()) {
		return
	}
	if ok {
		sh.vars.setText(word.Lit(), strconv.Itoa(n))
	} else {
		sh.vars.forget(word.Lit())
	}
}

// binary works an operator out, of those that count and compare.
func binary(op string, a, b int) (n int, ok bool) {
	if b == 0 && (op == "/" || op == "%") {
		return 0, false
	}
	switch op {
	case "+":
		return a + b, true
	case "-":
		return a - b, true
	case "*":
		return a * b, true
	case "/":
		return a / b, true
	case "%":
		return a % b, true
	case "==":
		return truth(a == b), true
	case "!=":
		return truth(a != b), true
	case ">":
		return truth(a > b), true
	case "<":
		return truth(a < b), true
	case "<=":
		return truth(a <= b), true
	case ">=":
		return truth(a >= b), true
	case "&&":
		return truth(a != 0 && b != 0), true
	case "||":
		return truth(a != 0 || b != 0), true
	case ",":
		return b, true
	}
	return 0, false
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
