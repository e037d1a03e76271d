package main

import (
	"testing"

	"restrain/keep"
)

// A file that an agent's own tool writes is said in words; a line that does more stays
// as it was.
func TestUndoTellsOfWrittenFiles(t *testing.T) {
	for command, want := range map[string]string{
		"tee src/a.go":           "writes src/a.go",
		"tee -a log.txt":         "tee -a log.txt",
		"tee a.txt | sort":       "tee a.txt | sort",
		"tee a.txt; rm -rf dist": "tee a.txt; rm -rf dist",
		"rm -rf dist":            "rm -rf dist",
	} {
		if got := told(&keep.Kept{Step: keep.Step{Command: command}}); got != want {
			t.Errorf("%q: %q, want %q", command, got, want)
		}
	}
}
