package intercept

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// ExecOptions says how execs are supervised.
type ExecOptions struct {
	// Verify checks after each exec that the process runs the file that was
	// approved, and kills it otherwise (amd64; pitfall 14). It costs about
	// 0.1 ms a spawn.
	Verify bool
	// Interruptible leaves SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV out, for
	// kernels that have trouble with it (some around 6.12).
	Interruptible bool
	// Now is the clock; nil for the real one.
	Now func() time.Time
	// Mismatch is told of a process that was killed because it ran another
	// file than the approved one; nil when nobody wants to know.
	Mismatch func(pid int, image string)
	// Files is told of what would take files away; nil leaves those calls
	// alone. With it io_uring_setup(2) fails with ENOSYS, for a ring removes
	// files without a call.
	Files FileWitness
	// Terminal is the session's own, on which output is masked as it is shown;
	// nil where there is none.
	Terminal Terminal
	// Connects is told of connections that are about to be opened; nil leaves
	// them alone. With it io_uring_setup(2) fails too.
	Connects ConnectWitness
}

// maxHeld is how many execs are long in hand at once; the next ones wait in the
// kernel, stopped, until one is answered.
const maxHeld = 1024

// ExecDoor is an Interceptor that brings every execve(2) and execveat(2) of
// the agent and of all that descends from it before the judge, with
// seccomp_unotify(2).
type ExecDoor struct {
	options   ExecOptions
	socket    *os.File // to the stub
	home      rootID   // our own root directory
	files     *files
	decisions *decisions
	refusals  *decisions // of calls that take files away
	births    *births
	dirs      openDirs
	callers   callers // of such calls that were told
	holds     holds
	approved  *images

	judge    Judge
	mu       sync.Mutex // for listener, until it is served
	listener int        // -1 when there is none
	agent    int        // pid
	relay    relay
	slots    chan struct{} // one for each exec that is long in hand
	handlers sync.WaitGroup
	relays   sync.WaitGroup // of masked output
	traced   atomic.Int32   // commands that are
	ended    chan error     // from whichever goroutine receives last
	stop     [2]int         // a pipe; closing its end 1 ends the receiving
}

var _ Interceptor = (*ExecDoor)(nil)

