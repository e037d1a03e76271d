package classify

import (
	"strings"

	"restrain/shellparse"
)

// A Setting says where a tool keeps what it acts on at present: kubectl its
// context, Terraform its workspace, an application its database. What that
// calls itself decides how bad a mistake is.
type Setting struct {
	ID      string `toml:"id"`
	Title   string `toml:"title"`   // "context", as in "context: prod-eu"
	Command Words  `toml:"command"` // the programs that it is about; globs allowed
	// The first of these that is there counts: a flag's value, a variable, a
	// file. A file is "$VARIABLE", below ~, or looked for in the command's
	// directory and in the workspace.
	Flags Words `toml:"flags"`
	Env   Words `toml:"env"`
	Files Words `toml:"files"`
	// Key names the value in a file of key and value in whatever format; the
	// first line counts where there is no key.
	Key string `toml:"key"`
	// Under is a text that stands in the file before the key; $DIR in it is
	// the workspace.
	Under string `toml:"under"`
	// Loads are the file that the program reads for a name, with $NAME in it, and
	// the one that it reads instead where that is missing: the name says nothing
	// then. Both are looked for in the command's directory.
	Loads Words `toml:"loads"`
	// Kind is "name", or "url" for the address of a server, of which the host
	// and the database count and nothing else is kept.
	Kind string `toml:"kind"`
	// Emulated reports that an address or a name of this machine is that of an emulator,
	// which reaches nothing else, whatever the other settings say.
	Emulated bool `toml:"emulated"`
}

// maxSetting bounds what is read of a file with a setting, in bytes, and
// maxSettingName what is taken for a name.
const (
	maxSetting     = 256 << 10
	maxSettingName = 100
)

// A nature is what a name says of the thing that has it.
type nature int8

const (
	natureUnknown nature = iota
	natureLocal          // on this machine
	natureTest           // filled by a test run, if it is a database
	natureDevelopment
	natureProduction
	natureEmulated // an emulator of a service, on this machine
)

// raise gives a severity after what the target calls itself. A target that
// says nothing of itself leaves it as it is.
func (n nature) raise(s Severity, class Class) Severity {
	data := strings.HasPrefix(string(class), "db.") // this machine's may still be the only copy
	switch {
	case s < Low:
		return s
	case n == natureProduction:
		return min(s+1, Critical)
	case n == natureUnknown:
		return s
	case n == natureEmulated:
		return Low
	case n == natureLocal && !data, n == natureTest && data:
		return max(s, Low+2) - 2
	}
	return max(s-1, Low)
}

// readSettings weighs the actions of a command by what they act on calls
// itself. The most serious of several settings counts.
func (r *reader) readSettings() {
	r.nature = natureUnknown
	weighed := false
	for i := r.first; i < len(r.actions); i++ {
		weighed = weighed || r.actions[i].weighed()
	}
	if !weighed {
		return
	}
	found, called := natureUnknown, ""
	hidden := natureUnknown // of what does not stand in the line
	note := func(n nature, title, name string, named bool) {
		if called == "" || n > found {
			found, called = n, title+": "+name
		}
		if !named {
			hidden = max(hidden, n)
		}
	}
	for i := range r.set.Settings {
		s := &r.set.Settings[i]
		if words, here, ok := r.way(s); ok {
			if name, named := r.setting(s, words, here); name != "" {
				host, rest := "", name
				if s.Kind == "url" {
					host, rest, _ = strings.Cut(name, "/")
				}
				n := r.natureOf(host, rest)
				if s.Emulated && (n == natureLocal || hostScope(host) == scopeLoopback) {
					n = natureEmulated
				}
				note(n, s.Title, name, named)
			}
		}
	}
	for i := range r.facts.sqls {
		f := &r.facts.sqls[i]
		database := f.database
		if strings.HasSuffix(f.verb, " database") || strings.HasSuffix(f.verb, " schema") {
			database = strings.TrimPrefix(database+"/"+f.object, "/")
		}
		if f.host != "" || f.database != "" || database != "" && f.scope == scopeLoopback {
			note(r.natureOf(f.host, database), "database", strings.Trim(f.host+"/"+database, "/"), true)
		}
	}
	for i := range r.facts.https {
		if host := r.facts.https[i].host; r.natureOf(host, "") != natureUnknown {
			note(r.natureOf(host, ""), "host", host, true)
		}
	}
	if _, host := r.connects(); host != "" {
		note(r.natureOf(host, ""), "host", host, false)
	}
	r.nature = found
	for i := r.first; i < len(r.actions); i++ {
		a := &r.actions[i]
		if !a.weighed() {
			continue
		}
		a.Setting = called
		if a.Class == "credential.read" && found == natureProduction {
			continue // it is no worse than any credential
		}
		if found == natureProduction && (hidden != found || r.cmd.Host != "") && a.Class == "infra.write" {
			continue // whoever deploys to production by name means it; to go there is no change yet
		}
		a.own = found == natureTest || found == natureEmulated || found == natureLocal && !strings.HasPrefix(string(a.Class), "db.")
		a.Severity = found.raise(a.Severity, a.Class)
	}
}

