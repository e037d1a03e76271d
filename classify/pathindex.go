package classify

import (
	"cmp"
	"slices"
	"strings"
)

// A pathMask has a bit for each of Set.Paths that a path is in.
type pathMask uint64

// maxPathSets is how many sets of paths a pathMask has bits for.
const maxPathSets = 64

// A pathIndex finds the globs of sets by the names in a path, so that a path is
// held against few of them.
type pathIndex struct {
	Names        globTable   // by their last name where that is plain, else by another plain one
	Ends, Begins globTable   // the others by how their last name ends, or else begins
	Open         []keyedGlob // what is left
	// The directories that globs of a home and of a whole path lie below.
	HomeDirs, RootDirs globTable
}

// A keyedGlob is a glob of some of the sets.
type keyedGlob struct {
	Key, Glob string
	Last      string // its last name
	Anywhere  bool   // nothing but "**/" stands before that
	Sets      pathMask
}

// A globTable finds globs by their keys. Those of the nth of a power of two of hashes
// stand between the nth and the next of Starts.
type globTable struct {
	Starts []uint16
	List   []keyedGlob
}

// of gives the globs of a key, and others of the same hash.
func (t *globTable) of(key string) []keyedGlob {
	if len(t.List) == 0 {
		return nil
	}
	n := hash(key, len(t.Starts)-1)
	return t.List[t.Starts[n]:t.Starts[n+1]]
}

// hash is FNV-1a, as one of a power of two of numbers.
func hash(key string, of int) int {
	h := uint32(2166136261)
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	return int(h & uint32(of-1))
}

// settle puts the list in order, with one entry for each glob.
func (t *globTable) settle() {
	sorted := merged(t.List)
	t.Starts, t.List = nil, nil
	if len(sorted) == 0 {
		return
	}
	hashes := 1
	for hashes < len(sorted) {
		hashes *= 2
	}
	t.Starts = make([]uint16, hashes+1)
	for _, e := range sorted {
		t.Starts[hash(e.Key, hashes)+1]++
	}
	for n := range hashes {
		t.Starts[n+1] += t.Starts[n]
	}
	t.List = make([]keyedGlob, len(sorted))
	next := slices.Clone(t.Starts)
	for _, e := range sorted {
		n := hash(e.Key, hashes)
		t.List[next[n]] = e
		next[n]++
	}
}

// merged gives a list in order, with one entry for each glob of a key.
func merged(list []keyedGlob) (all []keyedGlob) {
	slices.SortStableFunc(list, func(a, b keyedGlob) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Glob, b.Glob))
	})
	for _, e := range list {
		if n := len(all); n > 0 && all[n-1].Key == e.Key && all[n-1].Glob == e.Glob {
			all[n-1].Sets |= e.Sets
		} else {
			all = append(all, e)
		}
	}
	return all
}

// add adds the globs of some sets, which settle has to put in order.
func (x *pathIndex) add(sets pathMask, globs []string) {
	for _, g := range globs {
		last := g[strings.LastIndexByte(g, '/')+1:]
		e := keyedGlob{Glob: g, Last: last, Anywhere: g == "**/"+last && last != "**", Sets: sets}
		list := &x.Open
		switch inner := plainName(g); {
		case last == "~" || last == "": // no name of a path
		case !strings.ContainsAny(last, "*?"):
			e.Key, list = last, &x.Names.List
		case inner != "":
			e.Key, list = inner, &x.Names.List
		case !isMeta(last[len(last)-1]):
			e.Key, list = last[len(last)-1:], &x.Ends.List
		case !isMeta(last[0]):
			e.Key, list = last[:1], &x.Begins.List
		}
		*list = append(*list, e)
		switch g[0] {
		case '~':
			x.HomeDirs.addAbove(g[1:], 1, sets)
		case '/':
			x.RootDirs.addAbove(g, 2, sets)
		}
	}
}

// plainName gives the longest name of a glob that is no pattern, or "".
func plainName(glob string) (longest string) {
	for name := range strings.SplitSeq(glob, "/") {
		if len(name) > len(longest) && name != "~" && !strings.ContainsAny(name, "*?") {
			longest = name
		}
	}
	return longest
}

// addAbove adds the directories above a glob that have so many names or more.
func (t *globTable) addAbove(glob string, names int, sets pathMask) {
	for i := 1; i < len(glob); i++ {
		if glob[i] == '/' && strings.Count(glob[:i], "/") >= names {
			t.List = append(t.List, keyedGlob{Key: glob[:i], Sets: sets})
		}
	}
}

func (x *pathIndex) tables() [5]*globTable {
	return [...]*globTable{&x.Names, &x.Ends, &x.Begins, &x.HomeDirs, &x.RootDirs}
}

func (x *pathIndex) settle() {
	for _, t := range x.tables() {
		t.settle()
	}
	x.Open = merged(x.Open)
}

// indexPlace indexes the globs of a place, as those of one set.
func indexPlace(globs []string) (x pathIndex) {
	x.add(1, globs)
	x.settle()
	return x
}

