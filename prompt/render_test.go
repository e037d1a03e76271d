package prompt

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files")

func clock(s string) time.Time {
	t, err := time.Parse("15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

// volumeRequest is the question of the design's picture.
func volumeRequest() Request {
	return Request{
		Session:  "7f3a",
		Step:     42,
		Agent:    "cursor-agent",
		Command:  `curl -s -X POST https://backboard.railway.app/graphql/v2 -H 'Authorization: Bearer ████' -d '{"query":"mutation { volumeDelete(volumeId: \"3d2c42fb\") }"}'`,
		Dir:      "/home/ada/shop",
		Severity: "critical",
		What:     []string{"deletes a Railway volume; its backups go with it", "cannot be undone"},
		Danger:   []string{"volumeDelete"},
		Unusual:  "infrastructure deleted with a found token: in no ordinary session",
		Scores:   []string{"divergence 0.41 bits, above 99.98% of steps in coding sessions"},
		Sequence: "credential search → credential read → infrastructure deletion",
		Attack:   []string{"T1552.001", "T1485"},
		Asked:    &Message{clock("14:01:07"), "fix the failing staging deploy", "nothing in it names a volume or a deletion"},
		History: []Event{
			{clock("14:02:11"), "searched the project for tokens", "grep -rniE 'railway.*token' ."},
			{clock("14:02:15"), "read a credential file", "scripts/custom-domains/.env"},
			{clock("14:02:19"), "deletes a volume", "volumeDelete 3d2c42fb"},
		},
		Confirm: "3d2c42fb", ConfirmKind: "volume",
		NotOffered: "critical",
		Details:    "rule railway.volume.delete\nThe call names the volume by its id.",
		Timeout:    2 * time.Minute,
	}
}

var testOffers = []Offer{
	{Word: "session", Text: "allow the same rule and target in this session"},
	{Word: "project", Text: "allow this command here until 2026-12-22", First: "2026-11-22", Last: "2027-11-22"},
}

func hostileRequest() Request {
	r := volumeRequest()
	r.Command = "echo \x1b]0;owned\a\x1b[2J safe \u202egnp.exe\u2066 \u200b\xff\xc0 \u009b31m\r\nrm -rf \u00a0/\tx 漢字かな e\u0301\u0301\u0301\u0301\u0301 🚀"
	r.Dir = "/tmp/\x1b[1A"
	r.Asked = &Message{clock("14:01:07"), "do \x1b[2J it\r\n\u202ewon " + strings.Repeat("漢字", 90), "nothing in it names a \x1b[1Avolume or a deletion"}
	r.What = []string{"removes \u202etxt"}
	r.History[0].What, r.History[0].Text = "ran\x1b[8m hidden", "a\nb"
	r.Confirm, r.ConfirmKind = "vol\u200b1", "volume"
	return r
}

func longRequest() Request {
	r := volumeRequest()
	r.Command = "psql -c 'DROP TABLE " + strings.Repeat("customers, orders, ", 200) + "x'"
	for i := range 20 {
		r.History = append([]Event{{clock("13:00:00").Add(time.Duration(i) * time.Minute), "ran tests", "go test ./..."}}, r.History...)
	}
	r.Confirm, r.ConfirmKind = "", ""
	r.Severity = "medium"
	r.ID = "k7mf"
	r.Offers = testOffers
	return r
}

func TestRenderGolden(t *testing.T) {
	requests := []struct {
		name string
		r    Request
	}{{"volume", volumeRequest()}, {"hostile", hostileRequest()}, {"long", longRequest()}}
	looks := []struct {
		name           string
		color, unicode bool
	}{{"plain", false, true}, {"color", true, true}, {"ascii", false, false}}
	for _, req := range requests {
		for _, look := range looks {
			var b strings.Builder
			for _, width := range []int{40, 60, 80, 100, 200} {
				c := Caps{Width: width, Height: 30, Color: look.color, Unicode: look.unicode}
				fmt.Fprintf(&b, "==== %d columns\n%s\n", width, Render(req.r, c))
			}
			got := strings.ReplaceAll(b.String(), "\x1b", "␛")
			golden(t, req.name+"-"+look.name, got)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it):\n%s", file, got)
	}
}

// sgr matches the only escape sequences that Render may write.
var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestRenderFitsAndIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z ]{0,300}`), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 200), func(b []byte) string { return string(b) }))
		r := Request{
			Session: text.Draw(t, "session"), Step: 3,
			Command: text.Draw(t, "command"), Dir: text.Draw(t, "dir"),
			Severity: "high", What: rapid.SliceOfN(text, 0, 3).Draw(t, "what"),
			Scores: rapid.SliceOfN(text, 0, 2).Draw(t, "scores"), Sequence: text.Draw(t, "sequence"),
			Attack:  rapid.SliceOfN(text, 0, 2).Draw(t, "attack"),
			Confirm: text.Draw(t, "confirm"), ConfirmKind: text.Draw(t, "kind"),
		}
		for range rapid.IntRange(0, 9).Draw(t, "events") {
			r.History = append(r.History, Event{clock("10:00:00"), text.Draw(t, "what"), text.Draw(t, "text")})
		}
		c := Caps{
			Width: rapid.IntRange(24, 210).Draw(t, "width"), Height: rapid.IntRange(1, 60).Draw(t, "height"),
			Color: rapid.Bool().Draw(t, "color"), Unicode: rapid.Bool().Draw(t, "unicode"),
		}
		out := Render(r, c)
		if !c.Color && strings.Contains(out, "\x1b") {
			t.Fatalf("escape sequence without colour: %q", out)
		}
		bare := sgr.ReplaceAllString(out, "")
		for _, line := range strings.Split(bare, "\n") {
			if w := Width(line); w >= c.Width {
				t.Fatalf("%d columns on a terminal of %d: %q", w, c.Width, line)
			}
			checkSafe(t, line)
			if !c.Unicode && !plainASCII(line) {
				t.Fatalf("not ASCII: %q", line)
			}
		}
		if !strings.HasSuffix(bare, "\n> ") || !strings.Contains(bare, ConfirmWord(r)[:1]) {
			t.Fatalf("no way to answer: %q", bare)
		}
	})
}

func TestRenderHeight(t *testing.T) {
	for _, height := range []int{10, 12, 16, 20, 24, 30, 60} {
		for _, width := range []int{60, 80, 120} {
			if n := len(question(longRequest(), Caps{Width: width, Height: height, Unicode: true})); n > height {
				t.Errorf("%d rows on %dx%d", n, width, height)
			}
		}
	}
	full := Render(volumeRequest(), Caps{Width: 80, Height: 30, Unicode: true})
	tight := Render(volumeRequest(), Caps{Width: 80, Height: strings.Count(full, "\n"), Unicode: true})
	if !strings.Contains(tight, "volumeDelete") || strings.Contains(tight, "\n\n") {
		t.Errorf("the empty rows should go first:\n%s", tight)
	}
}

// The dangerous part is shown and marked wherever it stands, however little room
// there is, and marks of the agent's own are escaped.
func TestRenderMarks(t *testing.T) {
	r := volumeRequest()
	r.Danger = []string{"terraform destroy -auto-approve"}
	r.Command = "set -e\n" + strings.Repeat("echo a line of a long script that does nothing\n", 32) + "terraform destroy -auto-approve\n" + strings.Repeat("echo ▸harmless◂\n", 20)
	for _, size := range [][2]int{{100, 30}, {60, 20}, {40, 15}} {
		shown := strings.ReplaceAll(Render(r, Caps{Width: size[0], Height: size[1] - 1, Unicode: true}), "\n  ", "")
		if !strings.Contains(shown, "▸terraform destroy -auto-approve◂") {
			t.Errorf("%v: not marked:\n%s", size, shown)
		}
		if strings.Contains(shown, "▸harmless") {
			t.Errorf("%v: a mark of the agent's:\n%s", size, shown)
		}
	}
	ascii := Render(r, Caps{Width: 80, Height: 24})
	if !strings.Contains(ascii, ">>terraform destroy -auto-approve<<") || !plainASCII(strings.ReplaceAll(ascii, "\n", "")) {
		t.Errorf("in ASCII:\n%s", ascii)
	}
	r.Command, r.Danger = "a terraform destroy b", []string{"terraform destroy", "destroy", "a terraform destroy b", ""}
	if shown := Render(r, testCaps); strings.Count(shown, openMark) != 1 || !strings.Contains(sgr.ReplaceAllString(shown, ""), "a ▸terraform destroy◂ b") {
		t.Errorf("parts within parts:\n%s", shown)
	}
}

// The question as it stands on the three sizes that are looked at.
func TestQuestionGolden(t *testing.T) {
	script := volumeRequest()
	script.Severity, script.Confirm, script.NotOffered, script.Offers = "medium", "", "", testOffers
	script.What = []string{"replaces the history of a branch on the remote", "commits that are only there are dropped from it", "can be undone only in part"}
	script.Command = "set -e\n" + strings.Repeat("echo building the next part\n", 31) + "git push --force origin feature\n" + strings.Repeat("echo done\n", 5)
	script.Danger, script.Safer, script.Keeps = []string{"git push --force origin feature"}, "git push --force-with-lease", true
	script.Unusual = "work on the remote in 1 of the last 12 steps; in 1 of 310 ordinary steps"
	var b strings.Builder
	for _, size := range [][2]int{{100, 30}, {60, 20}, {40, 15}} {
		for _, r := range []Request{volumeRequest(), script} {
			shown := Render(r, Caps{Width: size[0], Height: size[1] - 1, Unicode: true})
			if n := strings.Count(shown, "\n") + 1; n > size[1] {
				t.Errorf("%d rows on %v", n, size)
			}
			fmt.Fprintf(&b, "==== %dx%d\n%s\n", size[0], size[1], shown)
		}
	}
	golden(t, "question", b.String())
}

// What does not fit is counted: the shown part and the count make the whole.
func TestRenderCountsWhatIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z\n ]{0,200}`)).Draw(t, "s")
		width, limit := rapid.IntRange(8, 40).Draw(t, "width"), rapid.IntRange(1, 5).Draw(t, "limit")
		p := paper{caps: Caps{Unicode: true}, width: width}
		rows, rest := p.command(s, width, limit)
		if len(rows) > limit {
			t.Fatalf("%d rows, limit %d", len(rows), limit)
		}
		runes := []rune(s)
		var shown strings.Builder
		for _, row := range rows {
			if row.width != Width(row.text) {
				t.Fatalf("row %q: width %d", row.text, row.width)
			}
			shown.WriteString(row.text)
		}
		// A combining mark's escape depends on what stands before it, so the
		// whole text is escaped and its head compared.
		if want := Escape(string(runes[:len(runes)-rest])); shown.String() != want {
			t.Fatalf("shown %q, want %q, rest %d", shown.String(), want, rest)
		}
	})
}

