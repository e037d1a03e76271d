package classify

import (
	"strings"

	"restrain/shellparse"
)

// factRules tries the rules about the facts of a command.
func (r *reader) factRules() {
	x := &r.set.index
	for i := range r.facts.files {
		f := &r.facts.files[i]
		for _, n := range x.fileRules(f.op) {
			if rule := &r.set.Rules[n]; r.matchFile(rule.File, f) && r.forCommand(rule) {
				severity, target := r.fileSeverity(rule, f)
				r.addFinding(rule, r.evidence(), f.text, severity, target)
			}
		}
	}
	for i := range r.facts.https {
		f := &r.facts.https[i]
		for _, n := range x.HTTP {
			if rule := &r.set.Rules[n]; rule.HTTP.matches(f) && r.forCommand(rule) {
				r.addFinding(rule, f.text, f.host, rule.Severity, nil)
			}
		}
		for j := range f.graphql {
			g := &f.graphql[j]
			for _, n := range x.GraphQL {
				if rule := &r.set.Rules[n]; rule.GraphQL.matches(f, g) && r.forCommand(rule) {
					r.addFinding(rule, g.text, g.resource, rule.Severity, nil)
				}
			}
		}
	}
	for i := range r.facts.sqls {
		f := &r.facts.sqls[i]
		for _, n := range x.SQL {
			if rule := &r.set.Rules[n]; rule.SQL.matches(f) && r.forCommand(rule) {
				r.addFinding(rule, f.text, f.object, rule.Severity, nil)
			}
		}
	}
	for i := range r.facts.searches {
		f := &r.facts.searches[i]
		for _, n := range x.Search {
			if rule := &r.set.Rules[n]; r.matchSearch(rule.Search, f) && r.forCommand(rule) {
				r.addFinding(rule, f.text, f.pattern, rule.Severity, nil)
			}
		}
	}
	for i := range r.facts.envs {
		f := &r.facts.envs[i]
		for _, n := range x.Env {
			if rule := &r.set.Rules[n]; r.matchEnv(rule.Env, f) && r.forCommand(rule) {
				r.addFinding(rule, f.text, f.name, rule.Severity, nil)
			}
		}
	}
	for i := range r.facts.forms {
		f := &r.facts.forms[i]
		for _, n := range x.Form {
			if rule := &r.set.Rules[n]; within(rule.Form.What, f.what) && r.forCommand(rule) {
				r.addFinding(rule, f.text, f.text, rule.Severity, nil)
			}
		}
	}
}

// within reports whether a value is one of a list; an empty list has all.
func within(list []string, value string) bool {
	return len(list) == 0 || contains(list, value)
}

func (r *reader) matchFile(m *FileMatch, f *fileFact) bool {
	if m.Listed != nil && *m.Listed != f.listed() {
		return false
	}
	if m.Recursive != nil && *m.Recursive != (f.recursive || f.contents) {
		return false
	}
	if m.sets.in != 0 && !r.inSets(m.sets.in, f) || m.sets.out != 0 && r.isOf(m.sets.out, f) {
		return false
	}
	if len(m.Place) > 0 && !contains(m.Place, string(r.place(f))) {
		return false
	}
	if m.Programs != nil && *m.Programs != r.setsPrograms() {
		return false
	}
	return m.TrackedClean == nil || *m.TrackedClean == r.ctx.Target(f.path).Recoverable()
}

// inSets reports whether a file is in one of the path sets. Each is asked about
// once for a file.
func (r *reader) inSets(sets pathMask, f *fileFact) bool {
	if open := sets &^ f.asked; open != 0 {
		f.asked |= open
		f.in |= r.named(open, f)
		if f.meansInside() {
			f.in |= r.set.index.Paths.around(f) & open
		}
		if r.mayLook(f) {
			r.lookInside(open, f)
		}
	}
	return f.in&sets != 0 || r.guards(sets, f) || r.remembers() && r.joins(sets, f)
}

