//go:build unix

package gate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/internal/slowtest"
	"restrain/journal"
	"restrain/prompt"
	"restrain/trust"
)

// runBelow judges a step, answered by h, and then an exec below it; it reports
// whether that was a part of the step, and why. What is no part must be a step.
func runBelow(t *testing.T, h *human, dir, line string, argv ...string) (part bool, why string) {
	t.Helper()
	g := testGate(t, h)
	g.Now = soon
	step, err := g.Judge(context.Background(), Request{Door: "exec", Line: line, Dir: dir, Home: "/home/dev", Live: true})
	if err != nil || step.Permit == nil {
		t.Fatalf("%s: %s, %v", line, step.Outcome, err)
	}
	below := Request{Door: "exec", Argv: argv, Dir: dir, Home: "/home/dev", Live: true, Lineage: Lineage{Of: step.Permit}}
	d, err := g.Judge(context.Background(), below)
	if err != nil {
		t.Fatal(err)
	}
	if steps := len(entries(t, g)); d.Part != (steps == 1) {
		t.Errorf("%q: part %t, and %d steps", argv, d.Part, steps)
	}
	return d.Part, d.Reason
}

func approving() *human { return &human{answer: prompt.Answer{Approved: true, By: prompt.ByTerminal}} }

// soon is a clock by which no step has made what the test made.
func soon() time.Time { return time.Now().Add(time.Hour) }

