//go:build unix

package journal

import (
	"os"
	"strings"
	"testing"
)

// A journal that was removed takes no entry: nobody would ever read it.
func TestRemovedInUse(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Head{})
	if _, err := l.Append(step(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := l.Append(step(1)); err == nil || !strings.Contains(err.Error(), "was removed while it was in use") {
			t.Errorf("an entry went into a removed journal: %v", err)
		}
	}
}
