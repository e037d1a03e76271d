package keep

import (
	"fmt"
	"strings"
	"time"
)

// A Step is what takes something away. Its texts arrive free of secrets.
type Step struct {
	Session string    `json:"session,omitempty"`
	Number  int       `json:"number,omitempty"` // in the session
	Entry   uint64    `json:"entry,omitempty"`  // in the journal
	Time    time.Time `json:"time"`
	Command string    `json:"command,omitempty"`
	Kind    string    `json:"kind,omitempty"` // Undo; empty for a step of an agent
}

// Undo is the kind of what giving back has taken away.
const Undo = "undo"

// An Item is something that a step would take away: a path, or git objects.
type Item struct {
	// Path is a file, a symbolic link or a directory with all below it. A
	// path through /proc/PID is taken for where it leads.
	Path string
	// InPlace says that the content will be changed where it is, so that a
	// second link to it would not keep it. A symbolic link is followed then.
	InPlace bool
	// Git is what a repository would lose; Path is empty then.
	Git *GitLoss
}

// An Opened is a file that was looked at in an open directory.
type Opened struct {
	Dir      int    // a descriptor of the directory
	Path     string // where the file is; no link is followed at its end
	Dev, Ino uint64 // the file's
}

// A Result says what a call kept.
type Result struct {
	ID    string // of the kept step; empty when nothing of it is kept
	Files int    // files, symbolic links and git refs
	Dirs  int
	Bytes int64
	// Changed names files that somebody wrote to while they were copied, so
	// that what is kept is of no single moment.
	Changed []string
	Missed  []Missed // the first of them
}

// A Missed is what could not be kept.
type Missed struct {
	Path string // or the repository and its ref
	Why  string
}

// NotKept is the error of a call that did not keep all that it was given: the
// step takes the rest away for good.
type NotKept struct {
	Missed []Missed // the first of them
	More   int      // how many are not named
}

func (e *NotKept) Error() string {
	if len(e.Missed) == 0 {
		return "not kept"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "not kept: %s: %s", e.Missed[0].Path, e.Missed[0].Why)
	if more := len(e.Missed) - 1 + e.More; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// A Kept is a step of which something is stored.
type Kept struct {
	ID string `json:"id"`
	Step
	Files  int   `json:"files"` // files, symbolic links and git refs that can be given back
	Dirs   int   `json:"dirs"`
	Refs   int   `json:"refs,omitempty"` // how many of Files are git refs
	Bytes  int64 `json:"bytes"`
	Missed int   `json:"missed,omitempty"` // what could not be kept
	// GivenBack is when all of it was given back.
	GivenBack time.Time `json:"given_back,omitzero"`
	// Running says that the step still keeps.
	Running bool `json:"running,omitempty"`
	// Unfinished says that whoever kept was killed at it.
	Unfinished bool `json:"unfinished,omitempty"`
}

// A Filter selects kept steps; what is zero selects all.
type Filter struct {
	Session string
	Number  int
	Since   time.Time
	// Waiting selects what can still be given back.
	Waiting bool
}

// A Recovery is what was found of writers that were killed.
type Recovery struct {
	// Kept are steps that were not ended, and have something to give back.
	Kept []Kept
	// Removed is how many such steps had lost nothing.
	Removed int
	// Orphans is how many stored files belonged to no entry, and were removed.
	Orphans int
}

// Any reports that there was something.
func (r *Recovery) Any() bool { return len(r.Kept)+r.Removed+r.Orphans > 0 }
