package classify

import (
	"strings"

	"restrain/shellparse"
)

// A Reach is where one command of a script acts, as far as its words say.
type Reach struct {
	// Requests are the classes of the HTTP requests that it makes, whatever
	// class a rule has given the command.
	Requests []Class
	// Hosts, without ports, and Namespaces that it names.
	Hosts, Namespaces []string
}

// Reach finds out where the nth command of a script acts.
func (s *Set) Reach(sc *shellparse.Script, n int) Reach {
	r := &reader{set: s, ctx: Offline{}, script: sc, n: n, cmd: &sc.Commands[n]}
	var reach Reach
	if r.cmd.Host != "" {
		reach.Hosts = append(reach.Hosts, r.cmd.Host[strings.LastIndexByte(r.cmd.Host, '@')+1:])
	}
	if len(r.cmd.Argv) == 0 {
		return reach
	}
	r.program = s.program(r.cmd.Name)
	r.args.read(r.program, r.cmd.Argv[1:])
	r.readHTTP()
	r.readSQL()
	for i := range r.facts.https {
		f := &r.facts.https[i]
		reach.Hosts = append(reach.Hosts, f.host)
		class := Class("http.write")
		if f.method == "GET" || f.method == "HEAD" || f.method == "OPTIONS" {
			class = "http.read"
		}
		reach.Requests = append(reach.Requests, class)
	}
	for i := range r.facts.sqls {
		reach.Hosts = append(reach.Hosts, r.facts.sqls[i].host)
	}
	if service, host := r.connects(); service != "" {
		reach.Hosts = append(reach.Hosts, host)
		if s := r.set.service(service); s == nil || s.Web {
			reach.Requests = append(reach.Requests, "http.read")
		}
	}
	reach.Namespaces = r.namespaces()
	return reach
}

// namespaces gives those that the options -n and --namespace name, as kubectl,
// helm, oc and nomad write them. All namespaces are "", as what is not known.
func (r *reader) namespaces() []string {
	var names []string
	words := r.args.words
	for i := range words {
		switch text := words[i].Text; {
		case text == "--":
			return names
		case text == "-A", text == "--all-namespaces":
			names = append(names, "")
		case text == "-n", text == "--namespace":
			if i+1 < len(words) {
				names = append(names, words[i+1].Text)
			}
		case strings.HasPrefix(text, "--namespace="), strings.HasPrefix(text, "-n="):
			names = append(names, text[strings.IndexByte(text, '=')+1:])
		case strings.HasPrefix(text, "-n") && len(text) > 2:
			names = append(names, text[2:])
		}
	}
	return names
}

// Holds reports whether all that a command reaches is within the limit.
func (l *Limit) Holds(r *Reach) bool {
	return (len(l.Hosts) == 0 || allFit(l.Hosts, r.Hosts)) &&
		(len(l.Namespaces) == 0 || allFit(l.Namespaces, r.Namespaces))
}

// allFit reports whether there are names and each is known and fits a glob.
func allFit(globs, names []string) bool {
	for _, name := range names {
		if name == "" || strings.Contains(name, hole) || !matchAnyFold(globs, name) {
			return false
		}
	}
	return len(names) > 0
}

// Covers reports whether the limit is about a class.
func (l *Limit) Covers(c Class) bool { return matchWord(l.Class, string(c)) }
