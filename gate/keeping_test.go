//go:build unix

package gate

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"restrain/classify"
	"restrain/internal/slowtest"
	"restrain/keep"
	"restrain/prompt"
	"restrain/trust"
)

// keepingGate is a gate with a store of its own.
func keepingGate(t *testing.T, h *human, limits keep.Limits) (*Gate, *keep.Store) {
	t.Helper()
	g := testGate(t, h)
	g.Now = nil
	store, err := keep.Open(t.TempDir(), limits)
	if err != nil {
		t.Fatal(err)
	}
	g.Keeps = sync.OnceValues(func() (*keep.Store, error) { return store, nil })
	return g, store
}

func keptSteps(t *testing.T, store *keep.Store) []keep.Kept {
	t.Helper()
	list, err := store.List(keep.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What can be given back runs unasked, and is given back.
func TestLossIsKept(t *testing.T) {
	dir := project(t, shop)
	h := &human{}
	g, store := keepingGate(t, h, keep.Limits{})
	d := judgeIn(t, g, dir, "rm -rf research")
	if d.Outcome != RunKept || d.Kept == nil || d.Kept.Files != 2 || len(h.asked) != 0 {
		t.Fatalf("%s, kept %+v, %d questions: %s", d.Outcome, d.Kept, len(h.asked), d.Reason)
	}
	if e := entries(t, g)[0]; e.Verdict != "allow" || e.Outcome != string(RunKept) || e.Kept == nil || e.Kept.ID != d.Kept.ID || !e.Ran {
		t.Errorf("the journal has %+v", e)
	}
	file := filepath.Join(dir, "research/part-1.md")
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), []string{d.Kept.ID}, nil, keep.Options{}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != shop["research/part-1.md"] {
		t.Errorf("given back: %q, %v", text, err)
	}
}

// Losses that are kept weigh little: a session that tidies up is not alarmed by
// it, and one in which something else went wrong still is.
func TestKeptLossesRaiseNoAlarm(t *testing.T) {
	dir := project(t, shop)
	h := &human{answer: prompt.Answer{By: prompt.ByTerminal}}
	g, _ := keepingGate(t, h, keep.Limits{})
	for _, line := range []string{"rm -rf research", "rm -rf notes", "git checkout -- .", "rm -f README.md r.py"} {
		d := judgeIn(t, g, dir, line)
		if !d.Outcome.Runs() || len(h.asked) != 0 || d.Assessment.Before == trust.Alarmed {
			t.Errorf("%s: %s at level %s, %d questions", line, d.Outcome, d.Assessment.Before, len(h.asked))
		}
		if err := exec.Command("bash", "-c", "cd "+dir+" && "+line).Run(); err != nil {
			t.Fatal(err)
		}
	}
	if d := judgeIn(t, g, dir, "terraform destroy -auto-approve"); d.Outcome != Deny {
		t.Errorf("what cannot be kept: %s", d.Outcome)
	}
	if d := judgeIn(t, g, dir, "railway down --yes"); d.Outcome != Deny || d.Assessment.Before == trust.Calm {
		t.Errorf("after it: %s at level %s", d.Outcome, d.Assessment.Before)
	}
}

// What something else has goes along with a loss, and is not kept without one.
func TestWhatGoesAlong(t *testing.T) {
	dir := project(t, shop)
	for _, name := range []string{"src/cart.js", "src/api.js"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(shop[name]), 0o600); err != nil { // as it is committed
			t.Fatal(err)
		}
	}
	g, store := keepingGate(t, nil, keep.Limits{})
	if d := judgeIn(t, g, dir, "rm -rf src"); d.Outcome != Run || d.Kept != nil || len(keptSteps(t, store)) != 0 {
		t.Errorf("nothing is lost: %s, kept %+v", d.Outcome, d.Kept)
	}
	if d := judgeIn(t, g, dir, "rm -rf src notes"); d.Outcome != RunKept || d.Kept.Files != 3 {
		t.Errorf("with a loss: %s, kept %+v", d.Outcome, d.Kept)
	}
}

