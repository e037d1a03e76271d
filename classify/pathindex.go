package classify

import (
	"slices"
	"strings"
)

// A pathIndex finds the globs of a path set by a path's last name, so that a
// path is held against few of them.
type pathIndex struct {
	Named []namedGlob // sorted by name: globs that end in a plain name
	Wild  []namedGlob // the others
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
		if strings.ContainsAny(e.Name, "*?") {
			x.Wild = append(x.Wild, e)
		} else {
			x.Named = append(x.Named, e)
		}
	}
	slices.SortStableFunc(x.Named, func(a, b namedGlob) int { return strings.Compare(a.Name, b.Name) })
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
		if e := &x.Wild[i]; (e.Name == "**" || matchGlob(e.Name, name, false)) && f.fitsGlob(e.Glob, false) {
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
	if glob[0] == '~' {
		return f.inHome && matchPath(glob[1:], f.below, below)
	}
	return matchPath(glob, f.path, below)
}
