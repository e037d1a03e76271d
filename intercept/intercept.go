// Package intercept arranges that the commands of a launched agent reach a
// judge before they run, and carries the answer back to where the command waits.
//
// It owns the ways in: the shell door (a shell that asks first and then becomes
// the real one), and on Linux the supervision of exec. It knows shells' command
// lines and processes. It must not know what is dangerous: it never looks into a
// command, and every failure on its way denies.
package intercept

import (
	"context"
	"os"
	"time"

	"restrain/secret"
)

// A Kind says what a Request holds.
type Kind string

// The kinds of requests.
const (
	KindLine Kind = "line" // the text of a shell's -c
	KindArgv Kind = "argv" // a program and its arguments
)

// A Door is the way that a command came in.
type Door string

// The doors of this package.
const (
	// DoorShell is restrain in place of a shell.
	DoorShell Door = "shell"
	// DoorEnv is the file that a real shell reads first: BASH_ENV, .zshenv.
	DoorEnv Door = "env"
	// DoorTyped is what an open shell is about to do by itself: a line typed
	// into it, or a command of one.
	DoorTyped Door = "typed"
	// DoorHook is an agent's own hook, called before it uses a tool.
	DoorHook Door = "hook"
	// DoorWire is the network, where a session looks at it.
	DoorWire Door = "wire"
	// DoorExec is an exec caught in the kernel.
	DoorExec Door = "exec"
)

// A Request is one command that waits for an answer. Everything in it comes from
// the agent and is hostile, except PID and PeerUID, which the kernel vouches for.
type Request struct {
	Kind   Kind
	Line   string   // for KindLine
	Argv   []string // for KindArgv: the program first
	Params []string // for KindLine: $0, $1 … as the shell will see them
	Dir    string   // where it will run, absolute
	Env    []string // its environment, NAME=VALUE; long values may be missing; see Environ
	Shell  string   // which shell reads the line: "bash", "zsh", "sh", "dash"
	Door   Door

	// Interactive reports a shell that goes on to read commands of its own
	// from a terminal.
	Interactive bool

	// Typed is for DoorTyped which line of which shell it is.
	Typed TypedLine

	// Repeat reports a line that was allowed a moment ago for the very shell
	// that asks about it again.
	Repeat bool

	// Masks reports that the door can withhold secrets from what the command
	// prints.
	Masks bool

	// Gathered reports a shell whose output goes to a file: what it is known to print is
	// asked about, what else comes is masked.
	Gathered bool
	// Elsewhere reports what another program does for the agent, which nothing
	// can be kept for.
	Elsewhere bool

	// Exec is for DoorExec what the kernel was about to run; Argv is then
	// filled for both kinds.
	Exec *Exec

	PID     int // the process that will run the command
	PeerUID int // the user who asked
}

// Environ is the environment, NAME=VALUE, in which the command will run. Of an
// exec it is read when it is first asked for, as long as the process waits.
func (r *Request) Environ() []string {
	if r.Exec != nil && r.Exec.environ != nil {
		return r.Exec.environ()
	}
	return r.Env
}

// CanMask reports whether secrets can be withheld from what the command prints,
// and whether also those that are known only by the form in which they stand.
func (r *Request) CanMask() (values, forms bool) {
	if r.Exec != nil {
		if r.Exec.masks == nil {
			return false, false
		}
		return r.Exec.masks()
	}
	return r.Masks, r.Masks
}

// A Terminal is one that a session has between its agent and the human, where
// everything that is written to it is shown by the session.
type Terminal interface {
	// Owns reports whether a descriptor is the agent's side of it.
	Owns(fd int) bool
	// Withhold begins to withhold values from what is shown.
	Withhold(values []secret.Value) *secret.Withholding
	// Settle waits until what was written before is shown, for which nothing must
	// come for a moment; false after it has waited that long.
	Settle(moment, within time.Duration) bool
}

// A Reply is what the judge said.
type Reply struct {
	Allow bool
	// Message is shown to the agent on stderr when the command is denied, and
	// with an allowed one when it is not empty. One line, safe for a terminal.
	Message string
	// Status is the exit status of a denied command; 0 stands for Denied.
	Status int
	// Mask is what is to be withheld from what an allowed command prints. A door
	// that cannot do so lets nothing run.
	Mask []secret.Value
	// Withheld gives the line that tells the agent what was; a door that runs in
	// the judge's process writes it below the output. nil tells nothing.
	Withheld func([]secret.Withheld) string
	// Kept says that files were stored before the command runs. A stored file may
	// have a link more, which changes its status time and nothing of its content.
	Kept bool
	// Instead is a line that may run in the place of a denied one; empty for none.
	Instead string
}

// Denied is the exit status of a command that was not allowed to run: what
// shells give for a command that was found and could not be executed (POSIX).
const Denied = 126

// A Judge decides about one command. The context ends when the process that
// waits has gone; a judge that still asks then withdraws its question.
// Judge is called from many goroutines at once.
type Judge interface {
	Judge(ctx context.Context, r Request) Reply
}

// A Launch is how the agent is about to be started. An Interceptor changes it.
type Launch struct {
	Argv []string // program and arguments; a wrapper may go in front
	Env  []string // NAME=VALUE, each name once
	Dir  string
	// Files are handed to the agent as descriptors 3, 4 …
	Files []*os.File
}

// An Interceptor brings an agent's commands before a judge. Prepare is called
// once, before the agent is started; Serve answers until its context ends or
// Close is called, and then returns nil.
type Interceptor interface {
	Prepare(l *Launch) error
	Serve(ctx context.Context, j Judge) error
	Close() error
}
