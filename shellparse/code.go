package shellparse

import (
	"restrain/code"
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
	case "sql", OtherLanguage:
		return
	}
	if !mayRun(s.Lang, s.Text.Text) {
		return
	}
	r := codeReader{sh: sh, c: *c, lang: s.Lang, tokens: s.Tokens()}
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
	tokens    []code.Token
	wholesale bool // functions count without the module in front of them
	found     int
	lists     int // that are being read inside each other
}

func (r *codeReader) at(i int) {
	tok := r.tokens[i]
	switch {
	case tok.Kind == code.TokenCommand:
		r.line(holed(tok.Text, r.lang))
	case r.lang == "javascript" && tok.Kind == code.TokenString && r.punct(i-1, "") && r.name(i-1, "$"):
		r.line(holed(tok.Text, r.lang))
	case r.lang == "awk" && tok.Kind == code.TokenString && (r.punct(i-1, "|") || r.punct(i+1, "|") && r.name(i+2, "getline")):
		r.line(holed(tok.Text, r.lang))
	case tok.Kind == code.TokenName && r.isProgram(i):
		argv := []Word{{Text: tok.Text}}
		for _, arg := range r.arguments(i + 1) {
			argv = append(argv, r.element(arg))
		}
		r.argv(argv)
	case tok.Kind == code.TokenName && r.lang == "perl" && tok.Text == "open":
		r.perlOpen(i)
	case tok.Kind == code.TokenName:
		for j := range runCalls {
			if call := &runCalls[j]; call.lang == r.lang && call.name == tok.Text && r.owned(i, call) {
				r.call(i+1, call)
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
	return i >= 0 && i < len(r.tokens) && (text == "" || r.tokens[i].Kind == code.TokenPunct && r.tokens[i].Text == text)
}

func (r *codeReader) name(i int, text string) bool {
	return i >= 0 && i < len(r.tokens) && r.tokens[i].Kind == code.TokenName && r.tokens[i].Text == text
}

// owned reports whether what stands in front of the function fits. A method
// of some object of that name is not meant.
func (r *codeReader) owned(i int, call *runCall) bool {
	if !r.punct(i-1, ".") {
		return r.wholesale && !r.name(i-1, "def") && !r.name(i-1, "function")
	}
	if call.owners == "" {
		return true
	}
	if r.punct(i-2, ")") && i > 4 && r.tokens[i-3].Kind == code.TokenString && hasField(call.owners, r.tokens[i-3].Text) {
		return true // __import__("subprocess").run
	}
	if r.punct(i-2, ")") {
		return r.madeBy(i-2, call.owners)
	}
	return i >= 2 && hasField(call.owners, r.tokens[i-2].Text)
}

// madeBy reports that the call that ends at i is one of the owners': that of
// Connection("host").run, or any when owners has a parenthesis.
func (r *codeReader) madeBy(i int, owners string) bool {
	if hasField(owners, ")") {
		return true
	}
	const maxBack = 16
	for j := i - 1; j > 0 && j > i-maxBack; j-- {
		if r.punct(j, "(") {
			return r.tokens[j-1].Kind == code.TokenName && hasField(owners, r.tokens[j-1].Text)
		}
	}
	return false
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
		list := first.list
		for _, arg := range args[1:] {
			if r.lang == "perl" && arg.isText { // system(@cmd, "-print")
				list = append(list, arg.text)
			}
		}
		r.argv(list)
	case !first.isText:
		return
	case len(args) > 1 && args[1].isList && call.list:
		list := args[1].list
		if !strings.HasPrefix(call.name, "execv") && !strings.HasPrefix(call.name, "spawnv") && !strings.HasPrefix(call.name, "posix") {
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
		if strings.HasPrefix(call.name, "execl") || strings.HasPrefix(call.name, "spawnl") {
			argv = argv[1:]
		}
		r.argv(argv)
	case call.list && len(args) > 1 && r.lang == "ruby" && !strings.Contains(first.text.Text, " "):
		var argv []Word
		for _, a := range args {
			argv = append(argv, r.element(a))
		}
		r.argv(argv)
	default:
		r.line(first.text)
	}
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
