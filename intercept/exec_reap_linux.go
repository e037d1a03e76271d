package intercept

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// reap waits for the orphans that came to us as the session's reaper
// (PR_SET_CHILD_SUBREAPER of prctl(2)). It leaves the agent to whoever started
// it, and every child of ours that is not under the filter.
//
// It returns once it hears of deaths, and goes on until ctx ends.
func (s *ExecDoor) reap(ctx context.Context) {
	agents.Store(s.agent, true)
	died := make(chan os.Signal, 1)
	signal.Notify(died, unix.SIGCHLD)
	go func() {
		defer signal.Stop(died)
		sweep() // those who died before
		for {
			select {
			case <-ctx.Done():
				return
			case <-died:
				sweep()
			}
		}
	}()
}

// agents are the agents of all doors of this process, by pid: tests have many.
// Each has somebody who waits for it, whichever door hears of its death first.
var agents sync.Map

// sweep reaps the orphans that have ended. Most signals tell of none: a command
// that is traced stops at the end of each child of its own.
func sweep() {
	var ended unix.Siginfo
	if err := unix.Waitid(unix.P_ALL, 0, &ended, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil); err != nil || ended.Signo == 0 {
		return
	}
	for _, pid := range childrenOf(os.Getpid()) {
		if _, waited := agents.Load(pid); !waited && isFiltered(pid) {
			_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
		}
	}
}

// childrenOf lists a process's children, by the threads that have them.
func childrenOf(pid int) (pids []int) {
	of := "/proc/" + strconv.Itoa(pid) + "/task/"
	tasks, _ := os.ReadDir(of)
	for _, t := range tasks {
		list, _ := os.ReadFile(of + t.Name() + "/children")
		for f := range strings.FieldsSeq(string(list)) {
			if pid, err := strconv.Atoi(f); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// isFiltered reads Seccomp of proc_pid_status(5).
func isFiltered(pid int) bool {
	status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	return bytes.Contains(status, []byte("\nSeccomp:\t2"))
}
