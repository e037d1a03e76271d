package classify

import (
	"slices"
	"strings"
)

// A pathIndex finds the globs of a set by the names in a path, so that a path
// is held against few of them.
type pathIndex struct {
	Named []namedGlob // sorted by name: globs that end in a plain name
	// The others: below a home directory, of a whole path, and anywhere.
	Home, Root, Wild []namedGlob
	// The directories that globs of the first two kinds lie below, sorted.
	HomeDirs, RootDirs []string
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
		if plain && g == "**/"+e.Name {
			x.Parts = append(x.Parts, e.Name)
		} else {
			x.Rest = append(x.Rest, g)
		}
		list := &x.Wild
		switch {
		case plain:
			list = &x.Named
		case g[0] == '~':
			list = &x.Home
		case g[0] == '/':
			list = &x.Root
		}
		*list = append(*list, e)
		switch g[0] {
		case '~':
			x.HomeDirs = appendDirs(x.HomeDirs, g[1:], 1)
		case '/':
			x.RootDirs = appendDirs(x.RootDirs, g, 2)
		}
	}
	slices.SortStableFunc(x.Named, func(a, b namedGlob) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(x.Parts)
	for _, dirs := range [...]*[]string{&x.HomeDirs, &x.RootDirs} {
		slices.Sort(*dirs)
		*dirs = slices.Compact(*dirs)
	}
	return x
}

// appendDirs adds the directories above a glob that have so many names or more.
func appendDirs(dirs []string, glob string, names int) []string {
	for i := 1; i < len(glob); i++ {
		if glob[i] == '/' && strings.Count(glob[:i], "/") >= names {
			dirs = append(dirs, glob[:i])
		}
	}
	return dirs
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
	return f.inHome && f.fitsNamed(x.Home, name) ||
		f.path != "" && f.path[0] == '/' && f.fitsNamed(x.Root, name) || f.fitsNamed(x.Wild, name)
}

// fitsNamed is fits for globs that are first held against the path's last name.
func (f *fileFact) fitsNamed(globs []namedGlob, name string) bool {
	for i := range globs {
		if e := &globs[i]; e.mayFit(name) && f.fitsGlob(e.Glob, false) {
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
	return f.inHome && isOne(x.HomeDirs, f.below) || isOne(x.RootDirs, f.path)
}

func isOne(sorted []string, s string) bool {
	_, found := slices.BinarySearch(sorted, s)
	return found
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
		if name != "" && isOne(x.Parts, name) {
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
