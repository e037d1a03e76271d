//go:build unix

package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/internal/slowtest"
	"restrain/prompt"
	"restrain/trust"
)

// What a day with a test database, a hook of one's own or an approved step
// leaves behind raises nothing that follows.
func TestOrdinaryDaysStayCalm(t *testing.T) {
	slowtest.Long(t)
	approves := prompt.Answer{Approved: true, By: prompt.ByTerminal}
	const local, shared = "psql -h localhost -d shop_test -c 'TRUNCATE orders'", "psql -h db.acme.example -d shop -c 'TRUNCATE orders'"
	for _, c := range []struct {
		name   string
		lines  []string
		answer prompt.Answer
		calm   bool
	}{
		{"tables of a local test database", []string{local, local, local}, prompt.Answer{}, true},
		{"tables of a database elsewhere, approved", []string{shared, shared, shared}, approves, true},
		{"tables of a database elsewhere", []string{shared, shared, shared}, prompt.Answer{}, false},
	} {
		g := testGate(t, &human{answer: c.answer})
		dir := project(t, shop)
		var d Decision
		for _, line := range c.lines {
			d = judgeIn(t, g, dir, line)
		}
		if d.Assessment.Sequence == "repeated-destruction" || c.calm && d.Assessment.Around != nil {
			t.Errorf("%s: the last completes %q", c.name, d.Assessment.Sequence)
		}
		if got := sessionLevel(t, g) != trust.Alarmed; got != c.calm {
			t.Errorf("%s: the session is %s", c.name, sessionLevel(t, g))
		}
	}
}

func sessionLevel(t *testing.T, g *Gate) (level trust.Level) {
	t.Helper()
	if err := g.Store.Update(func(t *Turn) error { level = t.Session.Level(); return nil }); err != nil {
		t.Fatal(err)
	}
	return level
}

// What the session has made it takes away unasked, also after a denial; what
// only says so, or was there before, it does not.
func TestOwnThings(t *testing.T) {
	slowtest.Long(t)
	for _, c := range []struct {
		name, line, then string
		make             []string // files that the line makes
		own              bool
	}{
		{"a directory, and nothing was denied", "rm -rf src/none; mkdir -p data/interim", "cd data && rm -rf interim", []string{"data/interim/a.csv"}, true},
		{"a directory", "mkdir -p data/interim && echo 1 > data/interim/a.csv", "rm -rf data/interim", []string{"data/interim/a.csv"}, true},
		{"a part of it", "mkdir -p data/interim", "rm -rf data/interim/deep", []string{"data/interim/deep/a.csv"}, true},
		{"a clone", "git clone https://example.com/x.git vendor2/x", "rm -rf vendor2/x", []string{"vendor2/x/a.go"}, true},
		{"was there before", "mkdir -p notes", "rm -rf notes", nil, false},
		{"with something older in it", "mkdir -p notes/new", "rm -rf notes", []string{"notes/new/a"}, false},
		{"written anew over what was there", "sed -i s/a/b/ notes/plan.md", "rm -rf notes/plan.md", []string{"notes/plan.md"}, false},
		{"made by nobody", "ls", "rm -rf data/interim", []string{"data/interim/a.csv"}, false},
	} {
		g := testGate(t, nil)
		g.Now = nil // files are as old as they are
		dir := project(t, shop)
		if !strings.Contains(c.name, "nothing was denied") {
			judgeIn(t, g, dir, "rm -rf research")
		}
		judgeIn(t, g, dir, c.line)
		for _, name := range c.make {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			os.Remove(path) // as what replaces it does
			if err := os.WriteFile(path, []byte("text\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d := judgeIn(t, g, dir, c.then)
		if own := d.Outcome == Run; own != c.own {
			t.Errorf("%s: %s: %s", c.name, d.Outcome, d.Reason)
		}
	}
}
