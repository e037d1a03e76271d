package trust

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/classify"
)

// testRules are sequences of their own, so that rules.toml can change.
func testRules() Rules {
	return Rules{
		Classes: Shipped().Classes(),
		Risk: []classify.Class{
			"credential.search", "credential.read", "credential.use", "file.destroy", "git.destroy",
			"api.destroy", "infra.destroy", "db.destroy", "backup.destroy", "data.send",
		},
		Sequences: []classify.Sequence{
			{
				ID: "credential-to-destruction",
				Stages: [][]classify.Class{
					{"credential.search", "credential.read"}, {"credential.use", "http.write"}, {"infra.destroy", "api.destroy", "db.destroy"},
				},
				WithinSteps: 200, Within: 24 * time.Hour, Raises: classify.High, Level: "alarmed",
			},
			{
				ID:          "workaround",
				Stages:      [][]classify.Class{{"denied:*.destroy", "denied:data.send"}, {"same"}},
				WithinSteps: 50, Raises: classify.High, Level: "alarmed",
			},
			{
				ID:          "failure-to-destruction",
				Stages:      [][]classify.Class{{"failed:git.remote"}, {"git.destroy"}},
				WithinSteps: 5, Raises: classify.Medium, Level: "elevated",
			},
		},
	}
}

// step makes a step of actions; "class/severity" gives one a severity.
func step(classes ...string) *classify.Step {
	var s classify.Step
	for _, c := range classes {
		name, severity, _ := strings.Cut(c, "/")
		a := classify.Action{Class: classify.Class(name)}
		if strings.HasPrefix(name, "git.") {
			a.Owner = classify.OwnerProject
		}
		if severity != "" {
			if err := a.Severity.UnmarshalText([]byte(severity)); err != nil {
				panic(err)
			}
		}
		s.Severity = max(s.Severity, a.Severity)
		s.Actions = append(s.Actions, a)
	}
	return &s
}

var testStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// at is the time of a session's step, of 10 seconds each.
func at(n int) time.Time { return testStart.Add(time.Duration(n) * 10 * time.Second) }

func do(s *Session, o Outcome, classes ...string) Assessment {
	st, now := step(classes...), at(s.Steps())
	a := s.Assess(st, now)
	s.Record(st, a, o, now)
	return a
}

var ordinaryWork = [][]string{
	{"file.read"}, {"file.search"}, {"shell", "test"}, {"file.read", "file.read"}, {"git.read"}, {"run"}, {"build"}, {"file.write"},
}

func work(s *Session, steps int) {
	for i := range steps {
		do(s, Outcome{}, ordinaryWork[i%len(ordinaryWork)]...)
	}
}

// The incident of the design: elevated at the search, alarmed at the read or at
// the latest at the first use, and the sequence complete at the deletion,
// whatever lies before and between.
func TestIncident(t *testing.T) {
	for _, before := range []int{0, 1, 5, 200, 2000} {
		for _, between := range []int{0, 1, 5, 15} {
			s := NewSession(Shipped(), testRules())
			work(s, before)
			if s.Level() != Calm {
				t.Fatalf("%d ordinary steps: level %v", before, s.Level())
			}
			if a := do(s, Outcome{}, "credential.search/low"); a.Level < Elevated || a.Percentile < 99 {
				t.Errorf("%d before: search: level %v, percentile %v", before, a.Level, a.Percentile)
			}
			work(s, between)
			do(s, Outcome{}, "credential.read/medium")
			work(s, between)
			if a := do(s, Outcome{}, "credential.use/low", "http.write"); a.Level != Alarmed {
				t.Errorf("%d before, %d between: first use: level %v", before, between, a.Level)
			}
			work(s, between)
			a := do(s, Outcome{}, "credential.use/low", "api.destroy/critical")
			if a.Level != Alarmed || a.Sequence != "credential-to-destruction" || a.Raises != classify.High {
				t.Errorf("%d before, %d between: deletion: %v, sequence %q", before, between, a.Level, a.Sequence)
			}
			if len(a.Path()) != 3 || a.Path()[2].Class != "api.destroy" || a.Path()[2].Step != s.Steps() {
				t.Errorf("path %v", a.Path())
			}
		}
	}
}

// Reading a .env file now and then elevates for a while, never alarms, and the
// session calms down again.
func TestLevelFallsAgain(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	elevated := 0
	for i := range 3000 {
		if i%1000 == 500 {
			do(s, Outcome{}, "credential.read/medium")
		} else {
			do(s, Outcome{}, ordinaryWork[i%len(ordinaryWork)]...)
		}
		switch s.Level() {
		case Alarmed:
			t.Fatalf("alarmed at step %d", i)
		case Elevated:
			elevated++
		}
	}
	if elevated == 0 || elevated > 3*100 {
		t.Errorf("elevated for %d of 3000 steps", elevated)
	}
}

