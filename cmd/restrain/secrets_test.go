package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/classify"
	"restrain/gate"
	"restrain/internal/slowtest"
	"restrain/journal"
	"restrain/prompt"
	"restrain/report"
	"restrain/session"
	"restrain/trust"
)

// 300 secrets, each in every place of a command: none stands in any byte that is
// written of the session, be it the journal, the state or a report.
func TestNoSecretIsWritten(t *testing.T) {
	slowtest.Alone(t)
	t.Setenv("XDG_RUNTIME_DIR", "")
	text, err := os.ReadFile("../../secret/testdata/places.txt")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := gate.NewPolicy(classify.Shipped(), trust.Shipped(), "")
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	store, err := gate.OpenStore(state, "0123456789abcdef", policy)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	human := &keepingAsker{}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	g := &gate.Gate{Policy: policy, Store: store, Asker: human, Now: func() time.Time { now = now.Add(time.Minute); return now }}
	const perLine = 30
	places := strings.Split(strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\x00"), "\x00")
	var values []string
	for i := range 300 {
		value := madeUpSecret.Example(i)
		values = append(values, value)
		var line strings.Builder
		for n := range perLine {
			place := places[(i+n*len(places)/perLine)%len(places)]
			line.WriteString(strings.ReplaceAll(strings.ReplaceAll(place, "⏎", "\n"), "§", value) + "\n")
		}
		d, err := g.Judge(context.Background(), gate.Request{Door: "shell", Line: line.String(), Dir: "/srv/app", Home: "/home/bo"})
		if err != nil {
			t.Fatal(err)
		}
		human.said.WriteString(d.Message() + d.Reason + "\n")
	}
	written := map[string][]byte{"questions and answers": []byte(human.said.String())}
	if err := filepath.WalkDir(state, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			written[filepath.Base(path)], err = os.ReadFile(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	drawReports(t, written, policy.Rules(), session.Record{ID: "0123456789abcdef", Dir: filepath.Dir(gate.JournalPath(state, "0123456789abcdef"))})
	for name, text := range written {
		if len(text) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, value := range values {
			if at := bytes.Index(text, []byte(value)); at >= 0 {
				t.Errorf("%s holds a secret: …%s…", name, text[max(0, at-80):min(len(text), at+60)])
			}
		}
	}
	if len(written) < 10 {
		t.Errorf("only %d outputs were looked at", len(written))
	}
}

func drawReports(t *testing.T, written map[string][]byte, set *classify.Set, record session.Record) {
	t.Helper()
	drawn, err := journalReport(set, record)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range report.Formats() {
		var out bytes.Buffer
		if err := report.Write(&out, format, *drawn); err != nil {
			t.Fatal(err)
		}
		written["report "+format] = out.Bytes()
	}
	var timeline, log bytes.Buffer
	if err := report.Timeline(&timeline, drawn, prompt.Caps{}); err != nil {
		t.Fatal(err)
	}
	if err := withFile(record.Journal(), func(file *os.File) error {
		return journal.Read(file, func(e journal.Entry) error { return entryLook{}.entry(&log, 1, e) })
	}); err != nil {
		t.Fatal(err)
	}
	written["timeline"], written["log"] = timeline.Bytes(), log.Bytes()
}

// A keepingAsker denies, and keeps what it was shown.
type keepingAsker struct{ said strings.Builder }

func (k *keepingAsker) Ask(_ context.Context, r prompt.Request) (prompt.Answer, error) {
	for _, text := range append(append([]string{r.Command, r.Details, r.Confirm}, r.What...), r.Tokens...) {
		k.said.WriteString(text + "\n")
	}
	for _, e := range r.History {
		k.said.WriteString(e.Text + "\n")
	}
	return prompt.Answer{By: prompt.ByTerminal}, nil
}

func signs(set string, least, most int) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune(set)), least, most, -1)
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// madeUpSecret is what people and machines make secrets of.
var madeUpSecret = rapid.OneOf(
	signs(letters, 10, 40), signs("0123456789abcdef", 32, 40), signs(letters+"+/", 20, 60), signs(letters+"-_", 20, 60),
).Filter(func(s string) bool {
	digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s), "0")
	return digits >= 2 && len(s)-digits >= 2 && !strings.ContainsAny(s[:1], "/-")
})

func TestLogAndReportCountSecrets(t *testing.T) {
	var secrets tally
	for _, e := range []journal.Entry{
		{Met: []journal.Secret{{Name: "A", Given: true}, {Name: "B", Where: "/p/.env", Line: 3}}},
		{Met: []journal.Secret{{Name: "B", Where: "/p/.env", Line: 3}}, Masked: []journal.Masked{{Name: "B", Where: "/p/.env"}}},
		{Used: []journal.Secret{{Name: "B", Where: "/p/.env", Host: "x.example.net"}}},
		{Used: []journal.Secret{{Name: "A", Host: "x.example.net"}}, Ran: true},
	} {
		secrets.add(&e)
	}
	if got := secrets.figures().String(); got != "secrets: 2 met, 1 of them found; 1 masked, 1 sent" {
		t.Error(got)
	}
	if got := secretsText([]journal.Secret{{Name: "B", Where: "/p/.env", Line: 3, Host: "h"}}); got != "B of /p/.env:3 (found), to h" {
		t.Error(got)
	}
	if got := (report.Secrets{}).String(); got != "" {
		t.Error(got)
	}
}
