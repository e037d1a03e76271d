package shellparse

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// begin starts a command with its place in the line and its standard input.
func (sh *shell) begin(n syntax.Node) Command {
	c := Command{From: sh.stdin.from, Stdin: sh.stdin.text, Span: sh.place, Line: sh.from}
	if sh.base >= 0 {
		c.Span = sh.span(n)
	}
	if sh.file != "" {
		c.Line = Line{sh.file, int(n.Pos().Line())}
	}
	return c
}

// call reads a simple command.
func (sh *shell) call(st *syntax.Stmt, x *syntax.CallExpr) output {
	c := sh.begin(st)
	redirs, outlet := outlet(st.Redirs)
	if len(redirs) > 0 {
		sh.redirect(&c, redirs)
	}
	if len(x.Args) > 0 {
		c.Argv = sh.fedBy(&c).fields(x.Args)
	}
	if len(c.Argv) == 0 {
		c.Assigns = sh.assign(x.Assigns)
		sh.hooks(&c)
		sh.emit(&c)
		return silent
	}
	in := sh
	if len(x.Assigns) > 0 {
		in = sh.withVars()
		c.Assigns = in.assign(x.Assigns)
	}
	out := in.reads(outlet).run(c)
	if in != sh {
		in.keep(sh, c.Assigns)
	}
	if outlet != nil {
		sh.feed(outlet, out)
	}
	if len(st.Redirs) > 0 && stdoutAway(st.Redirs) {
		return silent
	}
	return out
}

// withVars is sh with a child scope: assignments in front of a command hold
// for that command only.
func (sh *shell) withVars() *shell {
	sub := *sh
	sub.vars = sh.vars.child()
	return &sub
}

// keep carries over to outer what a command with assignments of its own
// changed, such as the directory, without those assignments.
func (sh *shell) keep(outer *shell, assigns []Assign) {
	for _, a := range assigns {
		delete(sh.vars.vars, a.Name)
	}
	outer.vars.merge(true, sh.vars)
}

// assign carries out assignments and returns them folded.
func (sh *shell) assign(list []*syntax.Assign) []Assign {
	out := make([]Assign, 0, len(list))
	for _, a := range list {
		if a.Name == nil {
			continue
		}
		w := sh.assignOne(a)
		out = append(out, Assign{Name: a.Name.Value, Value: w})
	}
	return out
}

func (sh *shell) assignOne(a *syntax.Assign) Word {
	name := a.Name.Value
	if a.Array != nil {
		v := value{array: true}
		if a.Append {
			old, _ := sh.lookup(name)
			v.words = append(v.words, old.words...)
		}
		old, _ := sh.vars.get(name)
		v.keyed = old.keyed
		for _, elem := range a.Array.Elems {
			switch {
			case elem.Value == nil || len(v.words) >= maxFields:
			case elem.Index == nil:
				v.words = sh.appendFields(v.words, elem.Value)
			default:
				sh.indexed(elem.Index)
				v.words, v.keyed = append(v.words, sh.word(elem.Value, tildeNever)), true
			}
		}
		sh.vars.set(name, v)
		return joinWords(v.words, " ")
	}
	w := sh.word(a.Value, tildeColon)
	if a.Append {
		old, _ := sh.scalar(name, nil)
		if len(old.Text)+len(w.Text) > maxValue {
			sh.r.limit(limitSize)
			old = Word{}
		}
		span := w.Span
		w = joinWords([]Word{old, w}, "")
		w.Span = span
	}
	if a.Index != nil {
		sh.indexed(a.Index)
		sh.assignElement(name, w)
		return w
	}
	sh.vars.set(name, value{words: []Word{w}})
	return w
}

// indexed reads the commands in an index.
func (sh *shell) indexed(index syntax.ArithmExpr) {
	if w, ok := index.(*syntax.Word); ok {
		sh.word(w, tildeNever)
		return
	}
	sh.arithm(index)
}

// assignElement adds an element of an associative array; which one it is, is not
// kept. Of another array nothing is known any more.
func (sh *shell) assignElement(name string, w Word) {
	v, _ := sh.vars.get(name)
	if !v.keyed {
		sh.vars.forget(name)
		return
	}
	v.words = append(v.words[:len(v.words):len(v.words)], w)
	sh.vars.set(name, v)
}

