//go:build unix

package supervise

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

const (
	// quiet is how long nothing must come from a stopped agent before the
	// terminal is handed to the shell; quietMost bounds that when others write.
	quiet     = 15 * time.Millisecond
	quietMost = 200 * time.Millisecond
	// drainMost is how long the agent's last output may take to arrive.
	drainMost = 2 * time.Second
	// termGrace is how long an agent has after SIGTERM when the context ends.
	termGrace = 5 * time.Second
)

// runOnPTY runs the agent with a PTY between it and the human's terminal.
func (s *Session) runOnPTY(ctx context.Context, path string) (int, error) {
	master, slave, err := openPTY()
	if err != nil {
		return statusCannotRun, fmt.Errorf("cannot open a PTY: %w; check that /dev/ptmx and /dev/pts are there", err)
	}
	defer master.Close()
	defer slave.Close()
	if err := copyModes(slave, s.opt.Stdin); err != nil {
		return statusCannotRun, fmt.Errorf("PTY: %w; run it in another terminal", err)
	}
	f, err := newFront(s.opt.Stdin, s.opt.Stdout, master)
	if err != nil {
		return statusCannotRun, err
	}
	f.output.filter = s.opt.Filter
	if s.slave, err = deviceOf(int(slave.Fd())); err != nil {
		return statusCannotRun, fmt.Errorf("PTY: %w; run it in another terminal", err)
	}
	f.keys.typed = s.opt.Typed
	f.keys.prompted = s.opt.Prompted
	f.resize()
	signals := make(chan os.Signal, 32)
	subscribe(signals, unix.SIGWINCH, unix.SIGCONT)
	defer signal.Stop(signals)
	defer f.guard()
	if err := f.raw(); err != nil {
		return statusCannotRun, err
	}
	defer f.cook()
	m, err := s.startMonitor(path, slave)
	if err != nil {
		return statusCannotRun, err
	}
	defer m.link.Close()
	slave.Close()
	p := &ptyRun{monitored: m, f: f}
	m.signals, m.signal, m.stopped = signals, p.passOn, p.stop
	return p.run(ctx)
}

// openPTY opens a PTY whose master does not block: an agent that reads no keys
// must not hold up a question. The master stays out of Go's poller, which would
// wake a thread for every chunk of output.
func openPTY() (master, slave *os.File, err error) {
	master, slave, err = pty.Open()
	if err != nil {
		return nil, nil, err
	}
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	master.Close()
	if err == nil {
		err = unix.SetNonblock(fd, false) // NewFile takes the poller for one that does not block
	}
	if err != nil {
		slave.Close()
		return nil, nil, err
	}
	master = os.NewFile(uintptr(fd), "/dev/ptmx")
	if err := unix.SetNonblock(fd, true); err != nil {
		master.Close()
		slave.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

// A ptyRun is the life of an agent on its PTY.
type ptyRun struct {
	*monitored
	f *front
}

func (p *ptyRun) run(ctx context.Context) (int, error) {
	pid, err := p.agentStarted()
	if err != nil {
		return statusCannotRun, err
	}
	// When the human's terminal has gone, the agent's goes with it.
	p.f.output.lost = func() { p.tell(note{kind: noteHangUp}) }
	shown, hush, err := p.f.show()
	if err != nil {
		return statusCannotRun, err
	}
	defer hush()
	typed := p.f.keys.start(p.f.guard)
	defer func() {
		p.f.keys.stop()
		<-typed
	}()
	p.settle(p.f)
	if p.opt.Started != nil {
		p.opt.Started(pid)
	}
	status := p.follow(ctx)
	p.end()
	// An open question ends before the last output is shown.
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	p.drain(shown)
	p.leave(status)
	return status, nil
}

func (p *ptyRun) passOn(sig syscall.Signal) {
	switch sig {
	case unix.SIGWINCH:
		p.f.resize()
	case unix.SIGCONT:
		// Stopped and continued from outside: a shell has had the terminal.
		if inForeground(p.opt.Stdin) {
			_ = p.f.raw()
		}
		p.f.resize()
	default:
		p.tell(note{noteSignal, int32(sig)})
	}
}

// stop follows the agent into a stop: the terminal goes back to the shell, this
// process and its group stop as the agent's group has, and when they are
// continued, so is the agent.
func (p *ptyRun) stop(sig syscall.Signal) {
	p.turn <- struct{}{} // after an open question
	defer func() { <-p.turn }()
	p.settleOutput()
	p.f.cook()
	if err := stopOn(sig); err != nil {
		fmt.Fprintf(p.opt.Stderr, "restrain: error: cannot stop: %v\r\n", err)
	}
	// A failure leaves the terminal to the shell's modes; keys still come.
	_ = p.f.raw()
	p.f.resize()
	p.tell(note{kind: noteContinue})
}

// drain waits until the agent's last output is shown. Where a program that it left
// in the background holds the terminal, that never ends: then what had been
// written has been, once nothing more has come for a moment.
func (p *ptyRun) drain(shown <-chan struct{}) {
	for end := time.Now().Add(drainMost); time.Now().Before(end); {
		before := p.f.output.reads.Load()
		select {
		case <-shown:
			return
		case <-time.After(quiet):
		}
		if p.f.output.reads.Load() == before && !readableNow(p.f.agent) {
			return
		}
	}
}

// settleOutput waits until what the agent wrote before it stopped is shown.
func (p *ptyRun) settleOutput() {
	last := time.Now()
	for end := last.Add(quietMost); last.Before(end); last = time.Now() {
		before := p.f.output.reads.Load()
		timer := time.NewTimer(quiet)
		<-timer.C
		if p.f.output.reads.Load() == before {
			return
		}
	}
}
