//go:build unix

package intercept

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// The test program is a process that connects, or a server that says yes.
func init() {
	if len(os.Args) < 3 {
		return
	}
	switch os.Args[1] {
	case "__connect":
		os.Exit(connectForTests(os.Args[2]))
	case "__say-yes":
		os.Exit(sayYes(os.Args[2]))
	}
}

// connectForTests stays connected until the other end has looked at it.
func connectForTests(socket string) int {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return 1
	}
	_, _ = io.ReadAll(conn)
	return 0
}

func sayYes(socket string) int {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return 1
	}
	fmt.Println("ready")
	for {
		conn, err := listener.Accept()
		if err != nil {
			return 0
		}
		// The request is taken in first: a server that is gone before it has come
		// is another failure than the one looked for.
		if _, err := readMessage(conn); err == nil {
			_ = writeMessage(conn, encodeReply(Reply{Allow: true}))
		}
		conn.Close()
	}
}

// An agent's own server, which says yes to everything, is not believed.
func TestCallVerifiesTheServer(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "server")
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, program, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, program string
		allowed       bool
	}{{"restrain", self, true}, {"another program", other, runtime.GOOS == "darwin"}} {
		t.Run(test.name, func(t *testing.T) {
			socket := filepath.Join(t.TempDir(), "s")
			server := exec.Command(test.program, "__say-yes", socket)
			out, err := server.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { server.Process.Kill(); server.Wait() }()
			if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
				t.Fatalf("%q, %v", line, err)
			}
			reply, err := Call(socket, Request{Kind: KindLine, Door: DoorShell, Line: "ls"})
			if reply.Allow != test.allowed || (err == nil) != test.allowed {
				t.Errorf("allowed %v, error %v", reply.Allow, err)
			}
		})
	}
}

// accepted gives a connection that the process cmd starts has made.
func accepted(t *testing.T, cmd func(socket string) *exec.Cmd) *net.UnixConn {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	child := cmd(socket)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	listener.SetDeadline(time.Now().Add(time.Minute))
	conn, err := listener.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		child.Wait()
	})
	return conn
}

func TestTree(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	connect := func(wrap ...string) func(socket string) *exec.Cmd {
		return func(socket string) *exec.Cmd {
			argv := append(append([]string{}, wrap...), self, "__connect", socket)
			return exec.Command(argv[0], argv[1:]...)
		}
	}
	own, err := NewTree()
	if err != nil {
		t.Fatal(err)
	}
	// Seen from a session of somebody else's, this test and its children are
	// the human's.
	agent := exec.Command("cat")
	agent.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	hold, err := agent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { hold.Close(); agent.Wait() }()
	elsewhere := func() *Tree {
		tree, err := TreeBelow(agent.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	noted, marking, reused := elsewhere(), elsewhere(), elsewhere()
	marking.Mark = "RESTRAIN_SOCKET=/tmp/x"
	// A root whose id was given to another process is no root.
	reused.roots = map[int]uint64{os.Getpid(): 1}
	withTTY := elsewhere()
	withTTY.NeedsTTY = true

	inNewSession := func(socket string) *exec.Cmd {
		cmd := connect()(socket)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		return cmd
	}
	for _, test := range []struct {
		name   string
		tree   *Tree
		start  func(string) *exec.Cmd
		inside bool
	}{
		{"a child", own, connect(), true},
		{"a grandchild", own, connect("sh", "-c", `"$0" "$@"; :`), true},
		{"a child in a session of its own", own, inNewSession, true},
		{"another tree", elsewhere(), connect(), false},
		{"a process with the environment", marking, connect("env", marking.Mark), runtime.GOOS == "linux"},
		{"a process without it", marking, connect("env", "-i"), false},
		{"an environment that only ends like it", marking, connect("env", "X"+marking.Mark), false},
		{"another process of the root's id", reused, connect(), false},
		{"no terminal where one is needed", withTTY, inNewSession, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := accepted(t, test.start)
			pid, err := test.tree.Outsider(conn)
			if test.inside != errors.Is(err, ErrInside) || !test.inside && err != nil {
				t.Errorf("process %d: %v", pid, err)
			}
		})
	}
	t.Run("a process of a session that was noted", func(t *testing.T) {
		cmd := func(socket string) *exec.Cmd {
			c := connect("sh", "-c", `"$0" "$@"; :`)(socket)
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			return c
		}
		conn := accepted(t, cmd)
		pid, _, err := peer(conn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := noted.Outsider(conn); err != nil {
			t.Errorf("before: %v", err)
		}
		noted.Note(pid)
		if _, err := noted.Outsider(conn); !errors.Is(err, ErrInside) {
			t.Errorf("after: %v", err)
		}
	})
	t.Run("our own session is not noted", func(t *testing.T) {
		tree := elsewhere()
		tree.Note(os.Getpid())
		if len(tree.sessions) != 0 {
			t.Errorf("%v", tree.sessions)
		}
	})
	t.Run("a process that has ended", func(t *testing.T) {
		reaped, theirs, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer reaped.Close()
		conn := accepted(t, func(socket string) *exec.Cmd {
			cmd := exec.Command("sh", "-c", `"$0" __connect "$1"; echo reaped`, self, socket)
			cmd.Stdout = theirs
			return cmd
		})
		theirs.Close()
		pid, _, err := peer(conn)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(reaped).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if _, err := elsewhere().Outsider(conn); !errors.Is(err, ErrInside) {
			t.Errorf("%v", err)
		}
	})
}
