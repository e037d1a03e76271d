//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"restrain/keep"
)

// At a terminal the human chooses below the list; who leaves gives back nothing.
func TestUndoIsChosenAtATerminal(t *testing.T) {
	dir := t.TempDir()
	env := []string{"HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(dir, "state"), quickExit}
	s, err := keep.Open(filepath.Join(dir, "state", "restrain"), keep.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"first", "second"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Keep(context.Background(), keep.Step{Session: "bbbb2222", Number: i + 1, Command: "rm " + name}, []keep.Item{{Path: path}}); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	there := func(name string) bool { _, err := os.Lstat(filepath.Join(dir, name)); return err == nil }

	leaves := sitDown(t, env, "undo")
	leaves.sees("give back which step?")
	leaves.types("\x1b")
	if status := leaves.ends(); status != exitOK || there("first") || there("second") {
		t.Errorf("Esc: status %d, and something was given back", status)
	}
	chooses := sitDown(t, env, "undo")
	chooses.sees("give back which step?")
	chooses.types("first\r")
	if status := chooses.ends(); status != exitOK || !there("first") || there("second") {
		t.Errorf("typed and Enter: status %d, first %t, second %t", status, there("first"), there("second"))
	}
}
