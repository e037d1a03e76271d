package intercept

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// supervisorMark is the name that a supervisor of execs gives itself
// (proc_pid_comm(5)); only its own threads can.
const supervisorMark = "restrain-exec"

func markSupervisor() error {
	return os.WriteFile("/proc/self/comm", []byte(supervisorMark), 0)
}

// Supervised reports whether every exec of this process is judged already: it
// descends from restrain as a supervisor of execs.
func Supervised() bool {
	// Most doors are not: one call tells (PR_GET_SECCOMP of prctl(2)).
	if mode, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); err != nil || mode != unix.SECCOMP_MODE_FILTER {
		return false
	}
	own := ownProgram()
	if own == nil {
		return false
	}
	at := os.Getpid()
	for range maxDepth {
		p, err := readProcess(at)
		if err != nil || p.parent <= 1 {
			return false
		}
		at = p.parent
		dir := "/proc/" + strconv.Itoa(at)
		comm, err := os.ReadFile(dir + "/comm")
		if err != nil || strings.TrimSpace(string(comm)) != supervisorMark {
			continue
		}
		if info, err := os.Stat(dir + "/exe"); err == nil && os.SameFile(info, own) {
			return true
		}
	}
	return false
}
