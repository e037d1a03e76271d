package shellparse

import (
	"path"
	"slices"
	"strings"
)

// A powershell reads one text of PowerShell in a shell: what it runs becomes commands
// as those of a shell's line do, a cmdlet by its full name.
type powershell struct {
	sh     *shell
	src    string
	values map[string]psValue // variables, by their names in small letters
	funcs  map[string]*psNode
	calls  int // functions being called, one in another
}

// A psValue is what an expression gives: words, of which one with a pattern stands
// for the files it finds; a table; a block.
type psValue struct {
	words []Word
	table []psPair
	block *psNode
}

type psPair struct {
	key   string
	value psValue
}

// maxPSCalls bounds functions that call each other.
const maxPSCalls = 16

func oneWord(w Word) psValue { return psValue{words: []Word{w}} }

// powershell reads a text as PowerShell does and returns what it would print.
func (sh *shell) powershell(src string) output {
	if sh.notes != nil {
		src = sh.asWritten(src)
	}
	return sh.entered(src, sh.readPowerShell)
}

func (sh *shell) readPowerShell(src string) output {
	r := sh.r
	out := output{}
	r.guard(sh, func() {
		p := psParser{src: src}
		tree := p.statements(0)
		if p.deep {
			r.limit(limitDepth)
		}
		if p.err != "" {
			r.fail(sh, p.errAt, p.err)
		}
		ps := powershell{sh: sh, src: src}
		if v := ps.block(tree); len(v.words) > 0 {
			out = output{text: joinWords(v.words, "\n"), known: len(v.words) == 1 && v.words[0].Known() && !v.words[0].Glob}
		}
	})
	return out
}

// asWritten gives the variables back that an outer shell would have to know: in
// pwsh -c "rm $d" the name means as much as the hole.
func (sh *shell) asWritten(src string) string {
	if !strings.ContainsRune(src, Hole) {
		return src
	}
	var b strings.Builder
	notes := sh.notes
	for i, part := range strings.Split(src, string(Hole)) {
		if i > 0 {
			note := "$_"
			if len(notes) > 0 {
				note = notes[0]
				if len(notes) > 1 {
					notes = notes[1:]
				}
			}
			if name := strings.TrimPrefix(note, "$"); name == note || strings.Trim(name, psNameBytes) != "" {
				note = "${" + strings.NewReplacer("}", " ", "{", " ", "$", " ").Replace(note) + "}"
			}
			b.WriteString(note)
		}
		b.WriteString(part)
	}
	return b.String()
}

const psNameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

func (ps *powershell) span(n *psNode) Span {
	if ps.sh.base < 0 || ps.sh.notes != nil {
		return ps.sh.place
	}
	return Span{ps.sh.base + n.span.Start, ps.sh.base + n.span.End}
}

// unknown is a value that only running n would tell.
func (ps *powershell) unknown(n *psNode) psValue {
	return oneWord(unknown(ps.src[n.span.Start:max(n.span.Start, min(n.span.End, len(ps.src)))]))
}

// block runs statements and gives what they put out.
func (ps *powershell) block(n *psNode) (out psValue) {
	if n == nil {
		return out
	}
	if n.kind == psCode || n.kind == psSub {
		n = n.kids[0]
	}
	for _, st := range n.kids {
		if !ps.sh.r.step() {
			return out
		}
		v := ps.statement(st)
		if len(out.words) == 0 && (v.table != nil || v.block != nil) {
			out.table, out.block = v.table, v.block
		}
		out.words = append(out.words, v.words[:min(len(v.words), maxFields-min(len(out.words), maxFields))]...)
	}
	return out
}

