package intercept

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRelay(t *testing.T) {
	yes, no := func() bool { return true }, func() bool { return false }
	r := &relay{timer: time.AfterFunc(time.Hour, func() {})}
	defer r.timer.Stop()
	if r.look(yes) {
		t.Error("taken over while nothing was in hand")
	}
	first := r.begin(nil)
	if r.look(yes) {
		t.Error("taken over from a receiver that has just begun")
	}
	if r.look(no) {
		t.Error("taken over without room for it")
	}
	if !r.end(first) {
		t.Error("not taken over, and yet no receiver any more")
	}
	second := r.begin(nil)
	r.look(yes)
	if !r.look(yes) {
		t.Error("not taken over from a receiver that was at one notification all the time")
	}
	if r.look(yes) {
		t.Error("taken over twice")
	}
	third := r.begin(nil) // by the new receiver
	if r.end(second) {
		t.Error("two goroutines receive")
	}
	if !r.end(third) {
		t.Error("the new receiver does not go on")
	}
	r.look(yes)
	r.look(yes)
	if r.ticks {
		t.Error("the timer goes on though nothing comes")
	}
}

// Fifty execs that are held at the same time are all in hand, and none keeps
// another from being judged.
func TestFiftyHeldAtOnce(t *testing.T) {
	const all = 50
	var held sync.WaitGroup
	held.Add(all)
	judge := &recorder{reply: func(q Request) Reply {
		if strings.Contains(strings.Join(q.Argv, " "), "held") && q.Kind == KindArgv {
			held.Done()
			held.Wait()
		}
		return Reply{Allow: true}
	}}
	script := `for i in $(seq 50); do ` + need(t, "expr") + ` held-$i : '.*' & done; wait`
	out, status := run(t, judge, "/bin/sh", "-c", script)
	if got := strings.Count(out, "\n"); got != all || status != 0 {
		t.Errorf("%d of %d ran, status %d:\n%s", got, all, status, out)
	}
}
