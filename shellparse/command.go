// Package shellparse turns the text of a shell line, or the argv of an exec,
// into the commands that would run: argv as far as it is known, assignments,
// redirections, pipes, the wrappers around a command (sudo, env, timeout …)
// and the code it hands to another interpreter.
//
// It folds what a shell would fold without running anything and marks the rest
// unknown. It must not know what is dangerous: policy lives in classify. It is
// the only package that imports mvdan.cc/sh.
package shellparse

import (
	"slices"
	"sync"

	"restrain/code"
)

// Hole stands in Word.Text for a run of text that cannot be known before the
// command runs.
const Hole = '\uFFFC'

// A Span is a half-open byte range of Script.Source.
type Span struct{ Start, End int }

// A Word is one word of a command after folding.
type Word struct {
	// Text is the value as far as it is known, quotes removed. Every unknown
	// run is one Hole.
	Text string
	// Unknown says what the unknown runs depend on, such as "$TOKEN" or
	// "$(date)". Empty when the word is fully known.
	Unknown []string
	// Glob reports unquoted pattern characters: the shell expands the word
	// into file names.
	Glob bool
	// Span is where the word stands in the source; zero for a word that was
	// decoded or made up by folding.
	Span Span
}

// Known reports whether the word's whole value is known.
func (w Word) Known() bool { return len(w.Unknown) == 0 }

// An Assign is a variable assignment in front of a command, or on its own.
type Assign struct {
	Name  string
	Value Word
}

// A RedirOp is the kind of a redirection, by what it does to the target.
type RedirOp string

// The kinds of redirection.
const (
	RedirRead      RedirOp = "<"
	RedirWrite     RedirOp = ">" // also >| and &>
	RedirAppend    RedirOp = ">>"
	RedirReadWrite RedirOp = "<>"
	RedirDup       RedirOp = ">&" // also <&
	RedirHeredoc   RedirOp = "<<" // also <<-
	RedirHereStr   RedirOp = "<<<"
)

// A Redir is one redirection of a command.
type Redir struct {
	Op     RedirOp
	FD     int  // -1 when the operator's default applies
	Target Word // file name, descriptor, or the text of a heredoc or here-string
}

// A Wrapper is a program that runs the command it is given: sudo, env, nohup,
// timeout, xargs, ssh and their like.
type Wrapper struct {
	Name string // base name
	Args []Word // the wrapper's own words, without the command it runs
}

// An Origin says how a command's text reached the shell.
type Origin string

// The origins of a command.
const (
	Direct       Origin = ""             // written in the line
	Substitution Origin = "substitution" // $(…), `…`, <(…)
	Function     Origin = "function"     // the body of a function that the line calls
	Eval         Origin = "eval"         // eval, source of a heredoc, trap, alias, PROMPT_COMMAND
	ShellCode    Origin = "shell"        // bash -c, a heredoc or pipe into a shell, su -c
	ScriptFile   Origin = "script"       // read from a script that the line runs
	Remote       Origin = "remote"       // another machine or container: ssh, docker exec, kubectl exec
	Deferred     Origin = "deferred"     // stored to run later: crontab, at, a git alias, an env hook
	Code         Origin = "code"         // a shell command inside another language's code
)

// A Snippet is code that a command hands to an interpreter that is not a shell.
type Snippet struct {
	Lang string // "python", "javascript", "ruby", "perl", "php", "awk", "sed", "sql" or OtherLanguage
	Text Word
	Lay  bool // it stands in a file that lay there before
	// Program is what the code knows of itself when it runs.
	Program code.Program

	read *reading // shared with what is the same code; nil where that is not known
}

// A reading has the tokens of code, once somebody has asked for them.
type reading struct {
	once   sync.Once
	tokens []code.Token
}

// Tokens are the tokens of the code, with what is one step away in its place. They are
// others' as well, and must not be changed.
func (s *Snippet) Tokens() []code.Token {
	if s.read == nil {
		return code.Read(s.Lang, s.Text.Text, s.Program)
	}
	s.read.once.Do(func() { s.read.tokens = code.Read(s.Lang, s.Text.Text, s.Program) })
	return s.read.tokens
}

// maxShared bounds how many pieces of code of one text are looked through for the same.
const maxShared = 16

// share has snippets read once, and together with those before that are the same: the
// rounds of a loop run the same code.
func (r *reader) share(list []Snippet) {
	for i := range list {
		s := &list[i]
		if s.read != nil {
			continue
		}
		same := slices.IndexFunc(r.snippets, func(t Snippet) bool { return s.same(&t) })
		if same >= 0 {
			s.read = r.snippets[same].read
			continue
		}
		if s.read = new(reading); len(r.snippets) < maxShared {
			r.snippets = append(r.snippets, *s)
		}
	}
}

