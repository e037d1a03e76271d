//go:build unix

package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/prompt"
)

// Steps that are asked about, and can be granted or not.
const (
	forcePush = "git push --force origin main"
	destroys  = "terraform destroy -auto-approve"
)

func approves(scope string) *human {
	return &human{answer: prompt.Answer{Approved: true, Scope: scope, By: "terminal"}}
}

// asksAboutMedium makes a gate ask about steps of medium severity however well
// they fit.
func asksAboutMedium(t *testing.T, g *Gate) {
	t.Helper()
	set := *g.Policy.Rules()
	set.Matrix.Medium = classify.Always
	policy, err := NewPolicy(&set, g.Policy.Baseline(), "")
	if err != nil {
		t.Fatal(err)
	}
	g.Policy = policy
}

// A grant covers what was approved and nothing that differs in what matters.
func TestGrants(t *testing.T) {
	for _, test := range []struct {
		name, scope, granted string
		then                 Request
		asked                bool
	}{
		{"once is once", "", forcePush, Request{Line: forcePush}, true},
		{"session: the same", ForSession, forcePush, Request{Line: forcePush}, false},
		{"session: the same target, other words", ForSession, forcePush, Request{Line: "git push -f origin main"}, false},
		{"session: another target", ForSession, forcePush, Request{Line: "git push --force origin release"}, true},
		{"session: another directory", ForSession, forcePush, Request{Line: forcePush, Dir: "/home/dev/other"}, true},
		{"session: one more thing", ForSession, forcePush, Request{Line: forcePush + "; git reset --hard HEAD~20; git push --force origin release"}, true},
		{"session: critical", ForSession, destroys, Request{Line: destroys}, true},
		{"project: the same", ForProject, forcePush, Request{Line: forcePush}, false},
		{"project: blanks around", ForProject, forcePush, Request{Line: "  " + forcePush + "\n"}, false},
		{"project: other words", ForProject, forcePush, Request{Line: "git push -f origin main"}, true},
		{"project: another directory", ForProject, forcePush, Request{Line: forcePush, Dir: "/home/dev/other"}, true},
		{"project: critical", ForProject, destroys, Request{Line: destroys}, true},
		{"project: one more command", ForProject, forcePush, Request{Line: forcePush + " && true"}, true},
		{"unknown scope", "ever", forcePush, Request{Line: forcePush}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := approves(test.scope)
			g := testGate(t, h)
			if d := judgeLine(t, g, test.granted); d.Outcome != Run || len(h.asked) != 1 {
				t.Fatalf("%s, %d questions", d.Outcome, len(h.asked))
			}
			r := test.then
			r.Home = "/home/dev"
			if r.Dir == "" {
				r.Dir = "/home/dev/app"
			}
			h.answer = prompt.Answer{By: "terminal"}
			d, err := g.Judge(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if asked := len(h.asked) == 2; asked != test.asked || (d.Outcome == Run) == test.asked {
				t.Errorf("asked %v, want %v: %s, %s", asked, test.asked, d.Outcome, d.Reason)
			}
			list := entries(t, g)
			if last := list[len(list)-1]; !test.asked && (!strings.HasPrefix(last.Answer.By, "grant ") || !last.Ran) {
				t.Errorf("the journal does not say which grant: %+v", last.Answer)
			}
		})
	}
}

// A session's grant is that session's, a project's is everybody's, until it is
// over or revoked.
func TestGrantsAcrossSessions(t *testing.T) {
	for _, test := range []struct {
		scope string
		later time.Duration
		asked bool
	}{
		{ForSession, 0, true},
		{ForProject, 0, false},
		{ForProject, (grantDays + 1) * 24 * time.Hour, true},
	} {
		g := testGate(t, approves(test.scope))
		judgeLine(t, g, forcePush)
		store, err := OpenStore(g.Store.stateDir, "fedcba9876543210", g.Policy)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		h := &human{}
		now := g.Now().Add(test.later)
		other := &Gate{Policy: g.Policy, Store: store, Asker: h, Now: func() time.Time { return now }}
		judgeLine(t, other, forcePush)
		if asked := len(h.asked) == 1; asked != test.asked {
			t.Errorf("%s, %s later: asked %v", test.scope, test.later, asked)
		}
	}
}