// overlaid gives an index with some of the sets as they are now.
func (x pathIndex) overlaid(sets []PathSet, changed pathMask) pathIndex {
	kept := func(list []keyedGlob) (rest []keyedGlob) {
		for _, e := range list {
			if e.Sets &^= changed; e.Sets != 0 {
				rest = append(rest, e)
			}
		}
		return rest
	}
	for _, t := range x.tables() {
		t.List = kept(t.List)
	}
	x.Open = kept(x.Open)
	for n := range sets {
		if bit := pathMask(1) << n; changed&bit != 0 {
			x.add(bit, sets[n].Globs)
		}
	}
	x.settle()
	return x
}

// inOut are the sets of paths that a rule wants a file in and out of.
type inOut struct{ in, out pathMask }

// find notes the sets of two lists of names. It writes nothing where that is known:
// others may be reading.
func (m *inOut) find(s *Set, in, out []string) {
	if now := (inOut{s.masks(in...), s.masks(out...)}); *m != now {
		*m = now
	}
}

// masks gives the sets of some names. The loader has checked that they are there.
func (s *Set) masks(ids ...string) (sets pathMask) {
	for i := range s.Paths {
		if contains(ids, s.Paths[i].ID) {
			sets |= 1 << i
		}
	}
	return sets
}

// has gives those of some sets of which a glob fits the located file of a fact.
func (x *pathIndex) has(f *fileFact, sets pathMask) pathMask {
	name := f.path[strings.LastIndexByte(f.path, '/')+1:]
	open := sets
	for rest, more := f.path, true; more; {
		var inner string
		if inner, rest, more = strings.Cut(rest, "/"); inner != "" {
			open = f.without(open, name, inner, x.Names.of(inner))
		}
	}
	if name != "" {
		open = f.without(open, name, name[len(name)-1:], x.Ends.of(name[len(name)-1:]))
		open = f.without(open, name, name[:1], x.Begins.of(name[:1]))
	}
	return sets &^ f.without(open, name, "", x.Open)
}

// without takes those away from some sets of which a glob of a key fits the file, whose
// last name is that.
func (f *fileFact) without(sets pathMask, name, key string, list []keyedGlob) pathMask {
	for i := range list {
		e := &list[i]
		if e.Sets&sets != 0 && e.Key == key && (e.Last == "**" || matchGlob(e.Last, name, false)) && (e.Anywhere || f.fitsGlob(e.Glob, false)) {
			sets &^= e.Sets
		}
	}
	return sets
}

// around gives the sets of which a glob lies below the located file of a fact.
func (x *pathIndex) around(f *fileFact) (sets pathMask) {
	dirs := func(t *globTable, dir string) {
		for _, e := range t.of(dir) {
			if e.Key == dir {
				sets |= e.Sets
			}
		}
	}
	if f.inHome {
		dirs(&x.HomeDirs, f.below)
	}
	dirs(&x.RootDirs, f.path)
	return sets
}

// meansInside reports a directory that is read, copied or sent as a whole, with what
// lies below it.
func (f *fileFact) meansInside() bool {
	switch f.op {
	case opRead, opLoad: // who searches the whole configuration looks for something else
		return f.whole || f.contents || f.recursive && strings.Count(f.below, "/") > 1
	case opCopy, opMove, opSend:
		return true
	}
	return false
}

// hasBelow reports whether the file, or a directory above it, fits one of the
// globs.
func (x *pathIndex) hasBelow(f *fileFact) bool {
	rest := f.path
	if f.inHome && f.below != "" && rest[0] == '~' {
		rest = f.below // the ~ of a home is no name: *~
	}
	for more := true; more; {
		var name string
		if name, rest, more = strings.Cut(rest, "/"); name == "" {
			continue
		}
		if f.isBelow(name, name, x.Names.of(name)) || f.isBelow(name, name[len(name)-1:], x.Ends.of(name[len(name)-1:])) || f.isBelow(name, name[:1], x.Begins.of(name[:1])) {
			return true
		}
	}
	return slices.ContainsFunc(x.Open, func(e keyedGlob) bool { return f.fitsGlob(e.Glob, true) })
}

// isBelow reports whether the file, or a directory above it, fits a glob of a key, which
// is of a name of its path.
func (f *fileFact) isBelow(name, key string, list []keyedGlob) bool {
	for i := range list {
		e := &list[i]
		if e.Key == key && (e.Anywhere && matchGlob(e.Last, name, false) || !e.Anywhere && f.fitsGlob(e.Glob, true)) {
			return true
		}
	}
	return false
}

// fits reports whether the located file of a fact fits one of the globs.
func (f *fileFact) fits(globs []string, below bool) bool {
	for _, g := range globs {
		if f.fitsGlob(g, below) {
			return true
		}
	}
	return false
}

func (f *fileFact) fitsGlob(glob string, below bool) bool {
	switch glob[0] {
	case '~':
		return f.inHome && mayBegin(glob[1:], f.below) && matchPath(glob[1:], f.below, below)
	case '/':
		return mayBegin(glob, f.path) && matchPath(glob, f.path, below)
	}
	if f.inHome && f.below != "" && f.path[0] == '~' {
		return matchPath(glob, f.below, below) // the ~ of a home is no name: *~
	}
	return matchPath(glob, f.path, below)
}

// mayBegin compares how the first names of a glob and a path begin: nearly all
// differ there.
func mayBegin(glob, path string) bool {
	return len(glob) < 2 || len(path) < 2 || path[0] == glob[0] && (path[1] == glob[1] || glob[1] == '*' || glob[1] == '?')
}
