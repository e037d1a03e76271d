package shellparse

import (
	"maps"
	"path"
	"strings"
)

// A value is what a variable holds: one word, or the elements of an array.
type value struct {
	words []Word
	array bool
	keyed bool  // which of words an index gives is not known: declare -A
	used  *bool // set when it is looked up; nil when nobody wants to know
}

func (v value) equal(o value) bool {
	if v.array != o.array || len(v.words) != len(o.words) {
		return false
	}
	for i, w := range v.words {
		if !w.Known() || !o.words[i].Known() || w.Text != o.words[i].Text {
			return false
		}
	}
	return true
}

// A scope holds what is known of a shell's state. A subshell, or a branch that
// may not run, gets a child: what it changes stays there, or is merged.
type scope struct {
	parent *scope
	vars   map[string]value
	// dir is the directory after the cd commands so far, from the line's own.
	dir    Word
	moved  bool   // dir is set here
	missed []Word // the directories it is in when a cd has failed; set with dir
	exits  *bool  // set -e, where that is set here
	params []Word
	called bool // params are set here
	// tainted reports that unread text ran, so that any variable not set
	// since may hold anything.
	tainted bool
}

func (s *scope) child() *scope { return &scope{parent: s, tainted: s.tainted} }

// copied is what a scope holds now.
func (s *scope) copied() *scope {
	was := *s
	was.vars = maps.Clone(s.vars)
	return &was
}

// get looks a variable up; found is false when the text never set it.
func (s *scope) get(name string) (v value, found bool) {
	for ; s != nil; s = s.parent {
		if v, ok := s.vars[name]; ok {
			if v.used != nil {
				*v.used = true
			}
			return v, true
		}
	}
	return value{}, false
}

func (s *scope) set(name string, v value) {
	if s.vars == nil {
		s.vars = make(map[string]value)
	}
	s.vars[name] = v
}

func (s *scope) setText(name, text string) { s.set(name, value{words: []Word{{Text: text}}}) }

// forget makes a variable unknown.
func (s *scope) forget(name string) { s.set(name, value{words: []Word{unknown("$" + name)}}) }

func (s *scope) directory() Word {
	for ; s != nil; s = s.parent {
		if s.moved {
			return s.dir
		}
	}
	return Word{}
}

func (s *scope) arguments() ([]Word, bool) {
	for ; s != nil; s = s.parent {
		if s.called {
			return s.params, true
		}
	}
	return nil, false
}

// merge takes over what branches of s changed. Of several branches one ran,
// and of fewer than all of them (complete is false) perhaps none: where they
// disagree the value is unknown.
func (s *scope) merge(complete bool, branches ...*scope) {
	for _, b := range branches {
		s.tainted = s.tainted || b.tainted
		for name := range b.vars {
			s.set(name, s.agreed(name, complete, branches))
		}
		if b.moved {
			s.mergeDir(complete, branches)
		}
		if b.called {
			s.params, s.called = nil, true
		}
	}
}

func (s *scope) agreed(name string, complete bool, branches []*scope) value {
	first, found := branches[0].get(name)
	same := found
	for _, b := range branches[1:] {
		v, ok := b.get(name)
		same = same && ok && v.equal(first)
	}
	if !complete && same {
		v, ok := s.get(name)
		same = ok && v.equal(first)
	}
	if same {
		return first
	}
	return value{words: []Word{unknown("$" + name)}}
}

func (s *scope) mergeDir(complete bool, branches []*scope) {
	dir := branches[0].directory()
	for _, b := range branches[1:] {
		if b.directory().Text != dir.Text {
			dir = unknown("cd")
		}
	}
	if !complete && s.directory().Text != dir.Text {
		dir = unknown("cd")
	}
	missed := branches[0].elsewhere()
	if own := s.elsewhere(); !complete && len(own) > len(missed) {
		missed = own
	}
	s.dir, s.moved, s.missed = dir, true, missed
}

// unknown is a word of which nothing is known but what it depends on.
func unknown(note string) Word {
	return Word{Text: string(Hole), Unknown: []string{shorten(note)}}
}

