package session

import (
	"sync"

	"restrain/gate"
	"restrain/intercept"
)

// maxExits bounds the running steps whose end is looked out for; the oldest is
// given up first.
const maxExits = 64

// exits are running steps whose failure the session should know of, or that did
// not take away all that was kept for them. Nothing
// waits for them: they are looked at before the next step is judged, when the
// agent has learned how they ended.
type exits struct {
	mu      sync.Mutex
	running []runningStep
}

type runningStep struct {
	exit *intercept.Exit
	step *gate.Decision
	// launcher is the step that had started it, which is looked out for as
	// well: what it makes of the failure it does itself, until it ends. nil
	// when there is none, or it cannot be looked out for.
	launcher *intercept.Exit
	number   int // of the launcher's step
}

// goesOn reports a step whose launcher still runs.
func (r *runningStep) goesOn() bool {
	if r.launcher == nil {
		return false
	}
	_, ended, err := r.launcher.Status()
	return err == nil && !ended
}

func (r *runningStep) close() {
	r.exit.Close()
	if r.launcher != nil {
		r.launcher.Close()
	}
}

// watch looks out for the end of a step that is about to run as a process.
// Where the kernel cannot tell, its end stays unknown. Above is the permit of the
// step which it runs below, nil for none.
func (e *exits) watch(pid int, d *gate.Decision, above *gate.Permit) {
	if !d.FailureMatters() && d.Kept == nil {
		return
	}
	exit, err := intercept.WatchExit(pid)
	if err != nil {
		return
	}
	r := runningStep{exit: exit, step: d}
	var launcher int
	if r.number, launcher = above.Launcher(); launcher != 0 && launcher != pid {
		r.launcher, _ = intercept.WatchExit(launcher) // nil when it is gone
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.running) == maxExits {
		e.running[0].close()
		e.running = e.running[1:]
	}
	e.running = append(e.running, r)
}

// settle looks at the running steps of the judge's session, and at what was kept
// for those that have ended.
func (j *judge) settle() {
	j.exits.settle(j.gate)
	if j.files != nil {
		_ = j.files.kept.settle(false) // what could not be told is listed by undo
	}
}

// settleFiles journals what was kept of the files that the session took away,
// once nothing is caught any more.
func (j *judge) settleFiles() error {
	if j.files == nil {
		return nil
	}
	return j.files.kept.settle(true)
}

// settle tells the gate which steps have failed meanwhile. An error is the
// journal's, which then keeps the next step from running as well.
func (e *exits) settle(g *gate.Gate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kept := e.running[:0]
	for _, r := range e.running {
		status, ended, err := r.exit.Status()
		if err == nil && (!ended || status != 0 && r.goesOn()) {
			kept = append(kept, r)
			continue
		}
		r.close()
		if r.step.Kept != nil {
			g.SettleKept(r.step.Kept)
		}
		if status != 0 && r.step.FailureMatters() {
			_ = g.Exited(r.step, r.number, status)
		}
	}
	clear(e.running[len(kept):])
	e.running = kept
}