// statement runs one statement. What may not run is run all the same: of
// variables it assigns, both values are kept.
func (ps *powershell) statement(n *psNode) (out psValue) {
	if n == nil || !ps.sh.r.enter() {
		return out
	}
	defer ps.sh.r.leave()
	switch n.kind {
	case psBlock:
		return ps.block(n)
	case psAssign:
		ps.assign(n)
	case psPipe:
		return ps.pipeline(n)
	case psIf, psEither:
		var branches []func()
		for i, kid := range n.kids {
			if n.kind == psEither && kid.kind == psBlock || i%2 == 1 || i == len(n.kids)-1 && i%2 == 0 && kid.kind == psBlock {
				branches = append(branches, func() { out.words = append(out.words, ps.block(kid).words...) })
			} else {
				ps.eval(kid)
			}
		}
		ps.either(branches)
	case psForeach:
		items := ps.block(n.kids[0])
		return ps.each(n.text, items.words, n.kids[1])
	case psLoop:
		ps.forget(n.kids[1])
		ps.eval(n.kids[0])
		ps.forget(n.kids[0])
		ps.either([]func(){func() { out = ps.block(n.kids[1]) }})
	case psFunction:
		if ps.funcs == nil {
			ps.funcs = make(map[string]*psNode)
		}
		ps.funcs[n.text] = n.kids[0]
	case psParams:
		ps.params(n)
	default:
		return ps.eval(n)
	}
	return out
}

// either runs branches of which not all may run: a variable that they set may hold
// what any of them gives it, or what it held before.
func (ps *powershell) either(branches []func()) {
	before, dir := ps.values, ps.sh.vars
	merged := make(map[string]psValue, len(before))
	for k, v := range before {
		merged[k] = v
	}
	var scopes []*scope
	for _, branch := range branches {
		ps.values = make(map[string]psValue, len(before))
		for k, v := range before {
			ps.values[k] = v
		}
		ps.sh.vars = dir.child()
		scopes = append(scopes, ps.sh.vars)
		branch()
		for k, v := range ps.values {
			old := merged[k]
			for _, w := range v.words {
				if len(old.words) < maxFields && !slices.ContainsFunc(old.words, func(o Word) bool { return o.Text == w.Text }) {
					old.words = append(old.words[:len(old.words):len(old.words)], w)
				}
			}
			if v.table != nil || v.block != nil {
				old.table, old.block = v.table, v.block
			}
			merged[k] = old
		}
	}
	ps.values, ps.sh.vars = merged, dir
	if len(scopes) > 0 {
		dir.merge(false, scopes...)
	}
}

// each runs a body once for each item, with the variable set to it.
func (ps *powershell) each(name string, items []Word, body *psNode) (out psValue) {
	if len(items) == 0 || len(items) > maxRounds {
		items = []Word{unknown("$" + name)}
	}
	for _, item := range items {
		if !ps.sh.r.step() {
			break
		}
		ps.set(name, oneWord(item))
		v := ps.block(body)
		out.words = append(out.words, v.words[:min(len(v.words), maxFields)]...)
	}
	out.words = out.words[:min(len(out.words), maxFields)]
	return out
}

func (ps *powershell) set(name string, v psValue) {
	if ps.values == nil {
		ps.values = make(map[string]psValue)
	}
	if env, ok := strings.CutPrefix(name, "env:"); ok {
		ps.sh.vars.set(strings.ToUpper(env), value{words: v.words[:min(len(v.words), 1)]})
	}
	for _, scope := range [...]string{"script:", "global:", "local:", "private:", "variable:"} {
		name = strings.TrimPrefix(name, scope)
	}
	ps.values[name] = v
}

// assign carries out $x = …, $x += …, $env:X = … and [type]$x = ….
func (ps *powershell) assign(n *psNode) {
	target := n.kids[0]
	v := psValue{}
	if len(n.kids) > 1 && n.kids[1] != nil {
		v = ps.statement(n.kids[1])
	}
	for target.kind == psOp && len(target.kids) == 1 && target.kids[0] != nil {
		target = target.kids[0]
	}
	switch {
	case target.kind == psArray: // $a, $b = …
		for _, kid := range target.kids {
			ps.set(kid.text, ps.unknown(n))
		}
	case target.kind != psVar:
		ps.eval(target)
	case n.text == "+=":
		ps.set(target.text, ps.plus(ps.eval(target), v))
	case n.text == "=" || n.text == "??=":
		if len(v.words) == 0 && v.table == nil && v.block == nil && len(n.kids) > 1 && n.kids[1] != nil {
			v = ps.unknown(n.kids[1])
		}
		ps.set(target.text, v)
	default:
		ps.set(target.text, ps.unknown(n))
	}
}

