package classify

import (
	"path"
	"strings"

	"restrain/shellparse"
)

// pathObjects names the files that the command does something to.
func (r *reader) pathObjects() {
	searched := false
	for i := range r.facts.searches {
		searched = r.searchObject(&r.facts.searches[i]) || searched
	}
	if archive, sources := r.archived(); archive != "" {
		for _, w := range sources {
			r.pathObject(&fileFact{op: opMove, text: w.Text, unknown: w.Unknown, recursive: true}, Object{Effect: EffectMove, To: archive})
		}
		return
	}
	to := r.destination()
	for i := range r.facts.files {
		f := &r.facts.files[i]
		o := Object{Deep: f.recursive}
		switch f.op {
		case opDelete:
			o.Effect = EffectDestroy
			if r.cmd.Name == "rmdir" { // only what is empty
				continue
			}
		case opTruncate:
			o.Effect = EffectDestroy
		case opRead, opLoad, opRun:
			o.Effect, o.Deep = EffectReveal, f.recursive && !searched
		case opSend:
			o.Effect = EffectSend
		case opMove:
			o.Effect, o.To, o.Deep = EffectMove, to, true
		case opCopy:
			if o.Effect, o.To = EffectCopy, to; to == "" {
				o.Effect = EffectReveal
			}
		case opWrite:
			r.pathObject(f, Object{Effect: EffectDestroy, Minor: true}) // what is there is written over
			o.Effect = EffectChange
		case opAppend, opChmod:
			o.Effect = EffectChange
		default:
			continue
		}
		r.pathObject(f, o)
	}
	r.loopObjects()
	r.discardObjects()
	r.revisionObjects()
}

// pathObject adds the file of a fact, once for each name that a pattern in it
// stands for, and where it has been moved from by the same line.
func (r *reader) pathObject(f *fileFact, o Object) {
	if r.namesAll() {
		return
	}
	r.locate(f)
	name := r.absolute(f.path)
	if name == "" || strings.HasPrefix(name, hole) {
		return
	}
	o.Kind = ObjectPath
	if r.cmd.Host != "" && !f.here {
		o.At = r.cmd.Host
	}
	switch o.Effect {
	case EffectReveal, EffectSend, EffectCopy:
		o.Minor = o.Minor || !r.inSets(r.set.index.Fixed.Credentials, f) && !r.foundIn(f)
	case EffectDestroy, EffectMove, EffectChange:
		switch r.place(f) {
		case PlaceBuild, PlaceTmp:
			o.Minor = o.Minor || !r.hasClass("persist", "guard.tamper", "privilege")
		case PlaceWorkspaceRoot, PlaceHome, PlaceRoot:
			o.Wide = true
		}
	}
	o.Deep = o.Deep || f.contents
	for _, name := range r.expand(name, &o) {
		o.Name = name
		r.addObject(o)
		if o.Effect == EffectDestroy {
			r.movedHere(o)
		}
	}
}

// foundIn reports a file that a finding of the command is about.
func (r *reader) foundIn(f *fileFact) bool {
	for i := r.first; i < len(r.actions); i++ {
		if a := &r.actions[i]; a.Finding != nil && a.Severity > None && a.Resource.Name == f.text {
			return true
		}
	}
	return false
}

// movedHere adds what the line itself has moved to where it now destroys: mv
// notes build; rm -rf build.
func (r *reader) movedHere(o Object) {
	for i, n := 0, len(r.objects); i < n; i++ {
		if m := &r.objects[i]; m.Effect == EffectMove && m.At == o.At && (isBelow(m.To, o.Name) || isBelow(o.Name, m.To)) {
			from := *m
			from.Effect, from.To, from.Minor = EffectDestroy, "", false
			r.addObject(from)
		}
	}
}

// absolute gives a path with the home directory spelled out.
func (r *reader) absolute(p string) string {
	if home := r.surroundings().home; home != "" && (p == "~" || strings.HasPrefix(p, "~/")) {
		return home + p[1:]
	}
	return p
}

// expand gives the names that a path with a pattern stands for. Where nobody
// can look, that is the directory in front of the pattern, of which a part is
// meant.
func (r *reader) expand(name string, o *Object) []string {
	at := strings.IndexAny(name, hole+"*?[")
	if at < 0 {
		return []string{name}
	}
	if !strings.Contains(name, hole) {
		if names := r.expandAll(name); names != nil {
			return names
		}
	}
	dir := path.Clean(name[:strings.LastIndexByte(name[:at], '/')+1])
	if dir == "." || isBelow(r.workspace(), dir) {
		return nil // anything may be meant
	}
	o.Deep = true
	return []string{dir}
}

