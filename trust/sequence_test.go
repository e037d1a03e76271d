package trust

import (
	"testing"
	"time"

	"restrain/classify"
)

// An event is a step of a sequence test: its classes, what became of it, and
// how long after the step before.
type event struct {
	classes []string
	outcome Outcome
	gap     time.Duration
}

func ev(classes ...string) event { return event{classes: classes} }

func denied(classes ...string) event {
	return event{classes: classes, outcome: Outcome{Decision: Denied}}
}

func failed(classes ...string) event { return event{classes: classes, outcome: Outcome{Failed: true}} }

func ordinary(n int) []event {
	events := make([]event, n)
	for i := range events {
		events[i] = ev(ordinaryWork[i%len(ordinaryWork)]...)
	}
	return events
}

func join(parts ...[]event) (all []event) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Each row says which sequence its last step completes.
func TestSequences(t *testing.T) {
	search, use, destroy := ev("credential.search/low"), ev("credential.use/low"), ev("api.destroy/critical")
	late := destroy
	late.gap = 25 * time.Hour
	for _, test := range []struct {
		name   string
		events []event
		want   string
	}{
		{"in order", []event{search, use, destroy}, "credential-to-destruction"},
		{"with gaps", join([]event{search}, ordinary(90), []event{use}, ordinary(90), []event{destroy}), "credential-to-destruction"},
		{"too many steps", join([]event{search}, ordinary(100), []event{use}, ordinary(100), []event{destroy}), ""},
		{"too late", []event{search, use, late}, ""},
		{"out of order", []event{use, search, destroy}, ""},
		{"a stage is missing", []event{search, destroy}, ""},
		{"begun again", join([]event{search}, ordinary(150), []event{search, use}, ordinary(100), []event{destroy}), "credential-to-destruction"},
		{"old use does not count for a new search", join([]event{search, use}, ordinary(201), []event{search, destroy}), ""},
		{"twice", []event{search, use, destroy, destroy}, "credential-to-destruction"},
		{"one line", []event{ev("credential.read/medium", "credential.use/low", "api.destroy/critical")}, "credential-to-destruction"},
		{"one line, as a loop might", []event{ev("api.destroy/critical", "credential.use/low", "credential.read/medium")}, "credential-to-destruction"},
		{"last two in one line, either way", []event{search, ev("api.destroy/critical", "credential.use/low")}, "credential-to-destruction"},
		{"a denied stage was tried, which counts", []event{search, denied("credential.use/low"), destroy}, "credential-to-destruction"},
		{"the same class is no work-around", []event{denied("api.destroy/critical"), ev("api.destroy/critical")}, ""},
		{"another effect", []event{denied("data.send/high"), ev("credential.read/medium")}, ""},
		{"ordinary work after a denial", []event{denied("file.destroy/high"), ev("file.write")}, ""},
		{"nothing was denied", []event{ev("api.destroy/critical"), ev("infra.destroy/critical")}, ""},
		{"failure", []event{failed("git.remote"), ev("git.destroy/high")}, "failure-to-destruction"},
		{"no failure", []event{ev("git.remote"), ev("git.destroy/high")}, ""},
	} {
		s := NewSession(Shipped(), testRules())
		now := testStart
		var a Assessment
		for _, e := range test.events {
			now = now.Add(time.Second + e.gap)
			st := step(e.classes...)
			a = s.Assess(st, now)
			s.Record(st, a, e.outcome, now)
		}
		if a.Sequence != test.want {
			t.Errorf("%s: completes %q, want %q", test.name, a.Sequence, test.want)
		}
	}
}

// The exit status may come later than the record.
func TestExited(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	do(s, Outcome{}, "git.remote")
	if !s.FailureMatters(step("shell", "git.remote")) || s.FailureMatters(step("test", "git.destroy/high")) {
		t.Error("the failure that matters is that of git.remote")
	}
	s.Exited(7, 0, true, at(1))  // no such step
	s.Exited(1, 0, false, at(1)) // it ended well
	if a := s.Assess(step("git.destroy/high"), at(1)); a.Sequence != "" {
		t.Fatalf("completes %q", a.Sequence)
	}
	do(s, Outcome{}, "test") // another began before it ended
	s.Exited(1, 0, true, at(2))
	if a := s.Assess(step("git.destroy/high"), at(2)); a.Sequence != "failure-to-destruction" || a.Path()[0].Step != 1 {
		t.Errorf("completes %q: %v", a.Sequence, a.Path())
	}
	work(s, 1000)
	s.Exited(1, 0, true, at(1002)) // long ago
	if a := s.Assess(step("git.destroy/high"), at(1002)); a.Sequence != "" {
		t.Errorf("completes %q", a.Sequence)
	}
}

// Of two sequences that one step completes, the one that raises more counts.
func TestStrongestSequence(t *testing.T) {
	rules := testRules()
	two := [][]classify.Class{{"credential.*"}, {"*.destroy"}}
	rules.Sequences = []classify.Sequence{
		{ID: "weak", Stages: two, Raises: classify.Low, Level: "elevated"},
		{ID: "strong", Stages: two, Raises: classify.Critical, Level: "elevated"},
		{ID: "longer", Stages: [][]classify.Class{{"credential.*"}, {"credential.*"}, {"*.destroy"}}, Raises: classify.Low, Level: "alarmed"},
	}
	s := NewSession(Shipped(), rules)
	do(s, Outcome{}, "credential.read/medium")
	do(s, Outcome{}, "credential.use/medium")
	if a := s.Assess(step("file.destroy/high"), at(2)); a.Sequence != "strong" || a.Raises != classify.Critical || a.Level != Alarmed {
		t.Errorf("completes %q, raises %v, %v", a.Sequence, a.Raises, a.Level)
	}

	// The work-around of a denial is named, and what else is complete counts.
	rules.Sequences = append(rules.Sequences, classify.Sequence{
		ID: "workaround", Stages: [][]classify.Class{{"denied:*.destroy"}, {"same"}}, Raises: classify.Medium, Level: "elevated"})
	s = NewSession(Shipped(), rules)
	do(s, Outcome{}, "credential.read/medium")
	s.Record(harm("/w/a"), Assessment{}, Outcome{Decision: Denied}, at(1))
	if a := s.Assess(harm("/w/a"), at(2)); a.Sequence != "workaround" || a.Raises != classify.Critical {
		t.Errorf("completes %q, raises %v", a.Sequence, a.Raises)
	}
}

func TestMatchClass(t *testing.T) {
	for _, test := range []struct {
		glob, class string
		want        bool
	}{
		{"file.read", "file.read", true},
		{"file.read", "file.reads", false},
		{"*.destroy", "db.destroy", true},
		{"*.destroy", "db.destroyed", false},
		{"credential.*", "credential.use", true},
		{"*", "anything", true},
		{"*.d*y", "db.destroy", true},
	} {
		if got := matchClass(test.glob, test.class); got != test.want {
			t.Errorf("%s matches %s: %v", test.glob, test.class, got)
		}
	}
}
