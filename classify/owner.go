package classify

import "strings"

// Owner says whose thing an action acts on, as far as a name, a place or the
// session's own past tells. It is a fact for the model of behaviour: to delete
// what one made is ordinary, to delete what another uses is not.
type Owner uint8

// The owners, from nothing known to what most people would miss.
const (
	OwnerUnknown    Owner = iota
	OwnerSession          // a step of the session made it
	OwnerLocal            // on this machine, or there for tests or development by its name
	OwnerProject          // part of the project
	OwnerForeign          // outside of the project, or on somebody else's server
	OwnerProduction       // in production by its name, or shared by all who use the project
	owners
)

var ownerNames = [owners]string{"unknown", "own", "local", "project", "foreign", "production"}

func (w Owner) String() string { return ownerNames[w] }

// ParseOwner reads an owner's name.
func ParseOwner(name string) (Owner, bool) {
	for i, n := range ownerNames {
		if n == name {
			return Owner(i), true
		}
	}
	return OwnerUnknown, false
}

// readOwners tells for each action of the command whose thing it acts on.
func (r *reader) readOwners() {
	for i := r.first; i < len(r.actions); i++ {
		a := &r.actions[i]
		a.Owner = r.ownerOf(a)
	}
}

func (r *reader) ownerOf(a *Action) Owner {
	if a.Target != nil && a.Target.Made {
		return OwnerSession
	}
	switch domain, _, _ := strings.Cut(string(a.Class), "."); domain {
	case "file", "credential", "database":
		return r.ownerFile(a.Resource.Name)
	case "git":
		return r.ownerRef(a)
	case "http", "api", "data":
		return r.ownerHost()
	case "infra", "db", "backup", "container":
		return r.ownerService(a)
	}
	return OwnerUnknown
}

// ownerFile tells it of a file that the command names, without a name of all: the
// most distant counts.
func (r *reader) ownerFile(name string) Owner {
	if r.cmd.Host != "" {
		return OwnerForeign
	}
	owner := OwnerUnknown
	for i := range r.facts.files {
		if f := &r.facts.files[i]; name == "" || f.text == name || f.path == name {
			owner = max(owner, ownerAt(r.place(f)))
		}
	}
	return owner
}

// ownerAt tells it of what lies at a place.
func ownerAt(place Place) Owner {
	switch place {
	case PlaceWorkspace, PlaceWorkspaceRoot, PlaceBuild:
		return OwnerProject
	case PlaceTmp:
		return OwnerLocal
	case PlaceUnknown, PlaceUnknownRoot:
		return OwnerUnknown
	}
	return OwnerForeign
}

// ownerRef tells it of what git acts on: a remote's branch that others build on
// is shared.
func (r *reader) ownerRef(a *Action) Owner {
	switch {
	case a.own:
		return OwnerSession
	case r.cmd.Name != "git" || r.args.operand(0) != "push":
		return OwnerProject
	}
	_, branches := r.pushed()
	for _, b := range branches {
		if r.natureOf("", plainRef(b)) == natureProduction {
			return OwnerProduction
		}
	}
	return OwnerProject
}

// ownerHost tells it of a request: the most distant host counts.
func (r *reader) ownerHost() Owner {
	owner := OwnerUnknown
	for i := range r.facts.https {
		f := &r.facts.https[i]
		switch n := r.natureOf(f.host, ""); {
		case n == natureProduction:
			return OwnerProduction
		case f.scope == scopeLoopback, n != natureUnknown:
			owner = max(owner, OwnerLocal)
		case f.scope == scopePublic:
			owner = max(owner, OwnerForeign)
		}
	}
	return owner
}

// ownerService tells it of infrastructure and databases: by what they act on at
// present, else by the name of the thing itself, or where its file lies.
func (r *reader) ownerService(a *Action) Owner {
	n := r.nature
	switch r.cmd.Name {
	case "duckdb", "sqlite3":
		at := fileFact{text: r.args.operand(0)}
		r.locate(&at)
		return ownerAt(r.place(&at))
	case "rm", "unlink", "shred":
		return r.ownerFile(a.Resource.Name)
	}
	if n == natureUnknown && a.Resource.Settled() {
		n = r.natureOf("", a.Resource.Name)
	}
	switch n {
	case natureProduction:
		return OwnerProduction
	case natureUnknown:
		if _, host := r.connects(); host != "" {
			return OwnerForeign
		}
		return OwnerUnknown
	}
	return OwnerLocal
}
