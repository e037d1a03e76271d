//go:build unix

package gate

import (
	"testing"
	"time"

	"restrain/asked"
	"restrain/classify"
	"restrain/trust"
)

// What weighs more than any sum is asked about however ordinary the sum makes it.
func TestHeldWhateverTheSum(t *testing.T) {
	action := func(class classify.Class, severity classify.Severity, owner classify.Owner) classify.Action {
		return classify.Action{Class: class, Severity: severity, Owner: owner}
	}
	secret := action("credential.read", classify.Medium, classify.OwnerProject)
	secret.Maskable = true
	opened := action("credential.read", classify.Medium, classify.OwnerProject) // and read by what nobody can tell
	kept := action("file.delete", classify.Low, classify.OwnerProject)
	lost := action("file.destroy", classify.High, classify.OwnerProject)
	lost.Keepable = true
	for name, test := range map[string]struct {
		action    classify.Action
		made      safety
		uncertain bool
		said      asked.Answer
		want      Outcome
	}{
		"critical":                               {action: action("db.destroy", classify.Critical, classify.OwnerLocal), want: Ask},
		"critical, asked for":                    {action: action("db.write", classify.Critical, classify.OwnerLocal), said: asked.Wanted, want: Ask},
		"a secret that cannot be masked":         {action: secret, want: Ask},
		"a secret that is opened":                {action: opened, made: safety{masked: true}, want: Ask},
		"a secret that is masked":                {action: secret, made: safety{masked: true}, want: Run},
		"a loss":                                 {action: lost, want: Ask},
		"a loss that is kept":                    {action: lost, made: safety{kept: true}, want: Run},
		"a loss of the session's own":            {action: action("git.destroy", classify.Medium, classify.OwnerSession), want: Run},
		"a loss that was asked for":              {action: lost, said: asked.Wanted, want: Run},
		"data that leave":                        {action: action("data.send", classify.High, classify.OwnerForeign), want: Ask},
		"a plan that nobody has read":            {action: action("infra.write", classify.High, classify.OwnerUnknown), want: Ask},
		"a plan for what is on this machine":     {action: action("infra.write", classify.High, classify.OwnerLocal), want: Run},
		"what was read in part, and does harm":   {action: kept, uncertain: true, want: Ask},
		"what the human said not to do":          {action: kept, said: asked.Unwanted, want: Ask},
		"other harm that the session speaks for": {action: action("execute.download", classify.High, classify.OwnerUnknown), want: Run},
	} {
		t.Run(name, func(t *testing.T) {
			step := &classify.Step{Actions: []classify.Action{test.action}, Severity: test.action.Severity, Uncertain: test.uncertain}
			p := testGate(t, &human{}).Policy
			j := Judgement{
				Step: step, Severity: step.Severity, made: test.made, Margin: -50,
				Assessment: trust.Assessment{Bits: -50, Asked: test.said},
			}
			if test.said == asked.Wanted {
				j.Assessment.Weighed[trust.AskedFor] = -8
			}
			if got := p.outcome(&j); got != test.want {
				t.Errorf("%s, not %s", got, test.want)
			}
		})
	}
}

// That an agent has made a step usual excuses nothing of high severity.
func TestUsualExcusesNoHighSeverity(t *testing.T) {
	p := testGate(t, &human{}).Policy
	a := trust.Assessment{Bits: -4}
	a.Weighed[trust.Unusual] = -4
	for severity, want := range map[classify.Severity]float64{classify.Medium: -4, classify.High: 0} {
		if got := p.doubt(&Judgement{Step: &classify.Step{}, Severity: severity, Assessment: a}); got != want {
			t.Errorf("%s: %v bits, not %v", severity, got, want)
		}
	}
}

// What is published is others' from then on: nothing excuses it but a human's word or
// a persona that was chosen for it. What is local is an agent's own work, declared or not.
func TestPublishingAndWhatIsLocal(t *testing.T) {
	p := testGate(t, &human{}).Policy
	publish := &classify.Step{Actions: []classify.Action{{Class: "publish", Severity: classify.Medium, Undo: classify.UndoNo}}, Severity: classify.Medium}
	for said, want := range map[asked.Answer]Outcome{asked.Unsaid: Ask, asked.Wanted: Run} {
		j := Judgement{Step: publish, Severity: publish.Severity, Margin: -50, Assessment: trust.Assessment{Bits: -50, Asked: said}}
		if said == asked.Wanted {
			j.Assessment.Weighed[trust.AskedFor] = -8
		}
		if got := p.outcome(&j); got != want {
			t.Errorf("publishing, said %v: %s", said, got)
		}
	}
	for owner, more := range map[classify.Owner]bool{classify.OwnerLocal: false, classify.OwnerUnknown: true} {
		action := classify.Action{Class: "infra.destroy", Severity: classify.High, Owner: owner}
		j := p.Judge(p.NewSession(), &classify.Step{Actions: []classify.Action{action}, Severity: classify.High}, time.Unix(0, 0))
		if got := p.doubt(&j) > j.Assessment.Bits; got != more {
			t.Errorf("%s: outside of what is declared counts: %v", owner, got)
		}
	}
}