// declare reads export, declare, local, readonly and typeset.
func (sh *shell) declare(st *syntax.Stmt, x *syntax.DeclClause) output {
	c := sh.begin(st)
	c.Argv = append(c.Argv, Word{Text: x.Variant.Value, Span: sh.span(x.Variant)})
	flags, held := "", 0
	for _, a := range x.Args {
		if a.Name != nil {
			sh.declareName(x.Variant.Value, a.Name.Value, flags)
		}
		switch {
		case a.Name == nil:
			c.Argv = sh.appendFields(c.Argv, a.Value)
			last := c.Argv[len(c.Argv)-1]
			if strings.HasPrefix(last.Text, "-") {
				flags += last.Text
			} else if assignment(last) { // declare 'x=1'
				name, _, _ := strings.Cut(last.Text, "=")
				sh.vars.set(name, value{words: []Word{afterEqual(last)}})
			}
		case a.Naked:
			c.Argv = append(c.Argv, Word{Text: a.Name.Value, Span: sh.span(a)})
		default:
			_, own := sh.vars.get(a.Name.Value)
			w := sh.declareOne(a, flags)
			if !own && !a.Append && a.Array == nil && a.Index == nil && sh.inherits(a.Name.Value, w) {
				held++
				continue
			}
			c.Assigns = append(c.Assigns, Assign{Name: a.Name.Value, Value: w})
			w.Text = a.Name.Value + "=" + w.Text
			w.Span = sh.span(a)
			c.Argv = append(c.Argv, w)
		}
	}
	sh.redirect(&c, st.Redirs)
	if held > 0 && len(operands(c.Argv[1:])) == 0 && len(c.Redirs) == 0 {
		return silent // declare -x alone would show the environment
	}
	c.Name = x.Variant.Value
	sh.hooks(&c)
	sh.emit(&c)
	if c.Name == "export" || len(c.Argv) > 1 {
		return silent
	}
	return output{}
}

// declareOne carries out an assignment of a declaration, whose flags may say
// that the value is not what is written.
func (sh *shell) declareOne(a *syntax.Assign, flags string) Word {
	name := a.Name.Value
	w := sh.assignOne(a)
	switch {
	case strings.Contains(flags, "n"): // another variable goes by the name from now on
		sh.vars.forget(name)
		if sh.vars.tainted = true; syntax.ValidName(w.Text) {
			sh.vars.forget(w.Text)
		}
	case strings.Contains(flags, "i") || a.Array != nil && strings.ContainsAny(flags, "lu"):
		sh.vars.forget(name)
	case strings.Contains(flags, "l"):
		w.Text = strings.ToLower(w.Text)
		sh.vars.set(name, value{words: []Word{w}})
	case strings.Contains(flags, "u"):
		w.Text = strings.ToUpper(w.Text)
		sh.vars.set(name, value{words: []Word{w}})
	}
	return w
}

// declareName notes what a declaration says about a variable: that it is the
// function's own, or that its keys are texts.
func (sh *shell) declareName(variant, name, flags string) {
	if sh.locals != nil && variant != "export" && variant != "readonly" && !strings.Contains(flags, "g") {
		old, had := sh.vars.get(name)
		*sh.locals = append(*sh.locals, local{name, old, had})
	}
	if strings.Contains(flags, "A") {
		sh.vars.set(name, value{array: true, keyed: true})
	}
}

// redirect folds redirections into c, with what they put on its standard input.
func (sh *shell) redirect(c *Command, list []*syntax.Redirect) {
	for _, r := range list {
		out := Redir{FD: -1}
		if r.N != nil {
			if n, err := strconv.Atoi(r.N.Value); err == nil {
				out.FD = n
			}
		}
		out.Op = redirOp(r.Op)
		switch out.Op {
		case RedirHeredoc:
			out.Target = sh.heredoc(r)
		case RedirHereStr:
			out.Target = sh.word(r.Word, tildeStart)
		default:
			out.Target = sh.redirTarget(r)
		}
		if out.Op == RedirDup && !descriptor(out.Target) {
			out.Op = RedirWrite // >& file
		}
		c.Redirs = append(c.Redirs, out)
		if r.N == nil || out.FD == 0 {
			sh.redirectStdin(c, &out, r)
		}
	}
}

// inputFile is the file that c has as its standard input; "" for none.
func inputFile(c *Command) string {
	for i := len(c.Redirs) - 1; i >= 0; i-- {
		if r := &c.Redirs[i]; r.FD <= 0 && (r.Op == RedirRead || r.Op == RedirReadWrite) && !strings.HasPrefix(r.Target.Text, string(Hole)) {
			return r.Target.Text
		}
	}
	return ""
}

// listNote says that a word depends on what the file lists that c reads; it is
// other when c reads no file.
func (sh *shell) listNote(c *Command, other string) string {
	file := inputFile(c)
	if file == "" && c.From >= 0 && c.From < len(sh.r.script.Commands) {
		from := &sh.r.script.Commands[c.From]
		if args := operands(from.Argv[min(1, len(from.Argv)):]); from.Name == "cat" && len(args) > 0 {
			file = args[0].Text
		}
	} else if file == "" {
		file = sh.stdin.file
	}
	if file == "" {
		return sh.fetchNote(c, other)
	}
	return "< " + file
}

// fetchNote says that a word depends on what a request answers, when c reads
// that; it is other for any other input.
func (sh *shell) fetchNote(c *Command, other string) string {
	from := c.From
	if from < 0 {
		from = sh.stdin.from
	}
	if from < 0 || from >= len(sh.r.script.Commands) {
		return other
	}
	switch w := &sh.r.script.Commands[from]; w.Name {
	case "curl", "wget", "http", "https", "xh", "fetch", "aria2c":
		return shorten("$(" + joinWords(w.Argv, " ").Text + ")")
	}
	return other
}

