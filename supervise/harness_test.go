//go:build unix

package supervise

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// The tests start this test program again as a small restrain, on a real PTY.
const (
	roleVariable    = "SUPERVISE_TEST_ROLE"
	controlVariable = "SUPERVISE_TEST_CONTROL"
	filterVariable  = "SUPERVISE_TEST_FILTER"
	heirVariable    = "SUPERVISE_TEST_HEIR" // a FIFO, for an heir to write to
	heirName        = "supervise-heir"
)

// patience is how long a test waits before it takes something as never coming.
const patience = time.Minute

func TestMain(m *testing.M) {
	Main()
	if os.Args[0] == heirName {
		os.Exit(roleHeir(os.Args[1], os.Args[2]))
	}
	switch os.Getenv(roleVariable) {
	case "":
		heedSignals()
		os.Exit(m.Run())
	case "restrain":
		os.Exit(roleRestrain())
	case "onekey":
		os.Exit(roleOneKey())
	case "holdkeys":
		os.Exit(roleHoldKeys())
	case "resized":
		os.Exit(roleResized())
	}
}

// heedSignals takes back that signals are ignored, as in a script's background
// job or below nohup: what the tests start would inherit that, and these tests
// are about signals. Children begin with the default for what is caught here.
func heedSignals() {
	for _, sig := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT} {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
}

// roleRestrain runs its arguments as the agent. With a control descriptor, each
// line that comes there opens a question of that text, and the first key that
// answers it is shown.
func roleRestrain() int {
	env := []string{}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, roleVariable) && !strings.HasPrefix(v, controlVariable) {
			env = append(env, v)
		}
	}
	argv := os.Args[1:]
	if role, ok := strings.CutPrefix(argv[0], "role:"); ok {
		env = append(env, roleVariable+"="+role)
		argv = append([]string{os.Args[0]}, argv[1:]...)
	}
	options := Options{Argv: argv, Env: env, Leave: leaveToHeir}
	if os.Getenv(filterVariable) != "" {
		options.Filter = &holdingFilter{}
	}
	s := New(options)
	var open sync.Mutex // held while a question is: it ends with the agent, and says so
	if os.Getenv(controlVariable) != "" {
		unix.CloseOnExec(3)
		go askOnControl(s, os.NewFile(3, "control"), &open)
	}
	status, err := s.Run(context.Background())
	open.Lock()
	if err != nil {
		fmt.Fprintf(os.Stderr, "restrain: error: %v\n", err)
	}
	return status
}

func askOnControl(s *Session, control *os.File, open *sync.Mutex) {
	for lines := bufio.NewScanner(control); lines.Scan(); {
		if lines.Text() == "panic" {
			_ = s.Interrupt(context.Background(), func(*Terminal) error { panic("asked to") })
		}
		open.Lock()
		err := s.Interrupt(context.Background(), func(t *Terminal) error {
			fmt.Fprintf(t, "%s?\r\n", lines.Text())
			var key [1]byte
			for n := 0; n == 0; { // another size brings none
				var err error
				if n, err = t.ReadKeys(context.Background(), key[:], time.Time{}); err != nil {
					return err
				}
			}
			fmt.Fprintf(control, "answer %q\n", key)
			return nil
		})
		if err != nil {
			fmt.Fprintf(control, "error %v\n", err)
		}
		open.Unlock()
	}
}

// roleResized draws what no screen model knows exactly, and tells each size that
// its window is given.
func roleResized() int {
	resized := make(chan os.Signal, 8)
	signal.Notify(resized, unix.SIGWINCH)
	fmt.Print("\x1b[?1049h\x1b[H\x1b[2J\x1bPq#0;2;0;0;0~\x1b\\drawn")
	for range resized {
		if size, err := pty.GetsizeFull(os.Stdin); err == nil {
			fmt.Printf("resized: %d %d\r\n", size.Rows, size.Cols)
		}
	}
	return 0
}

// A human sits at the outer terminal.
type human struct {
	t       *testing.T
	tty     *os.File // the outer PTY's master
	slave   *os.File
	cmd     *exec.Cmd
	control *os.File

	mu   sync.Mutex
	cond *sync.Cond
	seen []byte
	eof  bool
	mark int // what expect has passed
	said *bufio.Reader
}

