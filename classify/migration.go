package classify

import (
	"path"
	"strings"
)

// Bounds of a look at migrations.
const (
	maxMigrations    = 8   // new ones that are read
	maxMigrationDirs = 256 // names in their directory
)

// readMigrations finds what the migrations that a command applies to a server's
// database take away. Those that git has are the team's, but for the last one.
func (r *reader) readMigrations() {
	if len(r.args.operands) == 0 || r.cmd.Host != "" || r.ctx.Looks() == nil || !r.migrates() || r.args.hasAny("--sql", "--dry-run", "--fake", "--pretend") {
		return
	}
	target, serious := r.migrated()
	if !serious {
		return
	}
	found := 0
	for _, dir := range r.wordSet("migration-directories").Any {
		for _, file := range r.newMigrations(r.dir+"/"+dir, 1) {
			if found++; found > maxMigrations {
				return
			}
			r.readMigration(file, &target)
		}
	}
}

// migrates reports a command that applies migrations.
func (r *reader) migrates() bool {
	verb := r.cmd.Name + ":" + r.args.operand(0)
	set := r.wordSet("migration-commands")
	return matchAny(set.Any, verb) || matchAny(set.Any, verb+":"+r.args.operand(1))
}

// migrated is the database that is migrated, and whether it is more than one of this machine.
func (r *reader) migrated() (target sqlTarget, serious bool) {
	for i := range r.set.Settings {
		s := &r.set.Settings[i]
		words, here, ok := r.way(s)
		if !ok {
			continue
		}
		name, _ := r.setting(s, words, here)
		if name == "" {
			continue
		}
		if s.Kind == "url" {
			host, db, _ := strings.Cut(name, "/")
			target.setHost(host)
			target.db = db
			serious = serious || target.scope != scopeLoopback
		} else {
			serious = serious || r.natureOf("", name) == natureProduction
		}
	}
	return target, serious
}

// newMigrations are the files below a directory, and one further down, that no commit
// has, and the last of those with a number in front: who knows whether that was applied.
func (r *reader) newMigrations(dir string, depth int) (files []string) {
	names := r.ctx.Names(dir)
	last := ""
	for _, name := range names {
		if name != "" && '0' <= name[0] && name[0] <= '9' {
			last = max(last, name)
		}
	}
	for _, name := range names[:min(len(names), maxMigrationDirs)] {
		at := path.Join(dir, name)
		switch {
		case name != last && r.ctx.Target(at).Recoverable():
		case path.Ext(name) != "":
			files = append(files, at)
		case depth > 0:
			files = append(files, r.newMigrations(at, depth-1)...)
		}
	}
	return files
}

// readMigration adds the statements of a migration that take something away.
func (r *reader) readMigration(file string, target *sqlTarget) {
	data, err := r.ctx.ReadFile(file, maxBody)
	if err != nil || strings.HasSuffix(file, ".down.sql") {
		return
	}
	text := string(data)
	for _, mark := range r.wordSet("migration-undone").Any { // the way back is not taken
		if at := strings.Index(text, mark); at >= 0 {
			text = text[:at]
		}
	}
	s := sqlReader{}
	if path.Ext(file) == ".sql" {
		s.read(text)
	} else {
		for _, word := range r.wordSet("migration-drops").Any {
			if at := findCall(text, word); at >= 0 {
				line, _, _ := strings.Cut(text[at:], "\n")
				s.add(sqlFact{verb: "drop table", object: quotedName(line), text: cutText(line)})
			}
		}
	}
	for _, f := range s.facts {
		if strings.HasPrefix(f.verb, "drop ") || f.verb == "alter drop" || f.verb == "truncate" || f.verb == "delete" && !f.where {
			f.host, f.database, f.scope = target.host, target.db, target.scope
			r.facts.sqls = append(r.facts.sqls, f)
		}
	}
}

// quotedName is the first name in quotes.
func quotedName(line string) string {
	at := strings.IndexAny(line, "\"'`:")
	if at < 0 {
		return ""
	}
	name := line[at+1:]
	return name[:len(name)-len(strings.TrimLeftFunc(name, func(c rune) bool { return c < 0x80 && isNameByte(byte(c)) }))]
}

// readTests finds tests that are run on production: they empty what they find.
func (r *reader) readTests(class Class) {
	if class != classTest || r.cmd.Host != "" {
		return
	}
	for i := range r.set.Settings {
		s := &r.set.Settings[i]
		if s.ID != "database-url" && s.ID != "application-environment" {
			continue
		}
		for _, variable := range s.Env {
			value, _ := r.ctx.LookupEnv(variable)
			r.exports(func(name, given string) {
				if name == variable {
					value = given
				}
			})
			name, host := settingName(s.Kind, value), ""
			if s.Kind == "url" {
				host, name, _ = strings.Cut(name, "/")
			}
			// NODE_ENV says how it was built, and nothing of what it connects to.
			if variable != "NODE_ENV" && r.natureOf(host, name) == natureProduction {
				r.addForm(formProduction, variable+"="+strings.Trim(host+"/"+name, "/"))
				return
			}
		}
	}
}
