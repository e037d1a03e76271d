package shellparse

import (
	"slices"
	"strings"
)

// A runCall is a function of another language that runs a command.
type runCall struct {
	lang, name string
	owners     string // what must stand in front of the dot; "" for anything
	list       bool   // further arguments are the words of the command
}

// runCalls lists the functions by language.
var runCalls = []runCall{
	{"applescript", "script", "shell", false},
	{"awk", "system", "", false},
	{"javascript", "exec", "child_process cp childProcess shell shelljs )", false},
	{"javascript", "execFile", "", true},
	{"javascript", "execFileSync", "", true},
	{"javascript", "execSync", "", false},
	{"javascript", "execa", "", true},
	{"javascript", "execaCommand", "", false},
	{"javascript", "execaSync", "", true},
	{"javascript", "spawn", "", true},
	{"javascript", "spawnSync", "", true},
	{"javascript", "Command", "Deno", true},
	{"lua", "execute", "os", false},
	{"lua", "popen", "io", false},
	{"perl", "exec", "", true},
	{"perl", "system", "", true},
	{"php", "exec", "", false},
	{"php", "passthru", "", false},
	{"php", "pcntl_exec", "", true},
	{"php", "popen", "", false},
	{"php", "proc_open", "", false},
	{"php", "shell_exec", "", false},
	{"php", "system", "", false},
	{"python", "Popen", "", true},
	{"python", "call", "subprocess sp", true},
	{"python", "check_call", "", true},
	{"python", "check_output", "", true},
	{"python", "create_subprocess_exec", "", true},
	{"python", "create_subprocess_shell", "", false},
	{"python", "exec_command", "", false}, // paramiko
	{"python", "execl", "os", true},
	{"python", "execlp", "os", true},
	{"python", "execv", "os", true},
	{"python", "execvp", "os", true},
	{"python", "getoutput", "", false},
	{"python", "getstatusoutput", "", false},
	{"python", "popen", "os", false},
	{"python", "run", "subprocess sp", true},
	{"python", "spawn", "pty pexpect", true},
	{"python", "system", "", false},
	{"r", "system", "", false},
	{"r", "system2", "", true},
	{"ruby", "capture2", "", true},
	{"ruby", "capture2e", "", true},
	{"ruby", "capture3", "", true},
	{"ruby", "exec", "", true},
	{"ruby", "popen", "IO", true},
	{"ruby", "sh", "", true}, // rake
	{"ruby", "spawn", "", true},
	{"ruby", "system", "", true},
}

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

// mayRun is a cheap test that saves most code from the lexer.
func mayRun(lang, code string) bool {
	if strings.IndexByte(code, '`') >= 0 || strings.Contains(code, "%x") || strings.Contains(code, "qx") {
		return true
	}
	if lang == "awk" && strings.Contains(code, "|") {
		return true
	}
	for i := range runCalls {
		if runCalls[i].lang == lang && strings.Contains(code, runCalls[i].name) {
			return true
		}
	}
	return false
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
	aliases   [][2]string          // of imports: the new name, the old one
	looked    bool                 // for aliases
}

func (r *codeReader) at(i int) {
	tok := r.tokens[i]
	switch {
	case tok.Kind == TokenCommand:
		r.line(r.word(tok.Text))
	case r.lang == "javascript" && tok.Kind == TokenString && r.punct(i-1, "") && r.name(i-1, "$"):
		r.line(r.word(tok.Text))
	case r.lang == "awk" && tok.Kind == TokenString && (r.punct(i-1, "|") || r.punct(i+1, "|") && r.name(i+2, "getline")):
		r.line(r.word(tok.Text))
	case tok.Kind == TokenName:
		name := r.imported(tok.Text)
		for j := range runCalls {
			if call := &runCalls[j]; call.lang == r.lang && call.name == name && r.owned(i, call) {
				r.call(i+1, call)
				return
			}
		}
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
	return i >= 2 && hasField(call.owners, r.imported(r.tokens[i-2].Text))
}

// imported is what a name stands for that an import gives another one: import
// subprocess as sp.
func (r *codeReader) imported(name string) string {
	if !r.looked {
		r.looked = true
		for i := range r.tokens {
			if r.name(i, "as") && i > 0 && i+1 < len(r.tokens) && r.tokens[i-1].Kind == TokenName && r.tokens[i+1].Kind == TokenName && len(r.aliases) < maxCalls {
				r.aliases = append(r.aliases, [2]string{r.tokens[i+1].Text, r.tokens[i-1].Text})
			}
			if r.lang == "javascript" && r.punct(i, ":") && i+1 < len(r.tokens) && r.tokens[i+1].Kind == TokenName && r.runs(i-1) && len(r.aliases) < maxCalls {
				r.aliases = append(r.aliases, [2]string{r.tokens[i+1].Text, r.tokens[i-1].Text}) // {execSync: x} = require(…)
			}
		}
	}
	for _, alias := range r.aliases {
		if alias[0] == name {
			return alias[1]
		}
	}
	return name
}

// runs reports that the token at i names a function that runs commands.
func (r *codeReader) runs(i int) bool {
	if i < 0 || r.tokens[i].Kind != TokenName {
		return false
	}
	for j := range runCalls {
		if runCalls[j].lang == r.lang && runCalls[j].name == r.tokens[i].Text {
			return true
		}
	}
	return false
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
	if call.name == "Command" && first.isText { // Deno: its words are an option
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
				if depth == 0 && !begun {
					arg.list, i = r.list(i + 1)
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
		value, known := r.value(i)
		if !open && tok.Kind != TokenString && !known {
			break
		}
		if known && value.list > 0 && !begun {
			arg.list, _ = r.list(value.list + 1)
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
	text := tok.Text
	value, known := r.value(i)
	if known = known && value.list == 0; known {
		text = value.text
	}
	switch {
	case tok.Kind == TokenString || known:
		w := r.word(text)
		arg.text = joinWords([]Word{arg.text, w}, "")
		arg.isText = true
	case tok.Kind == TokenPunct && (tok.Text == "+" || tok.Text == "." || tok.Text == "="):
	case arg.isText && !strings.HasSuffix(arg.text.Text, string(Hole)):
		note := r.lang
		if r.namesHome(i) {
			note = "$HOME"
		}
		arg.text = joinWords([]Word{arg.text, unknown(note)}, "")
	}
}

// namesHome reports that the expression at i is the environment's HOME:
// os.environ["HOME"], process.env.HOME, getenv("HOME").
func (r *codeReader) namesHome(i int) bool {
	const maxTokens = 8
	for j := i; j < len(r.tokens) && j < i+maxTokens && !r.punct(j, ",") && !r.punct(j, "+"); j++ {
		if k := r.tokens[j].Kind; (k == TokenString || k == TokenName) && r.tokens[j].Text == "HOME" {
			return true
		}
	}
	return false
}

// list reads the strings of […] and returns the index of its end.
func (r *codeReader) list(i int) (list []Word, end int) {
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
					list = append(list, r.element(arg))
					arg, begun = argument{}, false
					continue
				}
			}
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

// word is the value of a string token.
func (r *codeReader) word(text string) Word {
	w := Word{Text: text}
	if before, after, ok := strings.Cut(text, string(Hole)+"{HOME}"); ok && r.lang == "perl" && !strings.Contains(text[:len(before)], string(Hole)) {
		w.Text, w.Unknown = before+string(Hole)+after, []string{"$HOME"} // "$ENV{HOME}/x"
		text = after
	}
	for range min(strings.Count(text, string(Hole)), 8) {
		w.Unknown = append(w.Unknown, r.lang)
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
