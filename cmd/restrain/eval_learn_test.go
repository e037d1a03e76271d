package main

import (
	"testing"

	"restrain/classify"
	"restrain/gate"
	"restrain/transcript"
	"restrain/trust"
)

// What other sessions of the repository let happen is asked about less, and what
// sessions of another did is not: as restrain learn would have it.
func TestLessonsOfOtherSessions(t *testing.T) {
	release := "gh release create v1.2.0 app.zip --notes-file NOTES.md"
	session := func(repo string) *transcript.Session {
		s := &transcript.Session{Repo: repo}
		for _, line := range []string{"ls", "git status", release} {
			s.Commands = append(s.Commands, transcript.Command{Text: line})
		}
		return s
	}
	pauses := func(second string) (n int) {
		e := &evaluation{set: classify.Shipped(), persona: gate.DefaultPersona, past: map[*transcript.Session][]trust.PastStep{}}
		e.benign = []*transcript.Session{session("a"), session(second)}
		for _, part := range []trust.Part{"", trust.PartLearn} {
			steps, err := e.judge(e.benign[0], trust.Shipped(), part)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.judge(e.benign[1], trust.Shipped(), part); err != nil {
				t.Fatal(err)
			}
			for _, step := range steps {
				if step.Asked {
					n++
				}
			}
		}
		return n
	}
	if same, other := pauses("a"), pauses("b"); same != 1 || other != 2 {
		t.Errorf("%d pauses with lessons of the same repository, %d with those of another; want 1 and 2", same, other)
	}
}
