package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"restrain/intercept"
	"restrain/internal/slowtest"
	"restrain/journal"
)

// A faulty is a session under exec supervision to which something happens.
type faulty struct {
	t     *testing.T
	dir   string
	agent string   // a script that runs terraform, which leaves a file "destroyed"
	alive *os.File // ends when nothing of the session is left
	held  *os.File // what keeps it open here
}

// aliveAt is the descriptor by which every process of the session keeps alive
// open: behind those that a session uses.
const aliveAt = 10

func newFaulty(t *testing.T) *faulty {
	t.Helper()
	if err := intercept.ExecSupported(); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"agent.sh":  "echo before; terraform destroy -auto-approve; echo status $?\n",
		"terraform": "#!/bin/sh\n: > " + dir + "/destroyed\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return &faulty{t: t, dir: dir, agent: filepath.Join(dir, "agent.sh"), alive: r, held: w}
}

// command is a program of the session's environment.
func (f *faulty) command(argv ...string) *exec.Cmd {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = f.dir
	cmd.Env = []string{"HOME=" + f.dir, "XDG_STATE_HOME=" + f.dir + "/state", "TMPDIR=" + f.dir, "TERM=xterm", "LC_ALL=C.UTF-8", quickExit,
		"PATH=" + f.dir + ":/usr/bin:/bin", "SHELL=/bin/bash"}
	cmd.ExtraFiles = make([]*os.File, aliveAt-2)
	cmd.ExtraFiles[aliveAt-3] = f.held
	return cmd
}

// over waits until no process of the session is left, and wants the terraform
// not to have run.
func (f *faulty) over() {
	f.t.Helper()
	f.held.Close()
	if err := f.alive.SetReadDeadline(time.Now().Add(patience)); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.alive.Read(make([]byte, 1)); err != io.EOF {
		f.t.Errorf("a process of the session is left: %v", err)
	}
	if _, err := os.Stat(filepath.Join(f.dir, "destroyed")); err == nil {
		f.t.Error("the step that was held ran")
	}
}

// entries reads what was journalled.
func (f *faulty) entries() (list []journal.Entry) {
	f.t.Helper()
	paths, err := filepath.Glob(filepath.Join(f.dir, "state", "restrain", "sessions", "*", "journal.jsonl"))
	if err != nil || len(paths) != 1 {
		f.t.Fatalf("journals %q, %v; want one", paths, err)
	}
	text, err := os.ReadFile(paths[0])
	if err != nil {
		f.t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var e journal.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			continue // the last line of a session that was killed
		}
		list = append(list, e)
	}
	return list
}

// A window that closes while a step is held denies it, and ends the agent as it
// would have ended without restrain.
func TestWindowCloses(t *testing.T) {
	f := newFaulty(t)
	cmd := f.command(restrainProgram(t), "--", "sh", f.agent)
	window, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	// Nobody reads any more when the window closes: a read would keep it open.
	for seen, buf := "", make([]byte, 4096); !strings.Contains(seen, "nothing has run"); {
		n, err := window.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
		seen += string(buf[:n])
	}
	window.Close()
	_ = cmd.Wait() // the status of an agent that was hung up
	f.over()
	list := f.entries()
	if !slices.ContainsFunc(list, func(e journal.Entry) bool {
		return strings.HasPrefix(e.Command, "terraform") && !e.Ran && e.Answer != nil && !e.Answer.Approved
	}) {
		t.Errorf("the journal does not say that the step was denied: %+v", list)
	}
	if last := list[len(list)-1]; last.Kind != journal.SessionEnd {
		t.Errorf("the journal ends with %q", last.Kind)
	}
}

// A human who says nothing has denied, and the agent goes on.
func TestSlowHuman(t *testing.T) {
	f := newFaulty(t)
	s := seatAt(t, f.command(restrainProgram(t), "--timeout", "300ms", "--", "sh", f.agent))
	s.sees("nothing has run")
	s.sees("restrain: denied: ")
	s.sees("status 126")
	f.over()
	if list := f.entries(); !slices.ContainsFunc(list, func(e journal.Entry) bool { return e.Answer != nil && e.Answer.By == "timeout" }) {
		t.Errorf("the journal does not say that nobody answered: %+v", list)
	}
}

