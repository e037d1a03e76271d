package classify

import (
	"strings"
	"sync"

	"restrain/shellparse"
)

// A reader reads the commands of one script. It is kept for the next script,
// so that reading a command seldom has to allocate.
type reader struct {
	set    *Set
	ctx    Context
	script *shellparse.Script

	// What the context says, asked once.
	ctxDir, home, ctxWorkspace, tempDir string

	// The command that is being read.
	cmd        *shellparse.Command
	n          int // its index
	dir        string
	dirUnknown []string
	workspace  string
	program    *Program
	args       argv
	facts      facts

	actions []Action
	first   int // of the command's actions
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// Classify reads the commands of a script and gives what they do. It never
// fails: what cannot be read is an action of class "unknown" or "obfuscated".
func (s *Set) Classify(sc *shellparse.Script, ctx Context) Step {
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.set, r.ctx, r.script = s, ctx, sc
	r.ctxDir, r.home, r.ctxWorkspace, r.tempDir = ctx.Dir(), ctx.Home(), ctx.Workspace(), ctx.TempDir()
	if r.ctxWorkspace == "/" || r.ctxWorkspace == r.home {
		r.ctxWorkspace = "" // a project is neither
	}
	r.actions = make([]Action, 0, len(sc.Commands)+1)
	for i := range sc.Commands {
		r.command(i)
	}
	if len(r.actions) == 0 {
		r.actions = append(r.actions, Action{Class: classShell})
	}
	step := Step{Script: sc, Actions: r.actions, Uncertain: sc.Err != nil || sc.Limit != ""}
	for i := range step.Actions {
		step.Severity = max(step.Severity, step.Actions[i].Severity)
	}
	for i := range sc.Commands {
		step.Uncertain = step.Uncertain || len(sc.Commands[i].Argv) > maxWords
	}
	r.actions, r.script, r.cmd, r.ctx = nil, nil, nil, nil
	return step
}

// The classes that the code itself gives; rules.toml describes them.
const (
	classShell      Class = "shell"
	classRun        Class = "run"
	classWrite      Class = "file.write"
	classObfuscated Class = "obfuscated"
	classUnknown    Class = "unknown"
)

// command reads one command: first its facts, then the rules they match.
func (r *reader) command(n int) {
	r.n, r.cmd, r.first = n, &r.script.Commands[n], len(r.actions)
	r.facts.reset()
	r.enterDir(r.cmd.Dir)
	r.guessWorkspace()
	r.wrapperRules()

	r.program = r.set.program(r.cmd.Name)
	var words []shellparse.Word
	if len(r.cmd.Argv) > 0 {
		words = r.cmd.Argv[1:]
	}
	r.args.read(r.program, words)
	sub, took := r.sub()
	if r.cmd.Name != "" && !r.cmd.Carrier {
		r.commandRules(r.cmd.Name, &r.args)
		if !r.special() {
			r.readFiles(sub, took)
		}
		r.readFound()
		r.readShown()
		r.readHTTP()
		r.readSQL()
		r.readCode()
		r.readSends()
		r.readRuns()
	}
	r.readRedirs()
	r.factRules()
	if len(r.cmd.Argv) > 0 && (r.cmd.Name == "" || r.cmd.Argv[0].Glob && systemPattern(r.cmd.Argv[0].Text)) {
		r.computedName()
	}
	if r.cmd.Carrier && r.callsItself() {
		r.builtIn("fork-bomb-function", "system", High, "calls itself twice at once, without end",
			"the machine fills with copies of it until it stops answering", "T1499")
	}
	if len(r.actions) == r.first && !r.cmd.Carrier {
		r.actions = append(r.actions, Action{Class: r.ordinary(sub), Command: n})
	}
}

// sub finds the sub-command that the operands name, and how many it took.
func (r *reader) sub() (*Sub, int) {
	for i := range r.program.Sub {
		sub := &r.program.Sub[i]
		took, ok := r.args.matchArgs(sub.Args)
		if ok && (len(sub.Flags) == 0 || r.args.hasAny(sub.Flags...)) {
			return sub, took
		}
	}
	return nil, 0
}

// ordinary gives the class of a command that no rule has matched.
func (r *reader) ordinary(sub *Sub) Class {
	class := r.program.Class
	switch {
	case len(r.cmd.Argv) == 0:
		class = classShell
	case sub != nil && sub.Class != "":
		class = sub.Class
	}
	if class == classShell || class == "file.read" {
		for i := range r.facts.files {
			switch r.facts.files[i].op {
			case opWrite, opAppend, opTruncate:
				return classWrite
			}
		}
	}
	return class
}

// computedName judges a command whose program is not known before it runs. A
// plain variable is most often a configured interpreter; the output of another
// command is a way around whoever reads the line. A script file works out such
// names in the ordinary course of things.
func (r *reader) computedName() {
	word := r.cmd.Argv[0]
	class, severity := classUnknown, Low
	if word.Glob {
		class, severity = classObfuscated, Medium
	}
	for _, u := range word.Unknown {
		if strings.HasPrefix(u, "$(") && !namesProgram(u) || strings.HasPrefix(u, "`") {
			class, severity = classObfuscated, Medium
		}
	}
	if r.cmd.Origin == shellparse.ScriptFile {
		class, severity = classUnknown, None
	}
	r.actions = append(r.actions, Action{
		Class:    class,
		Severity: severity,
		Undo:     UndoUnknown,
		Resource: Resource{Kind: "command", Name: strings.Join(word.Unknown, " ")},
		Finding: &Finding{
			Rule:          "computed-name",
			Description:   "runs a program whose name is worked out only when it runs",
			Justification: "nobody can tell what it does before it does it",
			Attack:        "T1027",
			Evidence:      strings.Join(word.Unknown, " "),
		},
		Command: r.n,
	})
}

// systemPattern reports a pattern for a program where the system's programs
// are: /bin/r?, /???/rm.
func systemPattern(name string) bool {
	first, rest, ok := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	if !ok || name[0] != '/' || rest == "" {
		return false
	}
	return strings.ContainsAny(first, "?*[") || first == "bin" || first == "sbin" || first == "usr"
}

// callsItself reports a function that pipes itself into itself.
func (r *reader) callsItself() bool {
	if r.cmd.Origin != shellparse.Function || r.cmd.From < 0 || r.cmd.From >= r.n {
		return false
	}
	from := &r.script.Commands[r.cmd.From]
	return from.Carrier && from.Origin == shellparse.Function && from.Name == r.cmd.Name
}

// builtIn adds an action that no rule describes, because no rule could.
func (r *reader) builtIn(id string, class Class, severity Severity, description, justification, attack string) {
	r.actions = append(r.actions, Action{
		Class:    class,
		Severity: severity,
		Undo:     UndoNo,
		Resource: Resource{Kind: "command", Name: r.cmd.Name},
		Finding: &Finding{Rule: id, Description: description, Justification: justification,
			Attack: attack, Evidence: r.evidence()},
		Command: r.n,
	})
}

// namesProgram reports a substitution that only looks up where a program is,
// or prints the settings of an installed tool for the shell to take over.
func namesProgram(unknown string) bool {
	for _, lookup := range [...]string{
		"$(which ", "$(command -v ", "$(type -p ", "$(npm bin)", "$(brew --prefix",
		"$(ssh-agent", "$(direnv ", "$(opam ", "$(pyenv ", "$(rbenv ", "$(nodenv ", "$(goenv ", "$(jenv ", "$(fnm ", "$(mise ",
		"$(asdf ", "$(brew shellenv", "$(/opt/homebrew/bin/brew shellenv", "$(starship ", "$(zoxide ", "$(dircolors", "$(conda ",
		"$(micromamba ", "$(minikube ", "$(docker-machine ", "$(register-python-argcomplete ", "$(thefuck ", "$(luarocks ",
		"$(gh completion", "$(kubectl completion", "$(uv generate-shell-completion", "$(hatch ", "$(pdm ", "$(poetry env ",
	} {
		if strings.HasPrefix(unknown, lookup) {
			return true
		}
	}
	return false
}
