package classify

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"restrain/shellparse"
)

// A taking is a file or directory whose content a command takes away, whether
// or not something else has it.
type taking struct {
	path    string // absolute and clean, where it is before the step
	command int
	tree    bool // with all that is below
	// How: see Loss.
	inPlace, edited bool
	discarded       bool // git throws it away
	remade          bool // a program writes its results there again, it seems
}

// A move is what an earlier command of the line has moved: what is at to then
// is at from before the step, and nothing is at away.
type move struct{ from, away, to string }

// How far the losses of a command are known.
type known uint8

const (
	knownNothing known = iota // the command was not read for losses
	knownWhole
	knownPart
)

// A lossReader finds out what the commands of a line take away. It has a reader
// of its own, for it may be left behind when a file system hangs.
type lossReader struct {
	reader
	until context.Context
	seen  int // files and directories looked at

	reads    []codeTaking
	takings  []taking
	losses   []Loss
	taken    []Taken
	along    []string // files that go over others: with those they come back
	known    []known  // of each command
	moves    []move
	stashed  []taking        // files that the line itself puts into a stash first
	popped   int             // stashes that the line takes out
	retagged map[string]bool // tags that the line makes anew
	// What the line gives to git and takes from it before: nothing else tells
	// that a later command throws it away.
	added, uncached []string
	dotglob         bool
	globstar        bool
	// strange reports a command that may put anything anywhere.
	strange bool
	views   map[string]*gitView // by root and paths
	// What was found out before: links followed, and working trees by directory.
	reals, roots map[string]string
}

// A codeTaking is what other languages' code and programs that only data
// describe take away.
type codeTaking struct {
	command int
	op      string
	word    shellparse.Word
	tree    bool
}

// readTakings notes what a command takes away that no reader of this file knows.
func (r *reader) readTakings() {
	if r.looks == nil || takers(r.cmd.Name) && len(r.cmd.Snippets) == 0 {
		return
	}
	for i := range r.facts.files {
		f := &r.facts.files[i]
		switch f.op {
		case opDelete, opTruncate, opWrite:
			w := shellparse.Word{Text: f.text, Unknown: f.unknown, Glob: strings.ContainsAny(f.text, "*?[")}
			r.takings = append(r.takings, codeTaking{r.n, f.op, w, f.recursive})
		}
	}
}

// lose finds the losses of the script that was read.
func (r *reader) lose() (losses []Loss, taken []Taken, how []known) {
	if r.looks == nil || !r.takes() {
		return nil, nil, nil
	}
	most := r.looks.Within()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	l := &lossReader{until: ctx, reads: r.takings, known: make([]known, len(r.script.Commands)), views: map[string]*gitView{},
		reals: map[string]string{}, roots: map[string]string{}}
	l.set, l.ctx, l.script, l.ctxDir, l.looks = r.set, r.ctx, r.script, r.ctxDir, r.looks
	type answer struct {
		losses []Loss
		taken  []Taken
		known  []known
	}
	hung, stop := context.WithTimeout(context.Background(), most+most/4)
	defer stop()
	got, ok := inTime(hung, func() answer {
		l.all()
		return answer{l.losses, l.taken, l.known}
	})
	if !ok { // the file system hangs
		got.known = slices.Repeat([]known{knownPart}, len(r.script.Commands))
	}
	return got.losses, got.taken, got.known
}

// takes reports whether a command of the line may take anything away.
func (r *reader) takes() bool {
	if len(r.takings) > 0 {
		return true
	}
	for i := range r.script.Commands {
		c := &r.script.Commands[i]
		if takers(c.Name) {
			return true
		}
		for j := range c.Redirs {
			if redir := &c.Redirs[j]; redir.Op == shellparse.RedirWrite && !isDevice(redir.Target.Text) {
				return true
			}
		}
	}
	return false
}

// over reports that a bound was met.
func (l *lossReader) over() bool { return l.seen > lossFiles || l.until.Err() != nil }

// all reads all commands, then looks at what they take.
func (l *lossReader) all() {
	for n := range l.script.Commands {
		l.n, l.cmd = n, &l.script.Commands[n]
		if l.cmd.Host != "" || l.cmd.Origin == shellparse.Deferred {
			continue
		}
		l.enterCommand()
		l.readRedirects()
		if read := takersOf(l.cmd.Name); read != nil {
			l.note(knownWhole)
			if len(l.cmd.Argv) > 0 {
				read(l, l.cmd.Argv[1:])
			}
		} else if !harmless(l.cmd.Name) && !l.cmd.Carrier {
			l.strange = true
		}
		l.readCode()
	}
	l.weighTakings()
	for n := range l.known {
		if l.known[n] == knownWhole && l.over() {
			l.known[n] = knownPart
		}
	}
}