// weighed reports an action whose harm depends on which of several alike
// things it acts on.
func (a *Action) weighed() bool {
	switch a.Class {
	case "infra.destroy", "infra.write", "db.destroy", "db.write", "backup.destroy", "api.destroy":
		return a.Severity >= Low
	case "credential.read": // out of a cluster, which may be on this machine
		return a.Severity >= Low && a.Resource.Kind == "secret"
	}
	return false
}

// setting finds a setting's value among a program's words, in the environment or in a
// file that is here, empty when nobody can tell, and reports whether the line itself
// names it.
func (r *reader) setting(s *Setting, words []shellparse.Word, here bool) (name string, named bool) {
	for i := range words {
		flag, value, attached := strings.Cut(words[i].Text, "=")
		if attached && contains(s.Env, flag) { // rails db:drop RAILS_ENV=test
			return r.settingNamed(s, value), true
		}
		if !contains(s.Flags, flag) {
			continue
		}
		if !attached && i+1 < len(words) {
			value = words[i+1].Text
		}
		return r.settingNamed(s, value), true
	}
	for _, variable := range s.Env {
		if value := r.variableHere(variable); value != "" {
			return r.settingNamed(s, value), true
		}
		if value, ok := r.ctx.LookupEnv(variable); ok && value != "" {
			return r.settingNamed(s, value), false
		}
	}
	if !here {
		return "", false // the files are another machine's
	}
	for _, file := range s.Files {
		if name := r.settingIn(s, file); name != "" {
			return name, false
		}
	}
	return "", false
}

// settingNamed is settingName for a value that the line or the environment gives; it
// is empty where the program reads another's file instead.
func (r *reader) settingNamed(s *Setting, value string) string {
	name := settingName(s.Kind, value)
	if len(s.Loads) == 2 && name != "" && r.cmd.Host == "" && len(r.dirUnknown) == 0 && strings.HasPrefix(r.dir, "/") {
		at := func(file string) string { return r.dir + "/" + strings.ReplaceAll(file, "$NAME", name) }
		if r.ctx.Missing(at(s.Loads[0])) && !r.ctx.Missing(at(s.Loads[1])) {
			return ""
		}
	}
	return name
}

// settingIn looks for a setting's value in a file.
func (r *reader) settingIn(s *Setting, file string) string {
	var paths []string
	switch {
	case strings.HasPrefix(file, "$"):
		list, _ := r.ctx.LookupEnv(file[1:])
		paths = strings.Split(list, ":")
	case file[0] == '~' || file[0] == '/':
		paths = []string{file}
	default:
		if len(r.dirUnknown) == 0 && r.dir != "" && !strings.Contains(r.dir, hole) {
			paths = append(paths, r.dir+"/"+file)
		}
		if workspace := r.workspace(); workspace != "" && workspace != r.dir {
			paths = append(paths, workspace+"/"+file)
		}
	}
	const maxPaths = 8
	for _, path := range paths[:min(len(paths), maxPaths)] {
		if path == "" {
			continue
		}
		text, err := r.ctx.Glance(path, maxSetting)
		if err != nil {
			continue
		}
		under := strings.ReplaceAll(s.Under, "$DIR", r.workspace())
		if name := settingName(s.Kind, keyValue(string(text), s.Key, under)); name != "" {
			return name
		}
	}
	return ""
}