// same reports code that knows the same of itself as other code with the same text.
func (s *Snippet) same(t *Snippet) bool {
	p, q := &s.Program, &t.Program
	return s.Lang == t.Lang && s.Text.Text == t.Text.Text && p.File == q.File && p.Modules == q.Modules && slices.Equal(p.Args, q.Args) &&
		slices.Equal(p.Env, q.Env) && p.Unset == nil && q.Unset == nil && p.Open == nil && q.Open == nil
}

// A Command is one simple command, unwrapped.
type Command struct {
	// Argv holds the program and its arguments, without wrappers. Empty for a
	// command that is only assignments or redirections.
	Argv []Word
	// Name is the base name of Argv[0], without directory. Empty when it is
	// unknown or there is none.
	Name     string
	Assigns  []Assign
	Redirs   []Redir
	Wrappers []Wrapper // outermost first
	Origin   Origin
	// Host names the machine or container it runs on when that is not this
	// one; Hole when it is elsewhere but unknown.
	Host string
	// Dir is the directory it runs in when the line changed it (cd, -C of a
	// wrapper); an empty Text means the line's own directory.
	Dir Word
	// Otherwise are the directories it runs in when a cd of the line has
	// failed and the line went on, the likeliest first.
	Otherwise []Word
	// Pipeline numbers the pipeline in the script; Stage is the place in it.
	Pipeline, Stage, Stages int
	// Stdin is text known to be fed to the command: a heredoc, a here-string,
	// an echo or printf in front of it. nil when unknown or none.
	Stdin *Word
	// Input is what the command finds on its standard input, with files at hand
	// and what filters make of them, for the programs that act on it; nil when
	// unknown or none.
	Input *Word
	// From is the index in Script.Commands of the command whose output is
	// this one's standard input; -1 when there is none.
	From int
	// Snippets is the code the command hands to another interpreter.
	Snippets []Snippet
	// Carrier reports that the command does nothing of its own: a shell whose
	// code, an eval whose text, or a group whose commands follow as commands
	// of their own.
	Carrier bool
	// Recurses reports a function that is called while it runs.
	Recurses bool
	// Background reports a command started with &, nohup, setsid.
	Background bool
	// Captured reports a command in a substitution, wherever that stands: what it
	// prints becomes a part of a word.
	Captured bool
	Span     Span
	Line     Line
}

// A Line is where in a script a command stands, or the command that leads to it;
// zero where it was read from no script.
type Line struct {
	File   string // as the line names it
	Number int
}

// Known reports whether every word of the command is known, so that its text
// settles what it runs.
func (c *Command) Known() bool {
	for _, word := range c.Argv {
		if !word.Known() {
			return false
		}
	}
	for _, assign := range c.Assigns {
		if !assign.Value.Known() {
			return false
		}
	}
	for _, redir := range c.Redirs {
		if !redir.Target.Known() {
			return false
		}
	}
	return c.Dir.Known() && (c.Stdin == nil || c.Stdin.Known())
}

// A ParseError tells where reading stopped making sense.
type ParseError struct {
	Offset int // byte offset in the source
	Line   int // 1-based
	Col    int // 1-based, in bytes
	Text   string
}

func (e *ParseError) Error() string { return e.Text }

// A Script is what one piece of source text would run.
type Script struct {
	Source   string
	Commands []Command
	// Err is set when the text could not be read as a whole; Commands then
	// holds what was recovered.
	Err *ParseError
	// Limit names the bound that cut reading short ("size", "depth",
	// "commands"); empty when everything was read.
	Limit string

	written map[string]Word // what compound commands write, by the file's path
}

// Options is what the caller knows of the place the text would run in.
type Options struct {
	// Dialect is the language of the text, as far as the caller knows it.
	Dialect Dialect
	// Env looks up a variable of the live environment; nil when offline.
	Env func(name string) (string, bool)
	// Dir and Home are absolute paths, or empty when unknown.
	Dir, Home string
	// Params are $0, $1 … of the text; empty when they are not known.
	Params []string
	// ReadFile reads a file that the line runs or sources, bounded by the
	// callee; nil when offline.
	ReadFile func(path string) ([]byte, error)
	// Installed reports a script that the system, a package manager or a tool
	// brought, and not the agent; when nil, its place alone tells.
	Installed func(path string) bool
}