// named gives those of the path sets that a file is in by its name.
func (r *reader) named(sets pathMask, f *fileFact) pathMask {
	r.locate(f)
	if open := sets &^ f.tried; open != 0 {
		f.tried |= open
		f.named |= r.set.index.Paths.has(f, open)
	}
	return f.named & sets
}

// isOf reports whether a file itself is in one of the sets. A directory is not for
// what else may lie in it: ~/.ssh has known_hosts, and keys.
func (r *reader) isOf(sets pathMask, f *fileFact) bool { return r.named(sets, f) != 0 }

// lookInside corrects by a file's content which of some sets it is in.
func (r *reader) lookInside(sets pathMask, f *fileFact) {
	x := &r.set.index.Fixed
	if sets&x.Credentials != 0 {
		if named := f.in&x.Credentials != 0; r.byContent(f, named) {
			f.in |= x.Credentials
		} else {
			f.in &^= x.Credentials
		}
	}
	if sets&x.Keys != 0 && f.op == opStage && r.content(f) == ContentKey {
		f.in |= x.Keys
	}
}

func (m *HTTPMatch) matches(f *httpFact) bool {
	return (len(m.Method) == 0 || matchAnyFold(m.Method, f.method)) &&
		(len(m.Host) == 0 || matchAnyFold(m.Host, f.host)) &&
		(len(m.Path) == 0 || matchAnyPath(m.Path, f.path)) &&
		(len(m.Query) == 0 || matchAnyFold(m.Query, f.query) || matchAnyFold(m.Query, f.form)) &&
		within(m.Scope, f.scope) &&
		within(m.Body, f.body) &&
		(m.Credential == nil || *m.Credential == (f.credential != "")) &&
		(m.Run == nil || *m.Run == f.run) &&
		(len(m.Content) == 0 || matchAnyFold(m.Content, f.packedContent()))
}

// packedContent gives the body without white space, so that a glob need not
// know how JSON was laid out.
func (f *httpFact) packedContent() string {
	if f.packed == "" {
		f.packed = strings.Join(strings.Fields(f.content), "")
	}
	return f.packed
}

func matchAnyPath(globs []string, p string) bool {
	for _, g := range globs {
		if matchPath(g, p, false) {
			return true
		}
	}
	return false
}

func (m *GraphQLMatch) matches(h *httpFact, f *graphqlFact) bool {
	return (m.Kind == "" || m.Kind == f.kind) &&
		(len(m.Field) == 0 || matchAny(m.Field, f.field)) &&
		(len(m.Host) == 0 || matchAnyFold(m.Host, h.host)) &&
		(m.Credential == nil || *m.Credential == (h.credential != "")) &&
		within(m.Scope, h.scope)
}

func (m *SQLMatch) matches(f *sqlFact) bool {
	return (len(m.Verb) == 0 || matchAnyFold(m.Verb, f.verb)) &&
		(len(m.Object) == 0 || matchAnyFold(m.Object, f.object)) &&
		(m.Where == nil || *m.Where == f.where)
}

func (r *reader) matchSearch(m *SearchMatch, f *searchFact) bool {
	if !within(m.What, f.what) {
		return false
	}
	if f.alone && m.sets.out != 0 && r.inSets(m.sets.out, &f.where) {
		return false
	}
	worded := m.Pattern != "" && r.wordSet(m.Pattern).inSearch(f, m.Mostly)
	if (m.Pattern != "" || m.sets.in != 0) && !worded && !r.seeksFile(m.sets.in, f) {
		return false
	}
	if len(m.Place) == 0 {
		return true
	}
	if f.where.text == "" {
		f.where.text = "."
	}
	return contains(m.Place, string(r.place(&f.where)))
}

