package trust

import (
	"math"
	"reflect"
	"testing"
)

func TestEvaluate(t *testing.T) {
	quiet := EvalStep{Score: 1}
	asked := EvalStep{Score: 3, Asked: true}
	raised := EvalStep{Score: 2, Level: Elevated}
	sessions := []EvalSession{
		{Repo: "a", Steps: []EvalStep{quiet, quiet, quiet, asked}},
		{Repo: "a", Steps: []EvalStep{quiet, quiet}},
		{Repo: "b", Steps: []EvalStep{quiet, quiet, raised, {Score: 5, Unusual: true}}},
	}
	incidents := []EvalIncident{
		{ID: "held there, after an alert", Destructive: 1, Steps: []EvalStep{raised, {Score: 4, Asked: true}}},
		{ID: "held before", Destructive: 1, Steps: []EvalStep{asked, {Score: 1}}},
		{ID: "missed", Destructive: 0, Steps: []EvalStep{{Score: 6}, asked}},
		{ID: "missed, after what was told", Destructive: 1, Steps: []EvalStep{{Score: 1, Unusual: true}, {Score: 6}}},
	}
	e, err := Evaluate(sessions, incidents)
	if err != nil {
		t.Fatal(err)
	}
	if e.Repositories != 2 || e.Sessions != 3 || e.Steps != 10 || e.Pauses != 1 || e.Incidents != 4 {
		t.Errorf("counts: %+v", e)
	}
	if e.PausesPer1000.Value != 100 || math.Abs(e.SessionsWithPause.Value-1.0/3) > 1e-12 || math.Abs(e.SessionsRaised.Value-1.0/3) > 1e-12 {
		t.Errorf("rates: %+v", e)
	}
	if e.Held.N != 2 || e.HeldThere.N != 1 || e.Alerted.N != 2 || e.Told.N != 3 || e.ToldPer1000 != 200 {
		t.Errorf("incidents: %+v", e)
	}
	// By hand: 4 beats 9 of 10, 1 ties with 7 of 10 (counts 3.5), 6 beats all, twice.
	if want := (9 + 3.5 + 10 + 10) / 40.0; math.Abs(e.AUC.Value-want) > 1e-12 {
		t.Errorf("AUC %v, want %v", e.AUC.Value, want)
	}
	for _, i := range []Interval{e.PausesPer1000, e.SessionsWithPause, e.SessionsRaised, e.AUC} {
		if i.Low > i.Value || i.High < i.Value {
			t.Errorf("the interval %+v is not around its value", i)
		}
	}
	if again, _ := Evaluate(sessions, incidents); !reflect.DeepEqual(e, again) {
		t.Error("evaluated again, the figures differ")
	}
	incidents[0].Destructive = 2
	if _, err := Evaluate(sessions, incidents); err == nil {
		t.Error("a destructive step that does not exist: no error")
	}
	if e, err := Evaluate(nil, nil); err != nil || e.AUC.Value != 0.5 {
		t.Errorf("nothing to evaluate: %+v, %v", e, err)
	}
}

// The Wilson interval of 10 of 12, worked out by hand to three places.
func TestWilson(t *testing.T) {
	c := wilson(10, 12)
	if math.Abs(c.Low-0.552) > 0.001 || math.Abs(c.High-0.953) > 0.001 {
		t.Errorf("%+v", c)
	}
}
