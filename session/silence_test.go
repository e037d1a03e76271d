package session

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"restrain/intercept"
)

type allowAll struct{}

func (allowAll) Judge(context.Context, intercept.Request) intercept.Reply {
	return intercept.Reply{Allow: true}
}

// Only a long session of which nothing but its own start was seen is told, once.
func TestSilence(t *testing.T) {
	const agent = 7
	tests := []struct {
		name  string
		pids  []int // who asked
		after time.Duration
		told  bool
	}{
		{"nothing, for long", nil, longSilence, true},
		{"nothing, for a moment", nil, longSilence - time.Second, false},
		{"its own start", []int{agent, agent}, time.Hour, true},
		{"a command", []int{agent, 8}, time.Hour, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			now := time.Date(2026, 4, 24, 14, 0, 0, 0, time.UTC)
			s := &silence{
				next: allowAll{}, own: func(r *intercept.Request) bool { return r.PID == agent },
				now: func() time.Time { return now }, began: now, out: &out,
			}
			for _, pid := range tt.pids {
				if reply := s.Judge(t.Context(), intercept.Request{PID: pid}); !reply.Allow {
					t.Error("the judge behind it was not asked")
				}
			}
			now = now.Add(tt.after)
			s.tell()
			s.tell()
			if told := strings.Count(out.String(), "no command of the agent was seen"); (told == 1) != tt.told || told > 1 {
				t.Errorf("told %d times: %s", told, out.String())
			}
		})
	}
}
