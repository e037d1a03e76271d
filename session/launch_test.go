package session

import (
	"os"
	"testing"

	"restrain/gate"
	"restrain/intercept"
)

// execOf is an exec of a process below this one.
func execOf(pid int, argv []string, script, text string) *intercept.Request {
	return &intercept.Request{Kind: intercept.KindArgv, Argv: argv, PID: pid,
		Exec: &intercept.Exec{Path: argv[0], Raw: argv, ScriptPath: script, Script: text, PPID: os.Getppid(), Serial: uint64(pid)}}
}

func lineOf(pid int, line string) *intercept.Request {
	r := execOf(pid, []string{"/bin/sh", "-c", line}, "", "")
	r.Kind, r.Line = intercept.KindLine, line
	return r
}

// begin starts a launching whose root is the parent of this process; the execs of
// the tests are children of it.
func begin(t *testing.T, human []string, root *intercept.Request) *launching {
	t.Helper()
	l := newLaunching(human)
	process, err := l.procs.Process(os.Getppid())
	if err != nil {
		t.Skip("processes cannot be told apart here: ", err)
	}
	root.PID, root.Exec.Serial = process.PID, process.Serial
	l.began(root)
	return l
}

func TestLaunching(t *testing.T) {
	shell := []string{"/bin/sh", "/home/u/bin/mini"}
	for name, tt := range map[string]struct {
		human []string
		root  *intercept.Request
		next  *intercept.Request
		want  gate.Role
	}{
		"the human's words":       {[]string{"timeout", "60", "mini", "x"}, execOf(0, []string{"/usr/bin/timeout", "60", "mini", "x"}, "", ""), execOf(7, []string{"mini", "x"}, "", ""), gate.Launch},
		"carried on":              {[]string{"mini", "x"}, execOf(0, shell, "/home/u/bin/mini", `python3 m.py "$@"`), execOf(7, []string{"/usr/bin/python3", "m.py", "x"}, "", ""), gate.Start},
		"other words":             {[]string{"mini", "x"}, execOf(0, shell, "/home/u/bin/mini", `python3 m.py x`), execOf(7, []string{"/usr/bin/python3", "m.py", "y"}, "", ""), gate.Command},
		"the last is an argument": {[]string{"mini", "rm"}, execOf(0, []string{"/usr/bin/mini", "rm"}, "", ""), execOf(7, []string{"rm"}, "", ""), gate.Command},
		"a script of steps":       {[]string{"mini"}, execOf(0, shell, "/home/u/bin/mini", `python3 m.py`), execOf(7, []string{"/usr/bin/python3", "m.py"}, "", ""), gate.Command},
		"a line of the agent's":   {[]string{"mini", "x"}, execOf(0, []string{"/usr/bin/mini", "x"}, "", ""), lineOf(7, "ls x"), gate.Command},
		"an agent's own script":   {[]string{"mini"}, execOf(0, []string{"/usr/bin/python3", "/src/m.py"}, "/src/m.py", "import os"), execOf(7, []string{"/usr/bin/python3", "n.py"}, "n.py", ""), gate.Command},
		"what a line starts":      {[]string{"sh", "-c", "a; b"}, lineOf(0, "a; b"), execOf(7, []string{"/usr/bin/python3", "b.py"}, "", ""), gate.Start},
	} {
		l := begin(t, tt.human, tt.root)
		if got := l.role(tt.next, os.Getppid()); got != tt.want {
			t.Errorf("%s: role %d, want %d", name, got, tt.want)
		}
	}
}

// The first step of the agent ends its start, also for what would have been a
// part of it, and for its own process.
func TestLaunchingEnds(t *testing.T) {
	l := begin(t, []string{"mini", "x"}, execOf(0, []string{"/usr/bin/mini", "x"}, "", ""))
	root, err := l.procs.Process(os.Getppid())
	if err != nil {
		t.Fatal(err)
	}
	self := execOf(root.PID, []string{"/usr/bin/other", "y"}, "", "")
	self.Exec.Serial = root.Serial
	if got := l.role(self, os.Getppid()); got != gate.Start {
		t.Fatalf("what its own process becomes: role %d, want Start", got)
	}
	l.stepped(lineOf(7, "ls"))
	if got := l.role(self, os.Getppid()); got != gate.Command {
		t.Errorf("what its own process becomes after a step: role %d, want Command", got)
	}
	if got := l.role(execOf(8, []string{"/usr/bin/python3", "m.py", "x"}, "", ""), os.Getppid()); got != gate.Command {
		t.Errorf("the same words after a step: role %d, want Command", got)
	}
}
