package intercept

import (
	"errors"
	"testing"
)

// table is a process table for tests.
type table map[int]struct {
	ppid  int
	start uint64
}

func (p table) parent(pid int) (int, uint64, error) {
	e, ok := p[pid]
	if !ok {
		return 0, 0, errors.New("no such process")
	}
	return e.ppid, e.start, nil
}

func execOf(pid int, start uint64, dir string, argv ...string) Request {
	return Request{Kind: KindArgv, Argv: argv, Dir: dir, PID: pid, Exec: &Exec{Serial: start}}
}

func TestApprovals(t *testing.T) {
	procs := table{10: {1, 100}, 20: {10, 200}, 30: {20, 300}, 40: {1, 400}}
	line := []Foreseen{
		{Argv: []string{"rm", "-rf", "build"}, Dir: "/w"},
		{Argv: []string{"make", "all"}},
		{Line: "cd sub && make", Dir: "/w"},
	}
	lineOf := func(text, dir string, params ...string) Request {
		r := execOf(20, 200, dir, "/bin/bash", "-c", text)
		r.Kind, r.Line, r.Params = KindLine, text, params
		return r
	}
	opaque := execOf(30, 300, "/w", "rm", "-rf", "build")
	opaque.Exec.Opaque = "its memory cannot be read"
	script := execOf(30, 300, "/w", "make", "all")
	script.Exec.ScriptPath = "/w/make"
	for _, test := range []struct {
		name string
		r    Request
		want bool
	}{
		{"the process itself", execOf(10, 100, "/w", "rm", "-rf", "build"), true},
		{"a child", execOf(20, 200, "/w", "rm", "-rf", "build"), true},
		{"a grandchild", execOf(30, 300, "/w", "rm", "-rf", "build"), true},
		{"in another directory", execOf(20, 200, "/w/sub", "rm", "-rf", "build"), false},
		{"in any directory", execOf(20, 200, "/w/sub", "make", "all"), true},
		{"another word", execOf(20, 200, "/w", "rm", "-rf", "src"), false},
		{"one word more", execOf(20, 200, "/w", "rm", "-rf", "build", "src"), false},
		{"words run together", execOf(20, 200, "/w", "rm", "-rf build"), false},
		{"another tree", execOf(40, 400, "/w", "rm", "-rf", "build"), false},
		{"a reused id", execOf(20, 201, "/w", "rm", "-rf", "build"), false},
		{"a program of that name, by its wrapper", execOf(20, 200, "/w", "/usr/lib/tools/make", "all"), true},
		{"a program of that name in the project", execOf(20, 200, "/w", "/w/bin/make", "all"), false},
		{"unread", opaque, false},
		{"a script of that name", script, false},
		{"another kind", Request{Kind: KindLine, PID: 10}, false},
		{"the line", lineOf("cd sub && make", "/w"), true},
		{"the line elsewhere", lineOf("cd sub && make", "/x"), false},
		{"the line with parameters", lineOf("cd sub && make", "/w", "sh"), false},
		{"another line", lineOf("cd sub && make all", "/w"), false},
	} {
		a := NewSteps[string]()
		a.parent = procs.parent
		a.Begin(Process{10, 100}, line, "")
		if got := a.Place(test.r).Foreseen; got != test.want {
			t.Errorf("%s: foreseen %v, want %v", test.name, got, test.want)
		}
	}
}

func TestApprovalsParentIDReused(t *testing.T) {
	a := NewSteps[string]()
	a.Begin(Process{10, 100}, []Foreseen{{Argv: []string{"rm", "x"}}}, "")
	a.parent = table{10: {1, 999}, 20: {10, 1000}}.parent // another process 10
	if a.Place(execOf(20, 1000, "/w", "rm", "x")).Foreseen {
		t.Error("a child of a process that only has the id of the approved one was let through")
	}
}

func TestApprovalsForgetTheOldest(t *testing.T) {
	a := NewSteps[string]()
	a.parent = table{}.parent
	for pid := 1; pid <= maxLines+1; pid++ {
		a.Begin(Process{pid, 1}, []Foreseen{{Argv: []string{"make"}}}, "")
	}
	if a.Place(execOf(1, 1, "/", "make")).Foreseen {
		t.Error("the oldest line is still remembered")
	}
	if !a.Place(execOf(maxLines+1, 1, "/", "make")).Foreseen {
		t.Error("the newest line is forgotten")
	}
	if n := len(a.lines.values); n != maxLines {
		t.Errorf("%d lines are held, want %d", n, maxLines)
	}
}

func TestApprovalsLoopInProcessTable(t *testing.T) {
	a := NewSteps[string]()
	a.parent = table{2: {3, 1}, 3: {2, 1}}.parent
	a.Begin(Process{10, 1}, []Foreseen{{Argv: []string{"make"}}}, "")
	if a.Place(execOf(2, 1, "/", "make")).Foreseen {
		t.Error("an unrelated process was let through")
	}
}
