package session

import (
	"sync"

	"restrain/gate"
	"restrain/intercept"
)

// maxExits bounds the running steps whose end is looked out for; the oldest is
// given up first.
const maxExits = 64

// exits are running steps whose failure the session should know of. Nothing
// waits for them: they are looked at before the next step is judged, when the
// agent has learned how they ended.
type exits struct {
	mu      sync.Mutex
	running []runningStep
}

type runningStep struct {
	exit *intercept.Exit
	step *gate.Decision
}

// watch looks out for the end of a step that is about to run as a process.
// Where the kernel cannot tell, its end stays unknown.
func (e *exits) watch(pid int, d *gate.Decision) {
	if !d.FailureMatters() {
		return
	}
	exit, err := intercept.WatchExit(pid)
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.running) == maxExits {
		e.running[0].exit.Close()
		e.running = e.running[1:]
	}
	e.running = append(e.running, runningStep{exit, d})
}

// settle looks at the running steps of the judge's session.
func (j *judge) settle() { j.exits.settle(j.gate) }

// settle tells the gate which steps have failed meanwhile. An error is the
// journal's, which then keeps the next step from running as well.
func (e *exits) settle(g *gate.Gate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kept := e.running[:0]
	for _, r := range e.running {
		status, ended, err := r.exit.Status()
		if err == nil && !ended {
			kept = append(kept, r)
			continue
		}
		r.exit.Close()
		if status != 0 {
			_ = g.Exited(r.step, status)
		}
	}
	clear(e.running[len(kept):])
	e.running = kept
}
