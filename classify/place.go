package classify

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
