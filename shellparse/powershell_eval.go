package shellparse

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// eval gives the value of an expression; the commands in it are run.
func (ps *powershell) eval(n *psNode) (out psValue) {
	if n == nil || !ps.sh.r.enter() {
		return out
	}
	defer ps.sh.r.leave()
	switch n.kind {
	case psWord:
		return oneWord(Word{Text: clean(n.text), Span: ps.span(n)})
	case psText:
		return ps.text(n)
	case psVar, psSplat:
		return ps.variable(n)
	case psArray:
		for _, kid := range n.kids {
			out.words = append(out.words, ps.eval(kid).words...)
		}
		out.words = out.words[:min(len(out.words), maxFields)]
	case psSub:
		return ps.block(n)
	case psCode:
		return psValue{block: n, words: []Word{ps.source(n)}}
	case psTable:
		out.words = []Word{ps.source(n)}
		for i := 0; i+1 < len(n.kids); i += 2 {
			if key := ps.eval(n.kids[i]); len(key.words) == 1 {
				out.table = append(out.table, psPair{key.words[0].Text, ps.statement(n.kids[i+1])})
			}
		}
	case psType:
		return oneWord(Word{Text: "[" + n.text + "]", Span: ps.span(n)})
	case psMember:
		return ps.member(n)
	case psCall:
		return ps.method(n)
	case psIndex:
		return ps.index(n)
	case psOp:
		return ps.operate(n)
	default:
		return ps.statement(n)
	}
	return out
}

// source is a piece of the text as it stands there.
func (ps *powershell) source(n *psNode) Word {
	return Word{Text: ps.src[n.span.Start:max(n.span.Start, min(n.span.End, len(ps.src)))], Span: ps.span(n)}
}

// text joins the parts of a word. Where a part is one of several, so is the whole.
func (ps *powershell) text(n *psNode) psValue {
	out := []Word{{}}
	for _, kid := range n.kids {
		part := ps.eval(kid).words
		if len(part) == 0 {
			part = []Word{{}}
		}
		if len(part) > 1 && len(out) > 1 {
			part = []Word{joinWords(part, " ")}
		}
		joined := make([]Word, 0, max(len(out), len(part)))
		for _, a := range out {
			for _, b := range part {
				w := joinWords([]Word{a, b}, "")
				if ps.sh.r.expanded += len(b.Text); len(w.Text) > maxValue || ps.sh.r.expanded > maxExpansion {
					ps.sh.r.limit(limitSize)
					return ps.unknown(n)
				}
				w.Glob = a.Glob || b.Glob
				joined = append(joined, w)
			}
		}
		out = joined
	}
	for i := range out {
		out[i].Span = ps.span(n)
	}
	return psValue{words: out}
}

// variable looks a variable up, one of the environment by env:NAME.
func (ps *powershell) variable(n *psNode) psValue {
	name := n.text
	for _, scope := range [...]string{"script:", "global:", "local:", "private:", "variable:", "using:"} {
		name = strings.TrimPrefix(name, scope)
	}
	if v, ok := ps.values[name]; ok {
		for i := range v.words {
			if len(v.words) == 1 {
				v.words = []Word{v.words[i]}
				v.words[0].Span = ps.span(n)
			}
		}
		return v
	}
	if env, ok := strings.CutPrefix(name, "env:"); ok {
		return oneWord(ps.sh.windowsVariable(env))
	}
	switch name {
	case "null":
		return psValue{}
	case "true", "false":
		return oneWord(Word{Text: "$" + name, Span: ps.span(n)})
	case "home", "profile":
		w := ps.sh.windowsVariable("userprofile")
		if name == "profile" {
			w.Text += "/Documents/PowerShell/Microsoft.PowerShell_profile.ps1"
		}
		return oneWord(w)
	case "pwd":
		return ps.here()
	}
	return oneWord(unknown("$" + n.text))
}

// here is the current directory.
func (ps *powershell) here() psValue {
	if dir := ps.sh.absolute(ps.sh.vars.directory()); dir.Text != "" {
		return oneWord(dir)
	}
	return oneWord(Word{Text: "."})
}

