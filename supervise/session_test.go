//go:build unix

package supervise

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

func TestExitStatus(t *testing.T) {
	for _, test := range []struct {
		script string
		want   int
	}{
		{"exit 0", 0},
		{"exit 3", 3},
		{"exit 255", 255},
		{"kill -TERM $$", 128 + 15},
		{"kill -KILL $$", 128 + 9},
		{"kill -SEGV $$", 128 + 11},
	} {
		if got := sit(t, "sh", "-c", test.script).leave(); got != test.want {
			t.Errorf("on a terminal, %q: status %d, want %d", test.script, got, test.want)
		}
		cmd := roleSelf(t, "sh", "-c", test.script)
		cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != test.want {
			t.Errorf("without a terminal, %q: status %d, want %d", test.script, got, test.want)
		}
	}
}

func TestCannotRun(t *testing.T) {
	dir := t.TempDir()
	plain := dir + "/plain"
	if err := os.WriteFile(plain, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	garbage := dir + "/garbage"
	if err := os.WriteFile(garbage, []byte{1, 2, 3}, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		argv   []string
		status int
		text   string
	}{
		{[]string{"no-such-program"}, 127, "command not found"},
		{[]string{dir + "/no-such-program"}, 127, "command not found"},
		{[]string{plain}, 126, "not an executable"},
		{[]string{dir}, 126, "not an executable"},
		{[]string{garbage}, 126, "exec format error"},
	} {
		h := sit(t, test.argv...)
		h.expect(test.text)
		if got := h.leave(); got != test.status {
			t.Errorf("%q: status %d, want %d", test.argv, got, test.status)
		}
		status, err := Run(context.Background(), Options{Argv: test.argv, Stdin: devNull(t)})
		if status != test.status || err == nil || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%q: %d, %v, want %d, %q", test.argv, status, err, test.status, test.text)
		}
	}
}

func devNull(t *testing.T) *os.File {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOneKey(t *testing.T) {
	for _, key := range []string{"x", "\x03", "\x1a", "\x04", "\r", "\x1b[A", "\x11", "\x00"} {
		h := sit(t, "role:onekey")
		h.expect("press:")
		h.keys(key)
		got := h.expect("<nil>")
		want := key
		if key == "\r" {
			want = "\n" // the program keeps ICRNL
		}
		if !strings.Contains(got, "got "+strconv.Quote(want)) {
			t.Errorf("key %q: %q", key, got)
		}
		if status := h.leave(); status != 0 {
			t.Errorf("key %q: status %d", key, status)
		}
	}
}

func TestWindowSize(t *testing.T) {
	h := sit(t, "sh", "-c", `stty size; trap 'stty size; exit 0' WINCH; echo ready; while :; do read x; done`)
	h.expect("24 80")
	h.expect("ready")
	if err := pty.Setsize(h.tty, &pty.Winsize{Rows: 33, Cols: 77}); err != nil {
		t.Fatal(err)
	}
	h.keys("\n") // dash runs traps between commands
	h.expect("33 77")
	h.leave()
}

func TestInterruptReachesTheAgentOnly(t *testing.T) {
	h := sit(t, "role:holdkeys")
	h.expect("waiting:")
	h.keys("\x03")
	h.expect("interrupted:")
	if status := h.leave(); status != 7 {
		t.Errorf("status %d, want the agent's 7", status)
	}
}

func TestInterruptKillsAPlainProgram(t *testing.T) {
	h := sit(t, "sh", "-c", "echo ready; exec cat")
	h.expect("ready")
	h.keys("\x03")
	if status := h.leave(); status != 130 {
		t.Errorf("status %d, want 130", status)
	}
}

func TestEndOfInput(t *testing.T) {
	h := sit(t, "sh", "-c", "echo ready; cat; echo ended")
	h.expect("ready")
	h.keys("a\n\x04")
	h.expect("ended")
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestSignalsGoOn(t *testing.T) {
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGHUP, unix.SIGUSR1} {
		h := sit(t, "sh", "-c", "echo ready; exec cat")
		h.expect("ready")
		before := modesOf(t, h.slave)
		if before.Lflag&unix.ICANON != 0 {
			t.Error("the terminal is not raw while the agent runs")
		}
		if err := h.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if status := h.leave(); status != 128+int(sig) {
			t.Errorf("%v: status %d", sig, status)
		}
		if after := modesOf(t, h.slave); after.Lflag&unix.ICANON == 0 {
			t.Errorf("%v: the terminal is left raw", sig)
		}
	}
}

// Whoever starts restrain with job control's signals ignored, as tmux does, has
// the agent in front all the same: it reads, and stops where a job would.
func TestJobSignalsAreDefault(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("what a process ignores is told by Linux only")
	}
	cmd := roleSelf(t, "sh", "-c", `while read name value; do [ "$name" = SigIgn: ] && echo "ignored $value."; done < /proc/$$/status`)
	cmd.Args = append([]string{"sh", "-c", `trap "" TTIN TTOU; exec "$@"`, "sh"}, cmd.Args...)
	cmd.Path = "/bin/sh"
	h := sitWith(t, cmd)
	h.expect("ignored 0000000000000000.")
	if status := h.leave(); status != 1 {
		t.Errorf("status %d", status)
	}
}

