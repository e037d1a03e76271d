package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A shell is one shell reading one text: the line itself, a subshell, the code
// of bash -c, a script.
type shell struct {
	r     *reader
	src   string
	base  int    // where src starts in Script.Source; -1 when it is not part of it
	place Span   // the command that brought src, for what has no place of its own
	from  Line   // likewise
	file  string // the script that src is; empty when it is none
	// notes says what the Holes in src itself depend on, as in bash -c "rm $X".
	notes []string
	vars  *scope

	origin     Origin
	host       string
	wrappers   []Wrapper
	background bool
	captured   bool // what is printed becomes a part of a word

	stdin   input
	pipe    position
	want    bool // somebody reads the output
	fish    bool // the text is fish's
	foreign bool // the text is of a shell that gives variables values in ways of its own

	locals *[]local // of the function that is being called
}

// An input is what a command finds on its standard input.
type input struct {
	text *Word  // nil when unknown
	from int    // index of the command that writes it, -1 for none
	file string // the file that it is, as far as that is known
}

// A position is where a command stands in a pipeline.
type position struct{ pipeline, stage, stages int }

// An output is what a command prints, when that can be known.
type output struct {
	text  Word
	known bool
}

// silent is the output of a command that prints nothing.
var silent = output{known: true}

// fork is a shell of its own that starts from sh's state.
func (sh *shell) fork() *shell {
	sub := *sh
	sub.vars = sh.vars.child()
	return &sub
}

// become sets where the text comes from. Of nested origins the one farthest
// from the line counts: what a remote host substitutes is remote.
func (sh *shell) become(o Origin) {
	if originRank(o) > originRank(sh.origin) {
		sh.origin = o
	}
}

func originRank(o Origin) int {
	switch o {
	case Substitution:
		return 1
	case Function:
		return 2
	case Eval:
		return 3
	case ShellCode:
		return 4
	case ScriptFile:
		return 5
	case Code:
		return 6
	case Remote:
		return 7
	case Deferred:
		return 8
	}
	return 0
}

func (sh *shell) stmts(list []*syntax.Stmt) output {
	if len(list) == 1 {
		return sh.stmt(list[0])
	}
	all := silent
	for _, st := range list {
		out := sh.stmt(st)
		if sh.want {
			all = all.then(out)
		}
	}
	return all
}

// then is the output of two commands in a row.
func (o output) then(next output) output {
	if !o.known || !next.known || len(o.text.Text)+len(next.text.Text) > maxValue {
		return output{}
	}
	return output{text: joinWords([]Word{o.text, next.text}, ""), known: true}
}

func (sh *shell) stmt(st *syntax.Stmt) output {
	if !sh.r.step() || !sh.r.enter() {
		return output{}
	}
	defer sh.r.leave()
	if st.Background || st.Coprocess || st.Disown {
		sub := sh.fork()
		sub.background = true
		return sub.command(st)
	}
	return sh.command(st)
}

// command reads a statement whose control operator has been seen to.
func (sh *shell) command(st *syntax.Stmt) output {
	if b, ok := st.Cmd.(*syntax.BinaryCmd); ok {
		if b.Op == syntax.Pipe || b.Op == syntax.PipeAll {
			return sh.pipeline(st)
		}
		return sh.list(st)
	}
	sh.r.pipelines++
	sh.pipe = position{sh.r.pipelines - 1, 0, 1}
	return sh.single(st)
}

// chain flattens the left-leaning tree of a list or a pipeline.
func chain(st *syntax.Stmt, pipe bool) (stmts []*syntax.Stmt, ops []syntax.BinCmdOperator) {
	for {
		b, ok := st.Cmd.(*syntax.BinaryCmd)
		if !ok || (b.Op == syntax.Pipe || b.Op == syntax.PipeAll) != pipe {
			stmts = append(stmts, st)
			break
		}
		stmts, ops = append(stmts, b.Y), append(ops, b.Op)
		st = b.X
	}
	for i, j := 0, len(stmts)-1; i < j; i, j = i+1, j-1 {
		stmts[i], stmts[j] = stmts[j], stmts[i]
	}
	for i, j := 0, len(ops)-1; i < j; i, j = i+1, j-1 {
		ops[i], ops[j] = ops[j], ops[i]
	}
	return stmts, ops
}

