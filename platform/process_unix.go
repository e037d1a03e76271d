//go:build unix

package platform

import (
	"os"
	"syscall"
)

// OwnGroup starts a process that the terminal's keys do not reach.
func OwnGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// OwnSession starts a process that has no terminal.
func OwnSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// KillGroup ends a process that leads a group or a session, and all of it.
func KillGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }
