package gate

import "testing"

func TestFate(t *testing.T) {
	for fate, want := range map[Fate]Outcome{Lost: Deny, Spared: Run, Stored: RunKept, Unread: Run, Unread + 1: Deny} {
		if d := fate.Decide(); d.Outcome != want || !d.Part || d.Reason == "" {
			t.Errorf("fate %d: %+v", fate, d.Judgement)
		}
	}
}
