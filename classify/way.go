package classify

import "restrain/shellparse"

// way gives the words of the program that a setting is about, when that runs the command or is it, and reports whether the
// files of this machine say what it acts on: not when ssh or a container stands before it.
func (r *reader) way(s *Setting) (words []shellparse.Word, here, ok bool) {
	if matchAny(s.Command, r.cmd.Name) {
		return r.args.words, r.cmd.Host == "", true
	}
	if r.cmd.Host == "" {
		return nil, false, false
	}
	for i := range r.cmd.Wrappers {
		switch w := &r.cmd.Wrappers[i]; {
		case matchAny(s.Command, w.Name):
			return w.Args, true, true
		case shellparse.Elsewhere(w.Name):
			return nil, false, false
		}
	}
	return nil, false, false
}

// aroundHere reports a command in a container or a cluster of this machine, as
// far as the settings of the program that reaches it tell.
func (r *reader) aroundHere() bool {
	local := false
	for i := range r.set.Settings {
		s := &r.set.Settings[i]
		if words, here, ok := r.way(s); ok && here {
			name, _ := r.setting(s, words, here)
			switch n := r.natureOf("", name); {
			case n == natureLocal:
				local = true
			case n == natureProduction:
				return false
			}
		}
	}
	return local
}
