package intercept

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// An Agent is the process that a door's commands come from.
type Agent struct {
	PID  int
	Name string // of its program
	// Key is the same for all commands of one agent process and for no other
	// process: boot, process id and start time.
	Key string
	// TTYSafe reports that the door's controlling terminal is the agent's own,
	// so that whoever sits there is the human. An agent that runs commands in a
	// PTY it holds itself could answer there.
	TTYSafe bool
}

// maxDepth bounds the walk through a door's ancestors.
const maxDepth = 64

// Caller finds the agent of a door outside a session: the nearest ancestor of
// this process that is neither a shell nor a wrapper around commands. Where only
// those are left, it is the outermost of them.
func Caller() (Agent, error) {
	self, err := readProcess(os.Getpid())
	if err != nil {
		return Agent{}, fmt.Errorf("own process: %w; mount /proc", err)
	}
	agent := self
	for p, depth := self, 0; p.parent > 1 && depth < maxDepth; depth++ {
		if p, err = readProcess(p.parent); err != nil {
			break // it has ended meanwhile, or belongs to another user's view of /proc
		}
		agent = p
		if !passesOn(p.name) {
			break
		}
	}
	return Agent{
		PID: agent.pid, Name: agent.name,
		Key:     keyOf(bootID(), agent),
		TTYSafe: self.tty != 0 && self.tty == agent.tty,
	}, nil
}

// keyOf names a process as no other is named.
func keyOf(boot string, p processInfo) string { return fmt.Sprintf("%s-%d-%d", boot, p.pid, p.start) }

// passesOn reports programs that run others' commands and are no agents.
func passesOn(name string) bool {
	name = strings.TrimPrefix(filepath.Base(name), "-")
	if strings.HasPrefix(name, "restrain") {
		return true
	}
	switch name {
	case "bash", "sh", "zsh", "dash", "ash", "ksh", "fish", "busybox", "cmd", "powershell", "pwsh",
		"env", "sudo", "doas", "su", "timeout", "nice", "ionice", "chrt", "nohup", "setsid",
		"stdbuf", "time", "xargs", "flock", "script", "unbuffer", "taskset", "setpriv", "cursorsandbox":
		return true
	}
	return false
}

// A processInfo is what the walk needs to know of a process.
type processInfo struct {
	pid, parent int
	name        string
	start       uint64 // since boot, in the system's own unit
	tty         int    // the controlling terminal; 0 is none
	orphan      bool   // what started it has gone, and nobody has taken it on
}