// forget makes what n assigns unknown: a loop may have run before.
func (ps *powershell) forget(n *psNode) {
	if n == nil {
		return
	}
	if (n.kind == psAssign || n.kind == psOp && n.text == "++") && n.kids[0] != nil && n.kids[0].kind == psVar && n.text != "=" {
		ps.set(n.kids[0].text, ps.unknown(n))
	}
	for _, kid := range n.kids {
		ps.forget(kid)
	}
}

// params sets the parameters of a script that was given no arguments that are known
// to their defaults.
func (ps *powershell) params(n *psNode) {
	for _, param := range n.kids {
		if param.kind == psAssign {
			if name := param.kids[0].text; ps.values[name].words == nil {
				ps.set(name, ps.eval(param.kids[1]))
			}
		} else if _, set := ps.values[param.text]; !set {
			ps.set(param.text, oneWord(unknown("$"+param.text)))
		}
	}
}

// call runs a function with its arguments.
func (ps *powershell) call(body *psNode, args []psArg) psValue {
	if ps.calls >= maxPSCalls {
		return psValue{}
	}
	ps.calls++
	defer func() { ps.calls-- }()
	var names []string
	if len(body.kids) > 0 && body.kids[0].kind == psParams {
		for _, param := range body.kids[0].kids {
			if param.kind == psAssign {
				param = param.kids[0]
			}
			names = append(names, param.text)
			delete(ps.values, param.text)
		}
	}
	var rest []Word
	next := 0
	for i := 0; i < len(args); i++ {
		name := strings.ToLower(strings.TrimPrefix(args[i].name, "-"))
		if args[i].name == "" {
			rest = append(rest, args[i].value.words...)
			if next < len(names) {
				ps.set(names[next], args[i].value)
				next++
			}
			continue
		}
		at := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, name) })
		v := args[i].value
		if len(v.words) == 0 && i+1 < len(args) && args[i+1].name == "" {
			i++
			v = args[i].value
		}
		if at >= 0 {
			ps.set(names[at], v)
		}
	}
	ps.set("args", psValue{words: rest})
	return ps.block(body)
}

// slashes writes a path of Windows with slashes, and without the mark of a long one.
func slashes(w Word) Word {
	if strings.IndexByte(w.Text, '\\') < 0 && !strings.Contains(w.Text, "::") {
		return w
	}
	text := w.Text
	if _, rest, ok := strings.Cut(text, "::"); ok && strings.HasSuffix(strings.ToLower(text[:len(text)-len(rest)-2]), "filesystem") {
		text = rest
	}
	text = strings.ReplaceAll(text, `\`, "/")
	if rest, ok := strings.CutPrefix(text, "//?/"); ok {
		text = rest
		if share, ok := strings.CutPrefix(text, "UNC/"); ok {
			text = "//" + share
		}
	}
	for len(text) > 1 && strings.Contains(text[1:], "//") && !strings.Contains(text, "://") {
		text = text[:1] + strings.ReplaceAll(text[1:], "//", "/")
	}
	w.Text = text
	return w
}

// joinPath puts a path below another.
func joinPath(dir, name Word) Word {
	w := joinWords([]Word{{Text: strings.TrimRight(dir.Text, "/"), Unknown: dir.Unknown}, {Text: strings.TrimLeft(name.Text, "/"), Unknown: name.Unknown}}, "/")
	if dir.Text == "." || dir.Text == "" {
		w = name
	}
	if w.Known() {
		w.Text = path.Clean(w.Text)
	}
	w.Glob = dir.Glob || name.Glob
	return w
}