func TestRenderNeverCutsSilently(t *testing.T) {
	out := Render(longRequest(), Caps{Width: 80, Height: 24, Unicode: true})
	m := regexp.MustCompile(`… ([0-9,]+) more characters, d shows them`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("the cut is not said:\n%s", out)
	}
	all := details(longRequest(), Caps{Width: 80, Height: 24, Unicode: true})
	var text strings.Builder
	for _, row := range all {
		text.WriteString(strings.TrimPrefix(row.text, strings.Repeat(" ", labelWidth)))
	}
	if !strings.Contains(text.String(), Escape(longRequest().Command)) {
		t.Error("details lack part of the command")
	}
}

// However small the terminal, the question says how grave it is and of what kind.
func TestRenderSaysTheHarm(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {40, 10}, {30, 14}, {80, 10}, {24, 16}} {
		out := Render(volumeRequest(), Caps{Width: size[0], Height: size[1], Unicode: true})
		if !strings.Contains(out, "critical: deletes") {
			t.Errorf("%d columns, %d rows:\n%s", size[0], size[1], out)
		}
		if rows := strings.Count(out, "\n") + 1; size == [2]int{40, 12} && rows > 12 {
			t.Errorf("%d rows on 12:\n%s", rows, out)
		}
	}
}

func TestConfirmWord(t *testing.T) {
	for confirm, want := range map[string]string{
		"": "y", "3d2c42fb": "3d2c42fb", "my volume": "my volume",
		"d": "run-once", "r": "run-once", "y": "run-once", " x ": "run-once",
		"a\u200bb": "run-once", "für": "run-once", strings.Repeat("x", maxTyped+1): "run-once",
	} {
		if got := ConfirmWord(Request{Confirm: confirm}); got != want {
			t.Errorf("%q: %q, want %q", confirm, got, want)
		}
	}
}

func TestCapsOf(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want Caps
	}{
		{map[string]string{"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, Caps{80, 24, true, true, false}},
		{map[string]string{"TERM": "xterm", "LANG": "en_US.UTF-8", "LC_ALL": "C"}, Caps{80, 24, true, false, false}},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1", "LC_CTYPE": "de_DE.utf8"}, Caps{80, 24, false, true, false}},
		{map[string]string{"TERM": "dumb", "LANG": "C.UTF-8"}, Caps{80, 24, false, true, true}},
		{nil, Caps{80, 24, false, false, true}},
	}
	for _, tt := range tests {
		if got := CapsOf(80, 24, func(k string) string { return tt.env[k] }); got != tt.want {
			t.Errorf("%v: %+v, want %+v", tt.env, got, tt.want)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r, c := longRequest(), Caps{Width: 80, Height: 24, Unicode: true, Color: true}
	r.Command = strings.Repeat("x y ", 250_000)
	for b.Loop() {
		if !utf8.ValidString(Render(r, c)) {
			b.Fatal("invalid")
		}
	}
}
