package shellparse

import (
	"math/bits"
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
			sh.arithmText(w)
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

// arithmText reads the commands in a value that is evaluated as an expression:
// x='a[$(cmd)]'; ((x)).
func (sh *shell) arithmText(w Word) {
	if strings.Contains(w.Text, "[$(") || strings.Contains(w.Text, "[`") {
		sh.prompted(w)
	}
}

// arithmTest is the same for a side of [[ a -eq b ]].
func (sh *shell) arithmTest(x syntax.TestExpr) {
	if word, ok := x.(*syntax.Word); ok && len(word.Parts) == 1 {
		if p, ok := word.Parts[0].(*syntax.ParamExp); ok {
			sh.arithmText(sh.param(p))
		}
	}
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
	if op, isAssign := assigning(x.Op); isAssign {
		left, ok1 := sh.arithm(x.X)
		right, ok2 := sh.arithm(x.Y)
		n, ok = binary(op, left, right)
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
	return binary(x.Op, left, right)
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

// assigning gives the operator inside +=, -= and so on.
func assigning(op syntax.BinAritOperator) (syntax.BinAritOperator, bool) {
	switch op {
	case syntax.AddAssgn:
		return syntax.Add, true
	case syntax.SubAssgn:
		return syntax.Sub, true
	case syntax.MulAssgn:
		return syntax.Mul, true
	case syntax.QuoAssgn:
		return syntax.Quo, true
	case syntax.RemAssgn:
		return syntax.Rem, true
	case syntax.AndAssgn:
		return syntax.And, true
	case syntax.OrAssgn:
		return syntax.Or, true
	case syntax.XorAssgn:
		return syntax.Xor, true
	case syntax.ShlAssgn:
		return syntax.Shl, true
	case syntax.ShrAssgn:
		return syntax.Shr, true
	}
	return op, false
}

func binary(op syntax.BinAritOperator, a, b int) (n int, ok bool) {
	switch op {
	case syntax.Add:
		return a + b, true
	case syntax.Sub:
		return a - b, true
	case syntax.Mul:
		return a * b, true
	case syntax.Quo, syntax.Rem:
		if b == 0 {
			return 0, false
		}
		if op == syntax.Quo {
			return a / b, true
		}
		return a % b, true
	case syntax.Pow:
		return power(a, b)
	case syntax.Eql:
		return truth(a == b), true
	case syntax.Neq:
		return truth(a != b), true
	case syntax.Gtr:
		return truth(a > b), true
	case syntax.Lss:
		return truth(a < b), true
	case syntax.Leq:
		return truth(a <= b), true
	case syntax.Geq:
		return truth(a >= b), true
	case syntax.And:
		return a & b, true
	case syntax.Or:
		return a | b, true
	case syntax.Xor:
		return a ^ b, true
	case syntax.Shl, syntax.Shr:
		if b < 0 || b >= bits.UintSize {
			return 0, false
		}
		if op == syntax.Shl {
			return a << b, true
		}
		return a >> b, true
	case syntax.AndArit:
		return truth(a != 0 && b != 0), true
	case syntax.OrArit:
		return truth(a != 0 || b != 0), true
	case syntax.Comma:
		return b, true
	}
	return 0, false
}

func power(a, b int) (n int, ok bool) {
	if b < 0 || b > 64 {
		return 0, false
	}
	n = 1
	for range b {
		n *= a
	}
	return n, true
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
