package shellparse

import (
	"slices"
	"strings"
)

// maxCalls bounds the commands taken from one piece of code.
const maxCalls = 64

// codeCommands reads the shell commands that code runs with constant arguments.
func (sh *shell) codeCommands(c *Command, s Snippet) {
	switch s.Lang {
	case "sed":
		sh.sedCommands(c, s)
		return
	case "sql":
		return
	case "tcl":
		sh.tclCommands(c, s)
		return
	case "cmake":
		sh.cmakeCommands(c, s)
		return
	}
	if !mayRun(s.Lang, s.Text.Text) {
		return
	}
	r := codeReader{sh: sh, c: *c, lang: s.Lang, tokens: LexCode(s.Lang, s.Text.Text)}
	r.c.Stdin, r.c.From = nil, -1
	r.c.Wrappers = append(c.Wrappers[:len(c.Wrappers):len(c.Wrappers)], Wrapper{Name: c.Name})
	r.wholesale = s.Lang != "javascript" || strings.Contains(s.Text.Text, "child_process")
	for i := range r.tokens {
		if r.found >= maxCalls {
			return
		}
		r.at(i)
	}
}

// A codeReader finds the commands in the tokens of one piece of code.
type codeReader struct {
	sh        *shell
	c         Command
	lang      string
	tokens    []Token
	wholesale bool // functions count without the module in front of them
	found     int
	values    map[string]codeValue // nil until asked for
	lists     int                  // that are being read inside each other
}

func (r *codeReader) at(i int) {
	tok := r.tokens[i]
	switch {
	case tok.Kind == TokenCommand:
		r.line(r.word(i))
	case r.lang == "javascript" && tok.Kind == TokenString && r.punct(i-1, "") && r.name(i-1, "$"):
		r.line(r.word(i))
	case r.lang == "awk" && tok.Kind == TokenString && (r.punct(i-1, "|") || r.punct(i+1, "|") && r.name(i+2, "getline")):
		r.line(r.word(i))
	case r.lang == "scala" && r.punct(i, "!") && r.punct(i-1, "."), r.lang == "groovy" && r.name(i, "execute") && r.punct(i-1, "."):
		r.runsItself(i - 2)
	case tok.Kind == TokenName && r.isProgram(i):
		argv := []Word{{Text: tok.Text}}
		for _, arg := range r.arguments(i + 1) {
			argv = append(argv, r.element(arg))
		}
		r.argv(argv)
	case tok.Kind == TokenName && r.lang == "perl" && tok.Text == "open":
		r.perlOpen(i)
	case tok.Kind == TokenName:
		for j := range runCalls {
			if call := &runCalls[j]; call.lang == r.lang && call.name == tok.Text && r.owned(i, call) {
				r.call(i+1, call)
				return
			}
		}
	}
}

// runsItself reads "rm x".execute() and ["rm", "x"].execute(), whose text or list
// ends at i.
func (r *codeReader) runsItself(i int) {
	switch {
	case i >= 0 && r.tokens[i].Kind == TokenString:
		r.line(r.word(i))
	case r.punct(i, "]") || r.punct(i, ")"):
		const maxBack = 256
		for j := i; j >= 0 && j > i-maxBack; j-- {
			if r.punct(j, "[") || r.punct(j, "(") && (r.name(j-1, "Seq") || r.name(j-1, "List") || r.name(j-1, "Process")) {
				if words, end := r.list(j + 1); end == i {
					r.argv(words)
				}
				return
			}
		}
	}
}

// isProgram reports a method that is a program of that name: sh.rm("-rf", "x").
func (r *codeReader) isProgram(i int) bool {
	if !r.punct(i-1, ".") || !r.punct(i+1, "(") || i < 2 {
		return false
	}
	return r.lang == "python" && (r.name(i-2, "sh") || r.name(i-2, "local")) || r.lang == "javascript" && r.name(i-2, "shelljs") && !r.name(i, "exec")
}

// perlOpen reads open(P, "| rm x") and open(P, "-|", "rm", "x").
func (r *codeReader) perlOpen(i int) {
	args := r.arguments(i + 1)
	if len(args) < 2 || !args[1].isText {
		return
	}
	switch mode := strings.TrimSpace(args[1].text.Text); {
	case mode != "-|" && mode != "|-":
		if strings.HasPrefix(mode, "|") || strings.HasSuffix(mode, "|") {
			r.line(args[1].text)
		}
	case len(args) == 3:
		r.line(args[2].text)
	case len(args) > 3:
		var argv []Word
		for _, arg := range args[2:] {
			argv = append(argv, r.element(arg))
		}
		r.argv(argv)
	}
}