// list reads a && b || c. What follows && is taken to run; what follows a test,
// or ||, may not, and so its assignments may not have happened.
func (sh *shell) list(st *syntax.Stmt) output {
	stmts, ops := chain(st, false)
	all := sh.stmt(stmts[0])
	for i, next := range stmts[1:] {
		if !sh.r.step() {
			break
		}
		missed := sh.vars.elsewhere()
		if ops[i] == syntax.AndStmt {
			sh.arrived()
		}
		if ops[i] == syntax.AndStmt && !sh.mayFail(stmts[i]) {
			all = all.then(sh.stmt(next))
			sh.stayed(missed)
			continue
		}
		sub := sh.fork()
		out := sub.stmt(next)
		sh.vars.merge(false, sub.vars)
		if ops[i] == syntax.AndStmt {
			sh.stayed(missed)
		} else if leaves(next) {
			sh.arrived()
		}
		if ops[i] == syntax.AndStmt {
			all = all.then(out)
		} else if sh.want && out.known && out.text.Text != "" {
			all = sh.either(all, stmts[i])
		}
	}
	return all
}

// either is the output of x || y: that of x, when x cannot fail.
func (sh *shell) either(x output, st *syntax.Stmt) output {
	call, ok := st.Cmd.(*syntax.CallExpr)
	if ok && len(call.Args) > 0 && (call.Args[0].Lit() == "echo" || call.Args[0].Lit() == "printf") {
		return x
	}
	return output{}
}

// mayFail reports statements that are written to be tested.
func (sh *shell) mayFail(st *syntax.Stmt) bool {
	if st.Negated {
		return true
	}
	switch x := st.Cmd.(type) {
	case *syntax.TestClause, *syntax.ArithmCmd:
		return true
	case *syntax.CallExpr:
		if len(x.Args) == 0 {
			return false
		}
		switch x.Args[0].Lit() {
		case "[", "test", "false", "grep", "command", "which", "type", "diff", "cmp":
			return true
		}
	}
	return false
}

// pipeline reads a | b | c.
func (sh *shell) pipeline(st *syntax.Stmt) output {
	stages, _ := chain(st, true)
	id := sh.r.pipelines
	sh.r.pipelines++
	in := sh.stdin
	var out output
	for i, stage := range stages {
		if !sh.r.step() {
			return output{}
		}
		sub := sh.fork()
		sub.stdin, sub.pipe = in, position{id, i, len(stages)}
		sub.want = sh.want || i < len(stages)-1
		before := len(sh.r.script.Commands)
		out = sub.single(stage)
		in = input{from: -1}
		if after := len(sh.r.script.Commands); after > before {
			in.from = after - 1
			sh.r.group(before, after)
		}
		if out.known {
			text := out.text
			in.text = &text
		}
	}
	return out
}

// single reads one command, simple or compound, with its redirections.
func (sh *shell) single(st *syntax.Stmt) output {
	switch x := st.Cmd.(type) {
	case nil:
		c := sh.begin(st)
		sh.redirect(&c, st.Redirs)
		sh.emit(&c)
		return output{}
	case *syntax.CallExpr:
		return sh.call(st, x)
	case *syntax.DeclClause:
		return sh.declare(st, x)
	}
	sub := sh
	var c Command
	if len(st.Redirs) > 0 {
		sub, c = sh.redirected(st)
	}
	out := sub.compound(st.Cmd)
	sh.keepWritten(&c, out)
	if len(st.Redirs) > 0 && stdoutAway(st.Redirs) {
		return silent
	}
	return out
}

