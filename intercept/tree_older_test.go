package intercept

import "testing"

// What has lost its ancestors is outside only when it was there before the agent.
func TestOnlyWhatIsOlderThanEveryRootIsNotBelowOne(t *testing.T) {
	tree := &Tree{roots: map[int]uint64{10: 100, 11: 200}}
	for start, want := range map[uint64]bool{50: true, 99: true, 100: false, 150: false, 300: false} {
		if got := tree.older(processInfo{pid: 12, start: start, orphan: true}); got != want {
			t.Errorf("began at %d: older %v", start, got)
		}
	}
}
