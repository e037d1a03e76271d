package classify

import "strings"

// A Place is where a path lies, which decides what losing it means.
type Place string

// The places. Build, tmp, home and system are data ([[place]]); the others are
// worked out.
const (
	PlaceWorkspace     Place = "workspace"      // in the project
	PlaceWorkspaceRoot Place = "workspace-root" // the project as a whole, or what contains it
	PlaceBuild         Place = "build"          // what a build makes again
	PlaceTmp           Place = "tmp"
	PlaceHome          Place = "home"         // a home directory as a whole, or what matters in it
	PlaceRoot          Place = "root"         // the whole file system
	PlaceSystem        Place = "system"       // the operating system's own
	PlaceOutside       Place = "outside"      // elsewhere
	PlaceUnknown       Place = "unknown"      // cannot be known before it runs
	PlaceUnknownRoot   Place = "unknown-root" // the same, and it is the root if a variable is empty
)

var placeNames = []string{
	"build", "home", "outside", "root", "system", "tmp",
	"unknown", "unknown-root", "workspace", "workspace-root",
}

// place gives where a file lies.
func (r *reader) place(f *fileFact) Place {
	r.locate(f)
	if f.where == "" {
		f.where = r.placeOf(f)
	}
	return f.where
}

// placeOf works out where a known path lies.
func (r *reader) placeOf(f *fileFact) Place {
	p := f.path
	remote := r.cmd.Host != "" && !f.here
	switch {
	case p == "/":
		return PlaceRoot
	case f.inHome && f.below == "", p == "/home", p == "/Users":
		return PlaceHome
	}
	if dir, ok := strings.CutSuffix(p, "/"+hole); ok && hangsOnValue(f.unknown) {
		switch r.placeOf(&fileFact{path: max(dir, "/"), inHome: f.inHome, below: strings.TrimSuffix(f.below, "/"+hole), here: f.here}) {
		case PlaceWorkspaceRoot, PlaceHome, PlaceRoot:
			return PlaceUnknown // all of it, if nothing follows
		}
	}
	if !remote {
		if place := r.workspacePlace(f); place != "" {
			return place
		}
	}
	for i := range r.set.Places {
		place := &r.set.Places[i]
		if place.ID == PlaceBuild && remote {
			continue
		}
		at := &r.set.index.Places[i]
		whole := place.ID == PlaceHome || place.ID == PlaceRoot
		if place.ID == PlaceSystem && f.inHome && r.homeIn(at) {
			continue // a home in /srv is no less a home
		}
		if whole && at.has(f, 1) != 0 || !whole && at.hasBelow(f) {
			return place.ID
		}
	}
	if temp := r.surroundings().temp; temp != "" && isBelow(p, temp) {
		return PlaceTmp
	}
	return PlaceOutside
}

// homeIn reports that the user's home lies in a place, so that a path below it is there
// for another reason. A server's data lies in the home of its own user: that is no less
// the system's.
func (r *reader) homeIn(at *pathIndex) bool {
	home := r.surroundings().home
	return home != "" && !strings.HasPrefix(home, "/var/lib/") && at.hasBelow(&fileFact{path: home})
}

// workspacePlace gives the place of a path in or around the workspace, "" for
// a path elsewhere. A relative path, which is left when the directory is
// unknown, is taken to start in the workspace.
func (r *reader) workspacePlace(f *fileFact) Place {
	p, ws := f.path, r.workspace()
	switch {
	case hasDrive(p) && ws != "" && !hasDrive(ws):
		return ""
	case p[0] != '/' && p[0] != '~' && !hasDrive(p):
		if p == "." {
			return PlaceWorkspaceRoot
		}
		if p == ".." || strings.HasPrefix(p, "../") {
			return ""
		}
	case ws == "":
		if !r.looksLikeProject(f) {
			return ""
		}
	case isBelow(ws, p):
		return PlaceWorkspaceRoot
	case !isBelow(p, ws):
		return ""
	}
	inside := fileFact{path: strings.TrimPrefix(p, ws)} // the workspace's own name says nothing
	for i := range r.set.Places {
		if place := &r.set.Places[i]; place.ID == PlaceBuild && r.set.index.Places[i].hasBelow(&inside) {
			return PlaceBuild
		}
	}
	return PlaceWorkspace
}

// looksLikeProject reports a path deep enough below a home to be inside of a
// project there: what is known of the place when nothing is known of the
// workspace.
func (r *reader) looksLikeProject(f *fileFact) bool {
	if !f.inHome || r.ctxDir != "" || strings.HasPrefix(f.below, "/.") {
		return false
	}
	depth := strings.Count(f.below, "/")
	first, _, _ := strings.Cut(strings.TrimPrefix(f.below, "/"), "/")
	switch first {
	case "Documents", "Desktop", "Downloads", "Pictures", "Music", "Movies", "Videos", "Library", "AppData":
		return depth >= 4
	}
	return depth >= 3
}

// surroundings asks the context, once for a script.
func (r *reader) surroundings() *surroundings {
	if !r.asked {
		r.asked = true
		r.around = surroundings{r.ctx.Home(), r.ctx.TempDir(), r.ctx.Workspace()}
		if r.around.workspace == "/" || r.around.workspace == r.around.home {
			r.around.workspace = "" // a project is neither
		}
	}
	return &r.around
}

// workspace is the project that the command works in. The directory that a line
// changes to is taken for one when nothing better is known and it is two names
// or more below a home.
func (r *reader) workspace() string {
	if known := r.surroundings().workspace; known != "" || len(r.dir) == 0 {
		return known
	}
	if below, ok := r.belowHome(r.dir); ok && strings.Count(below, "/") >= 2 {
		return r.dir
	}
	return ""
}

// isBelow reports whether a clean path is a directory or lies below it.
func isBelow(p, dir string) bool {
	rest, ok := strings.CutPrefix(p, dir)
	return ok && (rest == "" || rest[0] == '/' || dir == "/")
}
