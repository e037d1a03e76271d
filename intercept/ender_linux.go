package intercept

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of what its descendants leave
// behind (PR_SET_CHILD_SUBREAPER of prctl(2)).
func adoptOrphans() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// allProcesses lists the ids of all processes that this one sees.
func allProcesses() ([]int, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
