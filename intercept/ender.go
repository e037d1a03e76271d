//go:build unix

package intercept

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// An Ender ends what an agent has started: every process below this one that
// was not there before. On Linux that takes in daemons, for this process becomes
// the reaper of what the agent leaves behind; elsewhere a process whose parent
// has ended is not found.
type Ender struct {
	spared map[int]uint64 // start times by pid
}

const (
	// endGrace is how long processes have after SIGTERM.
	endGrace = 2 * time.Second
	// endMost is how long they may take to be gone after SIGKILL.
	endMost = 10 * time.Second
	endPoll = 20 * time.Millisecond
)

// NewEnder returns an Ender that spares what already runs below this process. It
// is called before the agent is started.
func NewEnder() (*Ender, error) {
	if err := adoptOrphans(); err != nil {
		return nil, fmt.Errorf("orphans cannot be adopted: %w; leave out fail-fast", err)
	}
	e := &Ender{spared: map[int]uint64{}}
	list, err := e.below()
	for _, p := range list {
		e.spared[p.pid] = p.start
	}
	return e, err
}

// End tells all that is left to terminate, and kills what does not. It returns
// when nothing is left.
func (e *Ender) End() error {
	signal := unix.SIGTERM
	for began := time.Now(); ; time.Sleep(endPoll) {
		list, err := e.below()
		if err != nil || len(list) == 0 {
			return err
		}
		elapsed := time.Since(began)
		if elapsed > endGrace {
			signal = unix.SIGKILL
		}
		if elapsed > endGrace+endMost {
			return fmt.Errorf("process %d (%s) below the agent does not end: end it by hand", list[0].pid, list[0].name)
		}
		for _, p := range list {
			e.signal(p, signal)
		}
	}
}

// signal sends a signal to a process unless its id is another's by now, and
// takes in its end.
func (e *Ender) signal(p processInfo, signal unix.Signal) {
	if now, err := readProcess(p.pid); err == nil && now.start == p.start {
		_ = unix.Kill(p.pid, signal) // it may have ended meanwhile
	}
	_, _ = unix.Wait4(p.pid, nil, unix.WNOHANG, nil) // one that is not our child is its parent's
}

// below lists the processes below this one that are not spared. The error is
// that processes cannot be listed at all.
func (e *Ender) below() ([]processInfo, error) {
	pids, err := allProcesses()
	if err != nil {
		return nil, fmt.Errorf("processes cannot be listed: %w; mount /proc", err)
	}
	known := map[int]processInfo{}
	for _, pid := range pids {
		if p, err := readProcess(pid); err == nil {
			known[pid] = p
		}
	}
	self := os.Getpid()
	if _, ok := known[self]; !ok {
		return nil, errors.New("this process is not in the list of processes: mount /proc")
	}
	var list []processInfo
	for _, p := range known {
		if e.descends(p, known, self) {
			list = append(list, p)
		}
	}
	return list, nil
}

// descends reports a process that descends from self through none that is spared.
func (e *Ender) descends(p processInfo, known map[int]processInfo, self int) bool {
	for depth := 0; p.pid != self && depth <= len(known); depth++ {
		if start, spared := e.spared[p.pid]; spared && start == p.start {
			return false
		}
		if p.parent == self {
			return true
		}
		parent, ok := known[p.parent]
		if !ok {
			return false
		}
		p = parent
	}
	return false
}