// sit starts argv under restrain on a terminal of 24 rows and 80 columns.
func sit(t *testing.T, argv ...string) *human { return sitWith(t, roleSelf(t, argv...)) }

func roleSelf(t *testing.T, argv ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, argv...)
	cmd.Env = append(os.Environ(), roleVariable+"=restrain", "PS1=$ ", "TERM=xterm-256color", "INPUTRC=/dev/null", "LC_ALL=C.UTF-8",
		"GORACE=atexit_sleep_ms=0") // the race detector holds up every exit otherwise
	return cmd
}

func sitWith(t *testing.T, cmd *exec.Cmd) *human {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	theirs := os.NewFile(uintptr(fds[1]), "control")
	h := &human{t: t, tty: master, slave: slave, cmd: cmd, control: os.NewFile(uintptr(fds[0]), "control")}
	h.said = bufio.NewReader(h.control)
	h.cond = sync.NewCond(&h.mu)
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Env, controlVariable+"=3")
	cmd.ExtraFiles = []*os.File{theirs}
	if cmd.Stdin == nil {
		cmd.Stdin = slave
	}
	if cmd.Stdout == nil {
		cmd.Stdout = slave
	}
	cmd.Stderr = slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	go h.watch()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		slave.Close()
		master.Close()
		h.control.Close()
		if t.Failed() {
			t.Logf("on the screen: %q", h.screen())
		}
	})
	return h
}

func (h *human) watch() {
	buf := make([]byte, 32<<10)
	for {
		n, err := h.tty.Read(buf)
		h.mu.Lock()
		h.seen = append(h.seen, buf[:n]...)
		h.eof = err != nil
		h.cond.Broadcast()
		h.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (h *human) screen() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return bytes.Clone(h.seen)
}

// expect waits until text comes up, after what was expected before, and returns
// what came before it.
func (h *human) expect(text string) string {
	h.t.Helper()
	late := time.AfterFunc(patience, func() {
		h.mu.Lock()
		h.eof = true
		h.cond.Broadcast()
		h.mu.Unlock()
	})
	defer late.Stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		if i := bytes.Index(h.seen[h.mark:], []byte(text)); i >= 0 {
			before := string(h.seen[h.mark : h.mark+i])
			h.mark += i + len(text)
			return before
		}
		if h.eof {
			h.t.Fatalf("%q never came; on the screen: %q", text, h.seen[h.mark:])
		}
		h.cond.Wait()
	}
}

func (h *human) keys(s string) {
	h.t.Helper()
	if _, err := io.WriteString(h.tty, s); err != nil {
		h.t.Fatal(err)
	}
}

// ask opens a question, and waits until it can be seen.
func (h *human) ask(text string) {
	h.t.Helper()
	if _, err := fmt.Fprintln(h.control, text); err != nil {
		h.t.Fatal(err)
	}
}

func (h *human) answered() string {
	h.t.Helper()
	line, err := h.said.ReadString('\n')
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// leave waits for the end and returns the exit status.
func (h *human) leave() int {
	h.t.Helper()
	late := time.AfterFunc(patience, func() { h.cmd.Process.Kill() })
	defer late.Stop()
	h.cmd.Wait()
	return h.cmd.ProcessState.ExitCode()
}

// roleOneKey sets its terminal raw, reads one key, and says which.
func roleOneKey() int {
	old, err := unix.IoctlGetTermios(0, getModes)
	if err != nil {
		return 3
	}
	raw := *old
	raw.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG
	raw.Iflag &^= unix.IXON
	raw.Cc[unix.VMIN] = 1
	if err := unix.IoctlSetTermios(0, setModes, &raw); err != nil {
		return 4
	}
	defer unix.IoctlSetTermios(0, setModes, old)
	fmt.Print("press:")
	var b [8]byte
	n, err := os.Stdin.Read(b[:])
	fmt.Printf("got %q %v", b[:n], err)
	return 0
}

// roleHoldKeys counts interrupts until "q" is typed.
func roleHoldKeys() int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGINT)
	fmt.Print("waiting:")
	<-c
	fmt.Print("interrupted:")
	return 7
}