// redirected is sh inside a compound command with redirections, which stand
// as a command of their own.
func (sh *shell) redirected(st *syntax.Stmt) (*shell, Command) {
	c := sh.begin(st)
	c.Carrier = true
	sh.redirect(&c, st.Redirs)
	for _, r := range c.Redirs {
		if r.Op == RedirWrite || r.Op == RedirAppend || r.Op == RedirReadWrite || r.Op == RedirRead {
			sh.emit(&c)
			break
		}
	}
	sub := *sh
	sub.stdin = input{c.Stdin, c.From, inputFile(&c)}
	sub.want = sub.want || stdoutAway(st.Redirs)
	return &sub, c
}

// compound reads the commands that hold others.
func (sh *shell) compound(cmd syntax.Command) output {
	switch x := cmd.(type) {
	case *syntax.Block:
		return sh.stmts(x.Stmts)
	case *syntax.Subshell:
		return sh.fork().stmts(x.Stmts)
	case *syntax.IfClause:
		return sh.ifClause(x)
	case *syntax.WhileClause:
		return sh.while(x)
	case *syntax.ForClause:
		return sh.forClause(x)
	case *syntax.CaseClause:
		return sh.caseClause(x)
	case *syntax.FuncDecl:
		sh.define(x)
		return silent
	case *syntax.TimeClause:
		if x.Stmt != nil {
			return sh.stmt(x.Stmt)
		}
		return silent
	case *syntax.CoprocClause:
		sub := sh.fork()
		sub.background = true
		sub.stmt(x.Stmt)
		return silent
	case *syntax.TestClause:
		sh.test(x.X)
		return silent
	case *syntax.ArithmCmd:
		sh.arithm(x.X)
		return silent
	case *syntax.LetClause:
		for _, expr := range x.Exprs {
			sh.arithm(expr)
		}
		return silent
	}
	return output{}
}

func (sh *shell) define(x *syntax.FuncDecl) {
	if x.Name == nil || x.Body == nil {
		return
	}
	if sh.r.funcs == nil {
		sh.r.funcs = make(map[string]function)
	}
	switch x.Name.Value {
	case "command_not_found_handle", "command_not_found_handler": // the shell calls it
		sub := sh.fork()
		sub.become(Deferred)
		sub.stmt(x.Body)
	}
	sh.r.funcs[x.Name.Value] = function{body: x.Body, src: sh.src, base: sh.base, notes: sh.notes, file: sh.r.inFile > 0, script: sh.file}
}

// test reads the words of [[ … ]] for the commands inside them.
func (sh *shell) test(x syntax.TestExpr) {
	if !sh.r.enter() {
		return
	}
	defer sh.r.leave()
	switch x := x.(type) {
	case *syntax.Word:
		sh.word(x, tildeNever)
	case *syntax.UnaryTest:
		sh.test(x.X)
	case *syntax.BinaryTest:
		sh.test(x.X)
		sh.test(x.Y)
	case *syntax.ParenTest:
		sh.test(x.X)
	}
}

// substitution folds $(…): its commands run, and where they print known text
// that is its value.
func (sh *shell) substitution(x *syntax.CmdSubst) Word {
	sub := sh.fork()
	sub.become(Substitution)
	sub.want, sub.background, sub.captured = true, false, true
	out := sub.stmts(x.Stmts)
	if !out.known {
		return unknown(sh.text(x))
	}
	w := out.text
	w.Text = strings.TrimRight(strings.ReplaceAll(w.Text, "\x00", ""), "\n")
	w.Span = Span{}
	return w
}

// processSubstitution reads the commands of <(…) and returns their output.
func (sh *shell) processOutput(x *syntax.ProcSubst) output {
	sub := sh.fork()
	sub.become(Substitution)
	sub.want = x.Op == syntax.CmdIn
	if x.Op == syntax.CmdIn {
		sub.stdin = input{from: -1}
	}
	before := len(sh.r.script.Commands)
	out := sub.stmts(x.Stmts)
	sh.r.group(before, len(sh.r.script.Commands))
	return out
}
