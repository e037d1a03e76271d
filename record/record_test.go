package record

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/journal"
	"restrain/trust"
)

var testNow = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// add counts steps in a session, days before now.
func add(r *Record, session string, days int, version string, entries ...journal.Entry) {
	c := r.Count(session)
	c.Add(&journal.Entry{Seq: 1, Kind: journal.SessionStart, Version: version})
	for i := range entries {
		e := entries[i]
		e.Seq, e.Kind, e.Time = uint64(i+2), journal.Step, testNow.AddDate(0, 0, -days)
		c.Add(&e)
	}
	c.End()
}

func steps(n int, classes ...string) []journal.Entry {
	list := make([]journal.Entry, n)
	for i := range list {
		list[i].Classes = []string{classes[i%len(classes)]}
	}
	return list
}

func saidNo() *journal.Answer { return &journal.Answer{By: "terminal"} }

func TestCountsWhatRestraintIsAbout(t *testing.T) {
	r := &Record{Agent: "a"}
	add(r, "s1", 0, "1.0",
		journal.Entry{Classes: []string{"file.read"}, Met: []journal.Secret{{Name: "A", Given: true}, {Name: "B"}}},
		journal.Entry{Classes: []string{"http.write"}, Used: []journal.Secret{{Name: "B"}}, Outside: true},
		journal.Entry{Classes: []string{"http.write"}, Used: []journal.Secret{{Name: "A", Given: true}}},
		journal.Entry{Classes: []string{"git.push"}, Answer: &journal.Answer{Approved: true, By: "terminal"}},
		journal.Entry{Classes: []string{"db.write"}, Answer: saidNo()},
		journal.Entry{Classes: []string{"db.destroy"}, Answer: saidNo(), Around: 5},
		journal.Entry{Classes: []string{"db.destroy"}, Answer: &journal.Answer{By: "no terminal"}},
		journal.Entry{Classes: []string{"db.read"}, Answer: &journal.Answer{Approved: true, By: "grant k7mf"}},
	)
	got := r.Sum(trust.Shipped(), testNow)
	want := Counts{Sessions: 1, Steps: 8, Outside: 1, Found: 1, Used: 1, Asked: 4, Denied: 2, Around: 1}
	if got.Counts != want {
		t.Errorf("%+v\nwant %+v", got.Counts, want)
	}
	if got.Version != "1.0" || got.First != "2026-03-02" {
		t.Errorf("%q since %q", got.Version, got.First)
	}
}

// No agent earns trust by repeating itself: not in a session, not in many of a day.
func TestRepetitionEarnsNothing(t *testing.T) {
	trouble := func() *Record {
		r := &Record{}
		add(r, "trouble", 1, "", append(steps(100, "test", "build"), steps(5, "db.destroy")...)...)
		for i := range 12 {
			add(r, fmt.Sprint("denied", i), 1, "", journal.Entry{Classes: []string{"db.destroy"}, Answer: saidNo()})
		}
		return r
	}
	poor := func(r *Record) float64 { return r.Sum(trust.Shipped(), testNow).Poor }
	before := poor(trouble())
	if before == 0 {
		t.Fatal("the record is not poor to begin with")
	}
	r := trouble()
	add(r, "long", 0, "", steps(20_000, "file.read")...)
	counted := r.Sum(trust.Shipped(), testNow).Steps
	for i := range 100 {
		add(r, fmt.Sprint("many", i), 0, "", steps(500, "file.read")...)
	}
	all := r.Sum(trust.Shipped(), testNow).Steps
	if most := trouble().Sum(trust.Shipped(), testNow).Steps; counted > most+trust.CountedInSession || all > most+trust.CountedInDay {
		t.Errorf("of 70,000 steps %d count after one session, %d after all", counted-most, all-most)
	}
	if after := poor(r); after < 0.6*before {
		t.Errorf("repetition makes a record of %.2f one of %.2f", before, after)
	}
}

// Where nothing is wrong nothing is poor, and one denial is no record.
func TestPoorIsNoSingleDenial(t *testing.T) {
	for name, test := range map[string]struct {
		counts Counts
		poor   bool
	}{
		"nothing":             {Counts{}, false},
		"much work":           {Counts{Steps: 5000, Asked: 10, Denied: 3}, false},
		"one denial":          {Counts{Steps: 10, Asked: 1, Denied: 1}, false},
		"many denials":        {Counts{Steps: 300, Asked: 12, Denied: 8}, true},
		"around denials":      {Counts{Steps: 300, Denied: 2, Around: 2}, true},
		"found credentials":   {Counts{Steps: 300, Used: 5}, true},
		"outside what it may": {Counts{Steps: 300, Outside: 4}, false},
	} {
		if got := test.counts.poor(); got > 1 || (got > 0) != test.poor {
			t.Errorf("%s: %.2f", name, got)
		}
	}
}

