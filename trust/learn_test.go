package trust

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/classify"
)

// past makes the same step n times, as a journal has it.
func past(n int, s PastStep) []PastStep { return slices.Repeat([]PastStep{s}, n) }

func calmStep(classes ...classify.Class) PastStep { return PastStep{Classes: classes} }

func learnt(sessions ...[]PastStep) *Lessons {
	return Learn("/home/dev/app", sessions, testRules().Risk)
}

func (l *Lessons) count(c classify.Class) int {
	for _, have := range l.counts {
		if have.class == c {
			return have.steps
		}
	}
	return 0
}

func TestWhatTeaches(t *testing.T) {
	ordinary := calmStep("infra.read")
	tests := []struct {
		name  string
		steps []PastStep
		class classify.Class
		want  int
	}{
		{"calm and allowed", past(3, ordinary), "infra.read", 3},
		{"low severity", past(3, PastStep{Classes: []classify.Class{"infra.write"}, Severity: classify.Low}), "infra.write", 3},
		{"harm that nobody was asked about", past(3, PastStep{Classes: []classify.Class{"infra.write"}, Severity: classify.Medium}), "infra.write", 0},
		{"harm that a human approved", past(3, PastStep{Classes: []classify.Class{"infra.write"}, Severity: classify.Medium, Decision: Approved}), "infra.write", 3},
		{"denied", past(9, PastStep{Classes: []classify.Class{"infra.read"}, Decision: Denied}), "infra.read", 0},
		{"only unusual", past(9, PastStep{Classes: []classify.Class{"infra.read"}, Level: Elevated}), "infra.read", 9},
		{"in an alarmed session", past(9, PastStep{Classes: []classify.Class{"infra.read"}, Level: Alarmed}), "infra.read", 0},
		{"after a risk", append(past(1, PastStep{Classes: []classify.Class{"credential.read"}, Severity: classify.Medium}), past(lessonQuiet, ordinary)...), "infra.read", 0},
		{"after a denial", append(past(1, PastStep{Classes: []classify.Class{"file.read"}, Decision: Denied}), past(lessonQuiet, ordinary)...), "infra.read", 0},
		{"long after a risk", append(past(1, PastStep{Classes: []classify.Class{"credential.read"}, Severity: classify.Medium}), past(lessonQuiet+5, ordinary)...), "infra.read", 5},
		{"a risk class, approved", past(9, PastStep{Classes: []classify.Class{"db.destroy"}, Decision: Approved}), "db.destroy", 0},
		{"beside a risk class", past(9, PastStep{Classes: []classify.Class{"db.read", "db.destroy"}, Decision: Approved}), "db.read", 0},
		{"one class again and again", past(10_000, ordinary), "infra.read", lessonClass},
		{"one rule again and again", past(100, PastStep{Classes: []classify.Class{"infra.write"}, Rules: []string{"apply"}, Decision: Approved}), "infra.write", lessonRule},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := learnt(test.steps).count(test.class); got != test.want {
				t.Errorf("%s was learned from %d steps, want %d", test.class, got, test.want)
			}
		})
	}
}

func TestCapsHoldOverSessions(t *testing.T) {
	var sessions [][]PastStep
	for range 20 {
		sessions = append(sessions, past(3, PastStep{Classes: []classify.Class{"infra.write"}, Rules: []string{"apply"}, Decision: Approved}))
	}
	if got := learnt(sessions...).count("infra.write"); got != lessonRule {
		t.Errorf("a rule taught %d times over the sessions, want %d", got, lessonRule)
	}
	many := make([]PastStep, 0, 1000)
	for i := range 1000 {
		many = append(many, calmStep(classify.Class(fmt.Sprintf("class%d", i))))
	}
	if got := learnt(many).Steps; got != lessonSession {
		t.Errorf("one session taught %d steps, want %d", got, lessonSession)
	}
}

