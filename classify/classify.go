package classify

import (
	"slices"
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
	nested bool // the script is what a command of another is given

	// What the context says, asked once, and of what only paths are placed by
	// not before a path is.
	ctxDir string
	asked  bool
	around surroundings

	// The command that is being read.
	cmd        *shellparse.Command
	n          int // its index
	dir        string
	dirUnknown []string
	absent     string // a directory that cd does not lead to, for it is not there
	program    *Program
	args       argv
	ordinarily *Sub // what its operands name of the program
	facts      facts
	// What is said about the command's use of files, once that was asked.
	handled     []*Handling
	handledHere [8]*Handling
	late        bool // there was no time left to read what the repository knows

	actions []Action
	first   int // of the command's actions

	// What commands leave behind, and what earlier steps have left.
	memory    Memory
	nature    nature // of what the command acts on at present
	artifacts []Artifact
	sources   []source
	objects   []Object
	used      []Use
	// listings counts the directories that patterns of the script have been
	// expanded in.
	listings int
	sent     []Sent
	contents int // the files that have been looked into
	// looked are the commands whose variables have been looked at, and namesFile
	// whether one of those names a file with credentials.
	looked    int
	namesFile bool

	// The ways to look at what would be lost, and what only facts say is taken.
	looks    Looks
	takings  []codeTaking
	printsOf *Prints
	bulk     *BulkRead
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// Classify reads the commands of a script and gives what they do. It never
// fails: what cannot be read is an action of class "unknown" or "obfuscated".
func (s *Set) Classify(sc *shellparse.Script, ctx Context) Step {
	return s.classify(sc, ctx, false)
}

func (s *Set) classify(sc *shellparse.Script, ctx Context, nested bool) Step {
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.set, r.ctx, r.script, r.nested = s, ctx, sc, nested
	r.ctxDir, r.asked = ctx.Dir(), false
	r.actions = make([]Action, 0, len(sc.Commands)+1)
	r.memory, _ = ctx.(Memory)
	r.artifacts, r.sources, r.objects, r.sent, r.used = nil, r.sources[:0], nil, nil, r.used[:0]
	r.listings, r.contents = 0, 0
	r.looked, r.namesFile = 0, false
	r.printsOf, r.bulk = nil, nil
	if r.looks, r.takings = nil, nil; !nested {
		r.looks = ctx.Looks()
	}
	for i := range sc.Commands {
		r.command(i)
	}
	if len(r.actions) == 0 {
		r.actions = append(r.actions, Action{Class: classShell})
	}
	r.dropNames()
	r.weighUsed()
	losses, taken, known := r.lose()
	r.weighLosses(losses, known)
	step := Step{Script: sc, Actions: r.actions, Losses: losses, Taken: taken, Artifacts: r.artifacts, Objects: r.objects, Prints: r.printsOf, BulkRead: r.bulk, Sent: r.sent, Uncertain: sc.Err != nil || sc.Limit != ""}
	for _, u := range r.used {
		step.Use(u.Command, u.Found)
	}
	for i := range step.Actions {
		step.Severity = max(step.Severity, step.Actions[i].Severity)
	}
	for i := range sc.Commands {
		step.Uncertain = step.Uncertain || len(sc.Commands[i].Argv) > maxWords
	}
	r.actions, r.artifacts, r.objects, r.sent, r.script, r.cmd, r.ctx, r.memory = nil, nil, nil, nil, nil, nil, nil, nil
	r.looks, r.takings = nil, nil
	return step
}

// The classes that the code itself gives; rules.toml describes them.
const (
	classShell   Class = "shell"
	classRun     Class = "run"
	classWrite   Class = "file.write"
	classDelete  Class = "file.delete"
	classDestroy Class = "file.destroy"
	classUnknown Class = "unknown"
	classTest    Class = "test"
)

// command reads one command: first its facts, then the rules they match.
func (r *reader) command(n int) {
	r.n, r.cmd, r.first = n, &r.script.Commands[n], len(r.actions)
	r.facts.reset()
	r.handled = nil
	r.enterCommand()
	r.wrapperRules()
	around := len(r.actions) // what is around a command does not say what it does

	r.program = r.set.program(r.cmd.Name)
	var words []shellparse.Word
	if len(r.cmd.Argv) > 0 {
		words = r.cmd.Argv[1:]
	}
	r.args.read(r.program, r.withFiles(words))
	r.readRemote()
	r.readGitSettings()
	sub, took := r.sub()
	r.ordinarily = sub
	if r.cmd.Name != "" && !r.cmd.Carrier {
		r.commandRules(r.cmd.Name, &r.args)
		if !r.irregular() {
			r.readFiles(sub, took)
		}
		r.readFound()
		r.readHandled()
		r.readStaged()
		r.readShown()
		r.readSpelled()
		r.readHTTP()
		r.readSQL()
		r.readMigrations()
		r.readPlan()
		r.readTests(r.ordinary(sub))
		r.readCode()
		r.readSends()
		r.readRuns()
		r.readOptionCommand()
	}
	r.readTakings()
	r.readRedirs()
	r.readLoaded()
	r.followLinks()
	r.readForm()
	r.readScript()
	r.factRules()
	r.readPrints()
	r.readWide()
	r.readLeft()
	r.readUsed()
	r.readSettings()
	r.readBranch()
	r.readObjects()
	r.readSent()
	if len(r.actions) == around && !r.cmd.Carrier {
		r.actions = append(r.actions, Action{Class: r.ordinary(sub), Command: n})
	}
	r.readOwners()
}

// dropNames takes out what was told by the name of a project's script alone, where the
// script was read and says itself what it does to a database.
func (r *reader) dropNames() {
	for i := len(r.actions) - 1; i >= 0; i-- {
		a := &r.actions[i]
		if a.Finding == nil || !r.set.isNamed(a.Finding.Rule) {
			continue
		}
		if slices.ContainsFunc(r.actions, func(b Action) bool {
			return b.Command > a.Command && b.Finding != nil && strings.HasPrefix(string(b.Class), "db.") && r.script.Commands[b.Command].Origin != shellparse.Direct
		}) {
			r.actions = slices.Delete(r.actions, i, i+1)
		}
	}
}

// isNamed reports a rule that goes by a script's name.
func (s *Set) isNamed(id string) bool {
	for i := range s.Rules {
		if s.Rules[i].Named && s.Rules[i].ID == id {
			return true
		}
	}
	return false
}

// withFiles puts the texts of files in the place of words that name them by file://, as
// AWS and its like take them, so that what such a file says counts as in the line.
func (r *reader) withFiles(words []shellparse.Word) []shellparse.Word {
	for i, w := range words {
		name, ok := strings.CutPrefix(w.Text, "file://")
		if !ok || !w.Known() || !matchAny(r.wordSet("reads-file-addresses").Any, r.cmd.Name) {
			continue
		}
		if text, ok := r.readText(name); ok && text != "" {
			words = slices.Clone(words)
			words[i].Text = text
		}
	}
	return words
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