// note lowers what is known of the command's losses.
func (l *lossReader) note(k known) { l.known[l.n] = max(l.known[l.n], k) }

// harmless reports programs that put nothing anywhere but where their words say.
func harmless(name string) bool {
	switch name {
	case "", "cd", "pushd", "popd", "ls", "echo", "printf", "pwd", "true", "false", ":", "test", "[", "[[", "mkdir", "touch", "cat",
		"read", "export", "set", "shopt", "sleep", "exit", "return", "find", "grep", "rg", "head", "tail", "wc", "sort", "uniq",
		"du", "df", "stat", "file", "date", "which", "command", "type", "mktemp", "basename", "dirname", "realpath", "tee", "xargs",
		"chmod", "chown", "diff", "cmp", "sha256sum", "md5sum", "seq", "tr", "cut", "sudo", "openssl", "jq", "fd", "fdfind":
		return true
	}
	return false
}

// readRedirects reads the files that the command's output replaces.
func (l *lossReader) readRedirects() {
	for i := range l.cmd.Redirs {
		redir := &l.cmd.Redirs[i]
		if redir.Op != shellparse.RedirWrite || isDevice(redir.Target.Text) {
			continue
		}
		l.note(knownWhole)
		l.each(redir.Target, func(p string) { l.change(p, false) })
	}
}

// readCode takes what was read from another language's code, or by what data
// says of a program. What is found in the code is found whole where it names
// what it takes, and stays in the directory that it was started in.
func (l *lossReader) readCode() {
	seen := knownPart
	if len(l.cmd.Snippets) > 0 && !slices.ContainsFunc(l.cmd.Snippets, func(s shellparse.Snippet) bool { return strings.Contains(s.Text.Text, "chdir") }) {
		seen = knownWhole
	}
	for i := range l.reads {
		t := &l.reads[i]
		if t.command != l.n {
			continue
		}
		if l.note(seen); t.op != opDelete || strings.Contains(t.word.Text, hole) {
			l.note(knownPart)
		}
		l.each(t.word, func(p string) {
			switch {
			case t.op == opDelete && t.tree:
				l.removeTree(p)
			case t.op == opDelete:
				l.remove(p)
			case t.op == opWrite:
				l.take(taking{path: p, inPlace: true, remade: true}, true)
			default:
				l.change(p, false)
			}
		})
	}
}

// each calls f with each path that a word may stand for.
func (l *lossReader) each(w shellparse.Word, f func(p string)) {
	names, ok := l.names(w)
	if !ok {
		l.note(knownPart)
	}
	for _, name := range names {
		if p, ok := l.path(name); ok {
			f(p)
		} else {
			l.note(knownPart)
		}
	}
}

// path makes a name absolute; a final slash stays, for it means what a link
// leads to.
func (l *lossReader) path(name string) (string, bool) {
	slash := strings.HasSuffix(name, "/")
	switch {
	case name == "" || len(name) > maxPath:
		return "", false
	case name == "~" || strings.HasPrefix(name, "~/"):
		if l.surroundings().home == "" {
			return "", false
		}
		name = l.surroundings().home + name[1:]
	case name[0] == '/':
		name = l.there(name)
	case hasDrive(name): // of Windows, which this machine's paths say nothing of
		return "", false
	default:
		if l.dir == "" || l.dir[0] != '/' || strings.Contains(l.dir, hole) {
			return "", false
		}
		name = l.dir + "/" + name
	}
	if name = path.Clean(name); slash && name != "/" {
		name += "/"
	}
	return name, true
}

// exists reports whether there is something at a path.
func (l *lossReader) exists(p string) bool {
	_, err := l.looks.Lstat(p)
	return err == nil
}

// isDir reports a directory, or a link to one.
func (l *lossReader) isDir(p string) bool {
	real, err := l.looks.Real(strings.TrimSuffix(p, "/"))
	if err != nil {
		return false
	}
	info, err := l.looks.Lstat(real)
	return err == nil && info.IsDir()
}

