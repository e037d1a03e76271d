package shellparse

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// Parse reads src as a shell would and returns the commands that would run.
// It never fails: where src cannot be read as a whole, Script.Err or
// Script.Limit says so and Commands holds what was recovered.
func Parse(src string, opts Options) *Script {
	r := newReader(src, opts)
	r.shell(src).line(src, opts.Dialect)
	return r.script
}

// FromArgv returns the commands that exec'ing argv would run. argv is taken as
// it is, but the code that it hands to a shell, the wrappers around a command
// and so on are read as in Parse.
func FromArgv(argv []string, opts Options) *Script {
	r := newReader(Quote(argv), opts)
	if len(argv) == 0 {
		return r.script
	}
	sh := r.shell(r.script.Source)
	words := make([]Word, len(argv))
	end := 0
	for i, arg := range argv {
		start := end
		end += quotedLen(arg)
		words[i] = Word{Text: clean(arg), Span: Span{start, end}}
		end++ // the space
	}
	c := Command{Argv: words, Span: Span{0, len(r.script.Source)}, Stages: 1, From: -1}
	r.guard(sh, func() { sh.run(c) })
	return r.script
}

// A reader reads one source text with all the texts inside it.
type reader struct {
	opts      Options
	script    *Script
	pipelines int
	nesting   int
	steps     int
	recipes   int // of make, just and task that are being read, one in another
	inFile    int // how many texts of files at hand are being read, one in another
	fileSteps int // left for the outermost of them
	fileEnd   int // how many commands there may be when it has been read
	expanded  int // bytes folded so far
	parsed    int // bytes parsed so far
	funcs     map[string]function
	aliases   map[string]string
	printed   map[string]Word // known output of <(…), by how it is written
	printedAt map[string]int  // the last command of any other <(…)
	groups    map[int]int     // the first command of a group, by its last
	sources   int             // commands that input was followed back to
	extglob   bool            // shopt -s extglob
	files     int             // files read
	copied    int             // words handed on so far
	snippets  []Snippet       // code that was come upon
}

// A function is a shell function that the text declares.
type function struct {
	body   *syntax.Stmt
	src    string
	base   int
	notes  []string
	file   bool   // from a file at hand
	script string // the script that src is
	open   bool   // being called: recursion stops here
}

func newReader(src string, opts Options) *reader {
	return &reader{opts: opts, script: &Script{Source: src}}
}

func (r *reader) shell(src string) *shell {
	vars := &scope{}
	if len(r.opts.Params) > 0 {
		vars.called = true
		for _, param := range r.opts.Params {
			vars.params = append(vars.params, Word{Text: clean(param)})
		}
	}
	return &shell{r: r, src: src, base: -1, vars: vars, stdin: input{from: -1}}
}

// limit notes the first bound that cut reading short. A file at hand is read as
// far as its own bounds go: what is behind them is as unknown as a compiled
// program, and many a configure or nvm.sh is longer.
func (r *reader) limit(name string) {
	if r.inFile > 0 && name != limitDepth {
		return
	}
	if r.script.Limit == "" {
		r.script.Limit = name
	}
}

// step counts a unit of work and reports whether there is budget for it.
func (r *reader) step() bool {
	if r.inFile > 0 {
		r.fileSteps--
		return r.fileSteps > 0 && len(r.script.Commands) < r.fileEnd
	}
	if r.steps++; r.steps > maxSteps || len(r.script.Commands) >= maxCommands {
		r.limit(limitCommands)
		return false
	}
	return true
}

// enter reports whether one more level of nesting may be read; leave must
// follow when it does.
func (r *reader) enter() bool {
	if r.nesting >= maxNesting {
		r.limit(limitDepth)
		return false
	}
	r.nesting++
	return true
}

func (r *reader) leave() { r.nesting-- }

// enterFile begins the text of a file at hand; leaveFile must follow.
func (r *reader) enterFile() {
	if r.inFile++; r.inFile == 1 {
		r.fileSteps, r.fileEnd = maxFileSteps, len(r.script.Commands)+maxFileCommands
	}
}

func (r *reader) leaveFile() { r.inFile-- }

