//go:build unix

package gate

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func steps(t *testing.T, g *Gate) (n int) {
	t.Helper()
	if err := g.Store.Update(func(turn *Turn) error { n = turn.Session.Steps(); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func judgeAt(t *testing.T, g *Gate, r Request, want Outcome, wantSteps int) {
	t.Helper()
	d, err := g.Judge(context.Background(), r)
	if err != nil || d.Outcome != want {
		t.Fatalf("%+v: %s, %v, want %s", r, d.Outcome, err, want)
	}
	if got := steps(t, g); got != wantSteps {
		t.Fatalf("%+v: %d steps, want %d", r, got, wantSteps)
	}
}

// A line that the hook let through is one step with its shell's.
func TestPass(t *testing.T) {
	line := Request{Door: "hook", Line: "ls -a", Dir: "/w"}
	at := func(door string) Request { r := line; r.Door = door; return r }
	g := testGate(t, nil)
	judgeAt(t, g, at("hook"), Run, 1)
	judgeAt(t, g, at("shell"), Run, 1) // the same step
	judgeAt(t, g, at("shell"), Run, 2) // a second one: nothing is left of the pass
	judgeAt(t, g, at("hook"), Run, 3)
	judgeAt(t, g, at("hook"), Run, 4) // hooks use no passes for a line
	elsewhere := at("shell")
	elsewhere.Dir = "/elsewhere"
	judgeAt(t, g, elsewhere, Run, 5)
}

func TestPassIsNotGivenOrNotTaken(t *testing.T) {
	tests := []struct {
		name        string
		hook, shell Request
	}{
		{"denied at the hook", Request{Line: "terraform destroy -auto-approve"}, Request{Line: "terraform destroy -auto-approve"}},
		{"parameters", Request{Line: `echo "$1"`}, Request{Line: `echo "$1"`, Params: []string{"bash", "x"}}},
		{"own name", Request{Line: `echo $0`}, Request{Line: `echo $0`, Params: []string{"x"}}},
		{"another environment", Request{Line: `rm -r "$T"`, Env: variable("T", "/tmp/a")}, Request{Line: `rm -r "$T"`, Env: variable("T", "src")}},
		{"an exec", Request{Line: "ls"}, Request{Argv: []string{"ls"}}},
		{"a file that is read", Request{Argv: []string{"cat", "a"}}, Request{Line: "cat a"}},
		{"opaque", Request{Line: "ls"}, Request{Line: "ls", Opaque: "why"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := testGate(t, nil)
			g.Asker = nil
			tt.hook.Door, tt.shell.Door = "hook", "shell"
			for _, r := range []Request{tt.hook, tt.shell} {
				if _, err := g.Judge(context.Background(), r); err != nil {
					t.Fatal(err)
				}
			}
			if got := steps(t, g); got != 2 {
				t.Errorf("%d steps, want 2", got)
			}
		})
	}
}

func variable(name, value string) func(string) (string, bool) {
	return func(asked string) (string, bool) { return value, asked == name }
}

func TestPassEnds(t *testing.T) {
	g := testGate(t, nil)
	now := time.Date(2026, 4, 24, 14, 0, 0, 0, time.UTC)
	g.Now = func() time.Time { return now }
	judgeAt(t, g, Request{Door: "hook", Line: "ls"}, Run, 1)
	now = now.Add(passTime)
	judgeAt(t, g, Request{Door: "shell", Line: "ls"}, Run, 2)
}

// A file of passes that cannot be read denies; a damaged one lets nothing pass.
func TestPassFile(t *testing.T) {
	g := testGate(t, nil)
	path := filepath.Join(g.Store.dir, passFile)
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	judgeAt(t, g, Request{Door: "shell", Line: "ls"}, Run, 1)
	if err := os.WriteFile(path, make([]byte, maxPasses*passSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := g.Judge(context.Background(), Request{Door: "shell", Line: "ls"}); err == nil || d.Outcome != Deny {
		t.Errorf("%s, %v", d.Outcome, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for i := range maxPasses + 2 {
		judgeAt(t, g, Request{Door: "hook", Line: "ls"}, Run, 2+i)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != maxPasses*passSize {
		t.Errorf("%v, %v", info, err)
	}
}

// An agent that runs two hooks for one call, such as its own and Claude Code's,
// takes one step; the call counts only with what it was about.
func TestPassOfCall(t *testing.T) {
	first := Request{Door: "hook", Line: "ls -a", Dir: "/w", Call: "toolu_1"}
	g := testGate(t, nil)
	judgeAt(t, g, first, Run, 1)
	judgeAt(t, g, first, Run, 1)
	judgeAt(t, g, first, Run, 1)
	shell := first
	shell.Door, shell.Call = "shell", ""
	judgeAt(t, g, shell, Run, 1) // still the same step
	judgeAt(t, g, shell, Run, 2)
	other := first
	other.Call = "toolu_2"
	judgeAt(t, g, other, Run, 3)
	another := first
	another.Line = "ls"
	judgeAt(t, g, another, Run, 4)
	file := Request{Door: "hook", Argv: []string{"cat", "go.mod"}, Dir: "/w", Call: "toolu_3"}
	judgeAt(t, g, file, Run, 5)
	judgeAt(t, g, file, Run, 5)
	file.Argv = []string{"cat", "main.go"}
	judgeAt(t, g, file, Run, 6)
	destroy := Request{Door: "hook", Line: "terraform destroy -auto-approve", Dir: "/w", Call: "toolu_4"}
	judgeAt(t, g, destroy, Deny, 7)
	judgeAt(t, g, destroy, Deny, 8) // what was denied has no pass
}
