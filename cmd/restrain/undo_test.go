package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"restrain/keep"
)

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