// NewExecDoor returns a door for one launch; ExecSupported says whether this
// system has it.
func NewExecDoor(o ExecOptions) (*ExecDoor, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	home, err := rootOf(unix.AT_FDCWD, "/proc/self/root")
	if err != nil {
		return nil, fmt.Errorf("own root directory: %w", err)
	}
	restarts := o.Interruptible || !filterFlagsKnown(unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
	return &ExecDoor{options: o, home: home, files: newFiles(), decisions: newDecisions(o.Now, restarts),
		refusals: newDecisions(o.Now, restarts), births: newBirths(), approved: newImages(), listener: -1, slots: make(chan struct{}, maxHeld), ended: make(chan error, 1)}, nil
}

// Serve takes the listener from the stub, unless it was inherited, lets the
// agent start, and answers until the last process of the session has gone or the
// context ends. Whatever is held then, or execs later, fails, unless another door
// has the listener.
func (s *ExecDoor) Serve(ctx context.Context, j Judge) error {
	if s.socket == nil && s.listener < 0 {
		return errors.New("serve execs: nothing was prepared")
	}
	defer s.Close()
	if err := unix.Pipe2(s.stop[:], unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("serve execs: %w", err)
	}
	defer unix.Close(s.stop[0])
	stopped := context.AfterFunc(ctx, func() { _ = unix.Close(s.stop[1]) })
	defer func() {
		if stopped() {
			_ = unix.Close(s.stop[1])
		}
	}()
	err := s.serve(ctx, j)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (s *ExecDoor) serve(ctx context.Context, j Judge) error {
	if s.socket != nil {
		if err := s.accept(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		s.handlers.Wait()
		s.dirs.forget()
		s.callers.forget()
		s.endRelays()
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = unix.Close(s.listener)
		s.listener = -1
	}()
	if err := markSupervisor(); err != nil {
		return fmt.Errorf("mark the supervisor: %w", err)
	}
	go func() { s.files.index() }() // lists a few thousand files; the first execs are under way meanwhile
	s.reap(ctx)
	s.judge = j
	if s.options.Files != nil || s.options.Connects != nil {
		wakeHere(s.listener)
	}
	go s.receive(ctx)
	if s.socket != nil {
		if _, err := unix.Write(int(s.socket.Fd()), []byte{stubGo}); err != nil {
			return fmt.Errorf("let the agent start: %w", err)
		}
	}
	return <-s.ended
}

// accept takes the listener from the stub.
func (s *ExecDoor) accept() error {
	socket := int(s.socket.Fd())
	if _, err := s.wait(socket); err != nil {
		return err
	}
	listener, agent, err := acceptListener(socket)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener, s.agent = listener, agent
	return nil
}

// Close ends what Prepare began, for a launch that is never served. An agent
// that waits to start then fails.
func (s *ExecDoor) Close() error {
	if s.socket == nil {
		return nil
	}
	err := s.socket.Close()
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// errStopped ends the receiving because the context has ended.
var errStopped = errors.New("stopped")

// wait blocks until fd is readable. gone reports that its other side has gone
// with nothing left to read: for the listener, that no process is supervised.
func (s *ExecDoor) wait(fd int) (gone bool, err error) {
	_, gone, err = s.waitFor(fd, -1)
	return gone, err
}

// waitFor is wait for so many milliseconds; came reports that it ended before.
func (s *ExecDoor) waitFor(fd, limit int) (came, gone bool, err error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(s.stop[0]), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, limit)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return false, false, err
		case fds[1].Revents != 0:
			return true, false, errStopped
		}
		return n > 0, n > 0 && fds[0].Revents&unix.POLLIN == 0, nil
	}
}

// answer sees to one notification.
func (s *ExecDoor) answer(ctx context.Context, n *notification) {
	a := abiOf(n.arch)
	switch {
	case a == nil || n.tid == 0:
		refuse(s.listener, n.id, unix.ENOSYS)
	case a.prctl != 0 && uint32(n.nr) == a.prctl:
		s.verify(n)
	case uint32(n.nr) == a.execve || uint32(n.nr) == a.execveat:
		s.dirs.forget() // the process becomes another step, or unmounts something
		s.answerExec(ctx, n, a)
	default:
		if kind, ok := a.fileCallOf(uint32(n.nr)); ok {
			s.answerFile(ctx, n, kind, a)
			return
		}
		if kind, ok := a.connectCallOf(uint32(n.nr)); ok {
			s.answerConnect(ctx, n, kind, a)
			return
		}
		refuse(s.listener, n.id, unix.ENOSYS)
	}
}

// answerExec has one exec judged. Denied is EACCES: on EPERM node throws where
// it stands (pitfall 2).
func (s *ExecDoor) answerExec(ctx context.Context, n *notification, a *abi) {
	c, err := s.readCall(n, a)
	if err != nil {
		refuse(s.listener, n.id, unix.EACCES)
		return
	}
	defer c.process.close()
	if !valid(s.listener, n.id) {
		return
	}
	if c.harmless {
		resume(s.listener, n.id)
		return
	}
	asked := s.options.Now()
	reply := s.ask(ctx, n, c)
	if !reply.Allow {
		s.deny(n, c)
		return
	}
	if s.options.Now().Sub(asked) > slow && !s.unchanged(n, a, c, reply.Kept) {
		refuse(s.listener, n.id, unix.EACCES)
		return
	}
	if len(reply.Mask) > 0 {
		if err := s.mask(n, c, &reply); err != nil {
			deliver(c.request.PID, "restrain: error: nothing runs: "+err.Error())
			s.deny(n, c)
			return
		}
	}
	if s.options.Verify {
		s.approved.expect(c)
	}
	resume(s.listener, n.id)
}

// slow is how long a judge takes when it does more than compute. What it then
// approved is read again: another thread may have changed it meanwhile.
const slow = 50 * time.Millisecond

func (s *ExecDoor) unchanged(n *notification, a *abi, before *call, kept bool) bool {
	after, err := s.readCall(n, a)
	if err != nil {
		return false
	}
	defer after.process.close()
	was, is := before.file, after.file
	if kept {
		was, is = was.unlinked(), is.unlinked()
	}
	x, y := before.request.Exec, after.request.Exec
	seed := s.decisions.seed
	return valid(s.listener, n.id) && was == is && x.Path == y.Path && x.Opaque == y.Opaque &&
		x.Script == y.Script && hashArgv(seed, x.Raw) == hashArgv(seed, y.Raw)
}

// ask puts the call to the judge.
func (s *ExecDoor) ask(ctx context.Context, n *notification, c *call) Reply {
	r := &c.request
	return s.whileWaiting(ctx, n, c.process, func(ctx context.Context) Reply {
		judge := func() Reply {
			reply := s.judge.Judge(ctx, *r)
			if !reply.Allow {
				deliver(r.PID, reply.Message)
			}
			return reply
		}
		if r.Exec.Opaque != "" {
			return judge()
		}
		again := attempt{r.PID, r.Exec.Serial, hashArgv(s.decisions.seed, r.Exec.Raw)}
		return s.decisions.of(ctx, again, c.file, judge)
	})
}

// whileWaiting has something asked about a call. The context ends when the
// process has left the call: by being killed, as Ctrl-C does (pitfall 17).
func (s *ExecDoor) whileWaiting(ctx context.Context, n *notification, p *process, ask func(context.Context) Reply) Reply {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &hold{left: func() bool { return s.abandoned(n, p) }, cancel: cancel}
	s.holds.add(h)
	defer s.holds.remove(h)
	reply := ask(ctx)
	if ctx.Err() != nil {
		return Reply{} // whatever was said then, it was not said in time
	}
	return reply
}

// abandoned reports that nobody waits for the answer any more. Where signals take a
// process out of the call it comes back at once with another id: there only its
// end counts.
func (s *ExecDoor) abandoned(n *notification, p *process) bool {
	if !s.decisions.allow {
		return !valid(s.listener, n.id)
	}
	return !p.exists()
}
