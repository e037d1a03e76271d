package watch

import (
	"sync"
	"testing"

	"restrain/internal/slowtest"
)

func TestPresence(t *testing.T) {
	dir := t.TempDir()
	if Present(dir) {
		t.Error("present before anybody came")
	}
	p, err := Announce(dir)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Announce(dir)
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	if !Present(dir) {
		t.Error("not present")
	}
	p.Close()
	if Present(dir) {
		t.Error("present after the watcher has gone")
	}
}

// Steps that ask at the same time do not take each other for a watcher.
func TestNobodyIsPresentForMany(t *testing.T) {
	slowtest.Long(t)
	dir := t.TempDir()
	killed, err := Announce(dir)
	if err != nil {
		t.Fatal(err)
	}
	killed.file.Close() // and the file is left
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 500 {
				if Present(dir) {
					t.Error("present")
					return
				}
			}
		})
	}
	asking.Wait()
}
