//go:build unix

package gate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"restrain/classify"
	"restrain/journal"
	"restrain/prompt"
	"restrain/trust"
)

func testPolicy(t testing.TB) *Policy {
	t.Helper()
	policy, err := NewPolicy(classify.Shipped(), trust.Shipped(), "")
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// human is an Asker that answers the same to every question and keeps them.
type human struct {
	answer prompt.Answer
	err    error

	mu    sync.Mutex
	asked []prompt.Request
}

func (h *human) Ask(_ context.Context, r prompt.Request) (prompt.Answer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, r)
	return h.answer, h.err
}

func testGate(t *testing.T, h *human) *Gate {
	t.Helper()
	policy := testPolicy(t)
	store, err := OpenStore(t.TempDir(), "0123456789abcdef", policy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	clock := time.Date(2026, 4, 24, 14, 2, 0, 0, time.UTC)
	g := &Gate{Policy: policy, Store: store, Now: func() time.Time { clock = clock.Add(4 * time.Second); return clock }}
	if h != nil {
		g.Asker = h
	}
	return g
}

func judgeLine(t *testing.T, g *Gate, line string) Decision {
	t.Helper()
	d, err := g.Judge(context.Background(), Request{Door: "shell", Line: line, Dir: "/home/dev/app", Home: "/home/dev"})
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return d
}

func entries(t *testing.T, g *Gate) []journal.Entry {
	t.Helper()
	file, err := os.Open(filepath.Join(g.Store.dir, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var list []journal.Entry
	if err := journal.Read(file, func(e journal.Entry) error { list = append(list, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

const volumeDelete = `curl -s -X POST https://backboard.railway.app/graphql/v2 -H "Authorization: Bearer sk-fake00112233445566778899aabb" ` +
	`-d '{"query":"mutation { volumeDelete(volumeId: \"9c1d6b2e-1111-4222-8333-444455556666\") }"}'`

// The incident that restrain exists for: the search raises the alert, and the
// call is held.
func TestIncidentIsHeld(t *testing.T) {
	h := &human{}
	g := testGate(t, h)
	for _, line := range []string{"git status", "npm run build", "npm test"} {
		if d := judgeLine(t, g, line); d.Outcome != Run || d.Assessment.Level != trust.Calm {
			t.Errorf("%s: %s, %s; want allow, calm", line, d.Outcome, d.Assessment.Level)
		}
	}
	if d := judgeLine(t, g, `grep -rniE "railway.*(token|key)" . --exclude-dir=node_modules`); d.Assessment.Level < trust.Elevated {
		t.Errorf("the search for tokens left the session %s", d.Assessment.Level)
	}
	judgeLine(t, g, "cat scripts/domains/.env")
	before := len(h.asked)
	d := judgeLine(t, g, volumeDelete)
	if d.Outcome != Deny || d.Severity != classify.Critical {
		t.Errorf("the deletion: %s, %s; want deny, critical", d.Outcome, d.Severity)
	}
	if len(h.asked) != before+1 {
		t.Fatalf("%d questions about the deletion", len(h.asked)-before)
	}
	q := h.asked[before]
	if q.Confirm != "9c1d6b2e" || q.ConfirmKind != "volume" {
		t.Errorf("to approve: %q (%s); want the volume's id", q.Confirm, q.ConfirmKind)
	}
	if q.Sequence == "" || len(q.History) < 3 {
		t.Errorf("the question does not tell how we got here: sequence %q, history %v", q.Sequence, q.History)
	}
	for _, text := range []string{q.Command, q.Details} {
		if strings.Contains(text, "fake00112233445566778899") {
			t.Errorf("a secret is in the question: %s", text)
		}
	}
	for _, e := range entries(t, g) {
		if strings.Contains(e.Command, "fake00112233445566778899") {
			t.Errorf("a secret is in the journal: %s", e.Command)
		}
		// What is harmless has no line; what is critical is far above its own.
		if e.Command == "git status" && e.Margin != 0 || e.Severity == "critical" && e.Margin < 50 {
			t.Errorf("%s: %.2f bits over the line", e.Command, e.Margin)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		name    string
		human   *human
		verdict Outcome
		by      string
		told    string // to an agent that is denied
	}{
		{"approved", &human{answer: prompt.Answer{Approved: true, By: "terminal"}}, Run, "terminal", ""},
		{"denied", &human{answer: prompt.Answer{By: "terminal"}}, Deny, "terminal", "; a human said no; do not retry"},
		{"denied in restrain watch", &human{answer: prompt.Answer{By: "watch"}}, Deny, "watch", "; a human said no; do not retry"},
		{"denied by restrain deny", &human{answer: prompt.Answer{By: "command", Reason: "not today"}}, Deny, "command", "; a human said no: not today; do not retry"},
		{"timeout", &human{answer: prompt.Answer{By: "timeout"}}, Deny, "timeout", "; no human approved it (timeout); do not retry"},
		{"nobody could be asked", &human{err: errors.New("no terminal")}, Deny, "no terminal", "; no human approved it (no terminal); do not retry"},
		{"an error never approves", &human{answer: prompt.Answer{Approved: true, By: "terminal"}, err: errors.New("lost")}, Deny, "no terminal", "; no human approved it (no terminal); do not retry"},
		{"nobody to ask", nil, Deny, "no terminal", "; no human approved it (no terminal); do not retry"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := testGate(t, test.human)
			d := judgeLine(t, g, "terraform destroy -auto-approve")
			if d.Outcome != test.verdict || d.Answer == nil || d.Answer.By != test.by {
				t.Errorf("got %s, %+v", d.Outcome, d.Answer)
			}
			list := entries(t, g)
			if len(list) != 1 || list[0].Verdict != "ask" || list[0].Ran != (test.verdict == Run) || list[0].Answer.By != test.by {
				t.Errorf("journal: %+v", list)
			}
			if message := d.Message(); test.verdict == Deny && !strings.Contains(message, test.told) {
				t.Errorf("the agent is told %q", message)
			}
		})
	}
}

// A crash in the middle of writing the state leaves the state before it.
func TestTornStateFallsBack(t *testing.T) {
	g := testGate(t, nil)
	judgeLine(t, g, "ls")
	judgeLine(t, g, "ls")
	path := filepath.Join(g.Store.dir, stateFile)
	head, _, err := readState(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte("torn"), int64(head.Seq%2)*slotSize+slotHead); err != nil {
		t.Fatal(err)
	}
	if d := judgeLine(t, g, "ls"); d.Assessment.Level != trust.Calm {
		t.Errorf("the session is %s, want calm: one slot was whole", d.Assessment.Level)
	}
	if list := entries(t, g); len(list) != 3 {
		t.Errorf("%d entries, want 3: %+v", len(list), list)
	}
}

// Nothing may run that is not in the journal.
func TestNoJournalNoRun(t *testing.T) {
	g := testGate(t, &human{answer: prompt.Answer{Approved: true, By: "terminal"}})
	g.Store.Close()
	for _, line := range []string{"true", "terraform destroy"} {
		d, err := g.Judge(context.Background(), Request{Line: line})
		if err == nil || d.Outcome != Deny {
			t.Errorf("%s: %s, %v; want deny and an error", line, d.Outcome, err)
		}
	}
}

func TestLostStateStartsElevated(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"corrupt":   func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("x", 200)), 0o600) },
		"cut short": func(path string) error { return os.Truncate(path, 10) },
		"gone":      os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			g := testGate(t, nil)
			judgeLine(t, g, "ls")
			if err := damage(filepath.Join(g.Store.dir, stateFile)); err != nil {
				t.Fatal(err)
			}
			if d := judgeLine(t, g, "ls"); d.Assessment.Level != trust.Elevated {
				t.Errorf("the session is %s after its state was lost", d.Assessment.Level)
			}
			list := entries(t, g)
			if len(list) != 3 || list[1].Kind != journal.Note || !strings.Contains(list[1].Reason, "state was lost") {
				t.Errorf("the journal does not say that the state was lost: %+v", list)
			}
		})
	}
}

func TestStateSurvivesReopening(t *testing.T) {
	g := testGate(t, nil)
	dir := filepath.Dir(filepath.Dir(g.Store.dir))
	for range 3 {
		judgeLine(t, g, "ls")
	}
	again, err := OpenStore(dir, g.Store.ID(), g.Policy)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	err = again.Update(func(turn *Turn) error {
		if turn.Session.Steps() != 3 {
			t.Errorf("%d steps after reopening, want 3", turn.Session.Steps())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestConcurrentStepsAreAllCounted(t *testing.T) {
	g := testGate(t, nil)
	g.Now = nil // the test's clock is for one goroutine
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if _, err := g.Judge(context.Background(), Request{Line: "ls"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := len(entries(t, g)); n != 40 {
		t.Errorf("%d entries, want 40", n)
	}
}

func TestUnknownPersonaNamesTheKnown(t *testing.T) {
	_, err := NewPolicy(classify.Shipped(), trust.Shipped(), "pilot")
	if err == nil || !strings.Contains(err.Error(), "coding") {
		t.Errorf("got %v", err)
	}
}

// What cannot be read whole is asked about, whatever the rest looks like, and
// answered in time.
func TestHostileLines(t *testing.T) {
	policy := testPolicy(t)
	for name, line := range map[string]string{
		"harm behind a megabyte":  "echo " + strings.Repeat("x", 1<<20) + "; rm -rf ~/",
		"10,000 substitutions":    strings.Repeat("$(", 10_000) + "ls" + strings.Repeat(")", 10_000),
		"a megabyte of encoded":   "echo " + strings.Repeat("QUFB", 200_000) + " | base64 -d | sh",
		"harm behind NUL":         "ls \x00; rm -rf ~/",
		"harm behind an error":    "rm -rf ~/ ; if ((",
		"harm in an open quote":   `echo "x; rm -rf ~/`,
		"harm among control runs": "\x1b[2J\x07; rm -rf ~/",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			step, _ := policy.Read(&Request{Line: line, Home: "/home/dev", Dir: "/home/dev/app"}, trust.Past{})
			j := policy.Judge(policy.NewSession(), &step, time.Unix(0, 0))
			if j.Outcome != Ask {
				t.Errorf("%s, %s: %s", j.Outcome, j.Severity, j.Reason)
			}
			// The design's bound is 50 ms on a quiet machine; this one may be
			// busy, slow, and under the race detector.
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// A script that is a FIFO is not read: nobody may write it, or only once.
func TestFIFOIsNoScript(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mkfifo(filepath.Join(dir, "script"), 0o600); err != nil {
		t.Fatal(err)
	}
	step, _ := testPolicy(t).Read(&Request{Line: "sh ./script", Dir: dir, Live: true}, trust.Past{})
	if len(step.Actions) == 0 {
		t.Error("the line does nothing")
	}
}
