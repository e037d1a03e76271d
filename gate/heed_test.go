//go:build unix

package gate

import (
	"testing"
	"time"

	"restrain/classify"
	"restrain/trust"
)

// A poor record lowers what it takes to be asked. A good one takes nothing away:
// what is asked about without a record is asked about with any.
func TestRecordLowersTheLine(t *testing.T) {
	judge := func(poor float64, action classify.Action) Judgement {
		p := testGate(t, &human{}).Policy
		p.Heed(poor)
		step := &classify.Step{Actions: []classify.Action{action}, Severity: action.Severity}
		return p.Judge(p.NewSession(), step, time.Unix(0, 0))
	}
	medium := classify.Action{Class: "db.write", Severity: classify.Medium}
	without, poor := judge(0, medium), judge(1, medium)
	if got := poor.Margin - without.Margin; got < 1 {
		t.Errorf("a poor record adds %.2f bits to a medium step", got)
	}
	if poor.Assessment.Weighed[trust.PoorRecord] <= 0 {
		t.Error("it is no named reason")
	}
	for _, severity := range []classify.Severity{classify.High, classify.Critical} {
		action := classify.Action{Class: "db.destroy", Severity: severity}
		if judge(0, action).Outcome != Ask || judge(-5, action).Outcome != Ask {
			t.Errorf("%s runs", severity)
		}
	}
}