// guard runs fn and turns a panic of the parser or the walk into an error of
// the script: a line that restrain cannot read must not stop restrain.
func (r *reader) guard(sh *shell, fn func()) {
	nesting := r.nesting
	defer func() {
		if p := recover(); p != nil {
			r.nesting = nesting
			r.fail(sh, 0, fmt.Sprintf("reading failed: %v", p))
		}
	}()
	fn()
}

// fail notes the first error, at a byte offset of sh's text. A recipe may not be
// a shell's text before make has expanded it.
func (r *reader) fail(sh *shell, offset int, text string) {
	if r.script.Err != nil || r.recipes > 0 {
		return
	}
	e := &ParseError{Text: text, Line: 1, Col: 1}
	if sh.base >= 0 && offset <= len(sh.src) {
		e.Offset = min(sh.base+offset, len(r.script.Source))
		before := r.script.Source[:e.Offset]
		e.Line = 1 + strings.Count(before, "\n")
		e.Col = e.Offset - strings.LastIndexByte(before, '\n')
	}
	r.script.Err = e
}

// entered has a whole text read within the bounds that all languages have, and returns
// what it would print.
func (sh *shell) entered(src string, read func(src string) output) output {
	r := sh.r
	if !r.enter() {
		return output{}
	}
	defer r.leave()
	if sh.origin == ScriptFile {
		r.enterFile()
		defer r.leaveFile()
	}
	if sh.notes == nil {
		src = clean(src)
	}
	if len(src) > maxSource {
		r.limit(limitSize)
		src = src[:maxSource]
		if i := strings.LastIndexByte(src, '\n'); i > 0 {
			src = src[:i]
		}
	}
	if r.parsed += len(src); r.parsed > maxParsed {
		r.limit(limitSize)
		return output{}
	}
	sh.src = src
	return read(src)
}

// source reads a whole text in sh and returns what it would print.
func (sh *shell) source(src string) output { return sh.entered(src, sh.readShell) }

func (sh *shell) readShell(src string) output {
	r := sh.r
	if strings.IndexByte(src, 0) >= 0 {
		r.fail(sh, strings.IndexByte(src, 0), "a NUL byte: shells disagree on what follows")
		src = strings.ReplaceAll(src, "\x00", " ")
	} else if !utf8.ValidString(src) {
		r.fail(sh, 0, "invalid UTF-8")
	}
	if tooDeep(src) {
		r.limit(limitDepth)
		r.fail(sh, 0, "nested too deeply to be read")
		sh.lexical(src)
		return output{}
	}
	var out output
	r.guard(sh, func() {
		file, perr := parse(src)
		if perr == nil {
			out = sh.stmts(file.Stmts)
			return
		}
		if sh.origin == ScriptFile && len(src) > maxSource-utf8.UTFMax && unclosed(perr) {
			stmts, _ := parsePrefix(src) // the end of the file was not read
			out = sh.stmts(stmts)
			return
		}
		if out, perr = sh.endless(src, perr); perr == nil {
			return
		}
		if out, perr = sh.subshells(src, perr); perr == nil {
			return
		}
		r.fail(sh, int(perr.Pos.Offset()), perr.Text)
		sh.recovered(src)
	})
	return out
}

// unclosed reports what only the end of a text makes wrong.
func unclosed(err *syntax.ParseError) bool {
	return err.Incomplete || strings.HasPrefix(err.Text, "unclosed here-document")
}

// endless reads a text again whose here-documents lack their end lines: they go
// on to the end of the text, as shells have it.
func (sh *shell) endless(src string, perr *syntax.ParseError) (output, *syntax.ParseError) {
	const maxEnds = 8
	text, err := src, perr
	for range maxEnds {
		quoted, ok := strings.CutPrefix(err.Text, "unclosed here-document ")
		if !ok {
			break
		}
		end, uerr := strconv.Unquote(quoted)
		if uerr != nil || strings.ContainsAny(end, "\n") {
			break
		}
		text = strings.TrimSuffix(text, "\n") + "\n" + end + "\n"
		var file *syntax.File
		if file, err = parse(text); err == nil {
			sub := *sh
			sub.src = text
			return sub.stmts(file.Stmts), nil
		}
	}
	return output{}, perr
}

