package platform

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// OwnGroup starts a process that the console's Ctrl-C does not reach.
func OwnGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// OwnSession starts a process that has no console.
func OwnSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS}
}

// KillGroup ends a process; what it has started goes on here.
func KillGroup(p *os.Process) error { return p.Kill() }
