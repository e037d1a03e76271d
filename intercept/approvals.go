package intercept

import (
	"hash/maphash"
	"sync"
	"time"
)

// A Process names a process for good: ids are reused, but not with the same
// serial. On Linux that is the inode number of its pidfd, or before Linux 6.13
// its start time (field 22 of proc_pid_stat(5)).
type Process struct {
	PID    int
	Serial uint64
}

// A Foreseen command is one that a line was seen to run when the line as a
// whole was judged. Every word of it was known then, and where it would run.
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

// A Scope is what a human who approved a step let it do: what these rules are
// about, by these programs. Both are empty when nobody was asked.
type Scope struct {
	Rules    []string
	Programs []string  // base names
	Began    time.Time // when the step was let run
}

// An approval is what one step was judged to run.
type approval struct {
	commands map[uint64]struct{}
	scope    Scope
}

// Approvals remembers, by the process that a line was approved for, which
// commands the line was seen to run. An exec below that process which is one of
// them is part of what was approved; one that is not, such as `$(echo rm)` or
// what comes out of `base64 -d | sh`, is judged on its own.
//
// It holds the last 256 lines with at most 512 commands each: what was
// forgotten is judged again. It is safe for concurrent use.
type Approvals struct {
	mu    sync.Mutex
	seed  maphash.Seed
	lines *bounded[Process, approval]
	typed *bounded[Process, typedLine] // by the shell that reads commands
	// parent tells the parent of a process, and the serial of the one that has
	// the id now.
	parent func(pid int) (ppid int, serial uint64, err error)
}

// Bounds of Approvals.
const (
	maxLines    = 256
	maxForeseen = 512
	maxLineage  = 64 // parents looked at
)

// NewApprovals returns an empty memory of approvals.
func NewApprovals() *Approvals {
	return &Approvals{seed: maphash.MakeSeed(), parent: newParents(),
		lines: newBounded[Process, approval](maxLines), typed: newBounded[Process, typedLine](maxLines)}
}

// Approve remembers that the line which process p is about to run was allowed,
// and what it was seen to run. It replaces what p was approved for before:
// p has become another program.
func (a *Approvals) Approve(p Process, commands []Foreseen, scope Scope) {
	set := make(map[uint64]struct{}, min(len(commands), maxForeseen))
	for _, c := range commands[:min(len(commands), maxForeseen)] {
		if words := c.words(); len(words) > 0 {
			set[a.key(c.Dir, words)] = struct{}{}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines.put(p, approval{set, scope})
}

// Foreseen reports whether the exec r is, word for word and in the directory
// foreseen, part of a line that was approved for the process itself or for one
// that it descends from. Scripts are not: their text was not part of the line.
func (a *Approvals) Foreseen(r Request) bool {
	made, ok := plainExec(&r)
	if !ok {
		return false
	}
	roots := a.matches(&made)
	if roots == nil {
		return false // the common case asks nothing of /proc
	}
	return a.ascend(r, func(at Process) bool {
		_, ok := roots[at]
		return ok
	})
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

// Below reports whether r is made by a process of an approved step, or by the
// process that is one, and the scope of the nearest.
func (a *Approvals) Below(r Request) (scope Scope, below bool) {
	if r.Exec == nil {
		return Scope{}, false
	}
	below = a.ascend(r, func(at Process) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		line, ok := a.lines.get(at)
		scope = line.scope
		return ok
	})
	return scope, below
}

// ascend calls found for the process of r and those it descends from, nearest
// first, until it says yes.
func (a *Approvals) ascend(r Request, found func(Process) bool) bool {
	at := Process{r.PID, r.Exec.Serial}
	if r.Exec.PPID == 0 {
		return a.ascendFrom(at, found)
	}
	return found(at) || a.climb(r.Exec.PPID, found)
}

func (a *Approvals) ascendFrom(at Process, found func(Process) bool) bool {
	if found(at) {
		return true
	}
	ppid, serial, err := a.parent(at.PID)
	return err == nil && serial == at.Serial && a.climb(ppid, found)
}

// climb calls found for the process that has the id now, and those it descends
// from.
func (a *Approvals) climb(pid int, found func(Process) bool) bool {
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

// matches returns the processes whose approved line was seen to run f.
func (a *Approvals) matches(f *Foreseen) (roots map[Process]struct{}) {
	here, anywhere := a.key(f.Dir, f.words()), a.key("", f.words())
	a.mu.Lock()
	defer a.mu.Unlock()
	for p, line := range a.lines.values {
		_, ok := line.commands[here]
		if !ok {
			_, ok = line.commands[anywhere]
		}
		if ok {
			if roots == nil {
				roots = map[Process]struct{}{}
			}
			roots[p] = struct{}{}
		}
	}
	return roots
}

func (a *Approvals) key(dir string, argv []string) uint64 {
	return hashArgv(a.seed, append([]string{dir}, argv...))
}

// hashArgv hashes a list of words so that no two lists run together.
func hashArgv(seed maphash.Seed, argv []string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, a := range argv {
		_, _ = h.WriteString(a)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}