// What cannot be kept is judged as lost, and nothing of a denied step is kept.
func TestLossThatCannotBeKept(t *testing.T) {
	dir := project(t, shop)
	for name, prepare := range map[string]func(*Gate){
		"it exceeds the bound":  func(*Gate) {},
		"no store":              func(g *Gate) { g.Keeps = func() (*keep.Store, error) { return nil, errors.New("read-only") } },
		"nothing is to be kept": func(g *Gate) { g.Keeps = nil },
	} {
		h := &human{answer: prompt.Answer{By: prompt.ByTerminal}}
		g, store := keepingGate(t, h, keep.Limits{StepBytes: 1})
		prepare(g)
		if d := judgeIn(t, g, dir, "ls; rm -rf research notes scripts lib README.md r.py"); d.Outcome != Deny || d.Kept != nil || len(h.asked) != 1 {
			t.Errorf("%s: %s, kept %+v, %d questions: %s", name, d.Outcome, d.Kept, len(h.asked), d.Reason)
		}
		if left := keptSteps(t, store); len(left) != 0 {
			t.Errorf("%s: of a denied step %+v is kept", name, left)
		}
	}
}

// What is critical, as a home is, is asked about, and kept when it is approved.
func TestCriticalLossIsAsked(t *testing.T) {
	dir := project(t, shop)
	h := &human{answer: prompt.Answer{By: prompt.ByTerminal}}
	g, store := keepingGate(t, h, keep.Limits{})
	line := "rm -rf " + filepath.Dir(filepath.Dir(dir))
	if d := judgeIn(t, g, dir, line); d.Outcome != Deny || len(h.asked) != 1 || len(keptSteps(t, store)) != 0 {
		t.Errorf("%s, %d questions, kept %+v", d.Outcome, len(h.asked), keptSteps(t, store))
	}
	g, store = keepingGate(t, approving(), keep.Limits{})
	if d := judgeIn(t, g, dir, line); d.Outcome != RunKept || d.Answer == nil || len(keptSteps(t, store)) != 1 {
		t.Errorf("approved: %s, %+v, kept %+v", d.Outcome, d.Answer, keptSteps(t, store))
	}
}

// A repository's history is kept and asked about, whole or by itself.
func TestHistoryIsAsked(t *testing.T) {
	dir := project(t, shop)
	for _, line := range []string{"rm -rf .git", "rm -rf ../shop", "cd ..; rm -rf shop"} {
		h := &human{answer: prompt.Answer{By: prompt.ByTerminal}}
		g, _ := keepingGate(t, h, keep.Limits{})
		if d := judgeIn(t, g, dir, line); d.Outcome != Deny || len(h.asked) != 1 {
			t.Errorf("%s: %s, %d questions: %s", line, d.Outcome, len(h.asked), d.Reason)
		}
	}
}

