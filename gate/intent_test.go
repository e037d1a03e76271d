//go:build unix

package gate

import (
	"strings"
	"testing"
	"time"
)

// hear tells a session of what the human says.
func hear(t *testing.T, g *Gate, said Message) {
	t.Helper()
	if err := g.Store.Hear(said, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// TestAskedFor holds what the human says against what the agent then does: a step
// that was asked for by name runs unasked, any other is asked about as ever.
func TestAskedFor(t *testing.T) {
	for _, c := range []struct {
		says  []string
		line  string
		asked bool // a question is put
	}{
		{nil, "git push --force origin main", true},
		{[]string{"force push it"}, "git push --force origin main", false},
		{[]string{"push it"}, "git push --force origin main", true},
		{[]string{"don't force push"}, "git push --force origin main", true},
		{[]string{"force push it", "stop"}, "git push --force origin main", true},
		{[]string{"drop the users table"}, "psql -h db.example.com shop -c 'DROP TABLE users'", false},
		{[]string{"drop the orders table"}, "psql -h db.example.com shop -c 'DROP TABLE users'", true},
		{[]string{"drop the test database"}, "dropdb shop_prod", true},
		{[]string{"force push it"}, "git push --force origin main; dropdb shop", true},
		{[]string{"lösche die Tabelle users"}, "psql -h db.example.com shop -c 'DROP TABLE users'", false},
		{[]string{"delete the app"}, "heroku apps:destroy shop --confirm shop", true}, // critical
		{[]string{"fix the failing staging deploy"}, "dropdb shop_staging", true},
		{[]string{"don't delete any branches"}, "git branch -D main", true},
		{[]string{"publish the package"}, "npm publish", false},
		{[]string{strings.Repeat("force push it. ", 41)}, "git push --force origin main", true}, // a paste
	} {
		h := &human{}
		g := testGate(t, h)
		for _, text := range c.says {
			hear(t, g, Message{Text: text, By: ByTask})
		}
		d := judgeLine(t, g, c.line)
		if got := d.Answer != nil; got != c.asked {
			t.Errorf("%q, then %s: asked %v, not %v: %s", c.says, c.line, got, c.asked, d.Reason)
		}
		if !c.asked && len(c.says) > 0 && !strings.Contains(d.Reason, "you asked for it") {
			t.Errorf("%q, then %s: the reason is %q", c.says, c.line, d.Reason)
		}
	}
}

// TestShownIsNotWeighed is for messages that may not be the human's own words.
func TestShownIsNotWeighed(t *testing.T) {
	h := &human{}
	g := testGate(t, h)
	hear(t, g, Message{Text: "force push it", By: ByCommandLine, Shown: true})
	if d := judgeLine(t, g, "git push --force origin main"); d.Answer == nil {
		t.Errorf("not asked about: %s", d.Reason)
	}
}

// TestPasswordIsNotKept is for a single word typed at the terminal.
func TestPasswordIsNotKept(t *testing.T) {
	g := testGate(t, &human{})
	hear(t, g, Message{Text: "hunter2-hunter2", By: ByKeys})
	if err := g.Store.Update(func(turn *Turn) error {
		if n := len(turn.Session.Messages()); n != 0 {
			t.Errorf("%d messages are kept", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries(t, g) {
		if strings.Contains(e.Reason, "hunter2") {
			t.Errorf("the journal has %q", e.Reason)
		}
	}
}

// ghToken is of the shape of a token, and nobody's.
const ghToken = "ghp_" + "x7Qp2LmZ9RtV4bKc8WsN1hYd6FgJ3aTe5UoB"

// TestHostileMessages is for messages that are long, or hide what they say.
func TestHostileMessages(t *testing.T) {
	g := testGate(t, &human{})
	for _, text := range []string{
		strings.Repeat("drop the test database ", 50_000), "\x1b[2Jdrop\x00 the test\u202e database\u200b", strings.Repeat("e\u0301", 5000), "\xff\xfe delete \xc3", "token " + ghToken,
		strings.Repeat("do it. ", 60) + "delete the branch",
	} {
		hear(t, g, Message{Text: text, By: ByHook})
	}
	err := g.Store.Update(func(turn *Turn) error {
		messages := turn.Session.Messages()
		if len(messages) != 5 {
			t.Errorf("%d messages are kept, not 5", len(messages))
		}
		for _, m := range messages {
			if len(m.Text) > 300 || strings.ContainsAny(m.Text, "\x00\x1b\u202e\u200b") || strings.Contains(m.Text, ghToken[4:]) {
				t.Errorf("%d bytes are kept: %.80q", len(m.Text), m.Text)
			}
		}
		if n := len(turn.Session.AppendState(nil)); n > slotSize/2 {
			t.Errorf("the state has %d bytes", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestQuestionQuotesTheHuman: every question says what was asked last, and what
// of the step it names.
func TestQuestionQuotesTheHuman(t *testing.T) {
	for _, c := range []struct{ says, line, want string }{
		{"fix the failing staging deploy", "dropdb shop", "nothing in it names a database or a deletion"},
		{"look at the database", "dropdb shop", "it names a database, and not a deletion"},
		{"delete the branch", "dropdb shop", "it names a deletion, and not this database"},
		{"don't drop the database", "dropdb shop", "it says not to: a deletion"},
		{"heroku: delete the app shop", "heroku apps:destroy shop --confirm shop", "it names a deletion and"},
	} {
		h := &human{}
		g := testGate(t, h)
		hear(t, g, Message{Text: c.says, By: ByTask})
		judgeLine(t, g, c.line)
		if len(h.asked) != 1 {
			t.Errorf("%q, then %s: %d questions", c.says, c.line, len(h.asked))
			continue
		}
		q := h.asked[0]
		if q.Asked == nil || q.Asked.Text != c.says || !strings.HasPrefix(q.Asked.Says, c.want) {
			t.Errorf("%q, then %s: the question has %+v, not %q", c.says, c.line, q.Asked, c.want)
		}
	}
}
