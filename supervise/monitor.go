//go:build unix

package supervise

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// monitorName is the argv[0] of this program when it is the agent's parent.
//
// On a PTY the agent needs a parent in its own session: the kernel does not let a
// process stop on Ctrl-Z whose group nobody in the session looks after (POSIX,
// orphaned process groups). The monitor leads that session, gives the agent the
// foreground and reports its stops and its end.
//
// Everywhere the monitor is the reaper of what the agent leaves behind, and once
// the agent has ended it can become the program that looks after that, while the
// supervisor returns to the shell.
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
	noteBecome   = 'b' // supervisor: become a program; so many bytes of it follow
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
	// restrain-monitor DESCRIPTOR FILES PTY PATH ARGV…
	if len(os.Args) < 6 || os.Args[0] != monitorName {
		return
	}
	fd, err := strconv.Atoi(os.Args[1])
	files, err2 := strconv.Atoi(os.Args[2])
	onPTY, err3 := strconv.ParseBool(os.Args[3])
	if err := errors.Join(err, err2, err3); err != nil {
		fmt.Fprintf(os.Stderr, "restrain: error: monitor: %v; it is not to be started by hand\n", err)
		os.Exit(2)
	}
	unix.CloseOnExec(fd)
	m := monitor{supervisor: os.NewFile(uintptr(fd), "supervisor"), onPTY: onPTY, over: make(chan struct{})}
	os.Exit(m.run(os.Args[4], os.Args[5:], files))
}

type monitor struct {
	supervisor *os.File
	onPTY      bool
	agent      int
	ended      atomic.Bool   // the agent has; its id may be another's
	over       chan struct{} // closed when the supervisor has no more to say
}

func (m *monitor) run(path string, argv []string, files int) int {
	attr := &syscall.ProcAttr{Env: os.Environ(), Sys: &syscall.SysProcAttr{Setpgid: m.onPTY}}
	for fd := range 3 + files {
		attr.Files = append(attr.Files, uintptr(fd))
	}
	// Only signals that would end the monitor before the agent; what is ignored
	// or blocked here would be so in the agent.
	signals := make(chan os.Signal, 8)
	for _, sig := range []os.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM} {
		if !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	if m.onPTY {
		// Handled here, they are by default in the agent, as shells give them to
		// their jobs: a read before the agent is in front then stops it, where
		// one who ignores the signal, as tmux has its programs do, gets an error.
		signal.Notify(make(chan os.Signal, 1), unix.SIGTTIN, unix.SIGTTOU)
	}
	becomeReaper()
	pid, _, err := syscall.StartProcess(path, argv, attr)
	if err != nil {
		var errno syscall.Errno
		errors.As(err, &errno)
		m.tell(note{noteFailed, int32(errno)})
		return statusCannotRun
	}
	m.agent = pid
	for fd := range files {
		_ = unix.Close(3 + fd) // the agent has its own
	}
	if m.onPTY {
		// From here on the monitor is in the background of its own terminal.
		signal.Ignore(unix.SIGTTOU)
		m.front()
	}
	m.tell(note{noteStarted, int32(m.agent)})
	go m.obey()
	go func() {
		for sig := range signals {
			// Elsewhere the agent is in the same group, and has it as well.
			if m.onPTY {
				m.forward(sig.(syscall.Signal))
			}
		}
	}()
	end := m.wait()
	m.ended.Store(true)
	m.letGo()
	m.tell(end)
	<-m.over
	return 0
}

// tell reports to the supervisor; if that has gone, obey sees it too.
func (m *monitor) tell(n note) { _ = n.send(m.supervisor) }

func (m *monitor) front() { _ = bringToFront(0, m.agent) }

func (m *monitor) forward(sig syscall.Signal) {
	switch {
	case sig == unix.SIGHUP:
		m.hangUp()
	case !m.ended.Load():
		_ = unix.Kill(m.agent, sig)
	}
}

// hangUp does to the agent what a terminal that closes does to its jobs. What
// the agent left running in the background is spared.
func (m *monitor) hangUp() {
	if !m.ended.Load() {
		_ = unix.Kill(-m.agent, unix.SIGHUP)
		_ = unix.Kill(-m.agent, unix.SIGCONT)
	}
}

// abandon ends an agent whose supervisor was killed: what it starts from now on
// fails, and nobody would end it or the monitor. A supervisor that leaves in order
// does so after the agent, and then this does nothing.
func (m *monitor) abandon() {
	if m.ended.Load() {
		return
	}
	whole, sig := m.agent, unix.SIGTERM
	if m.onPTY {
		whole, sig = -m.agent, unix.SIGHUP
	}
	_ = unix.Kill(whole, sig)
	_ = unix.Kill(whole, unix.SIGCONT)
	time.AfterFunc(abandonGrace, func() {
		if !m.ended.Load() {
			_ = unix.Kill(whole, unix.SIGKILL)
		}
	})
}

// abandonGrace is how long such an agent has to end by itself.
const abandonGrace = time.Second

func (m *monitor) obey() {
	defer close(m.over)
	for {
		n, err := receive(m.supervisor)
		if err != nil {
			m.abandon()
			return
		}
		switch n.kind {
		case noteSignal:
			if !m.ended.Load() {
				_ = unix.Kill(m.agent, syscall.Signal(n.value))
			}
		case noteHangUp:
			m.hangUp()
		case noteContinue:
			m.front()
			_ = unix.Kill(-m.agent, unix.SIGCONT)
		case noteBecome:
			become(m.supervisor, int(n.value))
			return // what it should look after loses its supervisor, and is refused
		}
	}
}

// wait reports what happens to the agent and returns its end. It reaps the
// orphans that have come here.
func (m *monitor) wait() note {
	options := 0
	if m.onPTY {
		options = unix.WUNTRACED
	}
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, options, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return note{noteFailed, int32(err.(syscall.Errno))}
		case pid != m.agent:
		case !status.Stopped():
			return note{noteEnded, int32(status)}
		case status.StopSignal() == unix.SIGTTIN, status.StopSignal() == unix.SIGTTOU:
			// It used the terminal before it had been brought to the front.
			m.front()
			_ = unix.Kill(-m.agent, unix.SIGCONT)
		default:
			m.tell(note{noteStopped, int32(status.StopSignal())})
		}
	}
}

// letGo leaves the agent's streams to those who still have them.
func (m *monitor) letGo() {
	if m.onPTY {
		// Leaves the agent's background processes out of the hang-up that
		// follows the end of a session's leader.
		_ = bringToFront(0, unix.Getpgrp())
	}
	for fd := range 3 {
		_ = unix.Close(fd)
	}
	for range 3 { // the lowest numbers are free
		_, _ = unix.Open(os.DevNull, unix.O_RDWR, 0)
	}
}
