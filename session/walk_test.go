package session

import (
	"testing"
	"time"

	"restrain/gate"
	"restrain/transcript"
	"restrain/trust"
)

// What the record says became of a command decides what the session remembers.
func TestOutcome(t *testing.T) {
	yes, no := &transcript.Verdict{Verdict: "ask", Approved: true}, &transcript.Verdict{Verdict: "allow"}
	tests := []struct {
		command transcript.Command
		verdict gate.Outcome
		want    trust.Outcome
	}{
		{transcript.Command{}, gate.Run, trust.Outcome{Decision: trust.Allowed}},
		{transcript.Command{}, gate.Ask, trust.Outcome{Decision: trust.Approved}},
		{transcript.Command{Outcome: transcript.Denied}, gate.Run, trust.Outcome{Decision: trust.Denied}},
		{transcript.Command{Outcome: transcript.Failed}, gate.Run, trust.Outcome{Failed: true}},
		{transcript.Command{Outcome: transcript.Failed}, gate.Ask, trust.Outcome{Decision: trust.Approved, Failed: true}},
		{transcript.Command{Verdict: yes}, gate.Run, trust.Outcome{Decision: trust.Approved}},
		{transcript.Command{Verdict: no}, gate.Ask, trust.Outcome{Decision: trust.Allowed}},
	}
	for _, tt := range tests {
		if got := outcome(&tt.command, tt.verdict); got != tt.want {
			t.Errorf("%+v, %s: got %+v, want %+v", tt.command, tt.verdict, got, tt.want)
		}
	}
}

// Time never goes back, and goes on without a clock.
func TestClock(t *testing.T) {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ recorded, want time.Time }{
		{time.Time{}, start.Add(stepInterval)},
		{start.Add(time.Hour), start.Add(time.Hour)},
		{start.Add(-time.Hour), start},
	} {
		if got := clock(start, tt.recorded); !got.Equal(tt.want) {
			t.Errorf("%v: got %v, want %v", tt.recorded, got, tt.want)
		}
	}
}
