package classify

import (
	"slices"
	"strings"
)

// A pathIndex finds the globs of a set by the names in a path, so that a path
// is held against few of them.
type pathIndex struct {
	Named []namedGlob // sorted by name: globs that end in a plain name
	Wild  []namedGlob // the others
	// Parts are the names of the globs "**/name", sorted: a path below one
	// that fits has that name among its own.
	Parts []string
	// Rest are the globs that Parts leaves out.
	Rest []string
}

// A namedGlob is a glob with its last name.
type namedGlob struct {
	Name string
	Glob string
}

func indexPaths(globs []string) pathIndex {
	var x pathIndex
	for _, g := range globs {
		e := namedGlob{Name: g[strings.LastIndexByte(g, '/')+1:], Glob: g}
		plain := !strings.ContainsAny(e.Name, "*?")
		if plain {
			x.Named = append(x.Named, e)
		} else {
			x.Wild = append(x.Wild, e)
		}
		if plain && g == "**/"+e.Name {
			x.Parts = append(x.Parts, e.Name)
		} else {
			x.Rest = append(x.Rest, g)
		}
	}
	slices.SortStableFunc(x.Named, func(a, b namedGlob) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(x.Parts)
	return x
}

// has reports whether the located file of a fact fits one of the globs.
func (x *pathIndex) has(f *fileFact) bool {
	name := f.path[strings.LastIndexByte(f.path, '/')+1:]
	low, high := 0, len(x.Named)
	for low < high {
		mid := int(uint(low+high) >> 1)
		if x.Named[mid].Name < name {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for ; low < len(x.Named) && x.Named[low].Name == name; low++ {
		if f.fitsGlob(x.Named[low].Glob, false) {
			return true
		}
	}
	for i := range x.Wild {
		if e := &x.Wild[i]; e.mayFit(name) && f.fitsGlob(e.Glob, false) {
			return true
		}
	}
	return false
}

// hasIn is has for a file, and for a directory that is read, copied or sent as a
// whole and that one of the globs lies below.
func (x *pathIndex) hasIn(f *fileFact) bool {
	if x.has(f) {
		return true
	}
	switch f.op {
	case opRead, opLoad: // who searches the whole configuration looks for something else
		if !f.whole && !f.contents && !(f.recursive && strings.Count(f.below, "/") > 1) {
			return false
		}
	case opCopy, opMove, opSend:
	default:
		return false
	}
	for _, g := range x.Rest {
		if g[0] == '~' && f.inHome && f.below != "" && isInside(g[1:], f.below) || g[0] == '/' && strings.Count(f.path, "/") > 1 && isInside(g, f.path) {
			return true
		}
	}
	return false
}

// isInside reports a glob for what is below a directory.
func isInside(glob, dir string) bool {
	return len(glob) > len(dir) && glob[len(dir)] == '/' && strings.HasPrefix(glob, dir)
}

// mayFit holds a path's last name against that of a glob.
func (e *namedGlob) mayFit(name string) bool {
	if e.Name == "**" {
		return true
	}
	if name == "" {
		return false
	}
	if last := e.Name[len(e.Name)-1]; last != '*' && last != '?' && last != name[len(name)-1] {
		return false
	}
	return matchGlob(e.Name, name, false)
}

// hasBelow reports whether the file, or a directory above it, fits one of the
// globs.
func (x *pathIndex) hasBelow(f *fileFact) bool {
	for rest, more := f.path, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if _, found := slices.BinarySearch(x.Parts, name); found && name != "" {
			return true
		}
	}
	return f.fits(x.Rest, true)
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
	if glob[0] == '~' {
		return f.inHome && matchPath(glob[1:], f.below, below)
	}
	return matchPath(glob, f.path, below)
}
