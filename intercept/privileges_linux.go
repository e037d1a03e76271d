package intercept

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// KeepsSetuid reports whether sudo and other setuid programs work below a
// supervisor of execs. The kernel lets a process filter its calls when it has
// CAP_SYS_ADMIN, or when it gives up gaining rights for good, itself and all
// that descends from it (no_new_privs of prctl(2)). Root in a container often
// has not that capability.
func KeepsSetuid() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return false
	}
	return sets[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0
}

// GainsNothing reports a process that cannot gain rights any more, whether it is
// supervised or not.
func GainsNothing() bool {
	set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	return err == nil && set == 1
}

// probeFilter installs a filter, for good, on a thread that then ends: what
// keeps a container, or a sandbox around us, from supervising shows here and
// nowhere else.
func probeFilter() error {
	tried := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if unix.Gettid() == unix.Getpid() {
			// The main thread never ends. While this one has it, another tries.
			err := probeFilter()
			runtime.UnlockOSThread()
			tried <- err
			return
		}
		listener, err := supervised(execFilter(abis, watched{files: true, connects: true}), KeepsSetuid(), true)
		if err == nil {
			_ = unix.Close(listener)
		}
		tried <- err
	}()
	return <-tried
}