// One kind of risk over and over is one suspicion, two kinds are two.
func TestRepetitionDoesNotAlarm(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	for range 30 {
		do(s, Outcome{}, "credential.search/low")
	}
	if s.Level() != Elevated {
		t.Errorf("30 searches: %v", s.Level())
	}
	do(s, Outcome{}, "data.send/medium")
	if s.Level() != Alarmed {
		t.Errorf("and something sent: %v", s.Level())
	}
}

func TestHysteresis(t *testing.T) {
	levels := DefaultModel().Levels
	level := Calm
	for _, step := range []struct {
		suspicion float64
		want      Level
	}{
		{0.9, Calm}, {1, Elevated}, {0.9, Elevated}, {0.71, Elevated}, {0.69, Calm},
		{1.5, Alarmed}, {1.2, Alarmed}, {1.06, Alarmed}, {1.04, Elevated}, {1.4, Elevated}, {9, Alarmed}, {0, Calm},
	} {
		if level = levels.after(level, step.suspicion); level != step.want {
			t.Fatalf("at %v: %v, want %v", step.suspicion, level, step.want)
		}
	}
}

// What is unusual without being a risk elevates, and never alarms.
func TestUnusualStepElevates(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	work(s, 20)
	for range 5 {
		if a := do(s, Outcome{}, "never.heard.of"); a.Percentile >= 99 && a.Level != Elevated {
			t.Fatalf("percentile %v, level %v", a.Percentile, a.Level)
		}
	}
	if s.Level() != Elevated {
		t.Errorf("level %v", s.Level())
	}
	if work(s, 100); s.Level() != Calm {
		t.Errorf("100 steps later: %v", s.Level())
	}
}

func TestAssessIsPure(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	work(s, 50)
	do(s, Outcome{}, "credential.search/low")
	before := s.AppendState(nil)
	st := step("credential.use/low", "api.destroy/critical", "unheard.of")
	first := s.Assess(st, at(51))
	s.Explain(st, first, at(51))
	second := s.Assess(st, at(51))
	if !slices.Equal(before, s.AppendState(nil)) {
		t.Error("the session has changed")
	}
	if first.Score != second.Score || first.Sequence != second.Sequence || first.Level != second.Level {
		t.Errorf("%v, then %v", first, second)
	}
}

var someClasses = rapid.SampledFrom([]string{
	"file.read", "file.search", "shell", "test", "git.read", "git.write", "http.write", "infra.read", "my.own",
	"credential.search/low", "credential.read/medium", "credential.use/low", "file.destroy/high", "api.destroy/critical",
})

var riskyClasses = rapid.SampledFrom([]string{
	"credential.search/low", "credential.read/medium", "credential.use/low", "file.destroy/high", "api.destroy/critical", "data.send/high",
})

var someOutcome = rapid.SampledFrom([]Outcome{{}, {}, {Decision: Approved}, {Decision: Denied}, {Failed: true}})

// Whatever is put into a line besides, its scores and level do not fall: not a
// risk, and nothing harmless to hide one. The use of a credential is left out: it is
// a facet of what else its command does, so that this is another token then.
func TestMoreActionsNeverLower(t *testing.T) {
	b, rules := Shipped(), testRules()
	besides := someClasses.Filter(func(c string) bool { return c != "credential.use/low" })
	rapid.Check(t, func(t *rapid.T) {
		s := NewSession(b, rules)
		for range rapid.IntRange(0, 40).Draw(t, "history") {
			do(s, Outcome{}, rapid.SliceOfN(someClasses, 1, 3).Draw(t, "step")...)
		}
		line := rapid.SliceOfN(someClasses, 1, 4).Draw(t, "line")
		more := rapid.Permutation(append(rapid.SliceOfN(besides, 1, 4).Draw(t, "more"), line...)).Draw(t, "order")
		a, with := s.Assess(step(line...), at(99)), s.Assess(step(more...), at(99))
		if with.Contribution < a.Contribution || with.Surprise < a.Surprise || with.Score < a.Score ||
			with.Percentile < a.Percentile || with.Level < a.Level || with.Raises < a.Raises {
			t.Fatalf("%v: %+v\n%v: %+v", line, a, more, with)
		}
		if a.Sequence != "" && with.Sequence == "" {
			t.Fatalf("%v completes %s, %v does not", line, a.Sequence, more)
		}
	})
}