// A version that behaves otherwise than the one before is said; one that does not
// is not.
func TestAnotherVersionIsSaid(t *testing.T) {
	work := []string{"file.read", "file.search", "test", "build", "git.read", "file.write"}
	ops := []string{"infra.read", "infra.write", "net.read", "service", "data.send", "db.write"}
	for name, latest := range map[string][]string{"alike": work, "otherwise": ops} {
		r := &Record{Agent: "codex"}
		for i := range 40 {
			add(r, fmt.Sprint("old", i), 40-i/2, "1.0", steps(30, work...)...)
			if i%4 == 0 {
				add(r, fmt.Sprint("new", i), 1, "1.1", steps(30, latest...)...)
			}
		}
		sum, s := r.Sum(trust.Shipped(), testNow), Standing{}
		sum.Stand("codex", &s)
		if said := strings.Contains(s.Said, "codex 1.1 behaves otherwise than 1.0"); said != (name == "otherwise") {
			t.Errorf("%s: %q (%+v)", name, s.Said, sum.Change)
		}
		if s.Poor != 0 {
			t.Errorf("%s: it is poor for being another", name)
		}
	}
}

// A record has its bounds whatever an agent does, and its words are plain.
func TestRecordIsBounded(t *testing.T) {
	stateDir := t.TempDir()
	err := Update(stateDir, "a", "/p", func(r *Record, s *Standing) {
		for i := range 1000 {
			e := journal.Entry{Classes: []string{fmt.Sprintf("class-%d\x1b[31m %s", i, strings.Repeat("x", 200))}}
			add(r, fmt.Sprint("session", i), i%200, fmt.Sprintf("%d.0\n", i%7), e)
			s.Open = append(s.Open, fmt.Sprint(i))
		}
		r.Prune(testNow)
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := All(stateDir)
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	text, _ := json.Marshal(list[0])
	if len(text) > 256<<10 || len(list[0].Days) > maxParts || len(list[0].Counted) > maxSessions {
		t.Errorf("%d bytes, %d days, %d sessions", len(text), len(list[0].Days), len(list[0].Counted))
	}
	if strings.Contains(string(text), "u001b") || strings.Contains(string(text), `.0\n`) {
		t.Error("words are kept as the agent wrote them")
	}
	if s := Stand(stateDir, "a", "/p"); len(s.Open) != maxOpen {
		t.Errorf("%d open sessions", len(s.Open))
	}
}

// A session is counted once, however often that is asked for, and what has been
// added to it later is.
func TestSessionIsCountedOnce(t *testing.T) {
	r := &Record{}
	for range 3 {
		add(r, "s", 0, "", steps(10, "test")...)
	}
	add(r, "s", 0, "", append(steps(10, "test"), steps(2, "build")...)...)
	if got := r.Sum(trust.Shipped(), testNow); got.Steps != 12 || got.Sessions != 1 {
		t.Errorf("%d steps in %d sessions", got.Steps, got.Sessions)
	}
}

// What a session reads at its start does not grow with the record, and damage is no
// good record and no poor one.
func TestStanding(t *testing.T) {
	stateDir := t.TempDir()
	if s := Stand(stateDir, "a", "/p"); s.Poor != 0 || s.Said != "" {
		t.Errorf("without a record: %+v", s)
	}
	err := Update(stateDir, "a", "/p", func(_ *Record, s *Standing) { s.Poor, s.Said = 0.5, "words" })
	if err != nil {
		t.Fatal(err)
	}
	if s := Stand(stateDir, "a", "/p"); s.Poor != 0.5 || s.Said != "words" {
		t.Errorf("%+v", s)
	}
	if s := Stand(stateDir, "a", "/q"); s.Poor != 0 {
		t.Error("another project's")
	}
	files, err := filepath.Glob(filepath.Join(Dir(stateDir), "*"+suffix))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if err := os.WriteFile(files[0], []byte("{\"poor\":1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := Stand(stateDir, "a", "/p"); s.Poor != 0 {
		t.Errorf("damaged: %+v", s)
	}
	if _, err := All(stateDir); err == nil || !strings.Contains(err.Error(), "--rebuild") {
		t.Errorf("damage is not said: %v", err)
	}
	if err := Update(stateDir, "a", "/p", func(*Record, *Standing) {}); err == nil {
		t.Error("damage is written over")
	}
}
