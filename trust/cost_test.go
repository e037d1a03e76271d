package trust

import (
	"testing"
	"time"

	"restrain/classify"
	"restrain/internal/slowtest"
)

// What a step costs is held to its bounds by the best of many tries: the shell door
// is started for every command. On an idle machine BenchmarkAssess is below 5 µs; a
// busy one may take several times that.
const (
	mostAssess  = 4 * 5 * time.Microsecond
	mostRestore = time.Millisecond
)

// best is the least time that f takes, of so many tries.
func best(tries int, f func()) time.Duration {
	least := time.Hour
	for range tries {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	return least
}

// To assess costs the same after 10 steps and after 20,000, for an ordinary step and
// for one that does several things of which one completes a sequence.
func TestAssessInTime(t *testing.T) {
	slowtest.Alone(t)
	const batch = 50
	for name, line := range map[string]*classify.Step{
		"ordinary": step("shell", "test", "file.read"),
		"risky":    step("shell", "credential.read/medium", "credential.use/low", "infra.destroy/high"),
	} {
		var short time.Duration
		for _, steps := range []int{10, 20_000} {
			s := NewSession(Shipped(), RulesOf(classify.Shipped()))
			work(s, steps)
			do(s, Outcome{}, "credential.search/low")
			do(s, Outcome{}, "credential.read/medium")
			cost := best(400, func() {
				for range batch {
					s.Assess(line, at(steps+9))
				}
			}) / batch
			if cost > mostAssess {
				t.Errorf("%s step after %d: %v", name, steps, cost)
			}
			if short == 0 {
				short = cost
			} else if cost > 2*short {
				t.Errorf("%s step: %v early, %v late", name, short, cost)
			}
		}
	}
}

// A session that has as much of everything as it may is restored in time.
func TestRestoredInTime(t *testing.T) {
	slowtest.Alone(t)
	state, rules := fullestSession().AppendState(nil), RulesOf(classify.Shipped())
	cost := best(100, func() {
		if err := NewSession(Shipped(), rules).RestoreState(state); err != nil {
			t.Fatal(err)
		}
	})
	if cost > mostRestore {
		t.Errorf("%d bytes: %v", len(state), cost)
	}
}
