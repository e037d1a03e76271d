package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
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
	f.resize()
	signals := make(chan os.Signal, 32)
	subscribe(signals, unix.SIGWINCH, unix.SIGCONT)
	defer signal.Stop(signals)
	defer f.guard()
	if err := f.raw(); err != nil {
		return statusCannotRun, err
	}
	defer f.cook()
	link, err := s.startMonitor(path, slave)
	if err != nil {
		return statusCannotRun, err
	}
	slave.Close()
	p := &ptyRun{Session: s, f: f, link: link, signals: signals}
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
	*Session
	f       *front
	link    *os.File // to the monitor
	signals chan os.Signal
}

func (p *ptyRun) run(ctx context.Context) (int, error) {
	defer p.link.Close()
	notes := make(chan note)
	go func() {
		defer close(notes)
		for {
			n, err := receive(p.link)
			if err != nil {
				return
			}
			notes <- n
		}
	}()
	first, ok := <-notes
	switch {
	case !ok:
		return statusCannotRun, errors.New("the session's monitor died at its start; run again")
	case first.kind == noteFailed:
		return statusCannotRun, fmt.Errorf("%s: %w; check that the file is a program for this machine", p.opt.Argv[0], syscall.Errno(first.value))
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
		p.opt.Started(int(first.value))
	}
	status := p.follow(ctx, notes)
	p.end()
	// An open question ends before the last output is shown.
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	select {
	case <-shown:
	case <-time.After(drainMost):
	}
	return status, nil
}

// follow serves the running agent, and returns its exit status.
func (p *ptyRun) follow(ctx context.Context, notes <-chan note) int {
	done := ctx.Done()
	var kill <-chan time.Time
	for {
		select {
		case sig := <-p.signals:
			p.signal(sig.(syscall.Signal))
		case <-done:
			done = nil
			p.tell(note{noteSignal, int32(unix.SIGTERM)})
			kill = time.After(termGrace)
		case <-kill:
			p.tell(note{noteSignal, int32(unix.SIGKILL)})
		case n, ok := <-notes:
			switch {
			case !ok:
				// Killed from outside; the hang-up ends the agent.
				return exitStatus(unix.WaitStatus(unix.SIGKILL))
			case n.kind == noteStopped:
				p.stop(syscall.Signal(n.value))
			case n.kind == noteEnded:
				return exitStatus(unix.WaitStatus(n.value))
			}
		}
	}
}

// tell talks to the monitor; one that has gone shows on the notes.
func (p *ptyRun) tell(n note) { _ = n.send(p.link) }

func (p *ptyRun) signal(sig syscall.Signal) {
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

// startMonitor starts this program again as leader of the PTY's session, and
// returns the socket that it reports on.
func (s *Session) startMonitor(path string, slave *os.File) (*os.File, error) {
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
	stderr := slave
	if !isTerminal(s.opt.Stderr) {
		stderr = s.opt.Stderr
	}
	argv := append([]string{monitorName, strconv.Itoa(theirs), strconv.Itoa(len(s.opt.Files)), path}, s.opt.Argv...)
	process, err := os.StartProcess(program, argv, &os.ProcAttr{
		Dir:   s.opt.Dir,
		Env:   s.opt.Env,
		Files: append([]*os.File{slave, slave, stderr}, s.opt.Files...),
		Sys:   &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	})
	if err != nil {
		link.Close()
		return nil, fmt.Errorf("monitor: %w; check that restrain's own file can be run", err)
	}
	go process.Wait()
	return link, nil
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