// now gives where what will be at a path is before the step; ok is false when
// the line will have moved it away.
func (l *lossReader) now(p string) (at string, ok bool) {
	for i := len(l.moves) - 1; i >= 0; i-- {
		m := &l.moves[i]
		if isBelow(p, m.to) {
			return m.from + p[len(m.to):], true
		}
		if m.away != "" && isBelow(p, m.away) {
			return "", false
		}
	}
	return p, true
}

// remove takes a file away, not what is in a directory.
func (l *lossReader) remove(p string) { l.take(taking{path: p}, false) }

// removeTree takes a file, or a directory with all that is in it.
func (l *lossReader) removeTree(p string) {
	clean := strings.TrimSuffix(p, "/")
	for _, m := range l.moves[:len(l.moves):len(l.moves)] {
		if m.to != clean && isBelow(m.to, clean) {
			l.add(taking{path: m.from, tree: true})
		}
	}
	l.take(taking{path: p, tree: true}, false)
}

// change writes another content into a file; edited says that most of it stays.
func (l *lossReader) change(p string, edited bool) {
	l.take(taking{path: p, inPlace: true, edited: edited}, true)
}

// take adds a taking, where there is something to take. follow says that a link
// at the end of the path is followed.
func (l *lossReader) take(t taking, follow bool) {
	follow = follow || strings.HasSuffix(t.path, "/")
	at, ok := l.now(strings.TrimSuffix(t.path, "/"))
	if !ok {
		return
	}
	if at, ok = l.resolved(at, follow); !ok {
		if l.strange { // it may be there by then
			l.note(knownPart)
		}
		return
	}
	t.path = at
	l.add(t)
}

// resolved follows the links of a path that is there.
func (l *lossReader) resolved(p string, follow bool) (string, bool) {
	if !l.exists(p) {
		return "", false
	}
	dir, name := path.Split(p)
	if follow {
		dir, name = p, ""
	}
	real, ok := l.reals[dir]
	if !ok {
		var err error
		if real, err = l.looks.Real(dir); err != nil {
			return "", false
		}
		l.reals[dir] = real
	}
	return path.Join(real, name), true
}

func (l *lossReader) add(t taking) {
	if len(l.takings) > lossFiles {
		l.seen = lossFiles + 1
		return
	}
	t.command = l.n
	l.takings = append(l.takings, t)
}

// moveTo notes that something goes to another place, over what is there. A move
// that is not sure may fail.
func (l *lossReader) moveTo(from, to string, sure bool) {
	from, to = strings.TrimSuffix(from, "/"), strings.TrimSuffix(to, "/")
	if from == to {
		return
	}
	at, ok := l.now(from)
	if !ok || !l.exists(at) {
		switch {
		case l.namedBefore(from): // jq . a > b && mv b a
			l.take(taking{path: to, edited: l.namedBefore(to)}, false)
		case !ok || l.strange:
			l.note(knownPart)
		}
		return
	}
	if !l.isDir(to) {
		if l.take(taking{path: to}, false); l.exists(to) && len(l.along) < lossPlaces {
			l.along = append(l.along, at)
		}
	}
	if len(l.moves) < lossPlaces {
		away := from
		if !sure || isBelow(to, from) || !l.surely(path.Dir(to)) || l.isDir(at) && l.exists(to) {
			away = "" // the move may fail, and all stay
		}
		l.moves = append(l.moves, move{from: at, away: away, to: to})
	} else {
		l.seen = lossFiles + 1
	}
}

// surely reports a directory that is there, and that the line has not taken away.
func (l *lossReader) surely(dir string) bool {
	if len(l.takings) > maxStages*maxStages {
		return false
	}
	for i := range l.takings {
		if isBelow(dir, l.takings[i].path) {
			return false
		}
	}
	return l.isDir(dir)
}

// namedBefore reports a path that an earlier command of the line names, and so
// may make or read.
func (l *lossReader) namedBefore(p string) bool {
	for i := range l.script.Commands[:l.n] {
		c := &l.script.Commands[i]
		for j := range c.Redirs {
			if at, ok := l.path(c.Redirs[j].Target.Text); ok && at == p {
				return true
			}
		}
		for _, w := range c.Argv[min(1, len(c.Argv)):] {
			if at, ok := l.path(w.Text); ok && at == p {
				return true
			}
		}
	}
	return false
}

// old reports whether a time is more than a day ago.
func old(t time.Time) bool { return !t.IsZero() && time.Since(t) > 24*time.Hour }