// subshells reads a text again whose ((…)) is no arithmetic: a shell then takes
// it for two subshells. What it finds has no place in the source.
func (sh *shell) subshells(src string, perr *syntax.ParseError) (output, *syntax.ParseError) {
	if !strings.Contains(src, "((") || len(src) > maxZsh {
		return output{}, perr
	}
	spaced := strings.ReplaceAll(src, "((", "( (")
	file, again := parse(spaced)
	if again != nil {
		return output{}, perr
	}
	sub := *sh
	sub.src, sub.base = spaced, -1
	return sub.stmts(file.Stmts), nil
}

// tooDeep reports whether the text might nest so deeply that the recursive
// parser would exhaust time or stack. It errs towards true.
func tooDeep(src string) bool {
	if len(src) <= shallowSource {
		return false
	}
	openers, keywords, depth := 0, 0, 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '(', '{', '[':
			openers++
			if depth++; depth > maxBrackets {
				return true
			}
		case ')', '}', ']':
			depth = max(depth-1, 0)
		case '`', '!', '~', '?', '*', '=', ';', '|', '&':
			openers++
		case 'i', 'w', 'u', 'f', 'c', 't', 's':
			if (i == 0 || isSpace(src[i-1]) || src[i-1] == ';') && opensCompound(src[i:]) {
				keywords++
			}
		}
		if openers > maxOpeners || keywords > maxKeywords {
			return true
		}
	}
	return false
}

func opensCompound(s string) bool {
	end := 0
	for end < len(s) && end < 9 && s[end] >= 'a' && s[end] <= 'z' {
		end++
	}
	switch s[:end] {
	case "if", "while", "until", "for", "case", "time", "select", "coproc", "function":
		return true
	}
	return false
}

// A pooledParser keeps the parser's buffers for the next text.
type pooledParser struct {
	parser *syntax.Parser
	text   strings.Reader
}

var parsers = sync.Pool{New: func() any {
	return &pooledParser{parser: syntax.NewParser(syntax.Variant(syntax.LangBash))}
}}

// parse returns the tree of src as bash would read it, or else as zsh would,
// which is the shell of many agents; or where bash stopped. A parser that
// panicked is not reused.
func parse(src string) (*syntax.File, *syntax.ParseError) {
	p := parsers.Get().(*pooledParser)
	p.text.Reset(src)
	file, err := p.parser.Parse(&p.text, "")
	parsers.Put(p)
	if err == nil {
		return file, nil
	}
	if len(src) <= maxZsh {
		file, zshErr := syntax.NewParser(syntax.Variant(syntax.LangZsh)).Parse(strings.NewReader(src), "")
		if zshErr == nil {
			return file, nil
		}
	}
	return nil, parseError(err)
}

func parseError(err error) *syntax.ParseError {
	if err == nil {
		return nil
	}
	if perr, ok := errors.AsType[syntax.ParseError](err); ok {
		return &perr
	}
	if lerr, ok := errors.AsType[syntax.LangError](err); ok {
		return &syntax.ParseError{Pos: lerr.Pos, Text: lerr.Error()}
	}
	return &syntax.ParseError{Text: err.Error()}
}

// clean makes text that came from outside the source safe to hold in a Word:
// it must not bring Holes of its own.
func clean(s string) string {
	if strings.ContainsRune(s, Hole) {
		return strings.ReplaceAll(s, string(Hole), string(utf8.RuneError))
	}
	return s
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' }

// baseName is path.Base for a command name; an unknown name has none.
func baseName(w Word) string {
	if i := strings.LastIndexByte(w.Text, '/'); i >= 0 {
		if strings.ContainsRune(w.Text[i:], Hole) {
			return ""
		}
		return packageName(w.Text, path.Base(w.Text))
	}
	if !w.Known() {
		return ""
	}
	return packageName(w.Text, w.Text)
}

// packageName gives the program of a package as npx and its like take it: the
// version behind "@" is no part of the name, and @acme/cli is acme's.
func packageName(text, base string) string {
	if at := strings.LastIndexByte(base, '@'); at > 0 {
		base = base[:at]
	}
	if scope, _, _ := strings.Cut(text, "/"); base == "cli" && len(scope) > 1 && scope[0] == '@' {
		return scope[1:]
	}
	return base
}
