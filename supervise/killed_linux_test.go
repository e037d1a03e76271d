package supervise

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// stubborn is an agent that no signal but the last one ends. It says who its
// parent and itself are.
var stubborn = []string{"sh", "-c", `trap '' HUP TERM; echo "at $PPID $$ ."; while :; do read x <"$0"; done`}

// Of a session whose supervisor is killed nothing is left, on a terminal or not.
func TestNothingIsLeftOfAKilledSupervisor(t *testing.T) {
	fifo := t.TempDir() + "/fifo"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	argv := append(stubborn, fifo)
	t.Run("terminal", func(t *testing.T) {
		h := sit(t, argv...)
		h.expect("at ")
		line := h.expect(" .")
		diesWith(t, h.cmd, line)
	})
	t.Run("pipes", func(t *testing.T) {
		cmd := exec.Command(os.Args[0], argv...)
		cmd.Env = append(os.Environ(), roleVariable+"=restrain")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var monitor, agent int
		if _, err := fmt.Fscanf(out, "at %d %d .\n", &monitor, &agent); err != nil {
			t.Fatal(err)
		}
		diesWith(t, cmd, fmt.Sprint(monitor, agent))
	})
}

// diesWith kills a supervisor, and waits for the end of its monitor and its agent.
func diesWith(t *testing.T, supervisor *exec.Cmd, line string) {
	t.Helper()
	var pids [2]int
	if _, err := fmt.Sscan(line, &pids[0], &pids[1]); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	var ends []unix.PollFd
	for _, pid := range pids {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		defer unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) // where the test has failed
		ends = append(ends, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	if err := supervisor.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = supervisor.Wait()
	for i, what := range []string{"monitor", "agent"} {
		n, err := 0, error(unix.EINTR)
		for err == unix.EINTR {
			n, err = unix.Poll(ends[i:i+1], int(patience.Milliseconds()/6))
		}
		if n == 0 {
			t.Errorf("the %s is still there (%v)", what, err)
		}
	}
}
