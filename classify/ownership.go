package classify

import "strings"

// Whose says whose thing an action acts on, as far as a name, a place or the
// session's own past tells. It is a fact for the model of behaviour: to delete
// what one made is ordinary, to delete what another uses is not.
type Whose uint8

// The owners, from nothing known to what most people would miss.
const (
	WhoseUnknown    Whose = iota
	WhoseOwn              // a step of the session made it
	WhoseLocal            // on this machine, or there for tests or development by its name
	WhoseProject          // part of the project
	WhoseForeign          // outside of the project, or on somebody else's server
	WhoseProduction       // in production by its name, or shared by all who use the project
	whoses
)

var whoseNames = [whoses]string{"unknown", "own", "local", "project", "foreign", "production"}

func (w Whose) String() string { return whoseNames[w] }

// ParseWhose reads an owner's name.
func ParseWhose(name string) (Whose, bool) {
	for i, n := range whoseNames {
		if n == name {
			return Whose(i), true
		}
	}
	return WhoseUnknown, false
}

// readWhose tells for each action of the command whose thing it acts on.
func (r *reader) readWhose() {
	for i := r.first; i < len(r.actions); i++ {
		a := &r.actions[i]
		a.Whose = r.whose(a)
	}
}

func (r *reader) whose(a *Action) Whose {
	if a.Target != nil && a.Target.Made {
		return WhoseOwn
	}
	switch domain, _, _ := strings.Cut(string(a.Class), "."); domain {
	case "file", "credential", "database":
		return r.whoseFile(a.Resource.Name)
	case "git":
		return r.whoseRef(a)
	case "http", "api", "data":
		return r.whoseHost()
	case "infra", "db", "backup", "container":
		return r.whoseService(a)
	}
	return WhoseUnknown
}

// whoseFile tells it of a file that the command names, without a name of all: the
// most distant counts.
func (r *reader) whoseFile(name string) Whose {
	if r.cmd.Host != "" {
		return WhoseForeign
	}
	whose := WhoseUnknown
	for i := range r.facts.files {
		if f := &r.facts.files[i]; name == "" || f.text == name || f.path == name {
			whose = max(whose, whoseAt(r.place(f)))
		}
	}
	return whose
}

// whoseAt tells it of what lies at a place.
func whoseAt(place Place) Whose {
	switch place {
	case PlaceWorkspace, PlaceWorkspaceRoot, PlaceBuild:
		return WhoseProject
	case PlaceTmp:
		return WhoseLocal
	case PlaceUnknown, PlaceUnknownRoot:
		return WhoseUnknown
	}
	return WhoseForeign
}

// whoseRef tells it of what git acts on: a remote's branch that others build on
// is shared.
func (r *reader) whoseRef(a *Action) Whose {
	switch {
	case a.own:
		return WhoseOwn
	case r.cmd.Name != "git" || r.args.operand(0) != "push":
		return WhoseProject
	}
	_, branches := r.pushed()
	for _, b := range branches {
		if r.natureOf("", plainRef(b)) == natureProduction {
			return WhoseProduction
		}
	}
	return WhoseProject
}

// whoseHost tells it of a request: the most distant host counts.
func (r *reader) whoseHost() Whose {
	whose := WhoseUnknown
	for i := range r.facts.https {
		f := &r.facts.https[i]
		switch n := r.natureOf(f.host, ""); {
		case n == natureProduction:
			return WhoseProduction
		case f.scope == scopeLoopback, n != natureUnknown:
			whose = max(whose, WhoseLocal)
		case f.scope == scopePublic:
			whose = max(whose, WhoseForeign)
		}
	}
	return whose
}

// whoseService tells it of infrastructure and databases: by what they act on at
// present, else by the name of the thing itself, or where its file lies.
func (r *reader) whoseService(a *Action) Whose {
	n := r.nature
	switch r.cmd.Name {
	case "duckdb", "sqlite3":
		at := fileFact{text: r.args.operand(0)}
		r.locate(&at)
		return whoseAt(r.place(&at))
	case "rm", "unlink", "shred":
		return r.whoseFile(a.Resource.Name)
	}
	if n == natureUnknown && a.Resource.Settled() {
		n = r.natureOf("", a.Resource.Name)
	}
	switch n {
	case natureProduction:
		return WhoseProduction
	case natureUnknown:
		if _, host := r.connects(); host != "" {
			return WhoseForeign
		}
		return WhoseUnknown
	}
	return WhoseLocal
}
