package report

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
	"restrain/prompt"
)

// sample is a session with everything that can be drawn.
func sample() Session {
	start := time.Date(2026, 4, 24, 14, 2, 0, 0, time.UTC)
	s := Session{ID: "7f3a", Agent: "Claude Code", Source: "a.jsonl", Persona: "coding", Baseline: 20990,
		Notes: []string{"the last line is unfinished"}}
	for i := range 9 {
		s.Steps = append(s.Steps, Step{Number: i + 1, Time: start.Add(time.Duration(i) * 10 * time.Second),
			Command: "go test ./...", Dir: "/home/dev/app", Verdict: "allow", Severity: "none", Level: "calm",
			Reason: "ran tests", Divergence: 0.01 * float64(i), Percentile: 50})
	}
	search := &s.Steps[6]
	search.Command, search.Level, search.Reason = "grep -rni token .", "elevated", "searches for credentials (low)"
	search.Severity, search.Percentile = "low", 99.93
	s.Steps[7].Level = "elevated"
	held := &s.Steps[8]
	*held = Step{Number: 9, Time: held.Time, Command: "curl -X DELETE -H 'Authorization: Bearer 0123456789abcdef0123456789abcdef' https://api.example.com/volumes/7",
		Dir: "/home/dev/app", Verdict: "ask", Severity: "critical", Level: "alarmed", Reason: "deletes a volume (critical)",
		Divergence: 0.41, Contribution: 0.02, Percentile: 99.98, Outcome: "failed, exit status 1",
		Sequence: "credential search → destruction", Path: []string{"searched (step 7)", "destroyed (step 9)"},
		Rules: []Rule{{"volume-delete", "deletes a volume", "backups go with it"}}, Attack: []string{"T1485"},
		Evidence: []string{"DELETE /volumes/7"}, Why: []string{"infra.destroy in 1 of the last 8 steps"}}
	return s
}

func draw(t *testing.T, s *Session, caps prompt.Caps) string {
	t.Helper()
	var b strings.Builder
	if err := Timeline(&b, s, caps); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const narrow = `-- 7f3a | Claude Code ------------------
9 steps, 1 min 20 s, would have paused
once, alarmed at its highest
0.41 |                        ###
     |                        ###
     |                        ###
0.00 |      ............::::::###
level|..................++++++###
                              ^
      divergence in bits,  . calm  +
      elevated  # alarmed  ^ pause
  ... 6 ordinary steps
  7  14:03:00  searches for credentials
      (low): the session is elevated;
      unusual
      grep -rni token .
  ... 1 ordinary step
7f3a step 9: ask: deletes a volume
    (critical)
    curl -X DELETE -H 'Authorization:
    Bearer [redacted:32+]'
    https://api.example.com/volumes/7
    14:03:20 in /home/dev/app
    recorded: failed, exit status 1
    unusual among 20,990 steps of
      ordinary sessions; the session is
      alarmed
    sequence: credential search ->
      destruction: searched (step 7) ->
      destroyed (step 9)
    infra.destroy in 1 of the last 8
      steps
    rules: volume-delete
note: the last line is unfinished
`

func TestTimelineNarrow(t *testing.T) {
	s := sample()
	s.Steps[8].Divergence = 0.41
	got := draw(t, &s, prompt.Caps{Width: 40})
	if got != narrow {
		t.Errorf("got\n%s\nwant\n%s", got, narrow)
	}
}

// What decides is drawn where it was recorded, and the line that it must be over.
func TestTimelineDrawsMargins(t *testing.T) {
	s := sample()
	s.Steps[6].Margin, s.Steps[8].Margin = -1.5, 104
	got := draw(t, &s, prompt.Caps{Width: 40})
	for _, want := range []string{"\n  +6 |", "\n  -6 |", "what speaks for asking"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q:\n%s", want, got)
		}
	}
	_, line, _ := strings.Cut(got, "\n   0 |")
	line, _, _ = strings.Cut(line, "\n")
	wide := len(line) / len(s.Steps)
	if want := strings.Repeat("-", 8*wide) + strings.Repeat("#", wide); !strings.HasPrefix(line, want) {
		t.Errorf("the line is %q, want %q", line, want)
	}
	if strings.Contains(got, "divergence in bits") {
		t.Error("draws the divergence as well")
	}
}