// A project's grant lasts to the end of the day that the human sets, where the
// human is. One that cannot be is no grant: the step was approved once.
func TestGrantUntilADay(t *testing.T) {
	zone := time.FixedZone("", -8*3600)
	now := time.Date(2026, 4, 24, 18, 0, 0, 0, zone) // the 25th in UTC
	for _, test := range []struct {
		day   string
		until time.Time // zero: once only
	}{
		{"2026-12-31", time.Date(2026, 12, 31, 23, 59, 59, 0, zone)},
		{"2026-04-24", time.Date(2026, 4, 24, 23, 59, 59, 0, zone)},
		{"2027-04-24", time.Date(2027, 4, 24, 23, 59, 59, 0, zone)},
		{"2027-04-25", time.Time{}},
		{"2026-04-23", time.Time{}},
		{"2026-02-30", time.Time{}},
		{"9999-12-31", time.Time{}},
		{"soon", time.Time{}},
	} {
		h := approves(ForProject)
		h.answer.Until = test.day
		g := testGate(t, h)
		g.Now = func() time.Time { return now }
		d := judgeLine(t, g, forcePush)
		list, err := g.grants().List(now)
		if err != nil || d.Outcome != Run {
			t.Fatalf("%s: %s, %v", test.day, d.Outcome, err)
		}
		if test.until.IsZero() {
			if len(list) != 0 || !strings.Contains(d.Answer.Reason, "once only: ") {
				t.Errorf("%s: %+v, %s", test.day, list, d.Answer.Reason)
			}
			continue
		}
		if len(list) != 1 || !list[0].Until.Equal(test.until) {
			t.Errorf("%s: %+v", test.day, list)
		}
		offer := h.asked[0].Offers[1]
		if offer.First != "2026-04-24" || offer.Last != "2027-04-24" {
			t.Errorf("offered from %s to %s", offer.First, offer.Last)
		}
		for _, later := range []struct {
			at    time.Time
			asked int
		}{{test.until.Add(-time.Second), 1}, {test.until, 2}} {
			g.Now = func() time.Time { return later.at }
			if judgeLine(t, g, forcePush); len(h.asked) != later.asked {
				t.Errorf("%s: at %s %d questions, want %d", test.day, later.at, len(h.asked), later.asked)
			}
		}
	}
}