// windowsVariable is a variable of Windows' environment, as a path with slashes;
// those that every user has are known by what they mean.
func (sh *shell) windowsVariable(name string) Word {
	name = strings.ToUpper(name)
	below := ""
	switch name {
	case "USERPROFILE", "HOMEPATH", "HOME":
	case "APPDATA":
		below = "/AppData/Roaming"
	case "LOCALAPPDATA":
		below = "/AppData/Local"
	case "TEMP", "TMP":
		below = "/AppData/Local/Temp"
	case "ONEDRIVE":
		below = "/OneDrive"
	case "HOMEDRIVE", "SYSTEMDRIVE":
		return Word{Text: "C:"}
	case "SYSTEMROOT", "WINDIR":
		return Word{Text: "C:/Windows"}
	case "PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)":
		return Word{Text: "C:/Program Files"}
	case "PROGRAMDATA", "ALLUSERSPROFILE":
		return Word{Text: "C:/ProgramData"}
	case "PUBLIC":
		return Word{Text: "C:/Users/Public"}
	default:
		v, _ := sh.lookup(name)
		if len(v.words) == 1 {
			return slashes(v.words[0])
		}
		return unknown("$" + name)
	}
	home := unknown("$HOME")
	if v, _ := sh.lookup("HOME"); len(v.words) == 1 {
		home = v.words[0]
	}
	home.Text += below
	return home
}

// member reads a property. Those that name a file give the file.
func (ps *powershell) member(n *psNode) (out psValue) {
	object := ps.eval(n.kids[0])
	for _, pair := range object.table {
		if strings.EqualFold(pair.key, n.text) {
			return pair.value
		}
	}
	for _, w := range object.words {
		switch n.text {
		case "fullname", "path", "pspath", "providerpath", "value", "psobject", "psiscontainer":
		case "name", "pschildname":
			if i := strings.LastIndexByte(w.Text, '/'); i >= 0 && w.Known() {
				w.Text = w.Text[i+1:]
			}
		case "directoryname", "directory", "parent", "psparentpath":
			w = parentOf(w)
		default:
			return ps.unknown(n)
		}
		out.words = append(out.words, w)
	}
	if len(out.words) == 0 {
		return ps.unknown(n)
	}
	return out
}

func parentOf(w Word) Word {
	w = slashes(w)
	if i := strings.LastIndexByte(strings.TrimRight(w.Text, "/"), '/'); i > 0 {
		w.Text = w.Text[:i]
		if strings.ContainsRune(w.Text, Hole) != strings.ContainsRune(w.Text[:i], Hole) {
			w.Unknown = nil
		}
		w.Glob = w.Glob && strings.ContainsAny(w.Text, "*?[")
		return w
	}
	return Word{Text: ".", Span: w.Span}
}

func (ps *powershell) index(n *psNode) psValue {
	object, index := ps.eval(n.kids[0]), ps.eval(n.kids[1])
	if len(index.words) == 1 {
		for _, pair := range object.table {
			if strings.EqualFold(pair.key, index.words[0].Text) {
				return pair.value
			}
		}
		i, err := strconv.Atoi(index.words[0].Text)
		if err == nil && len(object.words) > 1 && i >= 0 && i < len(object.words) {
			return oneWord(object.words[i])
		}
		if err == nil && len(object.words) == 1 && object.words[0].Glob {
			return object
		}
	}
	return ps.unknown(n)
}

// operate reads an operator; what it tells of two values is not followed.
func (ps *powershell) operate(n *psNode) psValue {
	left := ps.eval(n.kids[0])
	if len(n.kids) == 1 {
		switch {
		case n.text == "cast scriptblock", strings.HasPrefix(n.text, "cast ") && !strings.HasPrefix(n.text, "cast int"):
			return left
		case n.text == "-join":
			return oneWord(joinWords(left.words, ""))
		case n.text == "-" && len(left.words) == 1:
			left.words[0].Text = "-" + left.words[0].Text
			return left
		}
		return ps.unknown(n)
	}
	right := ps.eval(n.kids[1])
	switch n.text {
	case "+":
		return ps.plus(left, right)
	case ":", "?":
		return psValue{words: append(left.words[:len(left.words):len(left.words)], right.words...)}
	case "-f":
		return filled(left, right)
	case "-join":
		if len(right.words) == 1 && right.words[0].Known() {
			return oneWord(joinWords(left.words, right.words[0].Text))
		}
	case "-replace", "-creplace", "-ireplace":
		if len(left.words) == 1 && len(right.words) > 0 && len(right.words) < 3 && !strings.ContainsAny(right.words[0].Text, `\.^$*+?()[]{}|`) && left.words[0].Known() {
			with := ""
			if len(right.words) == 2 {
				with = right.words[1].Text
			}
			return oneWord(Word{Text: strings.ReplaceAll(left.words[0].Text, right.words[0].Text, with), Span: ps.span(n)})
		}
	case "-as":
		return left
	}
	return ps.unknown(n)
}

