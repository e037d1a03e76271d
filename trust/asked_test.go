package trust

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"restrain/asked"
	"restrain/classify"
	"restrain/shellparse"
)

// stepOf reads a line as a step, from its text alone.
func stepOf(line string) *classify.Step {
	offline := classify.Offline{WorkDir: "/home/dev/shop", HomeDir: "/home/dev"}
	step := classify.Shipped().Classify(shellparse.Parse(line, shellparse.Options{Dir: offline.WorkDir, Home: offline.HomeDir}), offline)
	return &step
}

func TestMessagesOutliveTheProcess(t *testing.T) {
	rules := RulesOf(classify.Shipped())
	s := NewSession(Shipped(), rules)
	at := time.Date(2026, 4, 24, 14, 1, 0, 0, time.UTC)
	for i := range 8 {
		s.Hear(Message{Time: at, Text: fmt.Sprintf("message %d %s", i, strings.Repeat("é", 300)), Weighs: true})
	}
	s.Hear(Message{Time: at, Text: "force push it", Weighs: true})
	if s.Hear(Message{Time: at, Text: "force push it", Weighs: true}) {
		t.Error("the same message is heard twice")
	}
	state := s.AppendState(nil)
	if len(state) > maxState/2 {
		t.Errorf("the state has %d bytes", len(state))
	}
	again := NewSession(Shipped(), rules)
	if err := again.RestoreState(state); err != nil {
		t.Fatal(err)
	}
	got := again.Messages()
	if len(got) != maxMessages {
		t.Fatalf("%d messages, not %d", len(got), maxMessages)
	}
	for i, m := range got {
		if m != s.Messages()[i] || len(m.Text) > asked.MaxKept {
			t.Errorf("message %d: %+v, not %+v", i, m, s.Messages()[i])
		}
	}
	if got[0].Weighs {
		t.Error("a message that was cut is weighed")
	}
	if a := again.Assess(stepOf("git push --force origin main"), at); a.Asked != asked.Wanted {
		t.Errorf("the step is %s", a.Asked)
	}
}

// A state with a message that is too long was not written here.
func TestMessagesOfAnotherAreRefused(t *testing.T) {
	s := NewSession(Shipped(), RulesOf(classify.Shipped()))
	s.messages = []Message{{Text: strings.Repeat("x", asked.MaxKept+1)}}
	if err := NewSession(Shipped(), RulesOf(classify.Shipped())).RestoreState(s.AppendState(nil)); err == nil {
		t.Error("it is restored")
	}
}

// What nobody asked for costs an assessment nothing.
func TestAskedAllocatesNothing(t *testing.T) {
	s := NewSession(Shipped(), RulesOf(classify.Shipped()))
	step := stepOf("git push --force origin main")
	if n := testing.AllocsPerRun(100, func() { s.Asked(step) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