func (r *codeReader) punct(i int, text string) bool {
	return i >= 0 && i < len(r.tokens) && (text == "" || r.tokens[i].Kind == TokenPunct && r.tokens[i].Text == text)
}

func (r *codeReader) name(i int, text string) bool {
	return i >= 0 && i < len(r.tokens) && r.tokens[i].Kind == TokenName && r.tokens[i].Text == text
}

// owned reports whether what stands in front of the function fits. A method
// of some object of that name is not meant.
func (r *codeReader) owned(i int, call *runCall) bool {
	if r.lang == "applescript" {
		return r.name(i-1, "shell")
	}
	if !r.punct(i-1, ".") {
		return r.wholesale && !r.name(i-1, "def") && !r.name(i-1, "function")
	}
	if call.owners == "" {
		return true
	}
	if r.punct(i-2, ")") && i > 4 && r.tokens[i-3].Kind == TokenString && hasField(call.owners, r.tokens[i-3].Text) {
		return true // __import__("subprocess").run
	}
	return i >= 2 && hasField(call.owners, r.tokens[i-2].Text)
}

// An argument is one argument of a call: a text, a list of texts, or neither.
type argument struct {
	text   Word
	list   []Word
	isText bool
	isList bool
}

// call reads the arguments that start at token i.
func (r *codeReader) call(i int, call *runCall) {
	args := r.arguments(i)
	for len(args) > 0 && !args[0].isText && !args[0].isList && call.list && len(args) > 1 && args[1].isText {
		args = args[1:] // a mode or an environment comes first
	}
	if len(args) == 0 {
		return
	}
	first := args[0]
	if call.program != "" {
		if first.isText {
			r.argv([]Word{{Text: call.program}, first.text})
		}
		return
	}
	if r.lang == "javascript" && call.name == "Command" && first.isText { // Deno: its words are an option
		list := []Word{first.text}
		for j := i; j+2 < min(i+16, len(r.tokens)); j++ {
			if r.name(j, "args") && r.punct(j+1, ":") && r.punct(j+2, "[") {
				words, _ := r.list(j + 3)
				list = append(list, words...)
				break
			}
		}
		r.argv(list)
		return
	}
	switch {
	case first.isList:
		r.argv(first.list)
	case !first.isText:
		return
	case len(args) > 1 && args[1].isList && call.list:
		list := args[1].list
		if !strings.HasPrefix(call.name, "execv") {
			list = append([]Word{first.text}, list...)
		}
		r.argv(list)
	case call.list && len(args) > 1 && args[1].isText && r.lang != "javascript":
		var argv []Word
		for _, a := range args {
			if a.isText {
				argv = append(argv, a.text)
			}
		}
		if strings.HasPrefix(call.name, "execl") {
			argv = argv[1:]
		}
		r.argv(argv)
	default:
		r.line(first.text)
	}
}

// arguments reads up to the closing parenthesis, or without one the texts and
// commas that follow.
func (r *codeReader) arguments(i int) (args []argument) {
	call := i
	open := r.punct(i, "(")
	if open {
		i++
	}
	var arg argument
	begun := false
	base := r.tokens[call-1].Depth
	for depth := 0; i < len(r.tokens) && len(args) < maxFields; i++ {
		tok := r.tokens[i]
		if tok.Depth > base {
			continue
		} else if tok.Depth < base {
			break
		}
		if tok.Kind == TokenPunct {
			switch tok.Text {
			case "(", "{":
				depth++
			case "[":
				if depth == 0 && (!begun || arg.isList) {
					var more []Word
					more, i = r.list(r.listStart(i) + 1)
					arg.list = append(arg.list, more...)
					arg.isList, begun = true, true
					continue
				}
				depth++
			case ")", "}", "]":
				if depth--; depth < 0 {
					if begun {
						args = append(args, arg)
					}
					return args
				}
			case ",":
				if depth == 0 {
					args = append(args, arg)
					arg, begun = argument{}, false
					continue
				}
			case ";":
				if depth == 0 {
					if begun {
						args = append(args, arg)
					}
					return args
				}
			}
		}
		if depth > 0 {
			continue
		}
		if r.makesList(i) && !arg.isText {
			arg.list, i = r.list(i + 2)
			arg.isList, begun = true, true
			continue
		}
		value, known := r.value(i)
		if !open && tok.Kind != TokenString && !known {
			break
		}
		if known && value.list > 0 && (!begun || arg.isList) {
			more, _ := r.list(value.list + 1)
			arg.list = append(arg.list, more...)
			arg.isList, begun = true, true
			continue
		}
		r.extend(&arg, i)
		begun = true
	}
	if begun {
		args = append(args, arg)
	}
	return args
}

