package classify

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"restrain/figure"
)

// A Context answers what classification wants to know of the place a command
// would run in. Every answer may be "unknown", which never makes a command
// look safer. Where it has to look, it is waited for, two seconds for all looks of
// a line together.
type Context interface {
	// Dir, Home, Workspace and TempDir are absolute paths, or empty when
	// unknown. The workspace is the project that the agent works on.
	Dir() string
	Home() string
	Workspace() string
	TempDir() string
	// LookupEnv looks up a variable of the command's environment.
	LookupEnv(name string) (string, bool)
	// ReadFile reads at most max bytes of a file that a command hands on: a
	// request body, a query, a script.
	ReadFile(path string, max int) ([]byte, error)
	// Glance is ReadFile for what a tool keeps of its own.
	Glance(path string, max int) ([]byte, error)
	// Content tells whether there is a secret in a file, by the set's issuers.
	Content(set *Set, path string) Content
	// Resolve follows the symbolic links of a path, but for its last name; with
	// a slash at the end that is followed too. It reports whether the path
	// leads elsewhere than it says; with an error, nobody knows.
	Resolve(path string) (real string, elsewhere bool, err error)
	// Names lists a directory; nil when that is not known soon.
	Names(dir string) []string
	// Missing reports that nothing is at a path; false when that is not known.
	Missing(path string) bool
	// MadeSince reports that all that is at a path was made after a time.
	MadeSince(path string, began time.Time) bool
	// Target looks at what a destructive command would act on.
	Target(path string) TargetInfo
	// Looks gives the ways to find out what a step would lose; nil where files
	// are not looked at.
	Looks() Looks
	// Own reports a file that the session itself, or the step that the line is
	// a part of, has made: to lose it loses nothing of anybody's.
	Own(path string) bool
	// Guards reports a path of the files that restrain itself rests on; whole,
	// also one that they lie below.
	Guards(path string, whole bool) bool
}

// TargetInfo is what is known of the files a command acts on.
type TargetInfo struct {
	Known  bool // false: nothing below could be found out in time
	Exists bool
	Files  int   // regular files, with those in directories below
	Bytes  int64 // of those files
	// Partial reports that counting stopped at a bound: Files and Bytes are
	// at least that many.
	Partial bool
	// Unasked reports a path of which nobody could find out, in time or
	// without running programs of the repository's choice, whether git has it.
	Unasked bool
	// Late reports a look that had not ended when the time for it was over: what
	// is there counts as lost.
	Late bool
	// Git reports that the path lies in a git working tree and was looked up
	// there; the fields below are only then of use.
	Git       bool
	Dirty     int // tracked files with changes that no commit has
	Untracked int // files that git neither tracks nor ignores
	Ignored   bool
	// Repository reports that the path is the root of a git working tree: its
	// history goes with it.
	Repository bool
	// Outside reports that the path is not in the workspace.
	Outside bool
	// Made reports that all of it is younger than the step which acts: what a
	// configure script or a test makes for itself it may take away again.
	Made bool
}

// Recoverable reports that nothing would be lost: there is nothing, git has all
// of it, or the step itself has made it.
func (t TargetInfo) Recoverable() bool {
	switch {
	case t.Made:
		return true
	case !t.Known || t.Partial || t.Unasked || t.Late || t.Repository:
		return false
	}
	return t.Files == 0 || t.Git && !t.Ignored && t.Dirty == 0 && t.Untracked == 0
}

// plus gives what is known of two targets together.
func (t TargetInfo) plus(u TargetInfo) TargetInfo {
	switch {
	case !t.Known && !t.Late, t.isNothing():
		return u
	case u.isNothing():
		return t
	}
	return TargetInfo{
		Known: t.Known || u.Known, Exists: t.Exists || u.Exists,
		Files: t.Files + u.Files, Bytes: t.Bytes + u.Bytes, Partial: t.Partial || u.Partial,
		Unasked: t.Unasked || u.Unasked, Late: t.Late || u.Late,
		Git: t.Git && u.Git, Dirty: t.Dirty + u.Dirty, Untracked: t.Untracked + u.Untracked,
		Ignored: t.Ignored && u.Ignored, Repository: t.Repository || u.Repository, Outside: t.Outside || u.Outside,
		Made: t.Made && u.Made,
	}
}

// isNothing reports a target that is not there, and had nothing to lose.
func (t TargetInfo) isNothing() bool { return t.Known && !t.Exists && t.Dirty == 0 }

// String gives the blast radius in words: "1,204 files, 310 MB, 37 not in git".
// It is empty when nothing is known, and nobody wanted to know.
func (t TargetInfo) String() string {
	late := fmt.Sprintf("could not be looked through within %d s", lookTime/time.Second)
	switch {
	case t.Late && t.Files == 0:
		return late
	case !t.Known:
		return ""
	}
	if !t.Exists {
		return "nothing there"
	}
	var b strings.Builder
	if t.Partial {
		b.WriteString("at least ")
	}
	fmt.Fprintf(&b, "%s, %s", figure.Number(t.Files, "file"), figure.Bytes(t.Bytes))
	switch {
	case t.Ignored:
		b.WriteString(", ignored by git")
	case t.Git && t.Untracked > 0:
		fmt.Fprintf(&b, ", %s not in git", figure.Count(t.Untracked))
	case t.Git && t.Dirty == 0:
		b.WriteString(", all in git")
	}
	if t.Git && t.Dirty > 0 {
		fmt.Fprintf(&b, ", %s with changes", figure.Count(t.Dirty))
	}
	if t.Late {
		b.WriteString(", " + late)
	}
	return b.String()
}

// Offline is a Context without I/O, for judging lines that will not run. The
// workspace is guessed to be the directory.
type Offline struct {
	WorkDir string // absolute, or empty when unknown
	HomeDir string
	// Files reads a file that is known all the same; nil when none is.
	Files func(path string) ([]byte, error)
}

// Dir is the directory that the line would run in.
func (o Offline) Dir() string { return o.WorkDir }

// Home is the user's home directory.
func (o Offline) Home() string { return o.HomeDir }

// Workspace is the directory.
func (o Offline) Workspace() string { return o.WorkDir }

// TempDir is unknown; the usual places are data.
func (o Offline) TempDir() string { return "" }

// LookupEnv knows no variable.
func (o Offline) LookupEnv(string) (string, bool) { return "", false }

var errOffline = errors.New("offline: files are not read")

// ReadFile reads what Files knows: there is no file system offline.
func (o Offline) ReadFile(path string, max int) ([]byte, error) {
	if o.Files == nil {
		return nil, errOffline
	}
	text, err := o.Files(path)
	return text[:min(len(text), max)], err
}

// Glance refuses: what a tool kept then is not what it keeps now.
func (o Offline) Glance(string, int) ([]byte, error) { return nil, errOffline }

// Content is unknown.
func (o Offline) Content(*Set, string) Content { return ContentUnknown }

// Resolve knows no links.
func (o Offline) Resolve(path string) (string, bool, error) { return path, false, nil }

// Target is unknown.
func (o Offline) Target(string) TargetInfo { return TargetInfo{} }

// Names knows of no files.
func (o Offline) Names(string) []string { return nil }

// MadeSince cannot look.
func (o Offline) MadeSince(string, time.Time) bool { return false }

// Missing does not know.
func (o Offline) Missing(string) bool { return false }

// Looks gives none.
func (o Offline) Looks() Looks { return nil }

// Own knows nothing.
func (o Offline) Own(string) bool { return false }
