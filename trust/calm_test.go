package trust

import (
	"testing"

	"restrain/classify"
)

// ours makes all actions of a step ones on what the session has made.
func ours(s *classify.Step) *classify.Step {
	for i := range s.Actions {
		s.Actions[i].Target = &classify.TargetInfo{Made: true}
	}
	return s
}

// What a human approved, or what was done to one's own, says nothing of what
// follows; what ran unasked does, and so does what was denied.
func TestMarksThatRaiseNothing(t *testing.T) {
	for _, c := range []struct {
		name     string
		before   []string // the classes of one step each
		then     string
		sequence string // that then completes, when nobody has approved what went before
	}{
		{"emptied tables", []string{"db.destroy/medium", "db.destroy/medium"}, "db.destroy/medium", "repeated-destruction"},
		{"a removed check", []string{"guard.tamper/medium"}, "file.destroy/medium", "tamper-then-act"},
		{"a backup", []string{"backup.destroy/medium"}, "db.destroy/medium", "backups-then-data"},
		{"privileges", []string{"privilege/medium"}, "persist/medium", "privilege-then-destruction"},
	} {
		for _, fate := range []struct {
			name      string
			outcome   Outcome
			own       bool
			completes bool
		}{
			{"unasked", Outcome{}, false, true},
			{"denied", Outcome{Decision: Denied}, false, true},
			{"approved", Outcome{Decision: Approved}, false, false},
			{"one's own", Outcome{}, true, false},
		} {
			s := NewSession(Shipped(), RulesOf(classify.Shipped()))
			for _, class := range c.before {
				st := step(class)
				if fate.own {
					st = ours(st)
				}
				now := at(s.Steps())
				s.Record(st, s.Assess(st, now), fate.outcome, now)
			}
			a := s.Assess(step(c.then), at(s.Steps()))
			if got := a.Sequence == c.sequence; got != fate.completes {
				t.Errorf("%s, %s: then completes %q", c.name, fate.name, a.Sequence)
			}
			own := s.Assess(ours(step(c.then)), at(s.Steps()))
			if own.Sequence != "" {
				t.Errorf("%s, %s: then to one's own completes %q", c.name, fate.name, own.Sequence)
			}
		}
	}
}

// Who let a credential be read has not let it be sent.
func TestApprovedCredentialIsStillThere(t *testing.T) {
	s := NewSession(Shipped(), RulesOf(classify.Shipped()))
	read := step("credential.read/medium")
	s.Record(read, s.Assess(read, at(0)), Outcome{Decision: Approved}, at(0))
	if a := s.Assess(step("data.send/low"), at(1)); a.Sequence != "credential-to-send" {
		t.Errorf("completes %q", a.Sequence)
	}
	if s.Level() == Alarmed {
		t.Errorf("the session is %s", s.Level())
	}
}

// A step that was approved although it completes a sequence leaves the day as it
// was; one that was denied does not.
func TestApprovedCompletionDoesNotAlarm(t *testing.T) {
	for decision, alarmed := range map[Decision]bool{Approved: false, Denied: true} {
		s := NewSession(Shipped(), RulesOf(classify.Shipped()))
		for i, outcome := range []Outcome{{}, {}, {Decision: decision}} {
			st := step("db.destroy/medium")
			a := s.Assess(st, at(i))
			if complete := i == 2; complete != (a.Sequence == "repeated-destruction") {
				t.Fatalf("step %d completes %q", i, a.Sequence)
			}
			s.Record(st, a, outcome, at(i))
		}
		if got := s.Level() == Alarmed; got != alarmed {
			t.Errorf("decision %d: the session is %s", decision, s.Level())
		}
	}
}

// What was approved may come again without a question, and what it completes then
// leaves the day as it was, too; but not when it is critical, nor another kind.
func TestApprovedCompletionAgain(t *testing.T) {
	for _, test := range []struct {
		again, rule string
		alarmed     bool
	}{
		{"infra.destroy/high", "destroy", false},
		{"infra.destroy/critical", "destroy", true},
		{"infra.destroy/high", "another", true},
	} {
		s := NewSession(Shipped(), RulesOf(classify.Shipped()))
		for i, name := range []string{"credential.read/medium", "infra.read", "infra.destroy/high", test.again} {
			st, outcome := step(name), Outcome{Decision: Approved}
			st.Actions[0].Finding = &classify.Finding{Rule: "destroy"}
			switch i {
			case 1:
				outcome = Outcome{}
			case 3:
				st.Actions[0].Finding, outcome = &classify.Finding{Rule: test.rule}, Outcome{}
			}
			a := s.Assess(st, at(i))
			if got := a.Level == Alarmed; i == 3 && got != test.alarmed {
				t.Errorf("%s of %s: would be %s", test.again, test.rule, a.Level)
			}
			s.Record(st, a, outcome, at(i))
		}
		if got := s.Level() == Alarmed; got != test.alarmed {
			t.Errorf("%s of %s: the session is %s", test.again, test.rule, s.Level())
		}
	}
}
