package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"restrain/frame"
	"restrain/gate"
	"restrain/journal"
	"restrain/prompt"
	"restrain/session"
)

// The screen fits its terminal, shows every session that has room, and no escape
// sequence of an agent's.
func TestBoardFits(t *testing.T) {
	b := &board{overview: newOverview(context.Background(), &host{})}
	for i := range 12 {
		s := &liveSession{record: session.Record{ID: fmt.Sprintf("%04d", i)}, short: fmt.Sprintf("%04d", i)}
		s.summary = session.Summary{ID: s.record.ID, Agent: "agent\x1b[2J", Dir: "/srv/shop", Level: "elevated", Steps: i, Latest: "rm -rf \x1b]0;x\a" + strings.Repeat("漢", 80)}
		for range 30 {
			s.latest = append(s.latest, journal.Entry{Kind: journal.Step, Time: time.Unix(0, 0), Verdict: gate.Run.Verdict(), Command: s.summary.Latest})
		}
		b.sessions = append(b.sessions, s)
	}
	b.sessions[3].held = []heldStep{{request: prompt.Request{ID: "k7mf", What: []string{"deletes a volume", "for good"}}}}
	for _, size := range [][2]int{{100, 30}, {60, 20}, {40, 15}, {10, 3}} {
		b.width, b.height = size[0], size[1]
		for range b.sessions {
			rows := b.rows()
			if len(rows) > b.height {
				t.Errorf("%d rows on %v", len(rows), size)
			}
			for _, row := range rows {
				if prompt.Width(row) > b.width || strings.ContainsAny(row, "\x1b\a") {
					t.Errorf("%v: %q", size, row)
				}
			}
			if b.height >= 15 && !strings.Contains(strings.Join(rows, "\n"), "> "+b.at().short) {
				t.Errorf("%v: the chosen session is not shown:\n%s", size, strings.Join(rows, "\n"))
			}
			if err := b.key("down"); err != nil {
				t.Fatal(err)
			}
		}
		b.chosen = ""
	}
	b.width, b.height = 100, 30
	b.chosen = "0003"
	shown := strings.Join(b.rows(), "\n")
	for _, want := range []string{"12 sessions, 1 of 12 held", "HELD: deletes a volume; for good", "held k7mf: deletes a volume"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	b.width = 40
	if shown := strings.Join(b.rows(), "\n"); !strings.Contains(shown, "HELD: deletes") || !strings.Contains(shown, "0003 in shop, elevated") {
		t.Errorf("what is held has no room:\n%s", shown)
	}
}

// The screen is told what to show when its size is known, and the human leaves
// with a key or with the screen.
func TestBoardIsShown(t *testing.T) {
	state := t.TempDir()
	getenv := func(name string) string { return map[string]string{"XDG_STATE_HOME": state}[name] }
	for _, end := range []func(*json.Encoder, net.Conn) error{
		func(in *json.Encoder, _ net.Conn) error { return in.Encode(frame.Input{Key: "q"}) },
		func(_ *json.Encoder, screen net.Conn) error { return screen.Close() },
	} {
		ours, screen := net.Pipe()
		ctx, cancel := context.WithCancel(context.Background())
		b := &board{overview: newOverview(ctx, &host{session.Host{Getenv: getenv}})}
		done := make(chan error, 1)
		go func() { done <- b.show(ours) }()
		in, out := json.NewEncoder(screen), json.NewDecoder(screen)
		if err := in.Encode(frame.Input{Width: 60, Height: 10}); err != nil {
			t.Fatal(err)
		}
		var f frame.Frame
		if err := out.Decode(&f); err != nil || f.Lend || !strings.Contains(strings.Join(f.Rows, "\n"), "no session runs") {
			t.Errorf("shown: %+v, %v", f, err)
		}
		go func() { _, _ = io.Copy(io.Discard, io.MultiReader(out.Buffered(), screen)) }()
		if err := end(in, screen); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
		cancel()
		ours.Close()
	}
}

// Enter asks for the terminal where there is a question; nothing is drawn until the
// terminal was lent.
func TestBoardBorrows(t *testing.T) {
	b := &board{overview: newOverview(context.Background(), &host{})}
	b.sessions = []*liveSession{{}}
	var out bytes.Buffer
	if err := b.input(frame.Input{Key: "enter"}, json.NewEncoder(&out)); err != nil || b.lending || out.Len() > 0 {
		t.Errorf("without a question: %v, lending %v, %q", err, b.lending, &out)
	}
	b.sessions[0].held = []heldStep{{request: prompt.Request{ID: "k7mf"}}}
	if err := b.input(frame.Input{Key: "enter"}, json.NewEncoder(&out)); err != nil || !b.lending || out.String() != "{\"lend\":true}\n" {
		t.Errorf("with one: %v, lending %v, %q", err, b.lending, &out)
	}
	b.sessions[0].held = nil // answered elsewhere
	if err := b.input(frame.Input{Lent: true}, json.NewEncoder(&out)); err != nil || b.lending {
		t.Errorf("lent: %v, lending %v", err, b.lending)
	}
}
