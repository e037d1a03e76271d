//go:build unix

package keep

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"restrain/internal/slowtest"
)

// A step that is settled takes no more memory for many entries than for few, and
// what is in its place still is dropped wherever it stands among them.
func TestSettleInFlatMemory(t *testing.T) {
	slowtest.Long(t)
	s, dir := newStore(t, Limits{}), realTemp(t)
	w := s.Begin(Step{})
	write(t, dir+"/d/f", "text")
	do(t, w.Add(dir+"/d/f", false))
	id := w.ID()
	// What the test does not need to be on the disk stands in the manifest alone.
	const entries = 60_000
	for i := range entries {
		do(t, w.put(&record{kind: lineLink, how: asNothing, n: i + 1, path: fmt.Sprintf("%s/gone/%0200d", dir, i), target: "x"}))
		w.sums.files++
	}
	do(t, w.Close())
	var before, after runtime.MemStats
	peak := uint64(0)
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen := 0
	do(t, s.eachEntry(id, func(*record) error {
		if seen++; seen%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc)
		}
		return nil
	}))
	if grown := int64(peak) - int64(before.HeapAlloc); seen != entries+1 || grown > 1<<20 {
		t.Errorf("%d entries, %d bytes more in use", seen, grown)
	}
	left, ok, err := s.Settle(t.Context(), id)
	if err != nil || !ok || left.Files != entries {
		t.Errorf("%+v %v %v", left, ok, err)
	}
	if entries, err := s.entries(id); err != nil || entries[0].n != 1 {
		t.Errorf("the file that is still there is kept: %v", err)
	}
}

// Of many entries in a row that are in their places each is dropped, and none of
// those between.
func TestSettleDropsRuns(t *testing.T) {
	slowtest.Long(t)
	s, dir := newStore(t, Limits{}), realTemp(t)
	const files = 2*batch + 10
	for i := range files {
		write(t, fmt.Sprintf("%s/d/%04d", dir, i), "text")
	}
	kept := keepAll(t, s, Item{Path: dir + "/d"})
	entries, err := s.entries(kept.ID)
	do(t, err)
	gone := map[string]bool{}
	for i := range entries {
		if entries[i].kind == lineFile && i%100 == 7 {
			gone[entries[i].path] = true
			do(t, os.Remove(entries[i].path))
		}
	}
	left, ok, err := s.Settle(t.Context(), kept.ID)
	if err != nil || !ok || left.Files != len(gone) {
		t.Fatalf("%+v %v %v, want %d files", left, ok, err, len(gone))
	}
	entries, err = s.entries(kept.ID)
	do(t, err)
	for i := range entries {
		if !gone[entries[i].path] {
			t.Errorf("%s is still there, and kept", entries[i].path)
		}
	}
}

// Numbers that no entry can have come from a manifest that somebody wrote to.
func TestNumbersOfNoEntry(t *testing.T) {
	var set numbers
	for _, n := range []int{noBundle, -1 << 62, maxEntries, 1 << 62} {
		if set.add(n); set.has(max(n, 0)) || len(set) > 0 {
			t.Errorf("%d is in %d words", n, len(set))
		}
	}
	if set.add(64); !set.has(64) || set.has(0) || set.has(65) {
		t.Error("64 alone is in it")
	}
}
