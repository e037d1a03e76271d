//go:build unix

package gate

import (
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/prompt"
	"restrain/shellparse"
	"restrain/trust"
)

func personaPolicy(t *testing.T, rules, persona string) *Policy {
	t.Helper()
	set, err := classify.LoadOver(classify.Shipped(), "rules.toml", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := NewPolicy(set, trust.Shipped(), persona)
	if err != nil {
		t.Fatal(err)
	}
	policy.LeanOnDeclared()
	return policy
}

func judgement(p *Policy, line string) Judgement {
	step, _ := p.Read(&Request{Door: "check", Line: line, Dir: "/home/dev/app", Home: "/home/dev"}, trust.Past{})
	return p.Judge(p.NewSession(), &step, time.Unix(0, 0))
}

// What each shipped persona is for, and what it is kept from.
func TestShippedPersonas(t *testing.T) {
	tests := []struct {
		persona, line string
		want          Outcome
	}{
		{"coding", "go test ./...", Run},
		{"coding", "sudo tee /etc/cron.d/job < job", Ask},
		{"ops", "terraform apply -auto-approve", Run},
		{"ops", "terraform destroy -auto-approve", Ask},
		{"ops", "psql -c 'drop table users'", Ask},
		{"data", "psql -c 'select count(*) from users'", Run},
		{"data", "terraform apply -auto-approve", Ask},
		{"data", "terraform destroy -auto-approve", Deny},
		{"release", "npm publish", Run},
		{"release", "psql -c 'drop table users'", Deny},
		{"read-only", "cat main.go | grep -n func", Run},
		{"read-only", "ls 2>/dev/null", Run},
		{"read-only", "echo x > main.go", Ask},
		{"read-only", "go test ./...", Ask},
		{"read-only", "kubectl apply -f deploy.yaml", Deny},
		{"read-only", "rm -rf src", Deny},
	}
	for _, test := range tests {
		t.Run(test.persona+" "+test.line, func(t *testing.T) {
			j := judgement(personaPolicy(t, "", test.persona), test.line)
			if j.Outcome != test.want {
				t.Errorf("%s (%s), want %s", j.Outcome, j.Reason, test.want)
			}
		})
	}
}

// What a persona has not declared is asked about from medium severity on,
// whatever the session, and what it denies is denied at every severity.
func TestEveryClassOfEveryPersona(t *testing.T) {
	set, now := classify.Shipped(), time.Unix(0, 0)
	for _, persona := range set.PersonaIDs() {
		p := personaPolicy(t, "", persona)
		outside := 0
		for i := range set.Classes {
			class := set.Classes[i].ID
			for severity := classify.None; severity <= classify.Critical; severity++ {
				step := classify.Step{Severity: severity, Script: &shellparse.Script{},
					Actions: []classify.Action{{Class: "file.read"}, {Class: class, Severity: severity}}}
				j := p.Judge(p.NewSession(), &step, now)
				switch stand := set.Persona(persona).Stand(class); {
				case stand == classify.Refused && j.Outcome != Deny,
					stand == classify.Asked && j.Outcome == Run,
					stand == classify.Outside && severity > classify.Low && j.Outcome == Run,
					severity == classify.Critical && j.Outcome == Run:
					t.Errorf("%s: %s of %s severity: %s", persona, class, severity, j.Outcome)
				case stand == classify.Outside:
					outside++
				}
			}
		}
		if outside == 0 {
			t.Errorf("%s: nothing is outside its capabilities", persona)
		}
	}
}

func TestLimitsHoldEverySeverity(t *testing.T) {
	p := personaPolicy(t, `
[[persona]]
id = "narrow"
allow = ["*"]
limits = [{ class = "http.*", hosts = ["*.internal"] }]
`, "narrow")
	if j := judgement(p, "curl https://wiki.internal/"); j.Outcome != Run {
		t.Errorf("within the limit: %s (%s)", j.Outcome, j.Reason)
	}
	j := judgement(p, "curl https://example.com/")
	if j.Outcome != Ask || j.Severity != classify.None || !strings.Contains(j.Reason, "outside the limits") {
		t.Errorf("outside: %s, %s (%s); want ask though it has no severity", j.Outcome, j.Severity, j.Reason)
	}
}

// A baseline that is not the persona's own is said, and so is what stands in
// for it.
func TestBorrowedBaselineIsSaid(t *testing.T) {
	if got := personaPolicy(t, "", "coding").Persona(); got != "coding" {
		t.Errorf("coding: %q", got)
	}
	for _, persona := range []string{"ops", "data", "release", "read-only"} {
		p := personaPolicy(t, "", persona)
		j := judgement(p, "ls")
		if text := p.Explain(&j); !strings.Contains(text, persona+" (no recorded sessions of its own: figures are those of coding") {
			t.Errorf("%s does not say whose baseline it has:\n%s", persona, text)
		}
		risky := judgement(p, "terraform apply")
		q := p.question(p.NewSession(), &Request{}, &risky, time.Unix(0, 0))
		if want := "ordinary sessions of coding; none of " + persona + " are recorded"; !strings.Contains(q.Scores[0], want) {
			t.Errorf("%s: the question does not say whose baseline it has: %q", persona, q.Scores[0])
		}
	}
}

// Going around a denial is the clearest sign there is.
func TestWorkaroundAfterADenial(t *testing.T) {
	h := &human{answer: prompt.Answer{By: "terminal"}}
	g := testGate(t, h)
	if d := judgeLine(t, g, "aws s3 rb s3://app-data --force"); d.Outcome != Deny {
		t.Fatalf("the first way: %s", d.Outcome)
	}
	judgeLine(t, g, "git status")
	d := judgeLine(t, g, "gcloud storage rm --recursive gs://app-data")
	if d.Outcome != Deny || d.Assessment.Sequence != "denied-then-again" || d.Assessment.Level != trust.Alarmed {
		t.Errorf("the second way: %s, sequence %q, %s", d.Outcome, d.Assessment.Sequence, d.Assessment.Level)
	}
}

// After a failure the destruction of the same kind of thing is critical.
func TestDestructionAfterAFailure(t *testing.T) {
	p := personaPolicy(t, "", "coding")
	session, now := p.NewSession(), time.Unix(0, 0)
	step, _ := p.Read(&Request{Line: "terraform apply -auto-approve", Dir: "/home/dev/app"}, trust.Past{})
	j := p.Judge(session, &step, now)
	session.Record(&step, j.Assessment, trust.Outcome{Decision: trust.Approved}, now)
	session.Exited(1, 0, true, now.Add(time.Minute))
	step, _ = p.Read(&Request{Line: "terraform destroy -target=module.db", Dir: "/home/dev/app"}, trust.Past{})
	j = p.Judge(session, &step, now.Add(2*time.Minute))
	if j.Assessment.Sequence != "failure-then-destruction" || j.Severity != classify.Critical || j.Outcome != Ask {
		t.Errorf("%s, %s, sequence %q", j.Outcome, j.Severity, j.Assessment.Sequence)
	}
}
