package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

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
			b.key("down")
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
}