// plus joins two texts, or the elements of arrays.
func (ps *powershell) plus(a, b psValue) psValue {
	if len(a.words) == 1 && len(b.words) == 1 && len(a.words[0].Text)+len(b.words[0].Text) <= maxValue {
		if ps.sh.r.expanded += len(b.words[0].Text); ps.sh.r.expanded <= maxExpansion {
			return oneWord(joinWords([]Word{a.words[0], b.words[0]}, ""))
		}
	}
	if len(a.words)+len(b.words) > maxFields || len(a.words) == 1 {
		return oneWord(unknown("+"))
	}
	a.words = append(a.words[:len(a.words):len(a.words)], b.words...)
	a.table = append(a.table[:len(a.table):len(a.table)], b.table...)
	return a
}

// filled fills the places of "{0}/{1}" -f a, b.
func filled(format, args psValue) psValue {
	if len(format.words) != 1 {
		return oneWord(unknown("-f"))
	}
	var parts []Word
	text := format.words[0].Text
	for len(parts) < 2*maxNotes {
		open := strings.IndexByte(text, '{')
		end := strings.IndexByte(text[max(open, 0):], '}')
		if open < 0 || end < 0 {
			break
		}
		end += open
		place, _, _ := strings.Cut(text[open+1:end], ":")
		i, err := strconv.Atoi(place)
		if err != nil || i < 0 || i >= len(args.words) {
			parts = append(parts, Word{Text: text[:end+1]})
		} else {
			parts = append(parts, Word{Text: text[:open]}, args.words[i])
		}
		text = text[end+1:]
	}
	w := joinWords(append(parts, Word{Text: text}), "")
	w.Span = format.words[0].Span
	if len(w.Text) > maxValue {
		return oneWord(unknown("-f"))
	}
	return oneWord(w)
}

// method reads a call of a method: those that act on files, fetch or run text are
// the cmdlet that does the same.
func (ps *powershell) method(n *psNode) psValue {
	object := ps.eval(n.kids[0])
	var args []Word
	for _, kid := range n.kids[1:] {
		args = append(args, ps.eval(kid).words...)
	}
	first := Word{}
	if len(args) > 0 {
		first = args[0]
	}
	if n.kids[0].kind == psType {
		return ps.static(n, strings.TrimPrefix(n.kids[0].text, "system."), args)
	}
	switch n.text {
	case "tostring", "trim", "trimend", "trimstart", "getenumerator", "normalize", "where", "toarray", "clone":
		if len(args) == 0 || n.text != "trim" {
			return object
		}
	case "tolower", "tolowerinvariant":
		return object
	case "replace":
		if len(object.words) == 1 && object.words[0].Known() && len(args) == 2 {
			return oneWord(Word{Text: strings.ReplaceAll(object.words[0].Text, args[0].Text, args[1].Text), Span: ps.span(n)})
		}
	case "foreach":
		if len(n.kids) > 1 && n.kids[1].kind == psCode {
			return ps.each("_", object.words, n.kids[1])
		}
	case "delete":
		if len(args) < 2 {
			ps.cmdlet(n, "Remove-Item", append([]Word{{Text: "-Recurse"}}, object.words...))
		}
	case "moveto":
		ps.cmdlet(n, "Move-Item", append(object.words[:len(object.words):len(object.words)], first))
	case "copyto":
		ps.cmdlet(n, "Copy-Item", append(object.words[:len(object.words):len(object.words)], first))
	case "kill", "closemainwindow":
		ps.cmdlet(n, "Stop-Process", []Word{{Text: "-Force"}})
	case "downloadstring", "getstringasync", "downloaddata", "openread", "getasync":
		return oneWord(ps.cmdletValue(n, "Invoke-WebRequest", []Word{first}))
	case "downloadfile":
		ps.cmdlet(n, "Invoke-WebRequest", append([]Word{first}, outFile(args)...))
	case "deleteasync":
		ps.cmdlet(n, "Invoke-RestMethod", []Word{{Text: "-Method:DELETE"}, first})
	case "uploadstring", "uploaddata", "uploadfile", "postasync", "putasync":
		ps.cmdlet(n, "Invoke-RestMethod", append([]Word{{Text: "-Method:POST"}, first}, bodyOf(args)...))
	case "invoke", "invokescript", "addscript", "newscriptblock", "invokecommand":
		if object.block != nil {
			return ps.block(object.block)
		}
		for _, w := range append(args, object.words...) {
			if w.Span != (Span{}) || w.Known() {
				ps.code(w)
				break
			}
		}
	}
	return ps.unknown(n)
}