// expandAll gives the files that a pattern stands for, nil when none is known.
func (r *reader) expandAll(pattern string) []string {
	found := []string{"/"}
	if !path.IsAbs(pattern) {
		return nil
	}
	for _, part := range strings.Split(strings.Trim(pattern, "/"), "/") {
		var next []string
		for _, dir := range found {
			if !strings.ContainsAny(part, "*?[") {
				next = append(next, path.Join(dir, part))
				continue
			}
			if r.listings++; r.listings > maxListings {
				return nil
			}
			for _, name := range r.ctx.Names(dir) {
				if fits, err := path.Match(part, name); err == nil && fits && len(next) < maxExpanded {
					next = append(next, path.Join(dir, name))
				}
			}
		}
		found = next
	}
	return found
}

// destination is where the command moves or copies its files to, as an object's
// name; empty when it does not say.
func (r *reader) destination() string {
	text, ok := r.args.value("-t", "--target-directory")
	if n := len(r.args.operands); !ok && n > 1 {
		text = r.args.operand(n - 1)
	}
	if text == "" || isDevice(text) {
		return ""
	}
	at := fileFact{op: opWrite, text: text}
	r.locate(&at)
	return knownText(r.absolute(at.path))
}

// archived gives the archive that the command moves files into, and the files:
// tar --remove-files, zip -m.
func (r *reader) archived() (archive string, sources []shellparse.Word) {
	if r.cmd.Name == "zip" && r.args.hasAny("-m", "--move") || r.packs() && r.args.has("--remove-files") {
		return r.packed()
	}
	return "", nil
}

// packs reports a tar that makes an archive: tar czf x, tar -c.
func (r *reader) packs() bool {
	switch r.cmd.Name {
	case "tar", "gtar", "bsdtar":
		return r.tarMode('c', "-c", "--create")
	}
	return false
}

// tarMode reports what a tar is told to do, with a dash or without: c, x.
func (r *reader) tarMode(letter byte, flags ...string) bool {
	first := ""
	if len(r.args.words) > 0 {
		first, _, _ = strings.Cut(r.args.words[0].Text, "=")
	}
	return r.args.hasAny(flags...) || !strings.HasPrefix(first, "--") && strings.IndexByte(first, letter) >= 0 && strings.Trim(first, "-xbcfhjJpPruvzZaw") == ""
}

// packed gives the archive that the command puts files into, and the files.
func (r *reader) packed() (archive string, sources []shellparse.Word) {
	if r.cmd.Name != "zip" && !r.packs() {
		return "", nil
	}
	for i := range r.args.words {
		w := r.args.words[i]
		switch text, flagged := strings.CutPrefix(w.Text, "--file="); {
		case flagged:
			archive = text
		case strings.HasPrefix(w.Text, "-"), i == 0 && strings.Trim(w.Text, "cfvzjJrua") == "":
		case archive == "":
			archive = w.Text
		default:
			sources = append(sources, w)
		}
	}
	at := fileFact{op: opWrite, text: archive}
	r.locate(&at)
	return knownText(r.absolute(at.path)), sources
}

// loopObjects names the places whose files a command destroys one by one, as
// the commands that list them in the same line say: find x | while read f; do
// rm "$f"; done.
func (r *reader) loopObjects() {
	effect, some := EffectUnknown, false
	for i := range r.facts.files {
		f := &r.facts.files[i]
		if (f.op == opDelete || f.op == opTruncate || f.op == opRead) && len(f.unknown) > 0 {
			some = true
			if effect = EffectDestroy; f.op == opRead {
				effect = EffectReveal
			}
		}
	}
	if !some {
		return
	}
	for i := range r.script.Commands {
		c := &r.script.Commands[i]
		if i == r.n || len(c.Argv) == 0 || !lists(c.Name) {
			continue
		}
		for _, w := range c.Argv[1:] {
			if w.Text == "" || w.Text[0] == '-' || w.Text[0] == '(' || w.Text == "!" {
				if c.Name == "find" {
					break
				}
				continue
			}
			for _, text := range strings.Fields(w.Text) {
				r.pathObject(&fileFact{op: opDelete, text: text, unknown: w.Unknown}, Object{Effect: effect, Deep: true})
			}
		}
	}
}

// lists reports the programs whose output is the names of files.
func lists(name string) bool {
	switch name {
	case "find", "gfind", "fd", "fdfind", "ls", "echo", "printf", "seq", "git", "rg":
		return true
	}
	return false
}

// searchObject names where contents are searched, and reports whether it is
// such a search. A search for one plain word shows no secret by itself.
func (r *reader) searchObject(f *searchFact) bool {
	if f.what != searchContents {
		return false
	}
	forCredentials := r.hasClass("credential.*")
	if !forCredentials && (f.limited || !showsEverything(f.pattern)) {
		return true
	}
	at := f.where
	if at.text == "" {
		at.text = "."
	}
	at.op = opList
	r.pathObject(&at, Object{Effect: EffectSearch, Deep: true, Minor: !forCredentials})
	return true
}

// showsEverything reports a pattern that nearly every line fits: no three
// letters in a row are asked for.
func showsEverything(pattern string) bool {
	run := 0
	for i := range len(pattern) {
		if c := lower(pattern[i]); 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			if run++; run == 3 {
				return false
			}
		} else {
			run = 0
		}
	}
	return true
}