// A session that took a risky step in place of an ordinary one is never trusted
// more: neither its suspicion nor its level is lower, at that step or at any
// step after it, whatever became of the steps. That is of risks, denials and
// sequences: how unusual a later step is depends on what came before it, and a
// request is less so behind the use of a credential.
func TestRiskyStepNeverLowersLevel(t *testing.T) {
	b, rules := Shipped(), testRules()
	record := func(s *Session, o Outcome, classes ...string) {
		s.Record(step(classes...), Assessment{}, o, at(s.Steps()))
	}
	rapid.Check(t, func(t *rapid.T) {
		with, without := NewSession(b, rules), NewSession(b, rules)
		for range rapid.IntRange(0, 20).Draw(t, "before") {
			line, o := rapid.SliceOfN(someClasses, 1, 2).Draw(t, "step"), someOutcome.Draw(t, "outcome")
			record(with, o, line...)
			record(without, o, line...)
		}
		risk, o := riskyClasses.Draw(t, "risk"), someOutcome.Draw(t, "outcome of the risk")
		record(with, o, risk)
		record(without, Outcome{}, ordinaryWork[0]...)
		compare := func(line []string) {
			if with.Level() < without.Level() || with.suspicion.sum() < without.suspicion.sum()-1e-12 {
				t.Fatalf("%v: %v, suspicion %v with the risk; %v, %v without", line,
					with.Level(), with.suspicion.sum(), without.Level(), without.suspicion.sum())
			}
		}
		compare([]string{risk})
		for range rapid.IntRange(1, 60).Draw(t, "after") {
			line, o := rapid.SliceOfN(someClasses, 1, 2).Draw(t, "step"), someOutcome.Draw(t, "outcome")
			record(with, o, line...)
			record(without, o, line...)
			compare(line)
		}
	})
}

func TestUnknownClass(t *testing.T) {
	rules := testRules()
	rules.Classes = append(slices.Clone(rules.Classes), "company.deploy")
	rules.Risk = append(slices.Clone(rules.Risk), "company.deploy")
	s := NewSession(Shipped(), rules)
	work(s, 20)
	a := s.Assess(step("company.deploy/medium"), at(20))
	if a.Percentile < 99 || a.Level != Elevated {
		t.Errorf("a class of the user's: percentile %v, level %v", a.Percentile, a.Level)
	}
	if a := s.Assess(step("never.declared"), at(20)); a.Percentile < 99 {
		t.Errorf("an undeclared class: percentile %v", a.Percentile)
	}
	sum := 0.0
	for _, q := range s.window.base {
		sum += q
	}
	if sum < 1-1e-9 || sum > 1+1e-9 {
		t.Errorf("the baseline sums to %v", sum)
	}
}

func TestDeterminism(t *testing.T) {
	run := func() []byte {
		s := NewSession(Shipped(), testRules())
		work(s, 100)
		do(s, Outcome{}, "credential.search/low")
		do(s, Outcome{Decision: Denied}, "api.destroy/critical")
		return s.AppendState(nil)
	}
	first := run()
	for range 5 {
		if !slices.Equal(first, run()) {
			t.Fatal("the same steps gave another state")
		}
	}
}

func TestExplain(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	work(s, 20)
	do(s, Outcome{}, "credential.search/low")
	do(s, Outcome{}, "credential.use/low")
	st := step("api.destroy/critical")
	a := s.Assess(st, at(22))
	text := strings.Join(s.Explain(st, a, at(22)), "\n")
	for _, want := range []string{
		"completes credential-to-destruction: credential.search (step 21) → credential.use (step 22) → api.destroy",
		"api.destroy in 1 of the last 8 steps; in ",
		"the session is alarmed",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	s = NewSession(Shipped(), testRules())
	work(s, 20)
	st = step("credential.search/low", "credential.use/low")
	want := "2 of 3 stages of credential-to-destruction: credential.search (this step) → credential.use"
	if text := s.Explain(st, s.Assess(st, at(21)), at(21)); !slices.Contains(text, want) {
		t.Errorf("no %q in %q", want, text)
	}
	if st := step("file.read"); len(NewSession(Shipped(), testRules()).Explain(st, Assessment{}, at(0))) != 0 {
		t.Error("an ordinary step has reasons")
	}
}

func TestNotables(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	for i := range 20 {
		s.Note(Notable{Step: i + 1, Time: at(i), Class: "credential.read", Text: strings.Repeat("é", 200)})
	}
	notes := s.Notables()
	if len(notes) != maxNotables || notes[0].Step != 5 || notes[15].Step != 20 {
		t.Fatalf("%d notes, %d to %d", len(notes), notes[0].Step, notes[len(notes)-1].Step)
	}
	if text := notes[0].Text; len(text) > maxNoteText || !strings.HasSuffix(text, "é…") {
		t.Errorf("cut to %q", text)
	}
	action, ok := s.Watched(step("file.read/high", "credential.search/low", "credential.read/medium"))
	if !ok || action.Class != "credential.read" {
		t.Errorf("watched: %v", action)
	}
	if _, ok := s.Watched(step("file.read")); ok {
		t.Error("file.read is watched")
	}
}

// A step costs no memory, neither an ordinary one nor a risk, early or late.
func TestStepsDoNotAllocate(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	lines := []*classify.Step{
		step("shell", "test"), step("file.read"), step("shell", "credential.read/medium", "http.write"), step("git.remote"),
		step("credential.search/low"), step("credential.use", "http.write"), step("infra.destroy/high"), // a sequence
	}
	for _, history := range []int{0, 1000} {
		work(s, history)
		i := 0
		if n := testing.AllocsPerRun(400, func() {
			line, now := lines[i%len(lines)], at(i)
			s.Record(line, s.Assess(line, now), Outcome{Failed: i%5 == 0}, now)
			i++
		}); n != 0 {
			t.Errorf("after %d steps: %v allocations a step", history, n)
		}
	}
}