// extend adds token i to an argument: strings and the names of strings join,
// everything else but their operators is unknown.
func (r *codeReader) extend(arg *argument, i int) {
	tok := r.tokens[i]
	value, known := r.value(i)
	known = known && value.list == 0
	switch {
	case tok.Kind == TokenString, known:
		w := holed(value.text, r.lang)
		if tok.Kind == TokenString {
			w = r.word(i)
		}
		arg.text = joinWords([]Word{arg.text, w}, "")
		arg.isText = true
	case tok.Kind == TokenPunct && (tok.Text == "+" || tok.Text == "." || tok.Text == "="):
	case arg.isText && !strings.HasSuffix(arg.text.Text, string(Hole)):
		arg.text = joinWords([]Word{arg.text, unknown(r.lang)}, "")
	}
}

// makesList reports a call that gives a list: R's c("rm", "x"), List.of("rm").
func (r *codeReader) makesList(i int) bool {
	if r.tokens[i].Kind != TokenName || !r.punct(i+1, "(") {
		return false
	}
	switch r.tokens[i].Text {
	case "c", "list", "of", "asList", "listOf", "arrayOf", "List", "Seq", "Array":
		return true
	}
	return false
}

// listStart is where the list opens whose type starts at i: []string{"rm"}.
func (r *codeReader) listStart(i int) int {
	if r.punct(i+1, "]") && r.punct(i+3, "{") {
		return i + 3
	}
	return i
}

// list reads the strings of […] and returns the index of its end.
func (r *codeReader) list(i int) (list []Word, end int) {
	const maxLists = 4
	if r.lists++; r.lists > maxLists {
		r.lists--
		return nil, i
	}
	defer func() { r.lists-- }()
	var arg argument
	begun := false
	base := r.tokens[i-1].Depth
	for depth := 0; i < len(r.tokens); i++ {
		tok := r.tokens[i]
		if tok.Depth > base {
			continue
		} else if tok.Depth < base {
			break
		}
		if tok.Kind == TokenPunct {
			switch tok.Text {
			case "[", "(", "{":
				if depth == 0 && !begun && (r.punct(i-1, "*") || r.punct(i-1, ".")) { // [*["a"], "x"]
					var more []Word
					more, i = r.list(i + 1)
					list = append(list, more...)
					continue
				}
				depth++
			case "]", ")", "}":
				if depth--; depth < 0 {
					if begun {
						list = append(list, r.element(arg))
					}
					return list, i
				}
			case ",":
				if depth == 0 {
					if begun {
						list = append(list, r.element(arg))
					}
					arg, begun = argument{}, false
					continue
				}
			case "*", ".": // [*a, "x"], [...a, "x"]
				if depth == 0 && !begun {
					continue
				}
			}
		}
		if value, known := r.value(i); known && value.list > 0 && depth == 0 && !begun {
			more, _ := r.list(value.list + 1)
			list = append(list, more...)
			continue
		}
		r.extend(&arg, i)
		begun = true
		if len(list) >= maxFields {
			break
		}
	}
	return list, i
}

func (r *codeReader) element(arg argument) Word {
	if !arg.isText {
		return unknown(r.lang)
	}
	return arg.text
}

// word is the value of the string at i, with the values in it that are names of
// constants.
func (r *codeReader) word(i int) Word {
	tok := r.tokens[i]
	if !strings.ContainsRune(tok.Text, Hole) {
		return Word{Text: tok.Text}
	}
	var b strings.Builder
	number, at := 0, i+1
	for _, c := range tok.Text {
		if c == Hole {
			number++
			start := at
			for at < len(r.tokens) && (r.tokens[at].Depth > tok.Depth+1 || r.tokens[at].Depth == tok.Depth+1 && r.tokens[at].Value == number) {
				at++
			}
			if at == start+1 {
				if value, known := r.value(start); known && value.list == 0 && b.Len()+len(value.text) < maxValue {
					b.WriteString(value.text)
					continue
				}
			}
		}
		b.WriteRune(c)
	}
	return holed(b.String(), r.lang)
}

// holed is a word that depends on code of a language where it is unknown.
func holed(text, lang string) Word {
	w := Word{Text: text}
	for range min(strings.Count(text, string(Hole)), 8) {
		w.Unknown = append(w.Unknown, lang)
	}
	return w
}

func (r *codeReader) line(w Word) {
	r.found++
	if r.lang == "perl" || r.lang == "ruby" {
		w.Text = strings.Trim(w.Text, "|")
	}
	r.sh.code(&r.c, w, Code)
}

func (r *codeReader) argv(list []Word) {
	r.found++
	if len(list) == 0 {
		return
	}
	inner := r.c
	inner.Origin = Code
	inner.Argv, inner.Snippets, inner.Assigns, inner.Redirs = slices.Clone(list), nil, nil, nil
	sub := *r.sh
	sub.want = false
	sub.run(inner)
}