// seeksFile reports whether a search for names asks for a file of one of the
// path sets: *.pem, .env*, id_rsa.
func (r *reader) seeksFile(sets pathMask, f *searchFact) bool {
	if sets == 0 || f.what != searchNames {
		return false
	}
	name := soughtName(f.pattern)
	sought := fileFact{path: name, below: "/" + name, inHome: true, located: true}
	return name != "" && r.inSets(sets, &sought)
}

func (r *reader) matchEnv(m *EnvMatch, f *envFact) bool {
	return within(m.Op, f.op) &&
		(len(m.Name) == 0 || matchAnyFold(m.Name, f.name)) &&
		(m.Set == "" || r.wordSet(m.Set).inName(f.name)) &&
		(f.op != envPrint || !r.definesVariable(f.name))
}

// definesVariable reports a variable whose value the line itself spells out, makes up or
// fetches from this machine: to print it tells nothing of anybody's.
func (r *reader) definesVariable(name string) bool { return r.definesVariableWithin(name, 0) }

func (r *reader) definesVariableWithin(name string, depth int) bool {
	if name == "" || depth > maxGivenBy {
		return false
	}
	for i := range r.script.Commands[:r.n+1] {
		c := &r.script.Commands[i]
		for j := range c.Assigns {
			if a := &c.Assigns[j]; a.Name == name {
				return a.Value.Known() || r.madeHere(a.Value.Span, depth)
			}
		}
		if c.Name != "export" {
			continue
		}
		for j := range c.Argv {
			if w := &c.Argv[j]; w.Known() && strings.HasPrefix(w.Text, name) && strings.HasPrefix(w.Text[len(name):], "=") {
				return true
			}
		}
	}
	return false
}

// maxGivenBy bounds how many variables are followed that are made of each other.
const maxGivenBy = 4

// madeHere reports a value that the commands at a place of the line make up, or
// fetch from this machine: a random one, the token of a login at localhost.
func (r *reader) madeHere(at shellparse.Span, depth int) bool {
	made := false
	for i := range r.script.Commands[:r.n] {
		c := &r.script.Commands[i]
		if !inside(c.Span, at) || len(c.Argv) == 0 {
			continue
		}
		switch class := r.set.program(c.Name).Class; {
		case c.Name == "echo" || c.Name == "printf":
			for _, w := range c.Argv[1:] {
				for _, u := range w.Unknown {
					if !r.definesVariableWithin(plainVariable(u), depth+1) && !r.fetchedHere(u) {
						return false
					}
				}
			}
		case c.Name == "openssl" && len(c.Argv) > 1 && c.Argv[1].Text == "rand", c.Name == "uuidgen":
		case class == "http.read" && onlyLocal(c):
		case (class == "file.read" || class == "file.search" || class == classShell) && (c.From >= 0 || c.Stdin != nil): // a filter
			continue
		default:
			return false
		}
		made = true
	}
	return made
}

// fetchedHere reports a substitution whose commands ask this machine only.
func (r *reader) fetchedHere(unknown string) bool {
	local := false
	for i := range r.script.Commands[:r.n] {
		c := &r.script.Commands[i]
		if len(c.Argv) < 2 || !strings.HasPrefix(unknown, "$(") || !strings.Contains(unknown, r.spelled(c)) {
			continue
		}
		if local = r.set.program(c.Name).Class == "http.read" && onlyLocal(c); !local {
			return false
		}
	}
	return local
}

// onlyLocal reports a client of HTTP that asks this machine only.
func onlyLocal(c *shellparse.Command) bool {
	local := false
	for _, w := range c.Argv[1:] {
		if loc := splitURL(w.Text); loc.scheme != "" || strings.HasPrefix(w.Text, "localhost") {
			if local = hostScope(loc.host) == scopeLoopback; !local {
				return false
			}
		}
	}
	return local
}

// wordSet gives a named set; the loader has checked that it is there.
func (r *reader) wordSet(id string) *WordSet {
	for i := range r.set.Words {
		if r.set.Words[i].ID == id {
			return &r.set.Words[i]
		}
	}
	return &WordSet{}
}
