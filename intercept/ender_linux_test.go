package intercept

import (
	"bufio"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestEnder ends what was started since, also what left its parent and its
// session and does not listen, and spares what was there before.
func TestEnder(t *testing.T) {
	spared := exec.Command("sleep", "300")
	if err := spared.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = spared.Process.Kill()
		_ = spared.Wait()
		_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	})
	ender, err := NewEnder()
	if err != nil {
		t.Fatal(err)
	}
	agent := exec.Command("sh", "-c", `
		setsid sh -c 'trap "" TERM HUP; echo $$; exec sleep 300' &
		sh -c '(echo $(exec sh -c "echo \$PPID"); exec sleep 300) &'
		wait`)
	out, err := agent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	pids := []int{agent.Process.Pid}
	for lines := bufio.NewScanner(out); len(pids) < 3 && lines.Scan(); {
		pid, err := strconv.Atoi(strings.TrimSpace(lines.Text()))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if err := ender.End(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		if p, err := readProcess(pid); err == nil {
			t.Errorf("process %d (%s) is still there", pid, p.name)
		}
	}
	if err := unix.Kill(spared.Process.Pid, 0); err != nil {
		t.Errorf("what was there before: %v", err)
	}
	if p, err := readProcess(spared.Process.Pid); err != nil || p.name != "sleep" {
		t.Errorf("what was there before is %+v, %v", p, err)
	}
	if err := ender.End(); err != nil {
		t.Errorf("with nothing left: %v", err)
	}
	_ = agent.Wait() // it was waited for already
}