// A repository within, of which a remote has every commit, is kept, and nobody
// is asked; one with a commit of its own is.
func TestHistoryThatARemoteHas(t *testing.T) {
	slowtest.Long(t)
	dir := project(t, shop)
	inGit(t, dir, "clone", "-q", "--no-hardlinks", ".", "vendored")
	inGit(t, dir, "clone", "-q", "--no-hardlinks", ".", "own")
	inGit(t, filepath.Join(dir, "own"), "commit", "-q", "--allow-empty", "-m", "of its own")
	inGit(t, dir, "clone", "-q", "--no-hardlinks", ".", "stashed")
	if err := os.WriteFile(filepath.Join(dir, "stashed/src/cart.js"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	inGit(t, filepath.Join(dir, "stashed"), "stash", "-q")
	inGit(t, dir, "worktree", "add", "-q", "linked", "HEAD")
	for line, want := range map[string]Outcome{
		"rm -rf vendored": RunKept, "rm -rf vendored/.git": RunKept, "rm -rf linked": RunKept, "rm -rf own": Deny, "rm -rf stashed/.git": Deny,
	} {
		h := &human{answer: prompt.Answer{By: prompt.ByTerminal}}
		g, _ := keepingGate(t, h, keep.Limits{})
		if d := judgeIn(t, g, dir, line); d.Outcome != want {
			t.Errorf("%s: %s, %d questions: %s", line, d.Outcome, len(h.asked), d.Reason)
		}
	}
}

// Keeping is no answer to a denial.
func TestKeepingIsNoWayAround(t *testing.T) {
	dir := project(t, shop)
	g, _ := keepingGate(t, nil, keep.Limits{})
	denyAnyway(t, g, dir, "rm -rf research")
	if d := judgeIn(t, g, dir, "find research -delete"); d.Outcome != Deny || d.Assessment.Around == nil {
		t.Errorf("%s: %s", d.Outcome, d.Reason)
	}
}

// What was kept with a step is part of it when a process below takes it away;
// what was not is a step of its own.
func TestBelowAKeptStep(t *testing.T) {
	dir := project(t, shop)
	g, store := keepingGate(t, nil, keep.Limits{})
	r := liveRequest(dir, "rm -rf n* research")
	step, err := g.Judge(context.Background(), r)
	if err != nil || step.Outcome != RunKept {
		t.Fatalf("%s, %v", step.Outcome, err)
	}
	for _, tt := range []struct {
		argv []string
		why  string // empty for a step
	}{
		{[]string{"rm", "-rf", "notes", "research"}, whyKept},
		{[]string{"rm", "-rf", "notes", "lib"}, ""},
	} {
		below := liveRequest(dir, "")
		below.Argv, below.Lineage.Of = tt.argv, step.Permit
		d, err := g.Judge(context.Background(), below)
		if err != nil || d.Part != (tt.why != "") || d.Part && d.Reason != tt.why {
			t.Errorf("%q: part %t, %s, %s, %v", tt.argv, d.Part, d.Outcome, d.Reason, err)
		}
	}
	if list := keptSteps(t, store); len(list) == 0 || list[len(list)-1].ID != step.Kept.ID {
		t.Errorf("kept %+v, want %s", list, step.Kept.ID)
	}
}

// Only what the store brings back is lowered.
func TestLowered(t *testing.T) {
	action := func(severity classify.Severity, keepable bool) classify.Action {
		return classify.Action{Severity: severity, Keepable: keepable}
	}
	for _, tt := range []struct {
		actions []classify.Action
		want    classify.Severity
	}{
		{[]classify.Action{action(classify.High, true)}, classify.Low},
		{[]classify.Action{action(classify.None, true)}, classify.None},
		{[]classify.Action{action(classify.Critical, true)}, classify.Critical},
		{[]classify.Action{action(classify.High, true), action(classify.Medium, false)}, classify.Medium},
	} {
		if got := lowered(&classify.Step{Actions: tt.actions}, safety{kept: true}); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.actions, got, tt.want)
		}
	}
}

// In a record, what the text says could be kept or withheld is taken as that, so
// that a replay pauses where the session would have.
func TestPresumedSafe(t *testing.T) {
	policy, err := NewPolicy(classify.Shipped(), trust.Shipped(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line string
		want Outcome
	}{
		{"git reset --hard", RunKept},
		{"git push --force origin main", RunKept},
		{"go build ./...", Run},
		{"cat .env", RunMasked},
		{"rm -rf ~", Ask},
		{"rm -rf ~ docs", Ask},
		{"aws s3 rb s3://shop --force", Ask},
		{"git reset --hard && aws s3 rb s3://shop --force", Ask},
	} {
		j, _ := policy.Consider(policy.NewSession(), &Request{Door: "replay", Line: tt.line, Dir: "/home/dev/shop", Home: "/home/dev", Presume: true}, time.Unix(0, 0))
		if j.Outcome != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.line, j.Outcome, j.Reason, tt.want)
		}
	}
}
