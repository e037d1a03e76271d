package intercept

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"restrain/secret"
)

// A parent that waits for its child and then reads no more, or prints itself, sees
// all of the child's output, in order: the end of a command whose output is masked
// is held up until that has been passed on. ptrace(2) stops the process on its way
// out, also when a signal ends it, with its descriptors still open and its parent
// not told. Only the command itself is traced, so nothing else pays for it.

const (
	// drainTime bounds how long an end is held up. A reader that takes nothing
	// before its child has ended would wait for ever.
	drainTime = time.Second
	// noteTime is how long the note below the output waits for room.
	noteTime = drainTime / 2
	// shownMoment is how long nothing must come from a terminal for what was
	// written to it to have been seen, and quietMoment for being sure of it, where
	// nobody waits.
	shownMoment = 2 * time.Millisecond
	quietMoment = 20 * time.Millisecond
	// maxTraced is how many commands are traced at once, with a thread each.
	maxTraced = 64
	// maxLeft bounds the processes whose end is waited for.
	maxLeft = 256
	// leftLook is how often what a command left behind is looked for again.
	leftLook = time.Second
	forever  = -time.Second
)

// start begins to pass on what the command prints. Leader is false for a thread
// that is about to take its process over, which cannot be traced yet.
func (m *maskedRun) start(leader bool) {
	relayed, ended, traced := make(chan struct{}), make(chan struct{}), make(chan struct{})
	relays := &m.door.relays
	relays.Go(func() {
		defer close(relayed)
		m.relay.run()
	})
	relays.Go(func() {
		defer close(ended)
		if !leader || !m.trace(func() { close(traced) }) {
			m.await([]int{m.pidfd}, forever)
			m.drained()
		}
		m.endShown()
	})
	relays.Go(func() {
		defer m.close()
		<-ended
		<-relayed
		m.tell()
	})
	if leader {
		<-traced // before the program starts
	}
}

// trace follows the command to its end, and holds it up there until its output has
// been passed on. begun is called when that is sure, or sure not to be. It reports
// false where the command cannot be traced.
func (m *maskedRun) trace(begun func()) bool {
	if m.door.traced.Add(1); m.door.traced.Load() > maxTraced {
		m.door.traced.Add(-1)
		begun()
		return false
	}
	defer m.door.traced.Add(-1)
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(m.pid), 0, unix.PTRACE_O_TRACEEXIT, 0, 0)
	begun()
	if errno != 0 {
		return false
	}
	for {
		var status unix.WaitStatus
		_, err := unix.Wait4(m.pid, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case err == unix.EINTR:
		case err != nil || !status.Stopped(): // killed, and not held up
			m.drained()
			return true
		case status.TrapCause() == unix.PTRACE_EVENT_EXIT:
			m.drained()
			_ = unix.PtraceDetach(m.pid)
			return true
		default:
			goOn(m.pid, status)
		}
	}
}

// goOn lets a traced process go on as it would have.
func goOn(pid int, status unix.WaitStatus) {
	request, sig := uintptr(unix.PTRACE_CONT), status.StopSignal()
	if uint32(status)>>16 == unix.PTRACE_EVENT_STOP {
		switch sig {
		case unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU:
			request = unix.PTRACE_LISTEN // stopped with its group, until SIGCONT
		}
		sig = 0
	}
	_, _, _ = unix.Syscall6(unix.SYS_PTRACE, request, uintptr(pid), 0, uintptr(sig), 0, 0)
}

// drained passes on what the command has printed, and tells what was withheld of
// it. Where nobody takes that, it goes on without.
func (m *maskedRun) drained() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.relay.drain()
		if m.shown != nil {
			m.door.options.Terminal.Settle(shownMoment, drainTime/4)
		}
		m.tell()
	}()
	select {
	case <-done:
	case <-time.After(drainTime):
	}
}

// tell tells once what was withheld.
func (m *maskedRun) tell() {
	list := m.relay.withheld()
	if m.shown != nil {
		for _, w := range m.shown.Withheld() {
			list = secret.Count(list, w)
		}
	}
	if len(list) == 0 || m.say == nil {
		return
	}
	m.told.Do(func() {
		if seen, _ := outputOf(m.fds[1]); seen || m.door.shows(m.fds[1]) {
			writeLine(m.fds[1], m.say(list), noteTime)
		}
	})
}

// endShown ends the withholding on the session's terminal, when nothing that the
// command left behind can print there any more and all is shown.
func (m *maskedRun) endShown() {
	if m.shown == nil {
		return
	}
	defer m.shown.End()
	for m.await([]int{m.pidfd}, forever) {
		left := m.door.leftSince(m.serial)
		if len(left) == 0 {
			break
		}
		closes := m.await(left, leftLook)
		for _, fd := range left {
			_ = unix.Close(fd)
		}
		if !closes {
			return
		}
	}
	for !m.door.options.Terminal.Settle(quietMoment, drainTime) {
		if !m.await(nil, 0) {
			return
		}
	}
}

// await waits until one of the pidfds tells the end of its process, or for so long
// at most; less than none is for ever. It reports false when the door closes.
func (m *maskedRun) await(pidfds []int, most time.Duration) bool {
	list := []unix.PollFd{{Fd: int32(m.door.stop[0]), Events: unix.POLLIN}}
	for _, fd := range pidfds {
		list = append(list, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	for {
		_, err := unix.Poll(list, int(most.Milliseconds()))
		if err != unix.EINTR {
			return err == nil && list[0].Revents == 0
		}
	}
}

// leftSince opens pidfds of the session's processes that came after another and
// whose parent has gone: its reaper has them now, with all that is below them.
func (s *ExecDoor) leftSince(serial uint64) (pidfds []int) {
	agent, err := identityOf(s.agent)
	if err != nil {
		return nil // the session ends
	}
	for _, pid := range childrenOf(agent.ppid) {
		if pid == s.agent {
			continue
		}
		for _, pid := range append(descendants(pid), pid) {
			if id, err := identityOf(pid); err != nil || id.serial < serial || len(pidfds) >= maxLeft {
				continue
			}
			if fd, err := unix.PidfdOpen(pid, 0); err == nil {
				pidfds = append(pidfds, fd)
			}
		}
	}
	return pidfds
}