func TestTimelineFits(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100, 300} {
		for _, caps := range []prompt.Caps{{Width: width}, {Width: width, Unicode: true}, {Width: width, Unicode: true, Color: true}} {
			s := sample()
			text := draw(t, &s, caps)
			if strings.Contains(text, "\x1b[") != caps.Color {
				t.Errorf("%+v: colour where there is none, or none where there is", caps)
			}
			for line := range strings.Lines(regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(text, "")) {
				line = strings.TrimSuffix(line, "\n")
				if prompt.Width(line) > width {
					t.Errorf("%+v: %d columns: %q", caps, prompt.Width(line), line)
				}
				if !caps.Unicode && strings.Trim(line, " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") != "" {
					t.Errorf("%+v: not ASCII: %q", caps, line)
				}
			}
		}
	}
}

// hostile is a text that tries to leave its place.
const hostile = "</pre><script>alert(1)</script><img src=https://evil.example/x onerror=x>\"'&\x1b]0;owned\x07\u202egnp\x00 export API_TOKEN=sk-fake0123456789abcdefghijklmnop"

// hostileSession has it in every place.
func hostileSession() Session {
	s := sample()
	s.ID, s.Agent, s.Source, s.Persona, s.Notes = hostile, hostile, hostile, hostile, []string{hostile}
	for i := range s.Steps {
		step := &s.Steps[i]
		step.Command, step.Dir, step.Reason, step.Answer, step.Outcome = hostile, hostile, hostile, hostile, hostile
		step.Sequence, step.Note, step.Path, step.Why, step.Evidence = hostile, hostile, []string{hostile}, []string{hostile}, []string{hostile}
		step.Attack, step.Rules = []string{hostile}, []Rule{{hostile, hostile, hostile}}
		step.Severity, step.Level = hostile, hostile
		if i == 8 {
			step.Verdict = hostile
		}
	}
	return s
}

func TestPageIsSafe(t *testing.T) {
	var b strings.Builder
	if err := Page(&b, hostileSession(), hostileSession()); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	for _, bad := range []string{"<script", "<img", "\x1b", "\x07", "\x00", "\u202e", "fake0123456789", "<iframe", "<link", "@import", "url("} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if refs := regexp.MustCompile(`(?i)<[^>]*(src|href)=["']?[^"'#> ][^>]*`).FindString(html); refs != "" {
		t.Errorf("the page refers to something else: %q", refs)
	}
	checkTags(t, html)
}

func TestTimelineIsSafe(t *testing.T) {
	s := hostileSession()
	text := draw(t, &s, prompt.Caps{Width: 80, Unicode: true})
	for _, bad := range []string{"\x1b", "\x07", "\x00", "\u202e", "fake0123456789"} {
		if strings.Contains(text, bad) {
			t.Errorf("the timeline has %q", bad)
		}
	}
}