func TestLearningMakesOrdinaryWorkOrdinary(t *testing.T) {
	shipped := Shipped()
	var sessions [][]PastStep
	for range 20 {
		sessions = append(sessions, past(30, calmStep("infra.read")))
	}
	learned := shipped.With(learnt(sessions...), testRules().Risk)
	before := NewSession(shipped, testRules()).Assess(step("infra.read"), time.Time{})
	after := NewSession(learned, testRules()).Assess(step("infra.read"), time.Time{})
	if after.Percentile >= before.Percentile-5 {
		t.Errorf("percentile of infra.read: %.1f before, %.1f after; want it clearly lower", before.Percentile, after.Percentile)
	}
	if after.Baseline != before.Baseline {
		t.Errorf("%d steps behind the percentiles, want those of the shipped sessions, %d", after.Baseline, before.Baseline)
	}
	sum := 0.0
	for _, s := range learned.shares(len(learned.classes) + 1) {
		sum += s
	}
	if sum < 0.999999 || sum > 1.000001 {
		t.Errorf("the shares sum to %v", sum)
	}
}

// classOnly is the class of a "class/severity".
func classOnly(text string) classify.Class {
	class, _, _ := strings.Cut(text, "/")
	return classify.Class(class)
}

// anyPast draws sessions that a patient attacker could have left, bad steps
// repeated at will.
func anyPast(t *rapid.T) [][]PastStep {
	bad := rapid.Custom(func(t *rapid.T) []PastStep {
		return past(rapid.IntRange(1, 300).Draw(t, "times"), PastStep{
			Classes:  []classify.Class{classOnly(rapid.OneOf(riskyClasses, someClasses).Draw(t, "class"))},
			Severity: classify.Severity(rapid.IntRange(0, 4).Draw(t, "severity")),
			Rules:    rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "rules"),
			Decision: Decision(rapid.IntRange(0, 2).Draw(t, "decision")),
			Level:    Level(rapid.IntRange(0, 2).Draw(t, "level")),
		})
	})
	runs := rapid.SliceOfN(bad, 1, 6).Draw(t, "runs")
	return [][]PastStep{slices.Concat(runs...), slices.Concat(runs...)}
}

// Whatever was repeated, a risk, or a step that does harm, is never held to
// less than the shipped baseline holds it to, after any history.
func TestABadStepCannotTeachItself(t *testing.T) {
	shipped, rules := Shipped(), testRules()
	rapid.Check(t, func(t *rapid.T) {
		lessons := Learn("/p", anyPast(t), rules.Risk)
		learned := shipped.With(lessons, rules.Risk)
		a, b := NewSession(shipped, rules), NewSession(learned, rules)
		for range rapid.IntRange(0, 20).Draw(t, "history") {
			line := rapid.SliceOfN(someClasses, 1, 3).Draw(t, "step")
			do(a, Outcome{}, line...)
			do(b, Outcome{}, line...)
		}
		bad := step(riskyClasses.Draw(t, "risk"))
		if rapid.Bool().Draw(t, "harm") {
			bad = step(string(classOnly(someClasses.Draw(t, "class"))) + "/medium")
		}
		before, after := a.Assess(bad, time.Time{}), b.Assess(bad, time.Time{})
		if after.Percentile < before.Percentile {
			t.Fatalf("%v: percentile %v, and %v after learning", bad.Actions, before.Percentile, after.Percentile)
		}
	})
}

func TestDeniedIsNeverLearned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sessions := anyPast(t)
		denied := classOnly(someClasses.Draw(t, "denied"))
		for _, steps := range sessions {
			for i := range steps {
				if slices.Contains(steps[i].Classes, denied) {
					steps[i].Decision = Denied
				}
			}
		}
		lessons := Learn("/p", sessions, testRules().Risk)
		if n := lessons.count(denied); n != 0 {
			t.Fatalf("%s was denied every time and learned %d times", denied, n)
		}
		for _, p := range lessons.follows {
			if p.from == denied || p.to == denied {
				t.Fatalf("%s was denied every time and is in what was learned: %v", denied, p)
			}
		}
	})
}

func TestLessonsSurviveTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lessons := Learn("/home/dev/a \"quoted\"\nname", anyPast(t), testRules().Risk)
		if lessons.Steps == 0 {
			t.Skip("nothing was learned")
		}
		text := lessons.Encode()
		read, err := ParseLessons(text)
		if err != nil {
			t.Fatal(err)
		}
		if again := read.Encode(); !bytes.Equal(again, text) || read.Project != lessons.Project {
			t.Fatalf("written %s\nread    %s", text, again)
		}
	})
}