// keyValue finds the value of a key in YAML, TOML, JSON, an INI file or a file
// of variables; the first line when there is no key.
func keyValue(text, key, under string) string {
	if under != "" {
		at := strings.Index(text, under)
		if at < 0 {
			return ""
		}
		text = text[at+len(under):]
	}
	if key == "" {
		line, _, _ := strings.Cut(text, "\n")
		return strings.TrimSpace(line)
	}
	for at := 0; ; {
		next := strings.Index(text[at:], key)
		if next < 0 {
			return ""
		}
		start := at + next
		at = start + len(key)
		line := text[strings.LastIndexByte(text[:start], '\n')+1 : start]
		if strings.HasPrefix(strings.TrimSpace(line), "#") || start > 0 && isNameByte(text[start-1]) {
			continue
		}
		rest := strings.TrimLeft(strings.TrimPrefix(text[at:], `"`), " \t")
		if rest == "" || rest[0] != ':' && rest[0] != '=' {
			continue
		}
		value, _, _ := strings.Cut(rest[1:], "\n")
		if value = strings.TrimSpace(value); value != "" && isQuote(value[0]) {
			value, _, _ = strings.Cut(value[1:], value[:1])
			return value
		}
		value, _, _ = strings.Cut(value, ",")
		value, _, _ = strings.Cut(value, " #")
		return strings.TrimSpace(value)
	}
}

// settingName gives what of a value may be shown: a plain name, or the host
// and the database of an address. Anything else is no name, and may be a
// secret.
func settingName(kind, value string) string {
	if kind == "url" {
		if !strings.Contains(value, "://") {
			return ""
		}
		loc := splitURL(value)
		value = strings.TrimSuffix(loc.host+loc.path, "/")
	}
	value = strings.TrimSuffix(strings.Trim(value, "/"), ".git")
	if len(value) > maxSettingName || strings.Contains(value, "://") {
		return ""
	}
	for i := range len(value) {
		if !isNameByte(value[i]) && strings.IndexByte("./:@", value[i]) < 0 {
			return ""
		}
	}
	return value
}

// natureOf tells what the names of a server and of something on it say. Words for production count first: what
// calls itself kind-prod may be either.
func (r *reader) natureOf(host, name string) nature {
	scope, domain := hostScope(host), ""
	if scope == scopePublic { // a domain says nothing of the machine, but for acme-prod.com
		host, domain = splitDomain(host)
	}
	is := func(words string) bool {
		set := r.wordSet(words)
		return set.inLabel(host) || set.inLabel(name)
	}
	switch {
	case is("production-names"), strings.Contains(domain, "-") && r.wordSet("production-names").inLabel(domain):
		return natureProduction
	case scope != scopePublic && is("test-names"):
		return natureTest
	case scope == scopeLoopback && host != "", scope != scopePublic && is("local-names"):
		return natureLocal
	case is("development-names"), is("test-names"), is("local-names"):
		return natureDevelopment
	}
	return natureUnknown
}

// splitDomain takes a public host apart: the names of machines, and the name that was registered.
func splitDomain(host string) (machine, domain string) {
	host = host[:max(strings.LastIndexByte(host, '.'), 0)]
	dot := strings.LastIndexByte(host, '.')
	return host[:max(dot, 0)], host[dot+1:]
}

// inLabel reports whether one of the words is a name, or a part of it that is
// set off by a sign or a number: prod in eks/prod-eu and in prod2.
func (w *WordSet) inLabel(name string) bool {
	if matchesName(w.Any, name) {
		return true
	}
	for part := range strings.FieldsFuncSeq(name, func(c rune) bool { return c == '-' || c == '_' || strings.ContainsRune("./:@", c) }) {
		if matchesName(w.Any, strings.TrimRight(part, "0123456789")) {
			return true
		}
	}
	return false
}

func (f *file) settings(s *Set) error {
	if err := f.ids("setting", len(s.Settings), func(i int) string { return s.Settings[i].ID }); err != nil {
		return err
	}
	for i := range s.Settings {
		t := &s.Settings[i]
		switch {
		case t.Title == "":
			return f.wrong("setting", i, "title", "has no title", `give it one, such as title = "context"`)
		case len(t.Command) == 0:
			return f.wrong("setting", i, "command", "has no program", "name the programs that it is about")
		case len(t.Flags)+len(t.Env)+len(t.Files) == 0 || contains(t.Files, ""):
			return f.wrong("setting", i, "files", "says nowhere to look", "give it flags, env or files")
		}
		if err := f.oneOf("setting", i, "kind", t.Kind, "name", "url"); err != nil {
			return err
		}
	}
	return nil
}
