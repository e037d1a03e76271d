//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"restrain/frame"
	"restrain/gate"
	"restrain/internal/slowtest"
)

// patience is how long a test waits before it takes something as never coming.
const patience = 2 * time.Minute

// held waits until a step of the latest session is held, another than that of
// $HELD, and puts its id into $HELD. It reads what restrain watch prints, and
// starts it again as long as there is nothing to watch yet.
func held(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: held")
	}
	program, err := exec.LookPath("restrain")
	ts.Check(err)
	before := ts.Getenv("HELD")
	ts.Setenv("HELD", "")
	for late := time.Now().Add(patience); time.Now().Before(late); {
		cmd := exec.Command(program, "watch")
		cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"))
		out, err := cmd.StdoutPipe()
		ts.Check(err)
		ts.Check(cmd.Start())
		timer := time.AfterFunc(time.Until(late), func() { cmd.Process.Kill() })
		for lines := bufio.NewScanner(out); lines.Scan(); {
			rest, ok := strings.CutPrefix(lines.Text(), "held ")
			if id, _, _ := strings.Cut(rest, " "); ok && id != before {
				ts.Setenv("HELD", id)
				cmd.Process.Kill()
			}
		}
		timer.Stop()
		_ = cmd.Wait() // it was killed, or there was no session
		if ts.Getenv("HELD") != "" {
			return
		}
	}
	ts.Fatalf("nothing was held")
}

// A seat is a terminal at which restrain runs.
type seat struct {
	t    *testing.T
	tty  *os.File
	cmd  *exec.Cmd
	seen chan []byte
	text bytes.Buffer
}

// sitDown runs restrain with args on a terminal of its own.
func sitDown(t *testing.T, env []string, args ...string) *seat {
	t.Helper()
	cmd := exec.Command(mustExecutable(), args...)
	cmd.Args[0] = "restrain"
	cmd.Env = append(env, "TERM=xterm", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "SHELL=/bin/bash")
	return seatAt(t, cmd)
}

// seatAt starts a program on a terminal of its own.
func seatAt(t *testing.T, cmd *exec.Cmd) *seat {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{t: t, tty: tty, cmd: cmd, seen: make(chan []byte, 1024)}
	go func() {
		defer close(s.seen)
		for {
			buf := make([]byte, 4096)
			n, err := tty.Read(buf)
			s.seen <- buf[:n]
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		for range s.seen {
		}
		_ = cmd.Wait()
		tty.Close()
	})
	return s
}

// sees waits for text on the terminal.
func (s *seat) sees(text string) {
	s.t.Helper()
	late := time.After(patience)
	for !strings.Contains(s.text.String(), text) {
		select {
		case part, ok := <-s.seen:
			if !ok {
				s.t.Fatalf("%q never came: %q", text, s.text.String())
			}
			s.text.Write(part)
		case <-late:
			s.t.Fatalf("%q did not come: %q", text, s.text.String())
		}
	}
	s.text.Next(strings.Index(s.text.String(), text) + len(text))
}

// until waits until what came since matches, and takes that.
func (s *seat) until(end *regexp.Regexp) string {
	s.t.Helper()
	late := time.After(patience)
	for !end.Match(s.text.Bytes()) {
		select {
		case part, ok := <-s.seen:
			if !ok {
				s.t.Fatalf("%s never came: %q", end, s.text.String())
			}
			s.text.Write(part)
		case <-late:
			s.t.Fatalf("%s did not come: %q", end, s.text.String())
		}
	}
	all := s.text.String()
	s.text.Reset()
	return all
}

// ends waits for the end and returns the exit status.
func (s *seat) ends() int {
	s.t.Helper()
	late := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	defer late.Stop()
	for part := range s.seen {
		s.text.Write(part)
	}
	_ = s.cmd.Wait() // the status tells
	return s.cmd.ProcessState.ExitCode()
}

func (s *seat) types(keys string) {
	s.t.Helper()
	// Keys in the first tenth of a second of a question do not count.
	for end := time.Now().Add(150 * time.Millisecond); time.Now().Before(end); {
		select {
		case part := <-s.seen:
			s.text.Write(part)
		case <-time.After(time.Until(end)):
		}
	}
	if _, err := io.WriteString(s.tty, keys); err != nil {
		s.t.Fatal(err)
	}
}

// heldAgent starts an agent without a terminal, a step of which is held. It
// gives the environment, and what has the agent's output when it has ended.
func heldAgent(t *testing.T) (env []string, end func() string) {
	t.Helper()
	dir := t.TempDir()
	env = []string{"HOME=" + dir, "XDG_STATE_HOME=" + dir + "/state", "TMPDIR=" + dir, quickExit}
	agent := filepath.Join(dir, "agent.sh")
	for path, text := range map[string]string{
		agent:              "/bin/bash -c 'terraform destroy -auto-approve'; echo status $?\n",
		dir + "/terraform": "#!/bin/sh\necho destroyed\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	session := exec.Command(mustExecutable(), "--wait", "--", "sh", agent)
	session.Args[0] = "restrain"
	session.Env = append(env, "PATH="+dir+":/usr/bin:/bin", "SHELL=/bin/bash")
	session.SysProcAttr = &unix.SysProcAttr{Setsid: true} // no terminal
	var out bytes.Buffer
	session.Stdout, session.Stderr = &out, &out
	if err := session.Start(); err != nil {
		t.Fatal(err)
	}
	waitForSession(t, dir+"/state/restrain")
	return env, func() string {
		if err := session.Wait(); err != nil {
			t.Error(err)
		}
		return out.String()
	}
}

// A human watches an agent that has no terminal, and lets a step run there.
func TestWatchAnswersOnATerminal(t *testing.T) {
	env, end := heldAgent(t)
	s := sitDown(t, env, "watch", "--plain")
	s.sees("watching session")
	s.sees("nothing has run")
	s.sees("to run it once, type the command:")
	s.types("terraform\r")
	s.sees("approved, watch")
	if out := end(); !strings.Contains(out, "destroyed\nstatus 0") {
		t.Error(out)
	}
	s.sees("session.end")
}

// The screen of all sessions shows the question, and Enter puts it.
func TestWatchScreen(t *testing.T) {
	slowtest.Long(t)
	drawer := filepath.Join(filepath.Dir(mustExecutable()), frame.Program)
	env, end := heldAgent(t)
	without := sitDown(t, env, "watch") // where only restrain is installed
	without.sees("restrain-screen is not installed")
	without.sees("nothing has run")
	without.types("\x03")
	without.ends()
	build := exec.Command("go", "build", "-o", drawer, "../restrain-screen")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() { _ = os.Remove(drawer) })
	s := sitDown(t, env, "watch")
	s.sees("HELD: ") // the screen writes only what has changed
	s.types("\r")
	s.sees("to run it once, type the command:")
	s.types("terraform\r")
	if out := end(); !strings.Contains(out, "destroyed\nstatus 0") {
		t.Error(out)
	}
	s.types("q")
	if status := s.ends(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// waitForSession returns when a session below stateDir takes answers.
func waitForSession(t *testing.T, stateDir string) {
	t.Helper()
	// The pause leaves the processor to the session.
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(time.Millisecond) {
		entries, err := os.ReadDir(gate.SessionsDir(stateDir))
		if err != nil || len(entries) == 0 {
			continue
		}
		dir := filepath.Join(gate.SessionsDir(stateDir), entries[0].Name())
		if sockets, err := filepath.Glob(dir + "/control-*"); err == nil && len(sockets) > 0 {
			return
		}
	}
	t.Fatal("no session takes answers")
}