// What a human let happen in a session is less unusual in later ones, when it was
// learned: below critical, and never when it was denied in another.
func TestApprovedKindsAreLearned(t *testing.T) {
	publish := step("publish/medium")
	publish.Actions[0].Finding, publish.Actions[0].Resource.Kind = &classify.Finding{Rule: "release"}, "release"
	approved := PastStep{Classes: []classify.Class{"publish"}, Severity: classify.Medium, Kinds: Kinds(publish), Decision: Approved, Level: Elevated}
	denied := approved
	denied.Decision = Denied
	bits := func(sessions [][]PastStep, st *classify.Step) float64 {
		lessons := Learn("/p", sessions, testRules().Risk)
		if len(lessons.Approved()) > 0 { // the file says the same
			var err error
			if lessons, err = ParseLessons(lessons.Encode()); err != nil {
				t.Fatal(err)
			}
		}
		a := NewSession(Shipped().With(lessons, testRules().Risk), testRules()).Assess(st, at(0))
		return a.Weighed[ApprovedBefore]
	}
	if got := bits([][]PastStep{{approved}}, publish); got >= 0 {
		t.Errorf("approved in a session before: %v bits", got)
	}
	if got := bits([][]PastStep{{approved}, {denied}}, publish); got != 0 {
		t.Errorf("and denied in another: %v bits", got)
	}
	other := step("publish/medium")
	other.Actions[0].Finding = &classify.Finding{Rule: "another"}
	if got := bits([][]PastStep{{approved}}, other); got != 0 {
		t.Errorf("another rule: %v bits", got)
	}
	critical := step("publish/critical")
	critical.Actions[0].Finding, critical.Actions[0].Resource.Kind = publish.Actions[0].Finding, "release"
	if got := bits([][]PastStep{{approved}}, critical); got != 0 || len(Kinds(critical)) > 0 {
		t.Errorf("critical: %v bits, %v", got, Kinds(critical))
	}
}

// A file of lessons that somebody wrote by hand can do no more than journals.
func TestForgedLessonsTeachNoRisk(t *testing.T) {
	forged := lessonsHeader + "\nproject \"/p\"\nsteps 10\nclass db.destroy 900000000\nclass file.read 900000000\nafter start db.destroy 900000000\n"
	lessons, err := ParseLessons([]byte(forged))
	if err != nil {
		t.Fatal(err)
	}
	shipped := Shipped()
	learned := shipped.With(lessons, testRules().Risk)
	if learned.Frequency("db.destroy") > shipped.Frequency("db.destroy") {
		t.Errorf("db.destroy: %v, and %v after the forged lessons", shipped.Frequency("db.destroy"), learned.Frequency("db.destroy"))
	}
	if share := learned.Frequency("file.search") / shipped.Frequency("file.search"); share < 0.4 {
		t.Errorf("file.search has %.2f of its share left; the shipped baseline must keep about half", share)
	}
}

func TestDamagedLessons(t *testing.T) {
	for _, text := range []string{
		"", "restrain baseline 1\n", lessonsHeader + "\n", lessonsHeader + "\nproject x\n", lessonsHeader + "\nclass\n",
		lessonsHeader + "\nsteps 1 2\n", lessonsHeader + "\nproject \"/p\"\nsteps 0\n", lessonsHeader + "\nwhat 1\n",
		lessonsHeader + "\nafter start file.read -1\n",
	} {
		if _, err := ParseLessons([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func BenchmarkLessons(b *testing.B) {
	classes := Shipped().Classes()
	var sessions [][]PastStep
	for i := range classes {
		sessions = append(sessions, []PastStep{calmStep(classes[i]), calmStep(classes[(i+1)%len(classes)]), calmStep(classes[(i+7)%len(classes)])})
	}
	lessons := Learn("/p", sessions, nil)
	text, risk := lessons.Encode(), testRules().Risk
	b.ReportAllocs()
	for b.Loop() {
		lessons, err := ParseLessons(text)
		if err != nil {
			b.Fatal(err)
		}
		Shipped().With(lessons, risk)
	}
}