func shorten(note string) string {
	if len(note) <= maxNote {
		return note
	}
	return strings.ToValidUTF8(note[:maxNote], "") + "…"
}

// chdir changes the shell's directory as cd would.
func (sh *shell) chdir(to Word) {
	s := sh.vars
	old := s.directory()
	s.setText("OLDPWD", "")
	s.set("OLDPWD", value{words: []Word{sh.absolute(old)}})
	before := s.elsewhere()
	s.dir, s.moved = sh.resolve(to), true
	sh.mayStay(old, before, to)
}

// resolve makes a path relative to the shell's directory as whole as it can.
func (sh *shell) resolve(p Word) Word {
	if strings.HasPrefix(p.Text, "/") || strings.HasPrefix(p.Text, "~") {
		if p.Known() {
			p.Text = path.Clean(p.Text)
		}
		return p
	}
	if r := []rune(p.Text); len(r) > 0 && r[0] == Hole {
		return p
	}
	base := sh.absolute(sh.vars.directory())
	if base.Text == "" {
		if p.Known() {
			p.Text = path.Clean(p.Text)
		}
		return p
	}
	p.Text = path.Join(base.Text, p.Text)
	p.Unknown = addNotes(base.Unknown, p.Unknown)
	return p
}

// absolute is a directory of the scope as an absolute path where that is known.
func (sh *shell) absolute(dir Word) Word {
	if dir.Text == "" {
		dir.Text = sh.r.opts.Dir
	}
	return dir
}

// lookup finds a variable's value. A variable that the text never sets comes
// from the environment when it is live; offline it is unknown.
func (sh *shell) lookup(name string) (v value, set bool) {
	if v, ok := sh.vars.get(name); ok {
		return v, len(v.words) > 0 || v.array
	}
	switch name {
	case "HOME":
		if home := sh.r.opts.Home; home != "" {
			return value{words: []Word{{Text: home}}}, true
		}
	case "PWD":
		if dir := sh.absolute(sh.vars.directory()); dir.Text != "" {
			return value{words: []Word{dir}}, true
		}
	case "IFS":
		return value{words: []Word{{Text: " \t\n"}}}, true
	}
	if sh.r.opts.Env == nil || sh.vars.tainted || sh.foreign || dynamic(name) {
		return value{words: []Word{unknown("$" + name)}}, true
	}
	if text, ok := sh.r.opts.Env(name); ok {
		return value{words: []Word{{Text: clean(text)}}}, true
	}
	return value{}, false
}

// inherits reports whether the live environment has a variable with this very
// value: the shell state that agents save and read again says so of many.
func (sh *shell) inherits(name string, w Word) bool {
	if sh.r.opts.Env == nil || sh.vars.tainted || !w.Known() {
		return false
	}
	text, ok := sh.r.opts.Env(name)
	return ok && clean(text) == w.Text
}

// dynamic reports the variables that the shell itself sets and changes.
func dynamic(name string) bool {
	switch name {
	case "RANDOM", "SRANDOM", "SECONDS", "LINENO", "EPOCHSECONDS", "EPOCHREALTIME",
		"PPID", "BASHPID", "UID", "EUID", "GROUPS", "HOSTNAME", "HOSTTYPE", "OSTYPE",
		"MACHTYPE", "REPLY", "PIPESTATUS", "OPTARG", "OPTIND", "SHLVL", "SHELLOPTS",
		"BASHOPTS", "FUNCNAME", "DIRSTACK", "COPROC", "MAPFILE", "PWD", "OLDPWD", "PATH", "_":
		return true
	}
	return strings.HasPrefix(name, "BASH")
}

// A local is what a variable held before a function made it its own.
type local struct {
	name string
	old  value
	had  bool
}

// restore gives the variables of a function that has returned their values
// back, the first declaration last.
func (s *scope) restore(locals []local) {
	for i := len(locals) - 1; i >= 0; i-- {
		if l := locals[i]; l.had {
			s.set(l.name, l.old)
		} else {
			delete(s.vars, l.name)
		}
	}
}
