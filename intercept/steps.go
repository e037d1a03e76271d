package intercept

import (
	"hash/maphash"
	"path"
	"strings"
	"sync"
)

// A Process names a process for good: ids are reused, but not with the same
// serial. On Linux that is the inode number of its pidfd, or before Linux 6.13
// its start time (field 22 of proc_pid_stat(5)).
type Process struct {
	PID    int
	Serial uint64
}

// A Foreseen command is one that a step was read to run when it was judged as a
// whole. Every word of it was known then, and where it would run.
// It has either words or the text of a shell's -c.
type Foreseen struct {
	Argv []string
	Line string
	Dir  string // absolute; empty when the line did not say
}

// words is the command as one list, in which a text is not taken for words.
func (f *Foreseen) words() []string {
	if f.Line != "" {
		return []string{"", f.Line} // no program is called ""
	}
	return f.Argv
}

// A begun step is what runs as one, and what it was let run with.
type begun[P any] struct {
	commands map[uint64]struct{}
	permit   P
	apart    bool // no step, and nothing below it is one of a step above
}

// Steps remembers which process belongs to which step: by the process that a
// step was let run as, with what P says of that, and which commands the step was
// read to run. What follows for a process below is for others to say; one that
// no step is known for is judged on its own.
//
// It holds the last 256 steps with at most 512 commands each. It is safe for
// concurrent use.
type Steps[P any] struct {
	mu    sync.Mutex
	seed  maphash.Seed
	lines *bounded[Process, begun[P]]
	typed *bounded[Process, typedLine[P]] // by the shell that reads commands
	// parent tells the parent of a process, and the serial of the one that has
	// the id now.
	parent func(pid int) (ppid int, serial uint64, err error)
}

// Bounds of Steps.
const (
	maxLines    = 256
	maxForeseen = 512
	maxLineage  = 64 // parents looked at
)

// NewSteps returns an empty memory.
func NewSteps[P any]() *Steps[P] {
	return &Steps[P]{seed: maphash.MakeSeed(), parent: newParents(),
		lines: newBounded[Process, begun[P]](maxLines), typed: newBounded[Process, typedLine[P]](maxLines)}
}

// Begin remembers that process p is about to run a step, and what the step was
// read to run. It replaces what p ran before: p becomes another program.
func (a *Steps[P]) Begin(p Process, commands []Foreseen, permit P) {
	set := make(map[uint64]struct{}, min(len(commands), maxForeseen))
	for _, c := range commands[:min(len(commands), maxForeseen)] {
		if words := c.words(); len(words) > 0 {
			set[a.key(c.Dir, words...)] = struct{}{}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines.put(p, begun[P]{set, permit, false})
}

// Apart remembers that process p belongs to no step, whatever it was started
// from.
func (a *Steps[P]) Apart(p Process) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines.put(p, begun[P]{apart: true})
}

// Process is the process that has an id now.
func (a *Steps[P]) Process(pid int) (Process, error) {
	_, serial, err := a.parent(pid)
	return Process{pid, serial}, err
}

// A Place is where an exec stands among the steps.
type Place[P any] struct {
	// Below reports that a process of a step makes it, or the process that is
	// one; Permit is what the nearest such step was let run with.
	Below  bool
	Permit P
	// Foreseen reports that it is, word for word and in the directory foreseen,
	// what one of these steps was read to run. Scripts are not: their text was
	// not part of the line.
	Foreseen bool
}

// Place finds the steps that the process of an exec belongs to.
func (a *Steps[P]) Place(r Request) (at Place[P]) {
	if r.Exec == nil {
		return at
	}
	made, plain := plainExec(&r)
	var keys [4]uint64
	if plain {
		keys = a.keys(&made)
	}
	a.ascend(r, func(process Process) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		line, ok := a.lines.get(process)
		if !ok {
			return false
		}
		if line.apart {
			return true
		}
		if !at.Below {
			at.Below, at.Permit = true, line.permit
		}
		at.Foreseen = plain && line.foresaw(keys)
		return at.Foreseen
	})
	return at
}

