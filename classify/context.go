package classify

import "errors"

// A Context answers what classification wants to know of the place a command
// would run in. Every answer may be "unknown", which never makes a command
// look safer.
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
	// Target looks at what a destructive command would act on, within 20 ms.
	Target(path string) TargetInfo
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
	// Git reports that the path lies in a git working tree and was looked up
	// there; the fields below are only then of use.
	Git       bool
	Dirty     int // tracked files with changes that no commit has
	Untracked int // files that git neither tracks nor ignores
	Ignored   bool
	// Outside reports that the path is not in the workspace.
	Outside bool
}

// Recoverable reports that git has everything that would be lost, or that it
// is ignored, as build output is.
func (t TargetInfo) Recoverable() bool {
	if !t.Known {
		return false
	}
	return !t.Exists || t.Git && t.Dirty == 0 && (t.Untracked == 0 || t.Ignored)
}

// Offline is a Context without I/O, for judging lines that will not run. The
// workspace is guessed to be the directory.
type Offline struct {
	WorkDir string // absolute, or empty when unknown
	HomeDir string
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

// ReadFile refuses: there is no file system offline.
func (o Offline) ReadFile(string, int) ([]byte, error) { return nil, errOffline }

// Target is unknown.
func (o Offline) Target(string) TargetInfo { return TargetInfo{} }
