package classify

import "strings"

// addGlobPath adds a fact about the file in a fixed place that a pattern of the
// shell leads to: ~/.ss?/id_* means ~/.ssh/id_x, and cat would show it.
func (r *reader) addGlobPath(op, pattern string) {
	home := r.surroundings().home
	if rest, ok := strings.CutPrefix(pattern, home+"/"); ok && home != "" {
		pattern = "~/" + rest
	}
	if pattern[0] != '~' && pattern[0] != '/' {
		return
	}
	for i := range r.set.Paths {
		for _, glob := range r.set.Paths[i].Globs {
			if glob[0] != pattern[0] {
				continue
			}
			if path, ok := meet(pattern, glob); ok {
				r.addPath(op, path, false)
				return
			}
		}
	}
}

// meet gives a path that fits two patterns, one of a shell and one of a set of
// paths, when there is one. Where both leave a name open it is made up.
func meet(pattern, glob string) (string, bool) {
	var path []string
	for {
		a, restA, moreA := strings.Cut(pattern, "/")
		b, restB, moreB := strings.Cut(glob, "/")
		if strings.Contains(b, "**") || moreA != moreB {
			return "", false
		}
		name := b
		switch {
		case !isGlob(b):
			if !shellFits(a, b) {
				return "", false
			}
		case !isGlob(a) && matchGlob(b, a, false):
			name = a
		default:
			if name = strings.NewReplacer("*", "x", "?", "x").Replace(a); !matchGlob(b, name, false) {
				return "", false
			}
		}
		path = append(path, name)
		if !moreA {
			return strings.Join(path, "/"), true
		}
		pattern, glob = restA, restB
	}
}

// shellFits reports whether a name fits a shell's pattern, which has to name a
// leading dot.
func shellFits(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	return matchGlob(pattern, name, false)
}
