package supervise

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

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

// runThrough runs the agent in this process's own group, on its own streams.
func (s *Session) runThrough(ctx context.Context, path string) (int, error) {
	signals := make(chan os.Signal, 32)
	subscribe(signals)
	defer signal.Stop(signals)
	agent, err := os.StartProcess(path, s.opt.Argv, &os.ProcAttr{
		Dir:   s.opt.Dir,
		Env:   s.opt.Env,
		Files: append([]*os.File{s.opt.Stdin, s.opt.Stdout, s.opt.Stderr}, s.opt.Files...),
	})
	if err != nil {
		return statusCannotRun, fmt.Errorf("%s: %w; check that the file is a program for this machine", s.opt.Argv[0], err)
	}
	s.settle(nil)
	if s.opt.Started != nil {
		s.opt.Started(agent.Pid)
	}
	ended := make(chan unix.WaitStatus, 1)
	go func() {
		state, err := agent.Wait()
		if err != nil {
			ended <- unix.WaitStatus(unix.SIGKILL)
			return
		}
		ended <- unix.WaitStatus(state.Sys().(syscall.WaitStatus))
	}()
	done := ctx.Done()
	var kill <-chan time.Time
	for {
		select {
		case sig := <-signals:
			if !s.fromTerminal(sig) {
				_ = agent.Signal(sig)
			}
		case <-done:
			done = nil
			_ = agent.Signal(unix.SIGTERM)
			kill = time.After(termGrace)
		case <-kill:
			_ = agent.Kill()
		case status := <-ended:
			return exitStatus(status), nil
		}
	}
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
