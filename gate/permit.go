package gate

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/secret"
	"restrain/shellparse"
)

// A Permit is what a step was let run with. Doors keep it for the process that
// runs the step, and hand it back with what starts below. It does not change.
type Permit struct {
	began time.Time
	step  stepRef
	// launcher is the outermost step that started it, as which a process runs:
	// the step itself where it is below none.
	launcher    int // its number
	launcherPID int
	foreseen    []Foreseen
	// approved reports that the step was asked about and confirmed, and shown
	// what was in the question then. An approval of what is critical is for
	// the very words only: nothing is shown by it.
	approved bool
	shown    []describedCommand
	// sent are the requests that the step was read to make, and effects what a
	// human approved of it.
	sent    []classify.Sent
	effects []effect
	// text is the step's, free of secrets.
	text string
	// taken are the paths that the step was read to take away when it was judged,
	// true for those with all below.
	taken map[string]bool
	// kept are the paths that were stored, with all below, before the step ran.
	kept []string
	// seal is what was looked at when a human approved the step; nil for others.
	seal *seal
}

// A Foreseen command is one that a step was read to run when it was judged, to
// its last word. It has either words or the text of a shell's -c.
type Foreseen struct {
	Argv []string
	Line string
	Dir  string // absolute; empty when the step did not say
}

// A describedCommand is one of which a question said what is found about it.
type describedCommand struct {
	words []shellparse.Word
	dir   string // absolute
	aims  []aim
}

// An aim is what a finding is about.
type aim struct {
	rule, kind, name string
	class            classify.Class
}

// Foreseen lists what the step was read to run.
func (p *Permit) Foreseen() []Foreseen { return p.foreseen }

// permit is what a decision lets run below it; nil when the step does not run.
func (d *Decision) permit(r *Request, step stepRef, now time.Time) *Permit {
	if !d.Outcome.Runs() && (d.Answer == nil || !d.Answer.Approved) {
		return nil
	}
	p := &Permit{began: now, step: step, launcher: step.number, launcherPID: r.PID, foreseen: foreseen(d.Step, r),
		text: secret.Redact(r.text()), taken: takenPaths(d.Step.Taken), sent: d.Step.Sent}
	if of := r.Lineage.Of; of != nil && of.launcher != 0 {
		p.launcher, p.launcherPID = of.launcher, of.launcherPID
	}
	if d.Kept != nil {
		for _, t := range d.Step.Taken {
			p.kept = append(p.kept, t.Path)
		}
	}
	if d.Answer != nil {
		p.seal, p.effects = r.seal, effectsOf(d.Step)
	}
	if d.Answer == nil || d.Severity == classify.Critical {
		return p
	}
	p.approved = true
	for i := range d.Step.Script.Commands {
		if s, ok := shownOf(d.Step, i, r.Dir); ok {
			p.shown = append(p.shown, s)
		}
	}
	return p
}

// Launcher is the outermost step that started what runs with the permit, by its
// number in the session and its process; 0 for none.
func (p *Permit) Launcher() (number, pid int) {
	if p == nil {
		return 0, 0
	}
	return p.launcher, p.launcherPID
}

// Took reports a path that the step was read to take away when it was judged, by
// itself or with a directory that it is below.
func (p *Permit) Took(path string) bool {
	if p == nil || len(p.taken) == 0 {
		return false
	}
	_, took := p.taken[path]
	for dir := filepath.Dir(path); !took && len(dir) > 1; dir = filepath.Dir(dir) {
		took = p.taken[dir]
	}
	return took
}

// TookAll reports a directory that the step was read to take away with all that is
// in it.
func (p *Permit) TookAll(dir string) bool {
	return p != nil && len(p.taken) > 0 && (p.taken[dir] || p.Took(dir+"/x"))
}

func takenPaths(list []classify.Taken) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	paths := make(map[string]bool, len(list))
	for i := range list {
		paths[list[i].Path] = paths[list[i].Path] || list[i].Tree
	}
	return paths
}

// Step names the step: by its number in the session, its entry in the journal and
// its text, free of secrets. All are zero for none.
func (p *Permit) Step() (number int, entry uint64, text string) {
	if p == nil {
		return 0, 0, ""
	}
	return p.step.number, p.step.entry, p.text
}

// keeps reports a step all of whose harm is to lose what was stored with the step
// that it is below.
func (p *Permit) keeps(step *classify.Step) bool {
	if p == nil || len(p.kept) == 0 || len(step.Losses) == 0 || lowered(step, safety{kept: true}) > classify.Low {
		return false
	}
	for i := range step.Losses {
		if path := step.Losses[i].Path; path == "" || !slices.ContainsFunc(p.kept, func(dir string) bool { return isBelow(path, dir) }) {
			return false
		}
	}
	return true
}

// isBelow reports that a clean path is a directory or lies below it.
func isBelow(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == '/' || dir == "/")
}

// stale reports that what a step was approved to run is another program now.
func (p *Permit) stale(r *Request) bool {
	return p != nil && p.seal != nil && p.seal.stale(r.Argv, r.Dir)
}

// And is a permit with what another was shown and foresaw: the commands of a
// line that is typed become plain one by one.
func (p *Permit) And(other *Permit) *Permit {
	if other == nil {
		return p
	}
	both := *p
	both.approved = p.approved || other.approved
	both.shown = append(slices.Clip(other.shown), p.shown...)
	both.sent = append(slices.Clip(other.sent), p.sent...)
	both.effects = append(slices.Clip(other.effects), p.effects...)
	return &both
}

