package classify

import (
	"path"
	"strings"

	"restrain/secret"
)

// An Effect is what a command does to one object, told apart only as far as it
// counts for doing the same thing again.
type Effect uint8

// The effects. Looking at something that is no secret is none.
const (
	EffectUnknown Effect = iota // it is given to a program, and what that does is not known
	EffectDestroy               // its content is lost
	EffectReveal                // its content is read: printed, or used
	EffectSearch                // credentials are looked for in it
	EffectSend                  // it is sent to another machine
	EffectChange                // it is written, or changed where it is kept
	EffectMove                  // it is in another place afterwards: To
	EffectCopy                  // it is in another place as well: To
	EffectMake                  // it is made
	effects
)

// Valid reports one of the effects, for those that are read from a file.
func (e Effect) Valid() bool { return e < effects }

// An ObjectKind says what an object's name names.
type ObjectKind uint8

// The kinds of objects.
const (
	ObjectPath     ObjectKind = iota // a file or directory; At is a machine that is not this one
	ObjectVariable                   // a variable of the environment; "" is all of them
	ObjectRequest                    // a path on the host At, with what a GraphQL call is about
	ObjectTable                      // a table of the database At; "" is all of them
	ObjectRef                        // a branch, tag or stash of the remote At; "" is all of them
	ObjectOther                      // a resource of some other system
	objectKinds
)

// Valid reports one of the kinds, for those that are read from a file.
func (k ObjectKind) Valid() bool { return k < objectKinds }

var objectKindNames = [...]string{"path", "variable", "address", "table", "ref", "resource"}

func (k ObjectKind) String() string { return objectKindNames[k] }

// An Object is one thing that a command acts on, and how. Its name is a path:
// what lies below it is part of it. A path of files is absolute and clean as
// far as that can be known, with links followed and, where files may be looked
// at, patterns expanded.
type Object struct {
	Effect Effect
	Kind   ObjectKind
	At     string // where it is; empty when that does not matter or is not known
	Name   string
	To     string // where it moves or is copied to
	// Deep reports that what lies below it is acted on as well.
	Deep bool
	// Wide reports a project as a whole, or more: most of what lies below it
	// has nothing to do with why anybody would deny the step.
	Wide bool
	// Minor reports what nobody would deny the step for: a file that is no
	// secret beside one that is, what a build makes again.
	Minor bool
	// Command is the index in Script.Commands of the command that acts.
	Command int
}

// Bounds on what one step names. Behind more objects than that anything may be
// named, which is said by naming everything.
const (
	maxObjects  = 1024
	maxExpanded = 64 // names that one pattern stands for
	maxListings = 64 // directories that a step has listed
)

// readObjects names what the command acts on. Ordinary work names only what it
// makes, for its objects are of use only beside one that was denied.
func (r *reader) readObjects() {
	if r.nested {
		return
	}
	r.makesObjects()
	if r.memory == nil && !r.doesHarm() {
		return
	}
	first := len(r.objects)
	r.pathObjects()
	r.variableObjects()
	r.requestObjects()
	r.tableObjects()
	r.refObjects()
	if r.memory != nil {
		r.unknownObjects()
	}
	r.otherObjects(first)
}

// doesHarm reports a command that somebody might deny.
func (r *reader) doesHarm() bool {
	for i := r.first; i < len(r.actions); i++ {
		if r.actions[i].Severity > None {
			return true
		}
	}
	return false
}

// hasClass reports an action of the command whose class fits one of the globs.
func (r *reader) hasClass(globs ...string) bool {
	for i := r.first; i < len(r.actions); i++ {
		if matchAny(globs, string(r.actions[i].Class)) {
			return true
		}
	}
	return false
}

func (r *reader) addObject(o Object) {
	o.Command = r.n
	switch {
	case len(r.objects) < maxObjects:
		r.objects = append(r.objects, o)
	case len(r.objects) == maxObjects && r.memory != nil:
		all := Object{Name: "/", Deep: true, Minor: true, Command: r.n}
		for _, effect := range [...]Effect{EffectDestroy, EffectReveal, EffectSearch, EffectChange} {
			all.Effect = effect
			r.objects = append(r.objects, all)
		}
		all.Effect, all.Kind = EffectUnknown, ObjectRequest
		r.objects = append(r.objects, all)
	}
}

// namesAll reports that everything has been named already.
func (r *reader) namesAll() bool { return len(r.objects) > maxObjects }

// variableObjects names the variables that are printed, and those with a
// credential that any word of the command has in it.
func (r *reader) variableObjects() {
	minor := !r.hasClass("credential.*")
	for i := range r.facts.envs {
		f := &r.facts.envs[i]
		name := ""
		if f.op != envDump {
			if name = f.name; strings.ContainsAny(name, "*?[") {
				name = ""
			}
		}
		r.addObject(Object{Effect: EffectReveal, Kind: ObjectVariable, Name: name, Deep: name == "", Wide: name == ""})
	}
	for i := range r.cmd.Argv {
		for _, u := range r.cmd.Argv[i].Unknown {
			if name := plainVariable(u); name != "" && secret.Named(name) {
				r.addObject(Object{Effect: EffectReveal, Kind: ObjectVariable, Name: name, Minor: minor})
			}
		}
	}
}

