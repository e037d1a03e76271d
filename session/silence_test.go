package session

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// An agent that was given something to do, and of which no step is seen for long,
// is told of: while it runs, and once at the end.
func TestSilence(t *testing.T) {
	tests := []struct {
		name        string
		used, heard bool
		after       time.Duration
		told        bool
	}{
		{"used, nothing for long", true, false, longSilence, true},
		{"used, nothing for a moment", true, false, longSilence - time.Second, false},
		{"never used", false, false, time.Hour, false},
		{"a step", true, true, time.Hour, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			shown := 0
			now := time.Date(2026, 4, 24, 14, 0, 0, 0, time.UTC)
			q := &silence{now: func() time.Time { return now }, out: &out, tell: func(string) { shown++ }}
			if tt.used {
				q.use()
			}
			if tt.heard {
				q.hear()
			}
			now = now.Add(tt.after)
			if tt.used {
				q.look()
			}
			q.end()
			q.end()
			if told := strings.Count(out.String(), silentText); told > 1 || (told == 1) != tt.told || (shown == 1) != tt.told {
				t.Errorf("shown %d times, told %d times: %s", shown, told, out.String())
			}
		})
	}
}