func TestGrantsFile(t *testing.T) {
	g := testGate(t, approves(ForProject))
	judgeLine(t, g, forcePush)
	grants := g.grants()
	now := g.Now()
	list, err := grants.List(now)
	if err != nil || len(list) != 1 || list[0].Command != forcePush || list[0].Dir != "/home/dev/app" {
		t.Fatalf("%+v, %v", list, err)
	}
	if info, err := os.Stat(grants.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := grants.Revoke("none", now); err == nil || !strings.Contains(err.Error(), "restrain grants") {
		t.Errorf("revoked what is not there: %v", err)
	}
	if err := grants.Revoke(list[0].ID, now); err != nil {
		t.Fatal(err)
	}
	if list, err := grants.List(now); err != nil || len(list) != 0 {
		t.Errorf("after revoking: %+v, %v", list, err)
	}
	err = grants.change(now, func(list []Grant) ([]Grant, error) {
		for range maxGrants {
			list = append(list, Grant{Scope: ForProject, Until: now.Add(time.Hour)})
		}
		return list, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	latest, err := grants.Add(Grant{Scope: ForProject, Until: now.Add(time.Hour)}, now)
	if err != nil {
		t.Fatal(err)
	}
	list, err = grants.List(now)
	if err != nil || len(list) != maxGrants || list[maxGrants-1].ID != latest.ID {
		t.Fatalf("%d grants, %v", len(list), err)
	}
}

// A file that is not as we write it grants nothing.
func TestDamagedGrantsGrantNothing(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"others can write": func(path string) error { return os.Chmod(path, 0o666) },
		"not JSON":         func(path string) error { return os.WriteFile(path, []byte("{\n"), 0o600) },
		"unknown keys":     func(path string) error { return os.WriteFile(path, []byte(`{"id":"a","all":true}`+"\n"), 0o600) },
		"a link": func(path string) error {
			return os.Symlink(filepath.Base(path)+".moved", path)
		},
		"too large": func(path string) error { return os.Truncate(path, maxGrantFile+1) },
	} {
		t.Run(name, func(t *testing.T) {
			h := approves(ForProject)
			g := testGate(t, h)
			judgeLine(t, g, forcePush)
			path := g.grants().path
			if name == "a link" {
				if err := os.Rename(path, path+".moved"); err != nil {
					t.Fatal(err)
				}
			}
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			if _, err := g.grants().List(g.Now()); err == nil {
				t.Error("no error")
			}
			if d := judgeLine(t, g, forcePush); len(h.asked) != 2 {
				t.Errorf("not asked: %+v", d.Answer)
			}
		})
	}
}

// What is offered for longer than once is never critical, unreadable, or
// without a known target.
func TestOffers(t *testing.T) {
	for line, want := range map[string]string{
		forcePush:                      "session project",
		destroys:                       "",
		`git push --force origin "$B"`: "",
	} {
		h := &human{}
		g := testGate(t, h)
		asksAboutMedium(t, g)
		judgeLine(t, g, line)
		if len(h.asked) != 1 {
			t.Errorf("%s: %d questions", line, len(h.asked))
			continue
		}
		var words []string
		for _, offer := range h.asked[0].Offers {
			words = append(words, offer.Word)
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: offered %q, want %q", line, got, want)
		}
	}
}

func TestGrantedSecretsAreNotKept(t *testing.T) {
	g := testGate(t, approves(ForProject))
	judgeLine(t, g, "API_TOKEN=sk-fake00112233445566778899aabb "+forcePush)
	if list, err := g.grants().List(g.Now()); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// A step that a human denied is not asked about again for a while.
func TestDeniedIsNotAskedTwice(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer prompt.Answer
		then   string
		later  time.Duration
		asked  bool
	}{
		{"at once", prompt.Answer{By: "terminal"}, destroys, 0, false},
		{"nearly ten minutes later", prompt.Answer{By: "terminal"}, destroys, 9 * time.Minute, false},
		{"ten minutes later", prompt.Answer{By: "terminal"}, destroys, deniedFor, true},
		{"another command", prompt.Answer{By: "terminal"}, "terraform destroy", 0, true},
		{"timeout", prompt.Answer{By: "timeout"}, destroys, 0, false},
		{"nobody could be asked", prompt.Answer{By: "no terminal"}, destroys, 0, true},
		{"approved", prompt.Answer{Approved: true, By: "terminal"}, destroys, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &human{answer: test.answer}
			g := testGate(t, h)
			judgeLine(t, g, destroys)
			clock := g.Now
			g.Now = func() time.Time { return clock().Add(test.later) }
			h.answer = prompt.Answer{Approved: true, By: "terminal"}
			d := judgeLine(t, g, test.then)
			if asked := len(h.asked) == 2; asked != test.asked || (d.Outcome == Run) != test.asked {
				t.Errorf("asked %v: %s", asked, d.Outcome)
			}
			if test.asked {
				return
			}
			list := entries(t, g)
			if last := list[len(list)-1]; last.Answer.By != byDenial || last.Ran || last.Verdict != "ask" {
				t.Errorf("journal: %+v", last)
			}
			if message := d.Message(); !strings.Contains(message, "a moment ago") {
				t.Errorf("the agent is told %q", message)
			}
		})
	}
}

func TestTamperIsJournalledAndRaisesTheLevel(t *testing.T) {
	g := testGate(t, nil)
	judgeLine(t, g, "ls")
	if err := g.Tamper(4242, "a process of the session answered"); err != nil {
		t.Fatal(err)
	}
	list := entries(t, g)
	e := list[len(list)-1]
	if e.Kind != "tamper" || e.Classes[0] != tamperClass || e.PID != 4242 || e.Level == "calm" || e.Severity != classify.Critical.String() {
		t.Errorf("%+v", e)
	}
	if d := judgeLine(t, g, "ls"); d.Assessment.Before.String() == "calm" {
		t.Error("the session is calm after it")
	}
}
