//go:build unix

package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The hidden verbs of this program: what runs in a session to be measured.
const (
	// spawnVerb SOCKET spawns /bin/true as often as it is told over the socket
	// and says how long each took.
	spawnVerb = "__spawn"
	// agentVerb LINE is an agent that runs a line in a shell.
	agentVerb = "__agent"
)

// A spawner is one such process, plain or in a session.
type spawner struct {
	cmd  *exec.Cmd
	conn net.Conn
	in   *bufio.Scanner
}

// startSpawner runs argv, which is or leads to the spawner on the socket at path.
func startSpawner(path string, env []string, argv ...string) (*spawner, error) {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	s := &spawner{cmd: exec.Command(argv[0], argv[1:]...)}
	s.cmd.Env, s.cmd.Stderr = env, os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := listener.(*net.UnixListener).SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	if s.conn, err = listener.Accept(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s did not start its spawner: %w", argv[0], err), s.cmd.Process.Kill())
	}
	s.in = bufio.NewScanner(s.conn)
	s.in.Buffer(nil, 4<<20)
	return s, nil
}

// spawn gives the times of n spawns one after another.
func (s *spawner) spawn(n int) ([]time.Duration, error) {
	if _, err := fmt.Fprintln(s.conn, n); err != nil {
		return nil, err
	}
	if !s.in.Scan() {
		return nil, errors.New("the spawner has gone")
	}
	took := make([]time.Duration, 0, n)
	for word := range strings.FieldsSeq(s.in.Text()) {
		ns, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the spawner said %q", word)
		}
		took = append(took, time.Duration(ns))
	}
	if len(took) != n {
		return nil, fmt.Errorf("%d spawns of %d", len(took), n)
	}
	return took, nil
}

// stop ends the spawner, and the session that is around it.
func (s *spawner) stop() error {
	return errors.Join(s.conn.Close(), s.cmd.Wait())
}

// runSpawner is the spawner itself.
func runSpawner(path string) error {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	for orders := bufio.NewScanner(conn); orders.Scan(); {
		n, err := strconv.Atoi(orders.Text())
		if err != nil {
			return err
		}
		var times []byte
		for range n {
			took, err := spawnTrue()
			if err != nil {
				return err
			}
			times = append(strconv.AppendInt(times, int64(took), 10), ' ')
		}
		if _, err := conn.Write(append(times, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// spawnTrue runs /bin/true with vfork(2), as posix_spawn(3) does.
func spawnTrue() (time.Duration, error) {
	start := time.Now()
	pid, err := syscall.ForkExec("/bin/true", []string{"/bin/true"}, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
	if err != nil {
		return 0, err
	}
	var status syscall.WaitStatus
	if _, err = syscall.Wait4(pid, &status, 0, nil); err == nil && status.ExitStatus() != 0 {
		err = fmt.Errorf("/bin/true: exit status %d", status.ExitStatus())
	}
	return time.Since(start), err
}

// runAgent is the agent: it has a shell run a line.
func runAgent(line string) error {
	cmd := exec.Command("/bin/bash", "-c", line)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// A way is one in which /bin/true is spawned.
type way struct {
	label   string
	spawner *spawner
	took    []time.Duration
}

// startWay starts a spawner in a session with flags, or plainly without a
// restrain. Below a line, the agent's shell runs it.
func startWay(label, restrain, dir string, env []string, belowLine bool, flags ...string) (way, error) {
	self, err := os.Executable()
	if err != nil {
		return way{}, err
	}
	socket, err := os.CreateTemp(dir, "spawner-*")
	if err != nil {
		return way{}, err
	}
	path := socket.Name() + ".sock"
	argv := []string{self, spawnVerb, path}
	if belowLine {
		argv = []string{self, agentVerb, self + " " + spawnVerb + " " + path + "; :"}
	}
	if restrain != "" {
		argv = slices.Concat([]string{restrain, "run", "--ci"}, flags, []string{"--"}, argv)
	}
	s, err := startSpawner(path, env, argv...)
	return way{label: label, spawner: s}, errors.Join(err, socket.Close())
}

// inTurns has every way spawn twenty times, and that in rounds.
func inTurns(ways []*way, rounds int) error {
	for range rounds {
		for _, w := range ways {
			took, err := w.spawner.spawn(20)
			if err != nil {
				return fmt.Errorf("%s: %w", w.label, err)
			}
			w.took = append(w.took, took...)
		}
	}
	return nil
}

// spawns compares spawning /bin/true plainly with the ways in which it happens
// in a session, in turns.
func spawns(restrain, dir string, env []string, rounds int) error {
	plain, err := startWay("", "", dir, env, false)
	own, err1 := startWay("spawn of /bin/true, by the agent itself", restrain, dir, env, false)
	below, err2 := startWay("the same, below a line that was judged", restrain, dir, env, true)
	checked, err3 := startWay("the same, by the agent, --verify-exec", restrain, dir, env, false, "--verify-exec")
	if err := errors.Join(err, err1, err2, err3); err != nil {
		return err
	}
	ways := []*way{&plain, &own, &below, &checked}
	if err := inTurns(ways, 1); err != nil { // warms up
		return err
	}
	for _, w := range ways {
		w.took = nil
	}
	if err := inTurns(ways, rounds); err != nil {
		return err
	}
	for i, w := range ways {
		if err := w.spawner.stop(); err != nil {
			return fmt.Errorf("%s: %w", w.label, err)
		}
		if i > 0 {
			row(w.label, median(plain.took), median(w.took))
		}
	}
	return nil
}