// StepOf finds the step that a process belongs to, the nearest: the process that
// runs it, and what it was let run with. ppid is the process's parent, or 0 when
// it is not known.
func (a *Steps[P]) StepOf(p Process, ppid int) (step Process, permit P, below bool) {
	a.ascendAt(p, ppid, func(at Process) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		line, ok := a.lines.get(at)
		if ok {
			step, permit, below = at, line.permit, !line.apart
		}
		return ok
	})
	return step, permit, below
}

// foresaw reports a step that was read to run one of the commands.
func (b *begun[P]) foresaw(keys [4]uint64) bool {
	for _, key := range keys {
		if _, ok := b.commands[key]; ok {
			return true
		}
	}
	return false
}

// keys are those under which a line may have foreseen an exec: in its directory
// or anywhere, and by the plain name of a program that a wrapper of the same name
// starts, as Debian's psql does.
func (a *Steps[P]) keys(f *Foreseen) [4]uint64 {
	words := f.words()
	keys := [4]uint64{a.key(f.Dir, words...), a.key("", words...)}
	keys[2], keys[3] = keys[0], keys[1]
	if name := path.Base(words[0]); path.IsAbs(words[0]) && !strings.HasPrefix(words[0], f.Dir+"/") {
		words = append([]string{name}, words[1:]...)
		keys[2], keys[3] = a.key(f.Dir, words...), a.key("", words...)
	}
	return keys
}

// plainExec is an exec as a line would have foreseen it.
func plainExec(r *Request) (made Foreseen, ok bool) {
	if r.Exec == nil || r.Exec.Opaque != "" || r.Exec.ScriptPath != "" || len(r.Argv) == 0 {
		return Foreseen{}, false
	}
	made = Foreseen{Argv: r.Argv, Dir: r.Dir}
	if r.Kind == KindLine {
		if made.Line = r.Line; len(r.Params) > 0 || r.Line == "" {
			return Foreseen{}, false
		}
	}
	return made, true
}

// ascend calls found for the process of r and those it descends from, nearest
// first, until it says yes.
func (a *Steps[P]) ascend(r Request, found func(Process) bool) bool {
	return a.ascendAt(Process{r.PID, r.Exec.Serial}, r.Exec.PPID, found)
}

// ascendAt does it for a process whose parent is known, unless that is 0.
func (a *Steps[P]) ascendAt(at Process, ppid int, found func(Process) bool) bool {
	if ppid == 0 {
		return a.ascendFrom(at, found)
	}
	return found(at) || a.climb(ppid, found)
}

func (a *Steps[P]) ascendFrom(at Process, found func(Process) bool) bool {
	if found(at) {
		return true
	}
	ppid, serial, err := a.parent(at.PID)
	return err == nil && serial == at.Serial && a.climb(ppid, found)
}

// climb calls found for the process that has the id now, and those it descends
// from.
func (a *Steps[P]) climb(pid int, found func(Process) bool) bool {
	for range maxLineage {
		if pid <= 1 {
			return false
		}
		ppid, serial, err := a.parent(pid)
		if err != nil {
			return false
		}
		if found(Process{pid, serial}) {
			return true
		}
		pid = ppid
	}
	return false
}

// key hashes a command and where it runs so that no two lists run together.
func (a *Steps[P]) key(dir string, words ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(a.seed)
	hashWord(&h, dir)
	for _, word := range words {
		hashWord(&h, word)
	}
	return h.Sum64()
}

func hashWord(h *maphash.Hash, word string) {
	_, _ = h.WriteString(word)
	_ = h.WriteByte(0)
}

// hashArgv hashes a list of words so that no two lists run together.
func hashArgv(seed maphash.Seed, argv []string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, word := range argv {
		hashWord(&h, word)
	}
	return h.Sum64()
}
