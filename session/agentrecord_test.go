package session

import (
	"testing"
	"time"

	"restrain/gate"
	"restrain/journal"
	"restrain/record"
	"restrain/trust"
)

// A session at a door is counted when the agent's next one begins, once, and a
// supervised one when it ends.
func TestSessionsAtADoorAreCountedWithTheNext(t *testing.T) {
	stateDir := t.TempDir()
	write := func(id string, n int) {
		log, err := journal.Open(gate.JournalPath(stateDir, id))
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		for range n {
			if _, err := log.Append(journal.Entry{Time: time.Now(), Session: id, Kind: journal.Step, Classes: []string{"test"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	counted := func() int {
		list, err := record.All(stateDir)
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		return list[0].Sum(trust.Shipped(), time.Now()).Steps
	}
	for i, want := range []int{0, 5, 10} {
		id := []string{"first", "second", "third"}[i]
		if err := beginRecord(stateDir, "helper", id, trust.Shipped()); err != nil {
			t.Fatal(err)
		}
		if got := counted(); got != want {
			t.Errorf("as the %s begins, %d steps are counted, not %d", id, got, want)
		}
		write(id, 5)
	}
	if _, err := count(stateDir, "helper", ProjectDir(), trust.Shipped(), nil, "third", "third", "nothing"); err != nil {
		t.Fatal(err)
	}
	if got := counted(); got != 15 {
		t.Errorf("at the end %d steps are counted, not 15", got)
	}
	if err := beginRecord(stateDir, "bash", "fourth", trust.Shipped()); err != nil {
		t.Fatal(err)
	}
	counted() // a person's shell has none
}
