package report

import (
	"bytes"
	"strings"
	"testing"

	"restrain/prompt"
)

func testAgent() *AgentRecord {
	r := &AgentRecord{
		Agent: "an-agent", Version: "2.1.5 a-model-with-a-long-name-20260101", Where: "project", From: "2026-01-02", To: "2026-03-02",
		Sessions: 31, Steps: 4210, Standing: "a poor record (40 of 100): asked about sooner", Poor: true,
		Facts: []AgentFact{
			{"outside what is declared", 12, false}, {"found credentials met", 3, false}, {"found credentials used", 1, true},
			{"asked about", 20, false}, {"denied", 7, true}, {"worked around a denial", 2, true},
		},
		Compared: []AgentComparison{
			{"last 7 days against those before", "612 steps against 3,598: unlike before, more so than 97% of ordinary work", true, []string{"infra.write 1% → 9%", "test 30% → 12%"}},
			{"2.1.5 a-model against 2.1.4 a-model", "612 steps against 3,598: like itself", false, nil},
		},
	}
	for i := range 13 {
		r.Weeks = append(r.Weeks, AgentWeek{"2026-01-02", 100 + 37*i%91, i % 4, i % 3})
	}
	return r
}

// A record fits the terminal that it is drawn on, with a row left for the prompt,
// and the facts stand on the smallest.
func TestAgentFitsTheTerminal(t *testing.T) {
	for _, caps := range []prompt.Caps{
		{Width: 100, Height: 30, Unicode: true, Color: true}, {Width: 60, Height: 20, Unicode: true}, {Width: 40, Height: 15}, {Width: 40, Height: 15, Color: true},
	} {
		var out bytes.Buffer
		if err := testAgent().Text(&out, caps); err != nil {
			t.Fatal(err)
		}
		rows := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(rows) >= caps.Height {
			t.Errorf("%dx%d: %d rows", caps.Width, caps.Height, len(rows))
		}
		for _, row := range rows {
			plain := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[33m", "").Replace(row)
			if prompt.Width(plain) > caps.Width {
				t.Errorf("%dx%d: %q is too wide", caps.Width, caps.Height, plain)
			}
			if !caps.Unicode && strings.ContainsAny(plain, "█▁…") {
				t.Errorf("%q is not for this terminal", plain)
			}
		}
		for _, want := range []string{"denied", "worked around a denial", "a poor record", "last 7 days"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%dx%d lacks %q", caps.Width, caps.Height, want)
			}
		}
		if large := caps.Height == 30; strings.Contains(out.String(), "steps  ") != large && large {
			t.Errorf("%dx%d: weeks", caps.Width, caps.Height)
		}
	}
}

// What an agent calls itself is escaped on the page, and the page runs nothing.
func TestAgentPageIsInert(t *testing.T) {
	r := testAgent()
	r.Agent, r.Version = "<script>alert(1)</script>", "\x1b[31m"
	var out bytes.Buffer
	if err := AgentPage(&out, r); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	if strings.Contains(page, "<script") || strings.Contains(page, "\x1b") || !strings.Contains(page, "default-src 'none'") {
		t.Error("the page is not inert")
	}
	for _, want := range []string{"<h2>Restraint</h2>", "<h2>Consistency</h2>", "<h2>Over time</h2>", "infra.write 1% → 9%", "<rect"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