func (sh *shell) redirectStdin(c *Command, out *Redir, r *syntax.Redirect) {
	switch out.Op {
	case RedirHeredoc, RedirHereStr:
		text := out.Target
		if out.Op == RedirHereStr {
			text.Text += "\n"
		}
		c.Stdin, c.From = &text, -1
	case RedirDup:
		if r.Op == syntax.DplIn { // what is behind a descriptor is not followed
			c.Stdin, c.From = nil, -1
		}
	case RedirRead, RedirReadWrite:
		c.Stdin, c.From = nil, -1
		if p, ok := processIn(r.Word); ok {
			out := sh.processOutput(p)
			c.From = len(sh.r.script.Commands) - 1
			if out.known {
				c.Stdin = &out.text
			}
		}
	}
}

// redirTarget folds a redirection's target; the commands of a process
// substitution on standard input are read where that input is worked out.
func (sh *shell) redirTarget(r *syntax.Redirect) Word {
	if _, ok := processIn(r.Word); ok {
		w := unknown(sh.text(r.Word))
		w.Span = sh.span(r.Word)
		if r.N == nil {
			return w
		}
	}
	return sh.word(r.Word, tildeStart)
}

func processIn(w *syntax.Word) (*syntax.ProcSubst, bool) {
	if w == nil || len(w.Parts) != 1 {
		return nil, false
	}
	p, ok := w.Parts[0].(*syntax.ProcSubst)
	return p, ok && p.Op == syntax.CmdIn
}

func redirOp(op syntax.RedirOperator) RedirOp {
	switch op {
	case syntax.RdrIn:
		return RedirRead
	case syntax.RdrInOut:
		return RedirReadWrite
	case syntax.AppOut, syntax.AppAll, syntax.AppClob, syntax.AppAllClob:
		return RedirAppend
	case syntax.DplIn, syntax.DplOut:
		return RedirDup
	case syntax.Hdoc, syntax.DashHdoc:
		return RedirHeredoc
	case syntax.WordHdoc:
		return RedirHereStr
	}
	return RedirWrite
}

// descriptor reports the targets of >& and <& that are no files.
func descriptor(w Word) bool {
	if !w.Known() || w.Text == "-" {
		return true
	}
	_, err := strconv.Atoi(strings.TrimSuffix(w.Text, "-"))
	return err == nil
}

func (sh *shell) heredoc(r *syntax.Redirect) Word {
	if r.Hdoc == nil {
		return Word{}
	}
	var w Word
	if quotedWord(r.Word) {
		var b strings.Builder
		for _, part := range r.Hdoc.Parts {
			if lit, ok := part.(*syntax.Lit); ok {
				b.WriteString(lit.Value)
			}
		}
		w = sh.noted(Word{Text: b.String(), Span: sh.span(r.Hdoc)})
	} else {
		w = sh.document(r.Hdoc)
	}
	if r.Op == syntax.DashHdoc {
		lines := strings.SplitAfter(w.Text, "\n")
		for i, line := range lines {
			lines[i] = strings.TrimLeft(line, "\t")
		}
		w.Text = strings.Join(lines, "")
	}
	return w
}

// quotedWord reports a heredoc delimiter that keeps the body literal.
func quotedWord(w *syntax.Word) bool {
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.IndexByte(lit.Value, '\\') >= 0 {
			return true
		}
	}
	return false
}

// stdoutAway reports that the output of a command goes to a file.
func stdoutAway(list []*syntax.Redirect) bool {
	for _, r := range list {
		if r.N != nil && r.N.Value != "1" {
			continue
		}
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			return true
		case syntax.DplOut:
			return r.Word.Lit() != "1"
		}
	}
	return false
}

// emit adds a command to the script and returns its index. What a command is
// given by where it stands is filled in here.
func (sh *shell) emit(c *Command) int {
	r := sh.r
	if len(r.script.Commands) >= maxCommands {
		r.limit(limitCommands)
		return len(r.script.Commands) - 1
	}
	if len(c.Argv) > 0 {
		c.Name = baseName(c.Argv[0])
	}
	if len(sh.wrappers) > 0 {
		c.Wrappers = append(sh.wrappers[:len(sh.wrappers):len(sh.wrappers)], c.Wrappers...)
	}
	if originRank(sh.origin) > originRank(c.Origin) {
		c.Origin = sh.origin
	}
	if c.Host == "" {
		c.Host = sh.host
	}
	if c.Dir.Text == "" {
		c.Dir, c.Otherwise = sh.vars.directory(), sh.vars.elsewhere()
	}
	c.Pipeline, c.Stage, c.Stages = sh.pipe.pipeline, sh.pipe.stage, max(sh.pipe.stages, 1)
	c.Background = c.Background || sh.background
	c.Captured = c.Captured || sh.captured
	r.share(c.Snippets)
	if r.script.Commands == nil {
		r.script.Commands = make([]Command, 0, 4)
	}
	r.script.Commands = append(r.script.Commands, *c)
	return len(r.script.Commands) - 1
}
