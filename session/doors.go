package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"

	"restrain/intercept"
)

// interceptor chooses how commands are caught: in the kernel where that works,
// else at the agent's shells. It says so where that is not what one expects.
func (h *Host) interceptor(o Options, exec intercept.ExecOptions) (intercept.Interceptor, error) {
	if err := intercept.ShellDoorSupported(); err != nil {
		return nil, err
	}
	giveUp := o.AllowSetuid && !intercept.KeepsSetuid()
	switch {
	case o.ShellOnly && o.RequireExec:
		return nil, Usagef("--shell-only and --require-exec do not go together: choose one")
	case giveUp && o.RequireExec:
		return nil, Usagef("--allow-setuid and --require-exec go together only with CAP_SYS_ADMIN, as root has it: choose one")
	case o.ShellOnly:
		return intercept.NewShellDoor()
	}
	err := intercept.ExecSupported()
	switch {
	case err == nil && !giveUp:
		if hasSudo() && !intercept.KeepsSetuid() && !intercept.GainsNothing() {
			fmt.Fprintln(h.Stderr, "restrain: note: sudo will not work in this session; restrain --help says what --allow-setuid gives up for it")
		}
		return intercept.NewExecDoor(exec)
	case o.RequireExec:
		return nil, err
	case err == nil:
		err = errAllowSetuid
	}
	fmt.Fprintf(h.Stderr, "restrain: warning: %v; only commands that go through the agent's shell are seen\n", err)
	return intercept.NewShellDoor()
}

// catchesExecs reports whether a session catches commands in the kernel.
func (o Options) catchesExecs() bool {
	return !o.ShellOnly && (!o.AllowSetuid || intercept.KeepsSetuid()) && intercept.ExecSupported() == nil
}

// catchesFiles reports whether the kernel tells of files that are taken away, and
// the user wants what goes kept. In CI nobody watches over what outlives the agent:
// a server that is left for later jobs could remove and replace nothing any more.
func (o Options) catchesFiles() bool {
	keep := o.Policy.Rules().Keep
	return o.CI == nil && !o.NoFiles && !keep.Off && keep.Programs && o.catchesExecs()
}

// net reports whether a session looks at what goes over the network.
func (o Options) net() bool { return o.Net || o.Policy.Rules().Net }

// catchesConnections reports whether the kernel tells of what programs connect to,
// and the user wants to know. In CI what is left for later jobs could connect to
// nothing any more: there it is only with --net, whose proxy ends as well.
func (o Options) catchesConnections() bool {
	return (o.CI == nil || o.net()) && !o.Policy.Rules().Wire.Unseen && o.catchesExecs()
}

var errAllowSetuid = errors.New("with --allow-setuid the kernel catches no execs")

// hasSudo reports a sudo that would work outside.
func hasSudo() bool {
	path, err := exec.LookPath("sudo")
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeSetuid != 0
}
