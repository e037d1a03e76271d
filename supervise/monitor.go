package supervise

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// monitorName is the argv[0] of this program when it is the agent's parent
// inside the PTY.
//
// The agent needs a parent in its own session: the kernel does not let a process
// stop on Ctrl-Z whose group nobody in the session looks after (POSIX, orphaned
// process groups). The monitor leads that session, gives the agent the foreground
// and reports its stops and its end.
const monitorName = "restrain-monitor"

// A note is what monitor and supervisor say to each other: one byte for the kind
// and four for a number.
type note struct {
	kind  byte
	value int32
}

const (
	noteStarted  = 'p' // monitor: the agent runs with this process id
	noteFailed   = 'f' // monitor: it could not be started, errno
	noteStopped  = 's' // monitor: it stopped on this signal
	noteEnded    = 'x' // monitor: it has ended with this wait status
	noteSignal   = 'k' // supervisor: send it this signal
	noteContinue = 'c' // supervisor: bring it to the front and continue it
	noteHangUp   = 'h' // supervisor: its terminal has gone
)

func (n note) send(w io.Writer) error {
	_, err := w.Write(binary.BigEndian.AppendUint32([]byte{n.kind}, uint32(n.value)))
	return err
}

func receive(r io.Reader) (note, error) {
	var b [5]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return note{}, err
	}
	return note{b[0], int32(binary.BigEndian.Uint32(b[1:]))}, nil
}

// Main returns at once, unless this process is a session's monitor: then it does
// that work and exits. It belongs first in main, and in TestMain of tests that
// run sessions.
func Main() {
	// restrain-monitor DESCRIPTOR FILES PATH ARGV…
	if len(os.Args) < 5 || os.Args[0] != monitorName {
		return
	}
	fd, err := strconv.Atoi(os.Args[1])
	files, err2 := strconv.Atoi(os.Args[2])
	if err := errors.Join(err, err2); err != nil {
		fmt.Fprintf(os.Stderr, "restrain: error: monitor: %v; it is not to be started by hand\n", err)
		os.Exit(2)
	}
	unix.CloseOnExec(fd)
	m := monitor{supervisor: os.NewFile(uintptr(fd), "supervisor")}
	os.Exit(m.run(os.Args[3], os.Args[4:], files))
}

type monitor struct {
	supervisor *os.File
	agent      int
}

func (m *monitor) run(path string, argv []string, files int) int {
	attr := &os.ProcAttr{Sys: &syscall.SysProcAttr{Setpgid: true}}
	for fd := range 3 + files {
		attr.Files = append(attr.Files, os.NewFile(uintptr(fd), "agent"))
	}
	// Only signals that would end the monitor before the agent; what is ignored
	// or blocked here would be so in the agent.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM)
	agent, err := os.StartProcess(path, argv, attr)
	if err != nil {
		var errno syscall.Errno
		errors.As(err, &errno)
		m.tell(note{noteFailed, int32(errno)})
		return statusCannotRun
	}
	m.agent = agent.Pid
	// From here on the monitor is in the background of its own terminal.
	signal.Ignore(unix.SIGTTOU)
	m.front()
	m.tell(note{noteStarted, int32(m.agent)})
	go m.obey()
	go func() {
		for sig := range signals {
			m.forward(sig.(syscall.Signal))
		}
	}()
	return m.wait()
}

// tell reports to the supervisor; if that has gone, obey sees it too.
func (m *monitor) tell(n note) { _ = n.send(m.supervisor) }

func (m *monitor) front() { _ = bringToFront(0, m.agent) }

func (m *monitor) forward(sig syscall.Signal) {
	if sig == unix.SIGHUP {
		m.hangUp()
		return
	}
	_ = unix.Kill(m.agent, sig)
}

// hangUp does to the agent what a terminal that closes does to its jobs.
func (m *monitor) hangUp() {
	_ = unix.Kill(-m.agent, unix.SIGHUP)
	_ = unix.Kill(-m.agent, unix.SIGCONT)
}

func (m *monitor) obey() {
	for {
		n, err := receive(m.supervisor)
		if err != nil {
			m.hangUp()
			return
		}
		switch n.kind {
		case noteSignal:
			_ = unix.Kill(m.agent, syscall.Signal(n.value))
		case noteHangUp:
			m.hangUp()
		case noteContinue:
			m.front()
			_ = unix.Kill(-m.agent, unix.SIGCONT)
		}
	}
}

// wait reports what happens to the agent, to its end.
func (m *monitor) wait() int {
	for {
		var status unix.WaitStatus
		_, err := unix.Wait4(m.agent, &status, unix.WUNTRACED, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			m.tell(note{noteFailed, int32(err.(syscall.Errno))})
			return statusCannotRun
		case !status.Stopped():
			// Leaves the agent's background processes out of the hang-up that
			// follows the end of a session's leader.
			_ = bringToFront(0, unix.Getpgrp())
			m.tell(note{noteEnded, int32(status)})
			return 0
		case status.StopSignal() == unix.SIGTTIN, status.StopSignal() == unix.SIGTTOU:
			// It used the terminal before it had been brought to the front.
			m.front()
			_ = unix.Kill(-m.agent, unix.SIGCONT)
		default:
			m.tell(note{noteStopped, int32(status.StopSignal())})
		}
	}
}