func modesOf(t *testing.T, tty *os.File) *unix.Termios {
	t.Helper()
	modes, err := unix.IoctlGetTermios(int(tty.Fd()), getModes)
	if err != nil {
		t.Fatal(err)
	}
	return modes
}

func TestModesAreCopiedAndRestored(t *testing.T) {
	h := sit(t, "sh", "-c", "stty -a; echo done; read x")
	got := h.expect("done")
	if !strings.Contains(got, "icanon") || strings.Contains(got, "-icanon") {
		t.Errorf("the agent's terminal is not cooked: %q", got)
	}
	h.keys("\r")
	h.leave()
	if modesOf(t, h.slave).Lflag&unix.ICANON == 0 {
		t.Error("the terminal is left raw")
	}
}

func TestRestoredAfterPanic(t *testing.T) {
	h := sit(t, "sh", "-c", "echo ready; exec cat")
	h.expect("ready")
	h.ask("panic")
	h.expect("asked to")
	if status := h.leave(); status != 2 {
		t.Errorf("status %d, want 2 of a panic", status)
	}
	if modesOf(t, h.slave).Lflag&unix.ICANON == 0 {
		t.Error("the terminal is left raw")
	}
}

func TestThroughIsUntouched(t *testing.T) {
	data := make([]byte, 10<<20)
	state := uint32(1)
	for i := range data {
		state = state*1664525 + 1013904223
		data[i] = byte(state >> 24)
	}
	cmd := roleSelf(t, "cat")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(out) != sha256.Sum256(data) {
		t.Errorf("%d bytes came out changed", len(out))
	}
}

func TestThroughWithTerminalOutput(t *testing.T) {
	cmd := roleSelf(t, "sh", "-c", "cat; test -t 0 || echo no-tty-in; test -t 1 && echo tty-out")
	cmd.Stdin = strings.NewReader("from the pipe\n")
	h := sitWith(t, cmd)
	h.expect("from the pipe")
	h.expect("no-tty-in")
	h.expect("tty-out")
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestStderrElsewhere(t *testing.T) {
	h := sit(t, "sh", "-c", "test -t 2 && echo both-on-terminal")
	h.expect("both-on-terminal")
	h.leave()
}

func TestLargeOutputIsComplete(t *testing.T) {
	h := sit(t, "sh", "-c", "seq 1 200000; echo the-end")
	got := h.expect("the-end")
	lines := strings.Fields(got)
	if len(lines) != 200000 || lines[199999] != "200000" {
		t.Errorf("%d lines came", len(lines))
	}
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestBackgroundProcessSurvivesTheAgent(t *testing.T) {
	fifo := t.TempDir() + "/fifo"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sit(t, "sh", "-c", `(read x <"$0"; echo "$x" >"$0") </dev/null >/dev/null 2>&1 & echo started`, fifo)
	h.expect("started")
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
	if err := os.WriteFile(fifo, []byte("still here\n"), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(fifo); err != nil || string(got) != "still here\n" {
		t.Errorf("the background process answered %q, %v", got, err)
	}
}

// A program in the background that has the terminal open does not hold up the end,
// and the agent's last words are shown.
func TestBackgroundProcessHoldsTheTerminal(t *testing.T) {
	fifo := t.TempDir() + "/fifo"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sit(t, "sh", "-c", `trap '' HUP; (read x <"$0"; echo over >"$0") & echo last words`, fifo)
	h.expect("last words")
	said := time.Now()
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
	if took := time.Since(said); took >= drainMost {
		t.Errorf("the end took %v", took)
	}
	if err := os.WriteFile(fifo, []byte("go\n"), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(fifo); err != nil || string(got) != "over\n" {
		t.Errorf("the background process answered %q, %v", got, err)
	}
}

func TestInheritsDescriptors(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	const list = `exec "$@" sh -c 'echo through >&5; ls /proc/self/fd' 5>&3 3>&-`
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var lists [2]string
	for i, argv := range [][]string{{"env"}, {exe}} {
		cmd := exec.Command("sh", append([]string{"-c", list, "sh"}, argv...)...)
		cmd.Env = append(os.Environ(), roleVariable+"=restrain")
		cmd.ExtraFiles = []*os.File{w}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		lists[i] = string(out)
		var b [64]byte
		n, _ := r.Read(b[:])
		if string(b[:n]) != "through\n" {
			t.Errorf("descriptor 5 got %q", b[:n])
		}
	}
	w.Close()
	if lists[0] != lists[1] {
		t.Errorf("open descriptors %q, want %q as when started directly", lists[1], lists[0])
	}
}
