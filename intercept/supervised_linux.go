package intercept

import (
	"os"
	"strconv"
	"strings"
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
