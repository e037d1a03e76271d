package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"restrain/keep"
	"restrain/session"
)

// A number names a step, and never an id that begins with it.
func TestUndoTakesNoNumberForAnID(t *testing.T) {
	state, dir := t.TempDir(), t.TempDir()
	s, err := keep.Open(filepath.Join(state, "restrain"), keep.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	digit, path := "", ""
	for i := range 500 { // a quarter of all ids begin with a digit
		path = filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(path, []byte("a"), 0o600); err != nil {
			t.Fatal(err)
		}
		kept, err := s.Keep(context.Background(), keep.Step{Session: "bbbb2222", Number: 10 + i, Command: "rm"}, []keep.Item{{Path: path}})
		if err != nil {
			t.Fatal(err)
		}
		if digit = kept.ID[:1]; digit < "a" {
			break
		}
		if err := s.Drop(kept.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	h := &host{session.Host{Stdin: os.Stdin, Stdout: io.Discard, Stderr: io.Discard, Getenv: func(name string) string {
		return map[string]string{"XDG_STATE_HOME": state, "HOME": dir}[name]
	}}}
	for _, args := range [][]string{{"undo", digit}, {"undo", "--prune", digit}} {
		if status := run(h, append([]string{"restrain"}, args...)); status == exitOK {
			t.Errorf("restrain %q takes a step whose id begins with %s", args, digit)
		}
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("a file of another step was given back")
	}
	if list, err := s.List(keep.Filter{Waiting: true}); err != nil || len(list) != 1 {
		t.Errorf("%d steps are left, want 1: %v", len(list), err)
	}
}

// takes SESSION NUMBER PATH… keeps paths as a step of a session does, and takes
// them away. A path with a ref behind a colon is that branch of a repository.
func takes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: takes SESSION NUMBER PATH…")
	}
	s, err := keep.Open(filepath.Join(ts.Getenv("XDG_STATE_HOME"), "restrain"), keep.Limits{})
	ts.Check(err)
	number, err := strconv.Atoi(args[1])
	ts.Check(err)
	var items []keep.Item
	for _, arg := range args[2:] {
		path, ref, isRef := strings.Cut(arg, ":")
		if path = ts.MkAbs(path); isRef {
			ref, id, _ := strings.Cut(ref, "@")
			remote, name, isTip := strings.Cut(ref, "/")
			lost := keep.Ref{Kind: keep.Branch, Name: ref, ID: strings.TrimSpace(ts.ReadFile(id))}
			if isTip {
				lost.Kind, lost.Remote, lost.Name = keep.RemoteTip, remote, name
			}
			items = append(items, keep.Item{Git: &keep.GitLoss{Dir: path, Refs: []keep.Ref{lost}}})
			continue
		}
		items = append(items, keep.Item{Path: path})
	}
	_, err = s.Keep(context.Background(), keep.Step{Session: args[0], Number: number, Command: "rm -rf " + strings.Join(args[2:], " ")}, items)
	ts.Check(err)
	for i := range items {
		if items[i].Git == nil {
			ts.Check(os.RemoveAll(items[i].Path))
		}
	}
}