// shownOf is what is found about the nth command of a step. ok is false where
// it is nothing, or where the command would run is not known.
func shownOf(step *classify.Step, n int, dir string) (s describedCommand, ok bool) {
	command := &step.Script.Commands[n]
	if !command.Dir.Known() || command.Host != "" {
		return s, false
	}
	s = describedCommand{words: command.Argv, dir: absolute(dir, command.Dir.Text)}
	for i := range step.Actions {
		if action := &step.Actions[i]; action.Command == n && action.Finding != nil {
			s.aims = append(s.aims, aimOf(action))
		}
	}
	return s, len(s.aims) > 0
}

func aimOf(action *classify.Action) aim {
	return aim{action.Finding.Rule, action.Resource.Kind, action.Resource.Name, action.Class}
}

// covers reports an action whose command is, word for word, one that a human was
// shown, with the same findings about the same things: globs and variables may
// have become plain words, but not a thing that was not known then.
func (p *Permit) covers(step *classify.Step, action *classify.Action, dir string) bool {
	if !p.approved || action.Finding == nil || action.Command >= len(step.Script.Commands) {
		return false
	}
	here, ok := shownOf(step, action.Command, dir)
	return ok && slices.ContainsFunc(p.shown, func(s describedCommand) bool {
		return s.dir == here.dir && s.aimedAt(aimOf(action)) && s.becomes(here.words)
	})
}

// aimedAt reports that the command was found to have an aim.
func (s *describedCommand) aimedAt(a aim) bool {
	return slices.ContainsFunc(s.aims, func(known aim) bool {
		name := known.name
		if known.name = a.name; known != a {
			return false
		}
		return name == a.name || !strings.ContainsRune(name, shellparse.Hole) && expands(name, a.name)
	})
}

// maxInstance bounds the words of a command that is compared with a shown one.
const maxInstance = 4096

// becomes reports that the shell can have made these words of the shown ones.
// What was not known stands for any words, what is a pattern for those that it
// fits.
func (s *describedCommand) becomes(words []shellparse.Word) bool {
	if len(s.words) == 0 || len(words) == 0 || len(words) > maxInstance || path.Base(s.words[0].Text) != path.Base(words[0].Text) {
		return false
	}
	// reached tells how many of the words those shown so far can have become.
	reached := make([]bool, len(words)+1)
	reached[1] = true
	for i := range s.words[1:] {
		reached = next(reached, &s.words[i+1], words)
	}
	return reached[len(words)]
}

func next(reached []bool, shown *shellparse.Word, words []shellparse.Word) []bool {
	after := make([]bool, len(reached))
	many := shown.Glob || !shown.Known()
	for at := range reached {
		if many && (reached[at] || at > 0 && after[at-1] && fits(shown, &words[at-1])) {
			after[at] = true // none, or one more
		}
		if at > 0 && reached[at-1] && fits(shown, &words[at-1]) {
			after[at] = true
		}
	}
	return after
}

// fits reports that a shown word can have become a plain one.
func fits(shown, word *shellparse.Word) bool {
	switch {
	case !word.Known():
		return false
	case shown.Text == word.Text, !shown.Known():
		return true
	}
	return shown.Glob && expands(shown.Text, word.Text)
}

// expands reports that a name is one that a pattern of the shell fits.
func expands(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// absolute is where a command runs that changes to a directory in another.
func absolute(dir, to string) string {
	if to == "" || filepath.IsAbs(to) {
		return filepath.Clean(cmp.Or(to, dir))
	}
	return filepath.Join(dir, to)
}

// foreseen lists what a step was judged to run, as far as it is known to the
// last word, with each of the wrappers around it; and the line itself, which an
// agent's plumbing may hand on to another shell.
func foreseen(step *classify.Step, r *Request) []Foreseen {
	var list []Foreseen
	if r.Line != "" {
		list = append(list, Foreseen{Line: step.Script.Source, Dir: r.Dir})
	}
	for i := range step.Script.Commands {
		command := &step.Script.Commands[i]
		if command.Stdin != nil && command.Stdin.Known() && shellparse.IsShell(command.Name) {
			list = append(list, Foreseen{Line: command.Stdin.Text}) // read there as a line
		}
		argv, known := plainArgv(command.Argv)
		if !known || len(argv) == 0 || command.Host != "" || !command.Dir.Known() || removesFromCode(step, i) {
			continue
		}
		at := command.Dir.Text
		if at != "" && !filepath.IsAbs(at) {
			at = filepath.Join(r.Dir, at)
		}
		list = append(list, Foreseen{Argv: argv, Dir: at})
		for k := len(command.Wrappers) - 1; k >= 0; k-- {
			words, known := plainArgv(command.Wrappers[k].Args)
			if !known {
				break
			}
			argv = append(append([]string{command.Wrappers[k].Name}, words...), argv...)
			list = append(list, Foreseen{Argv: argv, Dir: at})
		}
	}
	return list
}

// removesFromCode reports a command of a program's own that takes files away. What
// the program did before it is not followed, so what goes is seen only when it runs.
func removesFromCode(step *classify.Step, command int) bool {
	if step.Script.Commands[command].Origin != shellparse.Code {
		return false
	}
	return slices.ContainsFunc(step.Actions, func(a classify.Action) bool {
		return a.Command == command && (a.Class == "file.delete" || a.Class == "file.destroy")
	})
}

func plainArgv(words []shellparse.Word) ([]string, bool) {
	argv := make([]string, len(words))
	for i, word := range words {
		if !word.Known() || word.Glob {
			return nil, false
		}
		argv[i] = word.Text
	}
	return argv, true
}