// unsaved is a project that nothing else has a copy of.
func unsaved(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range append(files, ".git/HEAD") {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What starts below a step is part of it only where it does no harm, or the very
// harm that a human was shown.
func TestPart(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		argv       []string
		part       bool
	}{
		{"harmless", "make", []string{"cc", "-c", "x.c"}, true},
		{"a small matter of an ordinary class", "make", []string{"mkdir", "-p", "build"}, true},
		{"a medium finding, nobody asked", "make", []string{"git", "push", "--force", "origin", "feature"}, false},
		{"what was shown", "rm -rf notes", []string{"rm", "-rf", "notes"}, true},
		{"another thing", "rm -rf notes", []string{"rm", "-rf", "research"}, false},
		{"one thing more", "rm -rf notes", []string{"rm", "-rf", "notes", "research"}, false},
		{"a pattern's expansion", "rm -rf research n*", []string{"rm", "-rf", "research", "notes"}, true},
		{"not in the pattern", "rm -rf research n*", []string{"rm", "-rf", "research", "list"}, false},
		{"a list that was not known", "rm -rf $(cat list)", []string{"rm", "-rf", "research"}, false},
		{"another path at the same host", "curl -X DELETE https://api.acme.example/drafts/1", []string{"curl", "-X", "DELETE", "https://api.acme.example/customers/1"}, false},
		{"the same by another program", "rm -rf notes", []string{"find", "notes", "-delete"}, false},
	} {
		dir := unsaved(t, "notes/a", "research/b", "list")
		if part, why := runBelow(t, approving(), dir, tt.line, tt.argv...); part != tt.part {
			t.Errorf("%s: part %t (%s), want %t", tt.name, part, why, tt.part)
		}
	}
}

// Below a step that was critical only its own words are part of it.
func TestCriticalApprovalCoversNothing(t *testing.T) {
	h := approving()
	g := testGate(t, h)
	const line = "rm -rf /home/dev; make"
	step := judgeLine(t, g, line)
	below := Request{Door: "exec", Argv: []string{"rm", "-rf", "/home/dev"}, Dir: "/home/dev/app", Home: "/home/dev", Lineage: Lineage{Of: step.Permit}}
	if d, err := g.Judge(context.Background(), below); err != nil || d.Part || len(h.asked) != 2 {
		t.Errorf("part %t (%s), %d questions, %v", d.Part, d.Reason, len(h.asked), err)
	}
	below.Lineage.Foreseen = true
	if d, err := g.Judge(context.Background(), below); err != nil || d.Reason != whyForeseen {
		t.Errorf("its own words: %s, %v", d.Reason, err)
	}
}

// What could not be read is a step, also below an approved one, and asked about
// when anything in it does harm.
func TestUncertainIsNoPart(t *testing.T) {
	g := testGate(t, approving())
	step, err := g.Judge(context.Background(), Request{Door: "exec", Line: "make", Dir: "/home/dev/app"})
	if err != nil {
		t.Fatal(err)
	}
	for _, below := range []Request{
		{Argv: []string{"./tool"}, Opaque: "its memory cannot be read"},
		{Line: "echo 'unclosed; rm -rf /srv/x"},
		{Line: "echo 'unclosed"}, // no harm that anybody could read
	} {
		below.Door, below.Dir, below.Lineage = "exec", "/home/dev/app", Lineage{Of: step.Permit, Foreseen: below.Opaque != ""}
		d, err := g.Judge(context.Background(), below)
		if err != nil || d.Part || d.Severity > classify.None && d.Answer == nil {
			t.Errorf("%v %q: part %t, answer %v, %v", below.Argv, below.Line, d.Part, d.Answer, err)
		}
	}
}

// What was denied is no part of a step either, though it does no harm that could
// be read.
func TestWorkAroundIsNoPart(t *testing.T) {
	dir := project(t, shop)
	g := testGate(t, nil)
	step := judgeLine(t, g, "make")
	denyAnyway(t, g, dir, "rm -rf research")
	for operand, part := range map[string]bool{"research": false, "notes": true} {
		below := liveRequest(dir, "")
		below.Argv, below.Lineage = []string{"node", "r.js", operand}, Lineage{Of: step.Permit}
		d, err := g.Judge(context.Background(), below)
		if err != nil || d.Part != part || !part && d.Outcome != Deny {
			t.Errorf("%s: part %t, %s (%s), %v", operand, d.Part, d.Outcome, d.Reason, err)
		}
	}
}

// A role lets through only what could be read, and what has one.
func TestRoles(t *testing.T) {
	for role := range Role(len(roleReasons)) {
		named := role != Command && role != Own && role != Start
		if d, ok := Stands(&Request{Role: role, Argv: []string{"x"}}); ok != named || named && (d.Reason == "" || !d.Outcome.Runs()) || !named && d.Outcome.Runs() {
			t.Errorf("role %d stands: %t, %s, %q", role, ok, d.Outcome, d.Reason)
		}
		if _, ok := Stands(&Request{Role: role, Argv: []string{"x"}, Opaque: "unreadable"}); ok {
			t.Errorf("role %d stands, unread", role)
		}
	}
	if _, ok := Stands(&Request{Lineage: Lineage{Foreseen: true}}); ok {
		t.Error("what a step foresaw stands without a session")
	}
}

// What is let through without being a step is in the journal, with its reason.
func TestPartsAreCounted(t *testing.T) {
	g := testGate(t, nil)
	step := judgeLine(t, g, "make")
	for range 3 {
		if _, err := g.Judge(context.Background(), Request{Door: "exec", Argv: []string{"cc", "-c", "x.c"}, Lineage: Lineage{Of: step.Permit}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Judge(context.Background(), Request{Role: AgentStart, Argv: []string{"agent", "--token", "sk-ant-api03-00112233445566778899aabbccddeeff"}}); err != nil {
		t.Fatal(err)
	}
	judgeLine(t, g, "ls")
	list := entries(t, g)
	last := list[len(list)-1]
	if len(list) != 2 || len(last.Parts) != 2 {
		t.Fatalf("%d entries, parts %v", len(list), last.Parts)
	}
	if p := last.Parts[0]; p.Of != list[0].Seq || p.Count != 3 || p.Reason != whyHarmless || p.First != "cc -c x.c" {
		t.Errorf("the build's parts: %+v", p)
	}
	if p := last.Parts[1]; p.Of != 0 || p.Reason != roleReasons[AgentStart] || strings.Contains(p.First, "00112233") {
		t.Errorf("the agent's start: %+v", p)
	}
}

// Many reasons are counted together.
func TestPartsAreBounded(t *testing.T) {
	s := &Store{}
	for i := range 3 * maxParts {
		s.count(uint64(i), whyHarmless, &Request{Line: strings.Repeat("x", 1000)})
	}
	list, total := s.parts.take(), 0
	for _, p := range list {
		total += p.Count
	}
	if len(list) != maxParts+1 || total != 3*maxParts || len(list[0].First) > maxPartText+len("…") {
		t.Errorf("%d reasons, %d parts", len(list), total)
	}
	if len(s.parts.take()) != 0 {
		t.Error("they are counted twice")
	}
}

// An agent's housekeeping below its persona is no step; beyond it, it is.
func TestNobodyAskedBelowAPersona(t *testing.T) {
	set := classify.Shipped()
	for persona, part := range map[string]bool{"coding": true, "read-only": false} {
		policy, err := NewPolicy(set, testPolicy(t).Baseline(), persona)
		if err != nil {
			t.Fatal(err)
		}
		r := &Request{Argv: []string{"git", "commit", "-m", "x"}, Lineage: Lineage{Of: &Permit{}}}
		step, _ := Read(set, r, policy.NewSession().Past())
		if why := policy.part(r, &step, trust.Past{}); (why != "") != part {
			t.Errorf("%s: %q", persona, why)
		}
	}
}

// Nothing runs that the journal does not have.
func TestNoEntryNoRun(t *testing.T) {
	slowtest.Long(t)
	g := testGate(t, nil)
	long := strings.Repeat("x", journal.MaxLine)
	d, err := g.Judge(context.Background(), Request{Door: "exec", Argv: []string{"true", long}, Dir: "/home/dev/app"})
	if err == nil || d.Outcome != Deny || d.Permit != nil {
		t.Errorf("%s, permit %v, %v", d.Outcome, d.Permit, err)
	}
	if n := len(entries(t, g)); n != 0 {
		t.Errorf("%d entries", n)
	}
}

// What the human's command becomes is read as a command, not by what the source
// of the agent says, and is no other agent.
func TestStart(t *testing.T) {
	script := filepath.Join(t.TempDir(), "agent.sh")
	if err := os.WriteFile(script, []byte("rm -rf ~/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		request Request
		runs    bool
	}{
		{Request{Role: Command, Argv: []string{"sh", script}}, false},
		{Request{Role: Start, Argv: []string{"sh", script}}, true},
		{Request{Role: Start, Line: "cd / && sh " + script}, true},
		{Request{Role: Start, Argv: []string{"rm", "-rf", "/home"}}, false},
		{Request{Role: Start, Line: "true; rm -rf ~/"}, false},
		{Request{Role: Command, Line: "claude --dangerously-skip-permissions"}, false},
		{Request{Role: Start, Line: "claude --dangerously-skip-permissions"}, true},
		{Request{Role: Start, Argv: []string{"claude"}, Opaque: "unreadable"}, false},
	} {
		r := tt.request
		r.Door, r.Live, r.Dir, r.Home = "exec", true, t.TempDir(), "/home/u"
		d, err := testGate(t, nil).Judge(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		if d.Outcome.Runs() != tt.runs {
			t.Errorf("%q %q as role %d: %s (%s)", r.Line, r.Argv, r.Role, d.Outcome, d.Reason)
		}
	}
}
