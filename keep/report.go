package keep

import (
	"errors"
)

// Options say how to give back.
type Options struct {
	// To is a directory to write to instead of where things were. What is
	// stored stays stored then.
	To string
	// DryRun only says what would be done.
	DryRun bool
}

// An Action is what giving back did to a path.
type Action string

// The actions.
const (
	Created   Action = "created"
	Replaced  Action = "replaced"  // what was there is kept now
	Unchanged Action = "unchanged" // it was there as it had been
	Pending   Action = "pending"   // the repository has it, and a Push gives it to the remote
	Refused   Action = "refused"   // nothing was done; Why says why
)

// A Change is what was done, or would be, to a path or a ref.
type Change struct {
	Path   string `json:"path"` // where it was written, or the repository
	Ref    string `json:"ref,omitempty"`
	Action Action `json:"action"`
	Why    string `json:"why,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
}

// A Push gives a remote back a branch. It is never run here: what lies
// elsewhere is changed only when a human has confirmed it.
type Push struct {
	Dir  string   `json:"dir"`
	Argv []string `json:"argv"`
}

// A Report says what was given back.
type Report struct {
	Changes []Change `json:"changes"`
	Pushes  []Push   `json:"pushes,omitempty"`
	// Undo is the kept step that holds what was replaced.
	Undo string `json:"undo,omitempty"`
}

// Count is how many changes were of an action.
func (r *Report) Count(a Action) int {
	n := 0
	for i := range r.Changes {
		if r.Changes[i].Action == a {
			n++
		}
	}
	return n
}

// ErrNoPath is for paths that nothing is kept of.
var ErrNoPath = errors.New("nothing of it is kept there: restrain undo lists what is")
