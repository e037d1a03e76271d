package session

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"restrain/gate"
	"restrain/intercept"
	"restrain/journal"
	"restrain/secret"
	"restrain/supervise"
)

// Options is how a session was asked for.
type Options struct {
	Policy  *gate.Policy
	Persona string        // as it was asked for
	CI      *CI           // nil where somebody may be there to ask
	Wait    bool          // hold what nobody is there to answer yet
	Timeout time.Duration // of a question; 0 is gate.DefaultTimeout
	Env     []string      // more for the agent's environment, NAME=VALUE
	Dir     string        // where the agent starts; empty is here
	Task    string        // what the human wants of the agent, in their words; may be empty
	// Apart says that whoever types here may be an agent: answers come from
	// elsewhere.
	Apart bool

	// ShellOnly catches commands at the agent's shells only; RequireExec does
	// not start where the kernel cannot catch them; Verify looks again after
	// each exec; AllowSetuid gives up the kernel for sudo's sake.
	ShellOnly, RequireExec, Verify, AllowSetuid bool

	// NoFiles does without the kernel's word on the files that programs take
	// away besides the text of their commands.
	NoFiles bool

	// Net has what programs send over the network looked at. Lead leads
	// connections for HOST:PORT to a stand-in of the host.
	Net  bool
	Lead map[string]string
}

// Run runs an agent with every command of its brought before the gate, and
// gives the agent's exit status.
func (h *Host) Run(o Options, argv []string) (int, error) {
	start, done, err := h.isolate(o, argv)
	if err != nil {
		return ExitError, err
	}
	defer done()
	o.Env, argv = start.Env, start.Argv
	if intercept.Supervised() {
		return h.join(o, argv)
	}
	s := newGuarded(h, o, argv)
	defer s.close()
	if err := s.open(); err != nil {
		return ExitError, err
	}
	if err := s.interceptor.Prepare(&s.launch); err != nil {
		status := launchStatus(err)
		h.Fail(cannotLaunch(argv[0], err))
		return status, nil
	}
	if err := s.prepare(); err != nil {
		return ExitError, err
	}
	s.sayBegin()
	defer s.showTitle()()
	s.sayRecord()
	status, err := s.run()
	s.sayEnd()
	if err != nil {
		h.Fail(err)
		return max(status, ExitError), nil
	}
	return status, nil
}

// join starts an agent inside a session whose supervisor sees its execs
// already; there is one listener to a process tree.
func (h *Host) join(o Options, argv []string) (int, error) {
	more := ""
	if o.CI != nil {
		more = ", and --ci does nothing here"
	}
	if o.NoFiles {
		more += ", and --no-files does nothing here"
	}
	if o.Net {
		more += ", and --net does nothing here"
	}
	fmt.Fprintf(h.Stderr, "restrain: note: already in a guarded session; the agent joins it%s\n", more)
	status, err := supervise.Run(context.Background(), supervise.Options{Argv: argv, Env: o.Env, Dir: o.Dir})
	if err != nil {
		h.Fail(err)
	}
	return status, nil
}

// launchStatus is what a shell gives for a program that could not be started.
func launchStatus(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return ExitNotFound
	}
	return ExitDenied
}

// cannotLaunch says of a program why it could not be started, and what to do.
func cannotLaunch(name string, err error) error {
	const hint = "name a program that is in PATH, or its path"
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return Hinted{fmt.Errorf("%q: command not found", name), hint}
	case errors.Is(err, syscall.EISDIR):
		return Hinted{fmt.Errorf("%q is a folder, not a program", name), hint}
	case errors.Is(err, fs.ErrPermission):
		return Hinted{fmt.Errorf("%q is no program: it is not marked as one that may be run", name), "if it is one, chmod +x marks it"}
	}
	return Hinted{err, hint}
}

func newSessionID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return hex.EncodeToString(b[:])
}

// startOf is the entry that a session begins with. Reports point at the script
// that the agent is.
func startOf(argv []string, dir string) journal.Entry {
	if dir == "" {
		dir, _ = os.Getwd() // without one, it is not known
	}
	entry := journal.Entry{Kind: journal.SessionStart, Dir: dir, Reason: strings.Join(argv, " ")}
	if script := scriptOf(argv, dir); script != "" {
		entry.Resources = []string{secret.Redact(scriptResource + script)}
	}
	return entry
}

// note journals something about the session as a whole.
func note(store *gate.Store, e journal.Entry) error {
	e.Time, e.Reason = time.Now(), secret.Redact(e.Reason)
	return store.Update(func(t *gate.Turn) error { return t.Append(e) })
}