// requestObjects names what requests that change something are made to.
func (r *reader) requestObjects() {
	for i := range r.facts.https {
		f := &r.facts.https[i]
		o := Object{Effect: EffectChange, Kind: ObjectRequest, At: knownText(f.host), Name: requestName(f)}
		switch f.method {
		case "GET", "HEAD", "OPTIONS":
			if len(f.graphql) == 0 && !f.run {
				continue
			}
		case "DELETE":
			o.Effect, o.Deep = EffectDestroy, true
		case "":
			o.Effect, o.Deep = EffectUnknown, true
		}
		if isGraphQL(f) {
			r.callObjects(f, o)
			continue
		}
		r.addObject(o)
	}
}

// isGraphQL reports a request to an endpoint that all calls go to, so that only
// the body tells them apart.
func isGraphQL(f *httpFact) bool { return len(f.graphql) > 0 || strings.Contains(f.path, "graphql") }

// callObjects names what the calls in a GraphQL body are about. A body that is
// not known may have any.
func (r *reader) callObjects(f *httpFact, o Object) {
	endpoint := o.Name
	unread := len(f.graphql) == 0 && (f.body != bodyText || strings.Contains(f.content, hole))
	for i := range f.graphql {
		switch call := &f.graphql[i]; {
		case call.kind == "query", call.kind == "subscription":
		case call.kind != "mutation":
			unread = true
		case call.resource == "" || strings.Contains(call.resource, hole):
			o.Name = endpoint + "/" + call.field
			r.addObject(o)
		default:
			o.Name = endpoint + "/" + call.resource
			r.addObject(o)
		}
	}
	if unread {
		o.Name, o.Effect, o.Deep = endpoint, EffectUnknown, true
		r.addObject(o)
	}
}

// requestName is the path of a request, with what its query selects below it.
func requestName(f *httpFact) string {
	name := path.Clean("/" + f.path)
	if at := strings.Index(name, hole); at >= 0 {
		name = path.Clean(name[:strings.LastIndexByte(name[:at], '/')+1])
	}
	if f.query != "" {
		name = strings.TrimSuffix(name, "/") + "/?" + f.query
	}
	return name
}

// knownText gives a text, and nothing for one that has something unknown in it.
func knownText(text string) string {
	if strings.Contains(text, hole) {
		return ""
	}
	return text
}

// tableObjects names the tables that statements change.
func (r *reader) tableObjects() {
	for i := range r.facts.sqls {
		f := &r.facts.sqls[i]
		o := Object{Effect: EffectDestroy, Kind: ObjectTable, At: knownText(strings.Trim(f.host+"/"+f.database, "/")), Deep: true}
		verb, what, _ := strings.Cut(strings.ToLower(f.verb), " ")
		switch verb {
		case "drop", "truncate", "delete":
		case "update", "insert", "alter", "replace", "merge":
			o.Effect = EffectChange
		default:
			continue
		}
		object := strings.ToLower(strings.Trim(f.object, "\"`[]"))
		switch what {
		case "database", "schema":
			o.At = knownText(strings.Trim(f.host+"/"+object, "/"))
		default:
			o.Name = knownText(strings.TrimPrefix(object, "public."))
		}
		if f.where && o.Name != "" { // these rows are not those
			o.Name += "/" + strings.ToLower(strings.Join(strings.Fields(f.text), " "))
		}
		r.addObject(o)
	}
}

// otherObjects names by the findings what no other kind of object has named: a
// cluster's resource, a package that is published. first is where the
// command's objects begin.
func (r *reader) otherObjects(first int) {
	var named [effects]bool
	for _, o := range r.objects[first:] {
		named[o.Effect] = named[o.Effect] || !o.Minor
	}
	for i := r.first; i < len(r.actions); i++ {
		a := &r.actions[i]
		effect := effectOf(a.Class)
		switch {
		case a.Finding == nil || a.Severity == None || named[effect]:
			continue
		case r.cmd.Host != "" && strings.HasPrefix(string(a.Class), "infra."): // it is about the way there
			continue
		}
		if a.Resource.Kind == "database" && a.Resource.Settled() {
			host, _ := r.args.value("-h", "--host")
			r.addObject(Object{Effect: EffectDestroy, Kind: ObjectTable, At: knownText(strings.Trim(host+"/"+a.Resource.Name, "/")), Deep: true})
			continue
		}
		o := Object{Effect: effect, Kind: ObjectOther, Deep: true}
		o.Name, o.At = r.otherName(a)
		r.addObject(o)
	}
}

// effectOf is the effect that actions of a class have.
func effectOf(c Class) Effect {
	switch class := string(c); {
	case strings.HasSuffix(class, ".destroy"), c == classDelete:
		return EffectDestroy
	case strings.HasPrefix(class, "credential."):
		return EffectReveal
	case class == "data.send":
		return EffectSend
	}
	return EffectChange
}

// otherName names a resource in a way that does not hang on the program that is
// told of it; where the finding names none, by the program and what it does in
// the directory.
func (r *reader) otherName(a *Action) (name, at string) {
	name = strings.TrimRight(a.Resource.Name, "/")
	switch _, rest, isURL := strings.Cut(name, "://"); {
	case a.Class == "publish":
		return "package", knownText(r.dir)
	case !a.Resource.Settled():
		class := string(a.Class)
		return r.cmd.Name + " " + class[strings.LastIndexByte(class, '.')+1:], knownText(r.dir)
	case isURL:
		return rest, ""
	}
	return name[strings.LastIndexByte(name, '/')+1:], ""
}
