//go:build unix

package supervise

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// leaveToHeir has an heir take over where the test wants one.
func leaveToHeir(status int) (argv []string, file *os.File) {
	fifo := os.Getenv(heirVariable)
	if fifo == "" {
		return nil, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(w, "the agent ended with %d", status)
	w.Close()
	return []string{heirName, fifo}, r
}

// roleHeir waits for the child that it inherited and tells the FIFO of it, and
// of what stands in the file.
func roleHeir(fifo, number string) int {
	fd, err := strconv.Atoi(number)
	if err != nil {
		return 1
	}
	text, err := io.ReadAll(os.NewFile(uintptr(fd), "left"))
	if err != nil {
		return 1
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(-1, &status, 0, nil); err != nil {
		return 1
	}
	out, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		return 1
	}
	fmt.Fprintf(out, "%s, its child with %d", text, status.ExitStatus())
	return 0
}

// What the agent leaves behind has a parent that goes on, on a terminal and
// without one; the session itself is over at once.
func TestHeir(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("orphans come to a parent on Linux only")
	}
	for _, onTerminal := range []bool{true, false} {
		dir := t.TempDir()
		for _, name := range []string{"/go", "/told"} {
			if err := unix.Mkfifo(dir+name, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := roleSelf(t, "sh", "-c", `(read x <"$0"; exit 7) </dev/null >/dev/null 2>&1 & exit 3`, dir+"/go")
		cmd.Env = append(cmd.Env, heirVariable+"="+dir+"/told")
		status := 0
		if onTerminal {
			status = sitWith(t, cmd).leave()
		} else {
			cmd.Stdout = new(strings.Builder) // a pipe, which must not be kept open
			_ = cmd.Run()                     // its status is looked at
			status = cmd.ProcessState.ExitCode()
		}
		if status != 3 {
			t.Errorf("on a terminal %v: status %d", onTerminal, status)
		}
		if err := os.WriteFile(dir+"/go", []byte("\n"), 0); err != nil {
			t.Fatal(err)
		}
		told, err := os.ReadFile(dir + "/told")
		if want := "the agent ended with 3, its child with 7"; err != nil || string(told) != want {
			t.Errorf("on a terminal %v: %q, %v; want %q", onTerminal, told, err, want)
		}
	}
}
