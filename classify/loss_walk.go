package classify

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// A spot is what a place says of the files in it.
type spot struct {
	view  *gitView
	temp  bool // in a temporary directory
	cache bool // what tools make again
}

// weighTakings looks at all that is taken and keeps what nothing else has.
func (l *lossReader) weighTakings() {
	takings := l.settle()
	for i := range takings {
		t := &takings[i]
		l.taken = append(l.taken, Taken{t.path, t.tree, t.inPlace, t.tree && l.history(t.path)})
	}
	for _, p := range l.along {
		if real, ok := l.resolved(p, false); ok && !l.isDirItself(real) {
			l.taken = append(l.taken, Taken{Path: real})
		}
	}
	takings = l.leaveOutClean(takings)
	below := map[string][]string{} // the paths by working tree
	roots := make([]string, len(takings))
	for i := range takings {
		root, ok := l.rootOf(takings[i].path)
		if !ok {
			continue
		}
		roots[i] = root
		below[root] = append(below[root], takings[i].path)
	}
	views := map[string]*gitView{}
	for root, paths := range below {
		v := l.view(root, paths)
		views[root] = v
		for _, p := range paths {
			v.gone = v.gone || p == root+"/.git" || isBelow(p, root+"/.git/objects")
		}
	}
	for i := range takings {
		t := &takings[i]
		if l.n = t.command; l.over() {
			l.note(knownPart)
			continue
		}
		info, err := l.looks.Lstat(t.path)
		if l.seen++; err != nil {
			continue
		}
		s := l.spotOf(t.path)
		if roots[i] != "" {
			s.view = views[roots[i]]
		}
		l.walk(t, t.path, info, s)
	}
}

// fewTakings is up to how many files each is asked about by itself.
const fewTakings = 8

// leaveOutClean leaves out single files that a commit has: most that lines take
// are, and the context tells it faster than git's whole status.
func (l *lossReader) leaveOutClean(takings []taking) []taking {
	if len(takings) > fewTakings || slices.ContainsFunc(takings, func(t taking) bool { return strings.Contains(t.path+"/", "/.git/") }) {
		return takings
	}
	return slices.DeleteFunc(takings, func(t taking) bool {
		info, err := l.looks.Lstat(t.path)
		if err != nil || !info.Mode().IsRegular() {
			return false
		}
		target := l.ctx.Target(t.path)
		return target.Git && target.Recoverable()
	})
}

// settle makes one of several takings of the same path, and leaves out what
// goes with a directory.
func (l *lossReader) settle() []taking {
	at := make(map[string]int, len(l.takings))
	trees := map[string]bool{}
	var settled []taking
	for _, t := range l.takings {
		if i, twice := at[t.path]; twice {
			s := &settled[i]
			mild := (s.edited || s.remade) && (t.edited || t.remade)
			s.edited, s.remade = mild && (s.edited || t.edited), mild && (s.remade || t.remade)
			s.tree, s.inPlace = s.tree || t.tree, s.inPlace || t.inPlace
			trees[t.path] = trees[t.path] || t.tree
			continue
		}
		if t.tree {
			trees[t.path] = true
		}
		at[t.path] = len(settled)
		settled = append(settled, t)
	}
	kept := settled[:0]
	for _, t := range settled {
		within := false
		for dir := path.Dir(t.path); !t.inPlace && !within && len(dir) > 1; dir = path.Dir(dir) {
			within = trees[dir]
		}
		if !within {
			kept = append(kept, t)
		}
	}
	return kept
}

// spotOf tells what kind of place a path is in.
func (l *lossReader) spotOf(p string) (s spot) {
	l.cmd = &l.script.Commands[l.n]
	if l.place(&fileFact{text: p}) != PlaceTmp {
		return s
	}
	temp := l.surroundings().temp
	for _, dir := range [...]string{"/tmp", "/var/tmp", "/dev/shm", "/private/tmp", "/private/var/folders", "/var/folders", "/run/user", temp} {
		s.temp = s.temp || dir != "" && isBelow(p, dir)
	}
	s.cache = !s.temp && !strings.Contains(p, "Trash")
	return s
}

// walk adds what is lost of a file or directory, and reports whether that is
// all of it.
func (l *lossReader) walk(t *taking, p string, info fs.FileInfo, s spot) (all bool) {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return t.tree && l.walkDir(t, p, s)
	case mode.IsRegular(), mode&fs.ModeSymlink != 0:
		return l.walkFile(t, p, info, s)
	}
	return true // a socket or a device has no content
}

