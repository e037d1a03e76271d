package trust

import (
	"fmt"
	"testing"

	"restrain/classify"
)

// leaves is an ordinary step that leaves a file behind.
func leaves(path string, origin classify.Origin) *classify.Step {
	st := step("http.read")
	st.Artifacts = []classify.Artifact{{Path: path, Origin: origin}}
	return st
}

func recordLeft(s *Session, st *classify.Step, d Decision) {
	now := at(s.Steps())
	s.Record(st, s.Assess(st, now), Outcome{Decision: d}, now)
}

func TestOrigins(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	if s.Past().Remembers() {
		t.Error("a new session remembers files")
	}
	recordLeft(s, leaves("/p/x.sh", classify.FromNetwork), Allowed)
	recordLeft(s, leaves("/tmp/k", classify.FromNetwork), Allowed)
	recordLeft(s, leaves("/tmp/k", classify.FromCredential), Approved)
	recordLeft(s, leaves("/p/no.sh", classify.FromNetwork), Denied)
	work(s, 100)
	restored := NewSession(Shipped(), testRules())
	if err := restored.RestoreState(s.AppendState(nil)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]classify.Origin{
		"/p/x.sh": classify.FromNetwork, "/tmp/k": classify.FromCredential,
		"/p/no.sh": classify.OriginNone, "/p/y.sh": classify.OriginNone,
	} {
		if got := s.Past().Origin(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		if got := restored.Past().Origin(path); got != want {
			t.Errorf("%s, restored: %v, want %v", path, got, want)
		}
	}
}

func TestOldestLeftIsForgotten(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	for i := range maxArtifacts + 2 {
		recordLeft(s, leaves(fmt.Sprint("/p/", i), classify.FromNetwork), Allowed)
		recordLeft(s, leaves("/p/0", classify.FromNetwork), Allowed) // seen again: young again
	}
	for path, want := range map[string]classify.Origin{"/p/0": classify.FromNetwork, "/p/1": 0, "/p/2": 0, "/p/3": classify.FromNetwork} {
		if got := s.Past().Origin(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

// A downloaded file that a human has let run is not asked about as one again, until it
// is downloaded anew; that it ran unasked, or was denied, changes nothing.
func TestLetRunIsNoDownload(t *testing.T) {
	runs := step("execute.download/high")
	runs.Actions[0].Resource = classify.Resource{Kind: "path", Name: "/tmp/tool"}
	for _, tt := range []struct {
		name     string
		decision Decision
		again    bool
		want     classify.Origin
	}{
		{"approved", Approved, false, classify.OriginNone},
		{"approved, and downloaded again", Approved, true, classify.FromNetwork},
		{"run unasked", Allowed, false, classify.FromNetwork},
		{"denied", Denied, false, classify.FromNetwork},
	} {
		s := NewSession(Shipped(), testRules())
		recordLeft(s, leaves("/tmp/tool", classify.FromNetwork), Allowed)
		recordLeft(s, leaves("/tmp/other", classify.FromNetwork), Allowed)
		before := s.Past()
		recordLeft(s, runs, tt.decision)
		if tt.again {
			recordLeft(s, leaves("/tmp/tool", classify.FromNetwork), Allowed)
		}
		past := s.Past()
		if got := past.Origin("/tmp/tool"); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if past.Origin("/tmp/other") != classify.FromNetwork || before.Origin("/tmp/tool") != classify.FromNetwork {
			t.Errorf("%s: another file, or an earlier past, has changed", tt.name)
		}
	}
}