// When the disk becomes full, nothing runs that is not in the journal. A limit on
// the size of files stands in for the full disk.
func TestFullDisk(t *testing.T) {
	f := newFaulty(t)
	script := "touch ran.0; echo ready; read go; i=0; while [ $i -lt 99 ]; do i=$((i+1)); touch ran.$i || break; done; echo left at $i\n"
	if err := os.WriteFile(f.agent, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	s := seatAt(t, f.command("sh", "-c", `trap "" XFSZ; exec "$@"`, "sh", restrainProgram(t), "--", "sh", f.agent))
	s.sees("ready")
	full := unix.Rlimit{Cur: 8 << 10, Max: 8 << 10}
	if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &full, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tty.WriteString("go\r"); err != nil {
		t.Fatal(err)
	}
	s.sees("restrain: error: nothing runs: ")
	s.sees("left at ")
	f.over()
	ran, err := filepath.Glob(filepath.Join(f.dir, "ran.*"))
	if err != nil || len(ran) == 0 {
		t.Fatalf("nothing ran at all: %v", err)
	}
	f.allJournalled(ran)
}

// allJournalled wants an entry for each file that a touch has made.
func (f *faulty) allJournalled(ran []string) {
	f.t.Helper()
	journalled := map[string]bool{}
	for _, e := range f.entries() {
		journalled[e.Command] = true
	}
	for _, path := range ran {
		if command := "touch " + filepath.Base(path); !journalled[command] {
			f.t.Errorf("%q ran and is not in the journal", command)
		}
	}
}

var killSeed = flag.Uint64("killseed", 0, "seed of the moments at which supervisors are killed; 0 for another one each time")

// Whenever the supervisor is killed, nothing has run that was not judged and
// journalled first, and nothing runs after it.
func TestKilledAtAnyMoment(t *testing.T) {
	slowtest.Long(t)
	const times, atOnce = 24, 6
	seed := *killSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	random := rand.New(rand.NewPCG(seed, 0))
	moments := make(chan time.Duration, times)
	for range times {
		moments <- time.Duration(random.Int64N(int64(120 * time.Millisecond)))
	}
	close(moments)
	program := restrainProgram(t)
	var work sync.WaitGroup
	for range atOnce {
		work.Go(func() {
			for after := range moments {
				killAfter(t, program, after)
			}
		})
	}
	work.Wait()
	if t.Failed() {
		t.Logf("once more with -killseed %d", seed)
	}
}

func killAfter(t *testing.T, program string, after time.Duration) {
	f := newFaulty(t)
	script := "echo up; i=0; while [ $i -lt 60 ]; do i=$((i+1)); touch ran.$i; done 2>/dev/null; echo end; rm " + f.dir + "/victim\n"
	for path, text := range map[string]string{f.agent: script, f.dir + "/victim": ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
			return
		}
	}
	out, in, err := os.Pipe()
	if err != nil {
		t.Error(err)
		return
	}
	defer out.Close()
	cmd := f.command(program, "--", "sh", f.agent)
	cmd.Stdout = in
	err = cmd.Start()
	in.Close()
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := io.ReadFull(out, make([]byte, len("up\n"))); err != nil {
		t.Errorf("the agent did not start: %v", err)
	}
	time.Sleep(after) // the random moment
	before, err := filepath.Glob(filepath.Join(f.dir, "ran.*"))
	if err != nil {
		t.Error(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	_, _ = io.ReadAll(out)
	f.over()
	ran, err := filepath.Glob(filepath.Join(f.dir, "ran.*"))
	if err != nil {
		t.Error(err)
	}
	f.allJournalled(ran)
	_, err = os.Stat(f.dir + "/victim")
	if done := err != nil; done && len(ran) < 60 {
		t.Errorf("a program ran after the supervisor was killed, %d and then %d", len(before), len(ran))
	}
}

// What the agent left running on a terminal goes on when the session and its
// window are gone: judged as before, and denied what nobody can be asked about.
func TestDaemonOutlivesTheWindow(t *testing.T) {
	f := newFaulty(t)
	fifo := filepath.Join(f.dir, "commands")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	// A shell that saves its streams while it opens the FIFO would keep the terminal.
	script := "(exec > out 2>&1; exec < commands; exec sh) & echo left\n"
	if err := os.WriteFile(f.agent, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	s := seatAt(t, f.command(restrainProgram(t), "--", "sh", f.agent))
	s.sees("left")
	s.sees("1 program still runs after the agent (sh): what they start is judged")
	if status := s.ends(); status != 0 {
		t.Errorf("status %d", status)
	}
	s.tty.Close()
	if err := os.WriteFile(fifo, []byte("terraform destroy -auto-approve\ntouch fine\n"), 0); err != nil {
		t.Fatal(err)
	}
	f.over()
	if _, err := os.Stat(filepath.Join(f.dir, "fine")); err != nil {
		t.Errorf("an ordinary command did not run: %v", err)
	}
	list := f.entries()
	for late := time.Now().Add(patience); list[len(list)-1].Kind != journal.SessionEnd && time.Now().Before(late); list = f.entries() {
		time.Sleep(time.Millisecond)
	}
	if last := list[len(list)-1]; last.Kind != journal.SessionEnd {
		t.Errorf("the journal ends with %q", last.Kind)
	}
	if !slices.ContainsFunc(list, func(e journal.Entry) bool { return strings.HasPrefix(e.Command, "terraform") && !e.Ran }) {
		t.Errorf("the journal does not say that the step was denied: %+v", list)
	}
}
