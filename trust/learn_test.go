package trust

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"restrain/classify"
)

// lesson is a step of a rule, and how a journal has it.
func lesson(rule string, d Decision) (*classify.Step, PastStep) {
	s := step("publish/medium")
	s.Actions[0].Finding, s.Actions[0].Resource.Kind = &classify.Finding{Rule: rule}, "release"
	return s, PastStep{Kinds: Kinds(s), Decision: d}
}

// approvedBits is what past sessions make of a step, by way of the file.
func approvedBits(t *testing.T, sessions [][]PastStep, s *classify.Step) float64 {
	t.Helper()
	lessons := Learn("/p", sessions)
	if len(lessons.Approved) > 0 {
		var err error
		if lessons, err = ParseLessons(lessons.Encode()); err != nil {
			t.Fatal(err)
		}
	}
	a := NewSession(Shipped().With(lessons), testRules()).Assess(s, at(0))
	return a.Weighed[ApprovedBefore]
}

// What a human let happen in a session is less unusual in later ones, when it was
// learned: below critical, and never when it was denied in another.
func TestApprovedKindsAreLearned(t *testing.T) {
	publish, approved := lesson("release", Approved)
	_, denied := lesson("release", Denied)
	_, allowed := lesson("release", Allowed)
	other, _ := lesson("another", Approved)
	if got := approvedBits(t, [][]PastStep{{approved}}, publish); got >= 0 {
		t.Errorf("approved in a session before: %v bits", got)
	}
	for name, sessions := range map[string][][]PastStep{
		"denied in another":           {{approved}, {denied}},
		"denied in the same":          {{denied, approved}},
		"run unasked a hundred times": {make100(allowed)},
	} {
		if got := approvedBits(t, sessions, publish); got != 0 {
			t.Errorf("%s: %v bits", name, got)
		}
	}
	if got := approvedBits(t, [][]PastStep{{approved}}, other); got != 0 {
		t.Errorf("another rule: %v bits", got)
	}
	critical := step("publish/critical")
	critical.Actions[0].Finding, critical.Actions[0].Resource.Kind = publish.Actions[0].Finding, "release"
	if got := approvedBits(t, [][]PastStep{{approved}}, critical); got != 0 || len(Kinds(critical)) > 0 {
		t.Errorf("critical: %v bits, %v", got, Kinds(critical))
	}
}

func make100(s PastStep) (steps []PastStep) {
	for range 100 {
		steps = append(steps, s)
	}
	return steps
}

// Lessons move no figure of a step: how usual it is stays what the shipped baseline
// says, whatever a project's sessions did.
func TestLessonsMoveNoFigure(t *testing.T) {
	_, approved := lesson("release", Approved)
	learned := Shipped().With(Learn("/p", [][]PastStep{{approved}}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := NewSession(Shipped(), testRules()), NewSession(learned, testRules())
		for range rapid.IntRange(1, 20).Draw(t, "history") {
			line := rapid.SliceOfN(someClasses, 1, 3).Draw(t, "step")
			if x, y := a.Assess(step(line...), at(0)), b.Assess(step(line...), at(0)); x.Percentile != y.Percentile || x.Level != y.Level {
				t.Fatalf("%v: %v %v, and %v %v after learning", line, x.Percentile, x.Level, y.Percentile, y.Level)
			}
			do(a, Outcome{}, line...)
			do(b, Outcome{}, line...)
		}
	})
}

// However much was approved, what is remembered is bounded; most sessions first.
func TestLessonsAreBounded(t *testing.T) {
	var often, all []PastStep
	for i := range 3 * maxApproved {
		_, past := lesson(fmt.Sprintf("rule-%03d", i), Approved)
		all = append(all, past)
		if i == 2*maxApproved {
			often = append(often, past)
		}
	}
	lessons := Learn("/p", [][]PastStep{all, often})
	if n := len(lessons.Approved); n != maxApproved {
		t.Errorf("%d kinds were learned, want %d", n, maxApproved)
	}
	if first := lessons.Approved[0]; first.Sessions != 2 || first.Kind != often[0].Kinds[0] {
		t.Errorf("first is %+v, want %s of 2 sessions", first, often[0].Kinds[0])
	}
}

func TestLessonsSurviveTheFile(t *testing.T) {
	_, approved := lesson("release", Approved)
	lessons := Learn("/home/dev/a \"quoted\"\nname", [][]PastStep{{approved}, {approved}})
	text := lessons.Encode()
	read, err := ParseLessons(text)
	if err != nil {
		t.Fatal(err)
	}
	if again := read.Encode(); !bytes.Equal(again, text) || read.Project != lessons.Project || read.Sessions != 2 {
		t.Fatalf("written %s\nread    %s", text, again)
	}
}

func TestDamagedLessons(t *testing.T) {
	for _, text := range []string{
		"", "restrain baseline 1\n", lessonsHeader + "\n", lessonsHeader + "\nproject x\n", lessonsHeader + "\napproved\n",
		lessonsHeader + "\nsessions 1 2\n", lessonsHeader + "\nproject \"/p\"\nsessions 1\n", lessonsHeader + "\nwhat 1\n",
		lessonsHeader + "\napproved a b c d -1\n",
	} {
		if _, err := ParseLessons([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
