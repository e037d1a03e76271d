package intercept

import "golang.org/x/sys/unix"

// adoptOrphans does nothing: the system has no such thing.
func adoptOrphans() error { return nil }

// allProcesses lists the ids of all processes that this one sees.
func allProcesses() ([]int, error) {
	list, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil, err
	}
	pids := make([]int, len(list))
	for i := range list {
		pids[i] = int(list[i].Proc.P_pid)
	}
	return pids, nil
}
