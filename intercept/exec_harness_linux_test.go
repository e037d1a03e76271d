package intercept

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test binary is also the stub, and the programs that tests supervise.
func init() {
	StubMain(os.Args)
	if len(os.Args) > 2 && os.Args[1] == helperVerb {
		helpers(os.Args[2], os.Args[3:])
	}
}

const helperVerb = "__helper"

// patience is how long a test waits before it takes something as never coming.
const patience = time.Minute

func helper(words ...string) []string {
	return append([]string{"/proc/self/exe", helperVerb}, words...)
}

// recorder is a judge that remembers what it was asked.
type recorder struct {
	mu    sync.Mutex
	seen  []Request
	reply func(Request) Reply
}

func (r *recorder) Judge(_ context.Context, q Request) Reply {
	_ = q.Environ() // which only a process that waits can tell
	r.mu.Lock()
	r.seen = append(r.seen, q)
	r.mu.Unlock()
	if r.reply == nil {
		return Reply{Allow: true}
	}
	return r.reply(q)
}

// argvs lists what was asked, one line a request.
func (r *recorder) argvs() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, q := range r.seen {
		list = append(list, strings.Join(q.Argv, " "))
	}
	return list
}

func (r *recorder) find(match func(Request) bool) (Request, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var first Request
	n := 0
	for _, q := range r.seen {
		if match(q) {
			if n++; n == 1 {
				first = q
			}
		}
	}
	return first, n
}

// deny refuses every exec whose plain argv holds word.
func deny(word string) *recorder {
	return &recorder{reply: func(q Request) Reply {
		if q.Exec.Opaque != "" {
			return Reply{}
		}
		for _, a := range append([]string{q.Exec.Path}, q.Argv...) {
			if strings.Contains(a, word) && q.Kind == KindArgv && q.Exec.Script == "" {
				return Reply{}
			}
		}
		return Reply{Allow: true}
	}}
}

// A session is a supervised command that runs.
type session struct {
	t      testing.TB
	cmd    *exec.Cmd
	out    bytes.Buffer
	served chan error
	cancel context.CancelFunc
}

func needExec(t testing.TB) {
	t.Helper()
	if err := ExecSupported(); err != nil {
		t.Skip(err)
	}
}

func start(t testing.TB, o ExecOptions, j Judge, prepare func(*exec.Cmd), argv ...string) *session {
	t.Helper()
	needExec(t)
	door, err := NewExecDoor(o)
	if err != nil {
		t.Fatal(err)
	}
	return startDoor(t, door, j, prepare, argv...)
}

func startDoor(t testing.TB, door *ExecDoor, j Judge, prepare func(*exec.Cmd), argv ...string) *session {
	t.Helper()
	l := &Launch{Argv: argv, Env: os.Environ()}
	if err := door.Prepare(l); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &session{t: t, served: make(chan error, 1), cancel: cancel}
	s.cmd = exec.Command(l.Argv[0], l.Argv[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	s.cmd.ExtraFiles = l.Files
	s.cmd.Dir = t.TempDir()
	s.cmd.WaitDelay = patience
	if prepare != nil {
		prepare(s.cmd)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, f := range l.Files {
		_ = f.Close()
	}
	go func() { s.served <- door.Serve(ctx, j) }()
	t.Cleanup(func() {
		cancel()
		_ = s.cmd.Process.Kill()
	})
	return s
}

// wait returns the output and the exit status, when all of the session ended.
func (s *session) wait() (string, int) {
	s.t.Helper()
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.served:
		if err != nil {
			s.t.Fatalf("serve: %v", err)
		}
	case <-time.After(patience):
		s.t.Fatal("the supervisor still serves after all has ended")
	}
	return s.out.String(), s.cmd.ProcessState.ExitCode()
}

func run(t testing.TB, j Judge, argv ...string) (string, int) {
	t.Helper()
	return start(t, ExecOptions{}, j, nil, argv...).wait()
}

// victim makes a file that a denied command must leave in place.
func victim(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(path, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustExist(t testing.TB, path string, r *recorder) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the denied command ran: %v; judged: %q", err, r.argvs())
	}
}

func mustSee(t testing.TB, r *recorder, what string) {
	t.Helper()
	for _, line := range r.argvs() {
		if strings.Contains(line, what) {
			return
		}
	}
	t.Errorf("%q was never judged; judged: %q", what, r.argvs())
}

func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed", program)
	}
	return path
}

// helpers is the programs of these tests that need to be Go.
func helpers(verb string, args []string) {
	switch verb {
	case "execveat", "memfd":
		helperExecveat(verb, args)
	case "spawner":
		helperSpawner(args)
	case "supervisor":
		helperSupervisor(args)
	case "exec":
		fatal(syscall.Exec(args[0], args, os.Environ()))
	case "file":
		helperFile(args)
	case "unlinks":
		helperUnlinks(args)
	case "filesupervisor":
		helperFileSupervisor(args)
	case "waiter":
		helperWaiter(args)
	case "undumpable":
		helperUndumpable(args)
	case "loop":
		n := 0
		fmt.Sscan(args[0], &n)
		for range n {
			pid, err := syscall.ForkExec(args[1], args[1:], &syscall.ProcAttr{Files: []uintptr{0, 1, 2}, Env: os.Environ()})
			if err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			var ws syscall.WaitStatus
			_, _ = syscall.Wait4(pid, &ws, 0, nil)
		}
	default:
		os.Exit(99)
	}
	os.Exit(0)
}
