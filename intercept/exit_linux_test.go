package intercept

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"testing"
)

// The processes that are watched are not children of the test: a shell starts
// them, says their number, and waits for them when it is told to.
func TestExitOfAnotherProcess(t *testing.T) {
	for ends, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $BASHPID": 137, "exec false": 1} {
		shell := exec.Command("bash", "-c", "exec 3<&0; (read go <&3; "+ends+") & echo $!; wait; echo reaped; read rest")
		in, _ := shell.StdinPipe()
		out, _ := shell.StdoutPipe()
		if err := shell.Start(); err != nil {
			t.Fatal(err)
		}
		from := bufio.NewReader(out)
		var pid int
		if _, err := fmt.Fscanln(from, &pid); err != nil {
			t.Fatal(err)
		}
		exit, err := WatchExit(pid)
		if errors.Is(err, errors.ErrUnsupported) {
			in.Close()
			shell.Wait()
			t.Skip("the kernel keeps exit statuses for parents alone: it is older than Linux 6.15")
		}
		if err != nil {
			t.Fatal(err)
		}
		if status, ended, err := exit.Status(); ended || err != nil {
			t.Errorf("%s: ended with %d while it runs (%v)", ends, status, err)
		}
		io.WriteString(in, "go\n")
		if line, err := from.ReadString('\n'); err != nil || line != "reaped\n" {
			t.Fatalf("%s: %q, %v", ends, line, err)
		}
		if status, ended, err := exit.Status(); status != want || !ended || err != nil {
			t.Errorf("%s: %d, %v, %v, want %d", ends, status, ended, err, want)
		}
		if err := exit.Close(); err != nil {
			t.Error(err)
		}
		in.Close()
		shell.Wait()
	}
	if _, err := WatchExit(1 << 30); err == nil {
		t.Error("a process that is not there is watched")
	}
}
