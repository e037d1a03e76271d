package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"restrain/agent"
	"restrain/watch"
)

// This file sees to it that an agent's work is done by processes of its session:
// one that has a server of before do it would look guarded, and be not.

// dialTime is how long a server of this machine may take to answer.
const dialTime = 300 * time.Millisecond

// isolate gives the command and the whole environment that the agent is started
// with. done takes away what was made for it.
func (h *Host) isolate(o Options, argv []string) (start *agent.Start, done func(), err error) {
	dir := ""
	done = func() {
		if dir != "" {
			_ = os.RemoveAll(dir) // sockets of servers that have ended
		}
	}
	start = &agent.Start{Argv: argv, Env: append(os.Environ(), o.Env...)}
	note, err := start.Isolate(&agent.Place{Getenv: h.Getenv, Alive: alive, Runs: runs, Port: freePort, Dir: func() string {
		if dir == "" {
			dir, _ = os.MkdirTemp("", "restrain-own-") // empty, where none can be made
		}
		return dir
	}})
	if err != nil {
		done()
		var outside *agent.OutsideError
		if errors.As(err, &outside) {
			err = Hint(err, outside.Hint)
		}
		return nil, nil, err
	}
	if note != "" {
		fmt.Fprintln(h.Stderr, "restrain: note: "+note)
	}
	return start, done, nil
}

// Apart says how restrain would start a program of an agent apart from what runs
// already, and that this works; empty where nothing has to be done.
func (h *Host) Apart(ctx context.Context, program string) (note string, err error) {
	start := &agent.Start{Argv: []string{program}, Env: os.Environ()}
	note, err = start.Isolate(&agent.Place{Getenv: h.Getenv, Alive: alive, Runs: runs, Port: freePort, Dir: os.TempDir})
	if err != nil || len(start.Argv) == 1 {
		return note, err
	}
	if out, err := exec.CommandContext(ctx, program, append(start.Argv[1:], "--version")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %.200s; update it, or end its server", strings.Join(start.Argv, " "), err, out)
	}
	return note, nil
}

// alive reports a server that listens on a Unix socket.
func alive(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	address, done, err := watch.SocketAddress(path)
	if err != nil {
		return false
	}
	defer done()
	conn, err := net.DialTimeout("unix", address.Name, dialTime)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// runs reports a program of this user's by its name.
func runs(name string) bool {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return false
	}
	for _, dir := range dirs {
		exe, err := os.Readlink(dir + "/exe") // of others it cannot be read
		if err == nil && strings.TrimSuffix(filepath.Base(exe), " (deleted)") == name {
			return true
		}
	}
	return false
}

// freePort is a port of this machine that nobody listens on.
func freePort() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return ""
	}
	defer listener.Close()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return ""
	}
	return strconv.Itoa(address.Port)
}
