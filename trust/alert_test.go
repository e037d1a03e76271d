package trust

import (
	"testing"

	"restrain/classify"
)

// What reaches a database server, destroys, or looks for what was lost raises the
// level where it is unusual, before anything has done harm; what is the project's own,
// on this machine, or usual in the session does not, nor what a human asked for or let
// happen before.
func TestUnusualReachAlerts(t *testing.T) {
	tests := []struct {
		name  string
		class string
		owner classify.Owner
		work  []string // of the session before it
		want  Level
	}{
		{"a database server", "db.read", classify.OwnerUnknown, nil, Elevated},
		{"a file of the project", "db.read", classify.OwnerProject, nil, Calm},
		{"a file elsewhere", "db.read", classify.OwnerForeign, nil, Calm},
		{"where databases are the work", "db.read", classify.OwnerUnknown, []string{"db.read", "db.write"}, Calm},
		{"lost commits", "git.recover", classify.OwnerProject, nil, Elevated},
		{"a class that is not alert to it", "package.install", classify.OwnerUnknown, nil, Calm},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules := testRules()
			rules.Alert = []classify.Class{"db.read", "git.recover"}
			s := NewSession(Shipped(), rules)
			for i := range 30 {
				if len(tt.work) > 0 {
					do(s, Outcome{Decision: Approved}, tt.work[i%len(tt.work)])
				} else {
					work(s, 1)
				}
			}
			s.suspicion = suspicion{classes: make([]float64, len(s.suspicion.classes))}
			st := step(tt.class)
			st.Actions[0].Owner = tt.owner
			a := s.Assess(st, at(30))
			if a.Level != tt.want {
				t.Errorf("level %v at the percentile %.2f, want %v", a.Level, a.Percentile, tt.want)
			}
			s.Record(st, a, Outcome{}, at(30))
			if s.Level() != tt.want {
				t.Errorf("level %v after it, want %v", s.Level(), tt.want)
			}
			a.Facts[AskedFor] = 1
			if got := s.floor(&completion{}, st, s.tokenize(st), &a); got != 0 {
				t.Errorf("raised to %v though the human asked for it", got)
			}
		})
	}
}
