package intercept

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// counted is a lineage that counts what it reads of processes.
func counted(limit int) (l *lineage, reads *int) {
	reads = new(int)
	return &lineage{self: os.Getpid(), known: newBounded[int, descent](limit),
		read: func(pid int) (identity, error) {
			*reads++
			return identityOf(pid)
		}}, reads
}

// family starts a shell that starts another process and says its id; end ends
// the shell alone.
func family(t *testing.T) (shell, child int, end func()) {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", `sleep 1000 >/dev/null & echo $!; read word; exit`)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if child, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = in.Close()
			_, _ = io.Copy(io.Discard, out)
			_ = cmd.Wait()
		}
	}
	t.Cleanup(func() {
		_ = unix.Kill(child, unix.SIGKILL)
		end()
	})
	return cmd.Process.Pid, child, end
}

func TestLineageRemembersTheLiving(t *testing.T) {
	l, reads := counted(maxKnown)
	shell, child, _ := family(t)
	for round := range 3 {
		ppid, serial, err := l.parent(child)
		if is, _ := identityOf(child); err != nil || ppid != shell || serial != is.serial {
			t.Fatalf("parent of %d: %d, %d, %v; want %d, %d", child, ppid, serial, err, shell, is.serial)
		}
		if ppid, _, err = l.parent(shell); err != nil || ppid != os.Getpid() {
			t.Fatalf("parent of %d: %d, %v; want %d", shell, ppid, err, os.Getpid())
		}
		if round == 0 {
			*reads = 0
		}
	}
	if *reads != 0 {
		t.Errorf("%d reads of processes that were known and live", *reads)
	}
	if ppid, _, err := l.parent(os.Getpid()); ppid != 1 || err != nil || *reads != 0 {
		t.Errorf("above ourselves: %d, %v, %d reads", ppid, err, *reads)
	}
}

// A process whose parent has ended has another one.
func TestLineageForgetsTheDead(t *testing.T) {
	l, _ := counted(maxKnown)
	shell, child, end := family(t)
	if ppid, _, err := l.parent(child); err != nil || ppid != shell {
		t.Fatalf("parent of %d: %d, %v", child, ppid, err)
	}
	if _, _, err := l.parent(shell); err != nil {
		t.Fatal(err)
	}
	end()
	if ppid, _, err := l.parent(child); err != nil || ppid == shell {
		t.Errorf("parent of %d: still %d, %v", child, ppid, err)
	}
	if _, _, err := l.parent(shell); err == nil {
		t.Error("a process that has ended has a parent")
	}
}

// What is remembered is bounded, and with it the descriptors.
func TestLineageIsBounded(t *testing.T) {
	l, reads := counted(2)
	_, first, _ := family(t)
	if _, _, err := l.parent(first); err != nil {
		t.Fatal(err)
	}
	held, _ := l.known.get(first)
	for range 2 {
		_, other, _ := family(t)
		if _, _, err := l.parent(other); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.known.values); n != 2 {
		t.Errorf("%d processes are remembered, want 2", n)
	}
	for _, fd := range held.pidfds {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != unix.EBADF {
			t.Errorf("descriptor %d of a forgotten process is open: %v", fd, err)
		}
	}
	*reads = 0
	if _, _, err := l.parent(first); err != nil || *reads == 0 {
		t.Errorf("a forgotten process was not read again: %v", err)
	}
}