// checkTags wants every element that is not void to be closed, in order.
func checkTags(t *testing.T, html string) {
	t.Helper()
	_, html, _ = strings.Cut(html, "</style>")
	var open []string
	for _, tag := range regexp.MustCompile(`<(/?)([a-z0-9]+)[^>]*?(/?)>`).FindAllStringSubmatch(html, -1) {
		switch name := tag[2]; {
		case name == "br" || name == "input" || name == "th" || name == "td" || name == "tr" || tag[3] == "/":
		case tag[1] == "":
			open = append(open, name)
		case name == "head":
		case len(open) == 0 && (name == "body" || name == "html"):
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> closes %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %v", open)
	}
}

func TestPageShows(t *testing.T) {
	var b strings.Builder
	if err := Page(&b, sample()); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	for _, want := range []string{
		"<title>Would have paused at 1 of 9 steps · restrain</title>", "Claude Code · persona coding · 24 April 2026, 14:02 UTC · session 7f3a · from a.jsonl",
		`<a class="no" href="#step-1-9"`,
		"Where it would have paused", `href="#pause-1-9"`, `id="pause-1-9"`, `id="step-1-9"`, "steps 1 to 6: 6 ordinary steps",
		"Bearer [redacted:32+]", "volume-delete", "backups go with it", "T1485", "DELETE /volumes/7", "failed, exit status 1",
		"credential search → destruction: searched (step 7) → destroyed (step 9)", "<svg", "prefers-color-scheme:dark",
		"Content-Security-Policy", "0.41", "the last line is unfinished",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	checkTags(t, html)
}

// What a grant let run was no pause, and is shown for what it is.
func TestCoveredStepIsNoPause(t *testing.T) {
	s := sample()
	s.Live = true
	granted := s.Steps[8]
	granted.Number, granted.Covered, granted.Fate, granted.Answer = 10, true, Approved, "approved (grant ab12)"
	s.Steps = append(s.Steps, granted)
	text := draw(t, &s, prompt.Caps{Width: 100})
	if !strings.Contains(text, "paused once") || !strings.Contains(text, "approved (grant ab12)") || strings.Contains(text, "step 10: ask") {
		t.Errorf("timeline:\n%s", text)
	}
	var b strings.Builder
	if err := Page(&b, s); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	if !strings.Contains(html, `class="only-asked"> asked (1)`) || strings.Contains(html, "pause-1-10") || !strings.Contains(html, "approved (grant ab12)") {
		t.Error("the page counts what a grant let run as a pause, or does not show it")
	}
	checkTags(t, html)
}

// A page begins with what happened: in its title, its heading and its tiles. What
// there was is what can be shown alone.
func TestPageOutcomeFirst(t *testing.T) {
	s := sample()
	s.Live = true
	s.Steps[8].Fate, s.Steps[8].Answer = Denied, "denied (terminal): no"
	s.Steps[1].Kept, s.Steps[2].Masked = "1 file, 2 kB; restrain undo k7mf2x", "TOKEN of .env"
	var b strings.Builder
	if err := Page(&b, s); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	const title = "9 steps: 1 denied, 1 kept, 1 masked"
	for _, want := range []string{
		"<title>" + title + " · restrain</title>", "<h1>" + title + "</h1>",
		`<div class="tile bad"><b class="value">1</b><span class="label">denied</span>`, `<div class="tile good"><b class="value">1</b><span class="label">kept</span>`,
		`<div class="tile "><b class="value">0</b><span class="label">approved</span>`,
		`class="only-denied"> denied (1)`, `class="step denied asked`, "kept: 1 file, 2 kB",
	} {
		if !strings.Contains(strings.ReplaceAll(html, "step asked denied", "step denied asked"), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(html, `class="only-approved"`) {
		t.Error("what there is none of can be shown alone")
	}
	checkTags(t, html)
}

// The curve is of what decides, with its line, where that is known.
func TestPageCurveDecides(t *testing.T) {
	page := func(s Session) string {
		var b strings.Builder
		if err := Page(&b, s); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	s := sample()
	if html := page(s); strings.Contains(html, `class="limit"`) || !strings.Contains(html, "Divergence by step") {
		t.Error("a line is drawn for steps without margins")
	}
	s.Steps[6].Margin, s.Steps[8].Margin = -1.5, 104
	html := page(s)
	for _, want := range []string{`<path class="limit" d="M0 52.0H9"/>`, "asked from here on", "what speaks for asking over 9 steps; ", `d="M0 100.0H1V100.0H2V100.0H3V100.0H4V100.0H5V100.0H6V64.0H7V100.0H8V4.0H9"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	checkTags(t, html)
}

func TestEmptySession(t *testing.T) {
	var b strings.Builder
	if err := Page(&b, Session{ID: "x"}); err != nil || !strings.Contains(b.String(), "There is no command in it") {
		t.Errorf("got %v", err)
	}
	if text := draw(t, &Session{ID: "x"}, prompt.Caps{}); !strings.Contains(text, "0 steps, would not have paused") {
		t.Errorf("got %q", text)
	}
}

// A long session keeps the page bounded, and loses no pause.
func TestLongSession(t *testing.T) {
	slowtest.Alone(t)
	s := Session{ID: "long"}
	for i := range 50_000 {
		step := Step{Number: i + 1, Command: "ls", Verdict: "allow", Level: "calm", Reason: "listed files"}
		if i%10_000 == 9_999 {
			step.Verdict = "ask"
		}
		s.Steps = append(s.Steps, step)
	}
	var b strings.Builder
	if err := Page(&b, s); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), `class="pin"`); n != 5 {
		t.Errorf("%d pauses on the curve, not 5", n)
	}
	if b.Len() > 4<<20 || !strings.Contains(b.String(), "more steps not listed") {
		t.Errorf("%d bytes", b.Len())
	}
	if text := draw(t, &s, prompt.Caps{Width: 80, Unicode: true}); strings.Count(text, "long step ") != 5 || len(text) > 10_000 {
		t.Errorf("%d bytes of timeline", len(text))
	}
}

// However a session is cut to columns, no step is left out of the curve.
func TestPointsCoverAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := make([]Step, rapid.IntRange(0, 500).Draw(t, "steps"))
		peak, held := 0.0, 0
		for i := range steps {
			steps[i].Divergence = rapid.Float64Range(0, 1).Draw(t, "divergence")
			peak = max(peak, steps[i].Divergence)
			if rapid.Bool().Draw(t, "held") {
				steps[i].Verdict, held = "ask", held+1
			}
		}
		next, top, marked := 0, 0.0, 0
		for _, p := range points(steps, rapid.IntRange(1, 200).Draw(t, "columns")) {
			if p.first != next || p.last < p.first {
				t.Fatalf("a point stands for %d to %d, behind %d", p.first, p.last, next)
			}
			next, top = p.last+1, max(top, p.divergence)
			if p.paused {
				marked++
			}
		}
		if next != len(steps) || top != peak || (marked > 0) != (held > 0) {
			t.Fatalf("%d of %d steps, peak %v of %v, %d marks for %d pauses", next, len(steps), top, peak, marked, held)
		}
	})
}

func TestRowsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab cd漢字 é…"))).Draw(t, "text")
		width := rapid.IntRange(2, 40).Draw(t, "width")
		var back strings.Builder
		for _, row := range (&timeline{}).wrap(text, width) {
			if prompt.Width(row) > width || !utf8.ValidString(row) {
				t.Fatalf("row %q is wider than %d", row, width)
			}
			back.WriteString(row)
		}
		if strings.ReplaceAll(back.String(), " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Fatalf("%q became %q", text, back.String())
		}
	})
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	s := sample()
	if err := Page(broken{}, s); err == nil {
		t.Error("a page that was not written is no error")
	}
	if err := Timeline(broken{}, &s, prompt.Caps{}); err == nil {
		t.Error("a timeline that was not written is no error")
	}
}

func BenchmarkPage(b *testing.B) {
	s := sample()
	for i := range 1000 {
		s.Steps = append(s.Steps, Step{Number: i + 10, Command: fmt.Sprintf("go test ./p%d", i), Verdict: "allow", Level: "calm", Reason: "ran tests"})
	}
	for b.Loop() {
		if err := Page(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

// A step whose programs sent something stands by itself, and what was sent names it.
func TestSentStepsAreNamed(t *testing.T) {
	s := sample()
	s.Steps[8].Sender, s.Steps[4].Sent = 5, []int{9}
	text := draw(t, &s, prompt.Caps{Width: 80})
	if !strings.Contains(text, "  5  14:02:40  ran tests") || !strings.Contains(text, "sent by: step 5\n") {
		t.Errorf("the timeline has\n%s", text)
	}
}
