//go:build unix

package supervise

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// subscribe sends to c the signals that go on to the agent when somebody sends
// them to this process, and more. What is ignored stays ignored, here and in the
// agent, as nohup wants it.
func subscribe(c chan<- os.Signal, more ...os.Signal) {
	forwarded := append(more, unix.SIGHUP, unix.SIGINT, unix.SIGQUIT,
		unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM)
	for _, sig := range forwarded {
		if !signal.Ignored(sig) {
			signal.Notify(c, sig)
		}
	}
}

// runThrough runs the agent in this process's own group, on its own streams. The
// agent stops with the group, so nobody tells of a stop.
func (s *Session) runThrough(ctx context.Context, path string) (int, error) {
	signals := make(chan os.Signal, 32)
	subscribe(signals)
	defer signal.Stop(signals)
	m, err := s.startMonitor(path, nil)
	if err != nil {
		return statusCannotRun, err
	}
	defer m.link.Close()
	pid, err := m.agentStarted()
	if err != nil {
		return statusCannotRun, err
	}
	s.settle(nil)
	if s.opt.Started != nil {
		s.opt.Started(pid)
	}
	m.signals = signals
	m.signal = func(sig syscall.Signal) {
		if !s.fromTerminal(sig) {
			m.tell(note{noteSignal, int32(sig)})
		}
	}
	status := m.follow(ctx)
	s.end()
	m.leave(status)
	return status, nil
}

// fromTerminal reports a signal that the terminal has sent to the whole
// foreground group, and so to the agent as well.
func (s *Session) fromTerminal(sig os.Signal) bool {
	if sig != unix.SIGINT && sig != unix.SIGQUIT {
		return false
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	defer tty.Close()
	return inForeground(tty)
}

// exitStatus turns a wait status into what shells report.
func exitStatus(w unix.WaitStatus) int {
	if w.Signaled() {
		return 128 + int(w.Signal())
	}
	return w.ExitStatus()
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
