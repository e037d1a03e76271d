//go:build unix

package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A monitored is the supervisor's side of a monitor.
type monitored struct {
	*Session
	link    *os.File
	notes   chan note
	signals chan os.Signal
	// signal passes a signal on that came to this process, and stopped follows
	// the agent into a stop.
	signal, stopped func(syscall.Signal)
}

// startMonitor starts this program again as the agent's parent, on the PTY's
// slave or, with none, on this process's own streams.
func (s *Session) startMonitor(path string, slave *os.File) (*monitored, error) {
	link, theirs, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("monitor: %w; raise the limit of open files", err)
	}
	defer unix.Close(theirs)
	program, err := self()
	if err != nil {
		link.Close()
		return nil, fmt.Errorf("monitor: %w; start restrain by its full path", err)
	}
	streams, sys := []*os.File{s.opt.Stdin, s.opt.Stdout, s.opt.Stderr}, &syscall.SysProcAttr{}
	if slave != nil {
		streams[0], streams[1] = slave, slave
		if isTerminal(s.opt.Stderr) {
			streams[2] = slave
		}
		sys = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	}
	argv := append([]string{monitorName, strconv.Itoa(theirs), strconv.Itoa(len(s.opt.Files)), strconv.FormatBool(slave != nil), path}, s.opt.Argv...)
	process, err := os.StartProcess(program, argv, &os.ProcAttr{
		Dir: s.opt.Dir, Env: s.opt.Env, Files: append(streams, s.opt.Files...), Sys: sys,
	})
	if err != nil {
		link.Close()
		return nil, fmt.Errorf("monitor: %w; check that restrain's own file can be run", err)
	}
	go process.Wait()
	m := &monitored{Session: s, link: link, notes: make(chan note)}
	go m.listen()
	return m, nil
}

// socketPair returns a connected pair. The second end survives an exec, at a
// number out of the way of descriptors that the agent is to inherit.
func socketPair() (ours *os.File, theirs int, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, 0, err
	}
	defer unix.Close(fds[1])
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	const outOfTheWay = 64
	theirs, err = unix.FcntlInt(uintptr(fds[1]), unix.F_DUPFD, outOfTheWay)
	if err != nil {
		unix.Close(fds[0])
		return nil, 0, err
	}
	if err := unix.SetNonblock(fds[0], true); err != nil {
		unix.Close(fds[0])
		unix.Close(theirs)
		return nil, 0, err
	}
	return os.NewFile(uintptr(fds[0]), "monitor"), theirs, nil
}

func (m *monitored) listen() {
	defer close(m.notes)
	for {
		n, err := receive(m.link)
		if err != nil {
			return
		}
		m.notes <- n
	}
}

// tell talks to the monitor; one that has gone shows on the notes.
func (m *monitored) tell(n note) { _ = n.send(m.link) }

// agentStarted waits until the agent runs and returns its process id.
func (m *monitored) agentStarted() (pid int, err error) {
	first, ok := <-m.notes
	switch {
	case !ok:
		return 0, errors.New("the session's monitor died at its start; run again")
	case first.kind == noteFailed:
		return 0, fmt.Errorf("%s: %w; check that the file is a program for this machine", m.opt.Argv[0], syscall.Errno(first.value))
	}
	return int(first.value), nil
}

// follow serves the running agent, and returns its exit status.
func (m *monitored) follow(ctx context.Context) int {
	done := ctx.Done()
	var kill <-chan time.Time
	for {
		select {
		case sig := <-m.signals:
			m.signal(sig.(syscall.Signal))
		case <-done:
			done = nil
			m.tell(note{noteSignal, int32(unix.SIGTERM)})
			kill = time.After(termGrace)
		case <-kill:
			m.tell(note{noteSignal, int32(unix.SIGKILL)})
		case n, ok := <-m.notes:
			switch {
			case !ok:
				// Killed from outside; the hang-up ends the agent.
				return exitStatus(unix.WaitStatus(unix.SIGKILL))
			case n.kind == noteStopped:
				m.stopped(syscall.Signal(n.value))
			case n.kind == noteEnded:
				return exitStatus(unix.WaitStatus(n.value))
			}
		}
	}
}

// leave lets the monitor end, or become what looks after the agent's orphans.
func (m *monitored) leave(status int) {
	if m.opt.Leave != nil {
		if argv, file := m.opt.Leave(status); file != nil {
			// Without an heir the file is closed, which is as good as it gets.
			_ = bequeath(m.link, heir{argv, file})
			file.Close()
		}
	}
}