func (l *lossReader) walkFile(t *taking, p string, info fs.FileInfo, s spot) bool {
	state := s.view.state(p)
	if state == gitClean || !l.counts(p, info.ModTime(), state, s) {
		return false
	}
	loss := Loss{Kind: LossFile, Path: p, InPlace: t.inPlace, Edited: t.edited, Command: t.command, minor: t.remade || l.minor(p, state, s), discarded: t.discarded}
	if state == gitChanged {
		loss.Kind, loss.Repo = LossChanges, s.view.root
	}
	if info.Mode().IsRegular() {
		loss.add(info.Size(), info.ModTime())
	}
	l.losses = append(l.losses, loss)
	return true
}

// counts reports whether a file that no commit has is anybody's.
func (l *lossReader) counts(p string, changed time.Time, state byte, s spot) bool {
	switch {
	case s.cache, s.view != nil && s.view.fresh:
		return false
	case state == gitIgnored && l.built(p, s):
		return false
	case s.temp && !old(changed):
		if born, ok := l.looks.Born(p); ok && !old(born) {
			return false
		}
	}
	return !l.ctx.Own(p)
}

// built reports a path in a place where builds and installers put what they
// make.
func (l *lossReader) built(p string, s spot) bool {
	root := l.surroundings().workspace
	if s.view != nil {
		root = s.view.root
	}
	if root != "" && isBelow(p, root) {
		p = p[len(root):]
	}
	inside := fileFact{path: p}
	for i := range l.set.Places {
		if l.set.Places[i].ID == PlaceBuild && l.set.index.Places[i].hasBelow(&inside) {
			return true
		}
	}
	return false
}

// minor reports what is likely to be of little worth, though it is not certain:
// old files in a temporary directory, what looks like a build's where no git
// says so.
func (l *lossReader) minor(p string, state byte, s spot) bool {
	return s.temp || state != gitChanged && (s.view == nil || !s.view.asked) && l.built(p, s)
}

// walkDir adds what is lost of a directory: one loss, when that is all of it.
func (l *lossReader) walkDir(t *taking, p string, s spot) bool {
	if state := s.view.state(p + "/"); state == gitIgnored && l.built(p, s) {
		l.inBuild(t, p, 0)
		return false
	}
	if inner, is := l.looks.Lstat(path.Join(p, ".git")); is == nil && (s.view == nil || s.view.root != p) {
		s.view = l.view(p, nil)
		s.view.gone = s.view.gone || inner.IsDir()
	}
	first, partial := len(l.losses), false
	entries, err := l.looks.ReadDir(p)
	if l.seen += len(entries); err != nil || l.over() {
		l.n = t.command
		l.note(knownPart)
		partial, entries = true, nil
	}
	all := !partial
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		all = l.walk(t, path.Join(p, e.Name()), info, s) && all
	}
	switch {
	case partial:
		l.losses = append(l.losses, Loss{Kind: LossTree, Path: p, Partial: true, Command: t.command, Files: 1, Bytes: 1, minor: s.temp})
	case len(l.losses) > first && (all || len(l.losses) > lossPlaces):
		l.fold(first, p, t)
	}
	return all
}

// fold makes one loss of those from first on.
func (l *lossReader) fold(first int, p string, t *taking) {
	whole := Loss{Kind: LossTree, Path: p, Command: t.command, minor: true}
	for i := range l.losses[first:] {
		part := &l.losses[first+i]
		whole.merge(part)
		whole.minor = whole.minor && part.minor
	}
	l.losses = append(l.losses[:first], whole)
}

// The bounds of the look for repositories inside of what a build made: an
// edited checkout in a virtual environment, a linked package.
const (
	buildDepth   = 3
	buildEntries = 2000
)

// inBuild adds the repositories in a directory that is otherwise made again.
func (l *lossReader) inBuild(t *taking, dir string, depth int) {
	entries, err := l.looks.ReadDir(dir)
	if err != nil || len(entries) > buildEntries || l.over() {
		return
	}
	l.seen += len(entries)
	for _, e := range entries {
		if !e.IsDir() || depth == buildDepth {
			continue
		}
		p := path.Join(dir, e.Name())
		if l.exists(path.Join(p, ".git")) {
			if info, err := l.looks.Lstat(p); err == nil {
				l.walk(t, p, info, spot{})
			}
			continue
		}
		l.inBuild(t, p, depth+1)
	}
}