func outFile(args []Word) []Word {
	if len(args) < 2 {
		return nil
	}
	return []Word{prefixed("-OutFile:", slashes(args[1]))}
}

func bodyOf(args []Word) []Word {
	if len(args) < 2 {
		return nil
	}
	return []Word{prefixed("-Body:", args[len(args)-1])}
}

func prefixed(prefix string, w Word) Word {
	w.Text = prefix + w.Text
	return w
}

// static reads a method of a class of .NET.
func (ps *powershell) static(n *psNode, class string, args []Word) psValue {
	for i := range args {
		args[i] = slashes(args[i])
	}
	first := args[:min(len(args), 1)]
	switch {
	case class == "io.file" || class == "io.directory" || strings.HasSuffix(class, "filesystem.filesystem"):
		switch verb := n.text; {
		case strings.HasPrefix(verb, "delete"):
			ps.cmdlet(n, "Remove-Item", append([]Word{{Text: "-Recurse"}, {Text: "-Force"}}, first...))
		case strings.HasPrefix(verb, "read"), strings.HasPrefix(verb, "open"):
			return oneWord(ps.cmdletValue(n, "Get-Content", first))
		case strings.HasPrefix(verb, "write"), strings.HasPrefix(verb, "append"), strings.HasPrefix(verb, "create"):
			ps.cmdlet(n, "Set-Content", first)
		case strings.HasPrefix(verb, "move"), strings.HasPrefix(verb, "replace"):
			ps.cmdlet(n, "Move-Item", args[:min(len(args), 2)])
		case strings.HasPrefix(verb, "copy"):
			ps.cmdlet(n, "Copy-Item", args[:min(len(args), 2)])
		case strings.HasPrefix(verb, "get"), strings.HasPrefix(verb, "enumerate"):
			if len(first) == 1 {
				return oneWord(joinPath(first[0], Word{Text: "*", Glob: true}))
			}
		}
	case class == "io.path" && n.text == "combine" && len(args) > 0:
		w := args[0]
		for _, more := range args[1:] {
			w = joinPath(w, more)
		}
		return oneWord(w)
	case class == "io.path" && n.text == "gettemppath":
		return oneWord(unknown("$TEMP"))
	case class == "io.path" && n.text == "getfullpath" && len(first) == 1:
		return oneWord(first[0])
	case class == "environment" && n.text == "getfolderpath" && len(first) == 1:
		w := ps.sh.windowsVariable("userprofile")
		switch folder := strings.ToLower(first[0].Text); folder {
		case "desktop", "mydocuments", "mypictures":
			w.Text += "/" + strings.ToUpper(strings.TrimPrefix(folder, "my")[:1]) + strings.TrimPrefix(folder, "my")[1:]
		}
		return oneWord(w)
	case class == "environment" && n.text == "getenvironmentvariable" && len(first) == 1:
		return oneWord(ps.sh.windowsVariable(first[0].Text))
	case class == "convert" && n.text == "frombase64string", strings.HasPrefix(class, "text.encoding"):
		return ps.decoded(n, args)
	case class == "scriptblock" && len(first) == 1:
		return psValue{words: first}
	}
	return ps.unknown(n)
}

// decoded is what a call that decodes text gives, as text.
func (ps *powershell) decoded(n *psNode, args []Word) psValue {
	if len(args) != 1 || !args[0].Known() {
		return ps.unknown(n)
	}
	if n.text != "frombase64string" {
		return oneWord(args[0])
	}
	if text, ok := encodedCommand(args[0].Text); ok && strings.IndexByte(args[0].Text, 'A') >= 0 && !strings.ContainsRune(text, '\x00') && plainText(text) {
		return oneWord(Word{Text: text})
	}
	raw, err := base64.StdEncoding.DecodeString(args[0].Text)
	if err != nil {
		return ps.unknown(n)
	}
	return oneWord(Word{Text: clean(strings.ToValidUTF8(string(raw), ""))})
}

// plainText reports text of which nearly all is ASCII, as commands are.
func plainText(text string) bool {
	odd := 0
	for _, r := range text {
		if r > 0x7e {
			odd++
		}
	}
	return odd*4 <= len(text)
}
