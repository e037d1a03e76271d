package classify

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"restrain/shellparse"
)

// expand gives the names that a pattern of the shell becomes. A pattern that
// fits nothing stands for itself, as in the shell.
func (l *lossReader) expand(pattern string) (names []string, ok bool) {
	if !strings.ContainsAny(pattern, "*?[(") {
		return []string{pattern}, true
	}
	dir, rest := "", pattern
	switch {
	case strings.HasPrefix(pattern, "/"):
		dir, rest = "/", strings.TrimLeft(pattern, "/")
	case strings.HasPrefix(pattern, "~/"):
		dir, rest = l.surroundings().home+"/", pattern[2:]
	}
	parts := strings.Split(rest, "/")
	names, ok = l.expandParts(dir, parts, nil)
	if full, is := l.path(pattern); is {
		for i := range l.moves { // what the line has moved there
			if shellparse.Fits(full, l.moves[i].to) {
				names = append(names, l.moves[i].to)
			}
		}
	}
	if len(names) == 0 {
		names = []string{pattern}
	}
	return names, ok
}

// expandParts expands the components of a pattern below a prefix, which is
// empty or ends in a slash.
func (l *lossReader) expandParts(prefix string, parts, names []string) (_ []string, ok bool) {
	if len(names) > lossNames || l.over() {
		return names, false
	}
	part := parts[0]
	if !strings.ContainsAny(part, "*?[(") {
		switch at := prefix + part; {
		case len(parts) > 1:
			return l.expandParts(at+"/", parts[1:], names)
		case part == "": // a final slash: directories only
			if l.isDirName(prefix) {
				names = append(names, prefix)
			}
			return names, true
		default:
			if p, is := l.path(at); is && l.exists(p) {
				names = append(names, at)
			}
			return names, true
		}
	}
	if part == "**" && l.globstar && len(parts) > 1 {
		names, ok = l.expandParts(prefix, parts[1:], names)
	} else {
		ok = true
	}
	entries, whole := l.list(prefix)
	ok = ok && whole
	for _, e := range entries {
		name := e.name
		if name[0] == '.' && part[0] != '.' && !l.dotglob || !shellparse.Fits(part, name) {
			continue
		}
		switch {
		case len(parts) == 1:
			if names = append(names, prefix+name); part == "**" && l.globstar && e.dir {
				names, whole = l.expandParts(prefix+name+"/", parts, names)
			}
		case part == "**" && l.globstar && e.dir:
			names, whole = l.expandParts(prefix+name+"/", parts, names)
		case e.dir || e.link:
			names, whole = l.expandParts(prefix+name+"/", parts[1:], names)
		}
		ok = ok && whole
	}
	return names, ok
}

// An entry is a name in a directory.
type entry struct {
	name      string
	dir, link bool
}

// list lists a directory by a name that is relative to the command's.
func (l *lossReader) list(name string) (entries []entry, ok bool) {
	if name == "" {
		name = "."
	}
	p, ok := l.path(name)
	if !ok {
		return nil, false
	}
	at, ok := l.now(strings.TrimSuffix(p, "/"))
	if !ok || l.over() {
		return nil, true
	}
	found, err := l.looks.ReadDir(at)
	if err != nil {
		return nil, !l.exists(at)
	}
	l.seen += len(found)
	for _, e := range found {
		if _, there := l.now(path.Join(at, e.Name())); there || at != strings.TrimSuffix(p, "/") {
			entries = append(entries, entry{e.Name(), e.IsDir(), e.Type()&fs.ModeSymlink != 0})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return entries, true
}

func (l *lossReader) isDirName(name string) bool {
	p, ok := l.path(strings.TrimSuffix(name, "/"))
	return ok && l.isDir(p)
}
