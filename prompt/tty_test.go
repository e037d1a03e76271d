//go:build unix

package prompt

import (
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

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long a test waits before it takes something as never coming.
const patience = time.Minute

// A human sits at the other end of a pty and sees what a terminal draws.
type human struct {
	t       *testing.T
	master  *os.File
	mu      sync.Mutex
	screen  *vt
	changed chan struct{} // one token, put back at each change
}

func newHuman(t *testing.T, blocking *os.File) *human {
	t.Helper()
	if err := pty.Setsize(blocking, &pty.Winsize{Rows: 30, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	master := unblocked(t, blocking)
	h := &human{t: t, master: master, screen: newVT(80, 30), changed: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			h.mu.Lock()
			h.screen.Write(buf[:n])
			h.mu.Unlock()
			select {
			case h.changed <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		master.Close()
		<-done
	})
	return h
}

// unblocked is f as a file whose Close ends its Reads, as that of creack/pty's
// does not.
func unblocked(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(unix.SetNonblock(fd, true), f.Close()); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (h *human) sees() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.screen.text()
}

// waits until the screen is as want says.
func (h *human) waits(what string, want func(screen string) bool) {
	h.t.Helper()
	late := time.After(patience)
	for !want(h.sees()) {
		select {
		case <-h.changed:
		case <-late:
			h.t.Fatalf("never saw %s:\n%s", what, h.sees())
		}
	}
}

func (h *human) waitsFor(text string) {
	h.t.Helper()
	h.waits(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// types each key when the one before it has been echoed.
func (h *human) types(word string) {
	h.t.Helper()
	for i := range len(word) {
		h.presses(word[i : i+1])
		h.waits("echo of "+word[:i+1], func(s string) bool { return strings.HasSuffix(s, strings.TrimRight("> "+word[:i+1], " ")) })
	}
}

func (h *human) presses(keys string) {
	h.t.Helper()
	if _, err := h.master.WriteString(keys); err != nil {
		h.t.Fatal(err)
	}
}

// awake is a clock on which the time that a question is deaf passes at once.
func awake() func() time.Time {
	var once sync.Once
	return func() time.Time {
		now := time.Now().Add(time.Second)
		once.Do(func() { now = now.Add(-time.Second) })
		return now
	}
}

func openPTY(t *testing.T) (h *human, slave *os.File) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return newHuman(t, master), slave
}

func modes(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(f.Fd()), ioctlGetTermios)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

func xterm(name string) string {
	return map[string]string{"TERM": "xterm", "LANG": "C.UTF-8"}[name]
}

// The terminal of a question gets another size, of which a process in another
// group than the terminal's is not told.
func TestTTYResized(t *testing.T) {
	h, slave := openPTY(t)
	answered := make(chan Answer, 1)
	go func() {
		got, err := TTY{File: slave, Env: xterm, now: awake()}.Ask(context.Background(), volumeRequest())
		if err != nil {
			t.Error(err)
		}
		answered <- got
	}()
	h.waitsFor("to run it once")
	h.types("3d2c")
	if err := pty.Setsize(h.master, &pty.Winsize{Rows: 12, Cols: 40}); err != nil {
		t.Fatal(err)
	}
	h.waitsFor("[r] reason")
	h.waitsFor("> 3d2c")
	h.presses("42fb\r")
	if got := <-answered; got != (Answer{Approved: true, By: "terminal"}) {
		t.Errorf("%+v", got)
	}
}

func TestTTY(t *testing.T) {
	tests := []struct {
		name    string
		timeout time.Duration
		do      func(h *human)
		want    Answer
	}{
		{"word", 0, func(h *human) { h.types("3d2c42fb"); h.presses("\r") }, Answer{Approved: true, By: "terminal"}},
		{"Enter", 0, func(h *human) { h.presses("\r") }, Answer{By: "terminal"}},
		{"Esc", 0, func(h *human) { h.presses("\x1b") }, Answer{By: "terminal"}},
		{"Ctrl-C", 0, func(h *human) { h.presses("\x03") }, Answer{By: "interrupt"}},
		{"Ctrl-D", 0, func(h *human) { h.presses("\x04") }, Answer{By: "eof"}},
		{"timeout", 10 * time.Millisecond, func(*human) {}, Answer{By: "timeout"}},
		{"SIGTERM", 0, func(h *human) { kill(h.t, unix.SIGTERM) }, Answer{By: "interrupt"}},
		{"SIGINT", 0, func(h *human) { kill(h.t, unix.SIGINT) }, Answer{By: "interrupt"}},
		{"reason", 0, func(h *human) {
			h.presses("r")
			h.waitsFor("reason>")
			h.types("no, that is production")
			h.presses("\r")
		}, Answer{By: "terminal", Reason: "no, that is production"}},
		{"details", 0, func(h *human) {
			h.presses("d")
			h.waitsFor("page 1 of 1")
			h.presses("q")
			h.waitsFor("to run it once")
			h.types("3d2c42fb")
			h.presses("\r")
		}, Answer{Approved: true, By: "terminal"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, slave := openPTY(t)
			before := modes(t, slave)
			if _, err := slave.WriteString("agent: working\n$ "); err != nil {
				t.Fatal(err)
			}
			r := volumeRequest()
			r.Timeout = tt.timeout
			answered := make(chan Answer, 1)
			go func() {
				got, err := TTY{File: slave, Env: xterm, now: awake()}.Ask(context.Background(), r)
				if err != nil {
					t.Error(err)
				}
				answered <- got
			}()
			if tt.timeout == 0 {
				h.waits("the question", func(s string) bool { return strings.HasSuffix(s, "\n>") })
			}
			tt.do(h)
			select {
			case got := <-answered:
				if got != tt.want {
					t.Errorf("%+v, want %+v", got, tt.want)
				}
			case <-time.After(patience):
				t.Fatalf("no answer:\n%s", h.sees())
			}
			if after := modes(t, slave); after != before {
				t.Errorf("modes %+v, were %+v", after, before)
			}
			if _, err := slave.WriteString("next"); err != nil {
				t.Fatal(err)
			}
			h.waits("what was there before", func(s string) bool { return s == "agent: working\n$ next" })
		})
	}
}

func kill(t *testing.T, signal unix.Signal) {
	if err := unix.Kill(os.Getpid(), signal); err != nil {
		t.Error(err)
	}
}

func TestTTYIgnoresTypeAhead(t *testing.T) {
	h, slave := openPTY(t)
	h.presses("3d2c42fb\r")
	h.waitsFor("3d2c42fb") // echoed by the kernel, so it is in the input queue
	r := volumeRequest()
	r.Timeout = 30 * time.Millisecond
	got, err := TTY{File: slave, Env: xterm, now: awake()}.Ask(t.Context(), r)
	if err != nil || got != (Answer{By: "timeout"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTTYHangUp(t *testing.T) {
	h, slave := openPTY(t)
	answered := make(chan Answer, 1)
	go func() {
		r := volumeRequest()
		r.Timeout = 0
		got, _ := TTY{File: slave, Env: xterm}.Ask(context.Background(), r)
		answered <- got
	}()
	h.waitsFor("to run it once")
	h.master.Close()
	select {
	case got := <-answered:
		if got.Approved || got.By != "eof" && got.By != "interrupt" {
			t.Errorf("%+v", got)
		}
	case <-time.After(patience):
		t.Fatal("no answer")
	}
}

func TestTTYRestoresOnPanic(t *testing.T) {
	_, slave := openPTY(t)
	before := modes(t, slave)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		TTY{File: slave, Env: func(string) string { panic("defect") }}.Ask(t.Context(), volumeRequest())
	}()
	if after := modes(t, slave); after != before {
		t.Errorf("modes %+v, were %+v", after, before)
	}
}

func TestTTYNoTerminal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, file + ".missing", "/dev/null"} {
		got, err := TTY{Path: path}.Ask(t.Context(), volumeRequest())
		if got != (Answer{By: "no terminal"}) || !errors.Is(err, ErrNoTerminal) || !strings.Contains(err.Error(), "run in a terminal") {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
}

const childEnv = "RESTRAIN_PROMPT_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "ask":
		got, err := TTY{Env: xterm, now: awake()}.Ask(context.Background(), volumeRequest())
		fmt.Printf("answer %+v, no terminal %v\n", got, errors.Is(err, ErrNoTerminal))
	case "background":
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"=ask")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		out, err := cmd.CombinedOutput()
		fmt.Printf("%s%v\n", out, err)
	}
}

func startChild(t *testing.T, role string) *human {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+role)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 30, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	h := newHuman(t, master)
	t.Cleanup(func() {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// The process's own terminal, as a command of an agent has it.
func TestTTYOfTheProcess(t *testing.T) {
	h := startChild(t, "ask")
	h.waits("the question", func(s string) bool { return strings.HasSuffix(s, "\n>") })
	h.types("3d2c42fb")
	h.presses("\r")
	h.waitsFor("answer {Approved:true Scope: Until: Reason: By:terminal}, no terminal false")
}

// A background process would be stopped by the kernel; it must not hang.
func TestTTYInTheBackground(t *testing.T) {
	h := startChild(t, "background")
	h.waitsFor("answer {Approved:false Scope: Until: Reason: By:no terminal}, no terminal true")
}
