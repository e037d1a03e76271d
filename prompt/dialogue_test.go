package prompt

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A typed is something that happens at a terminal, after a pause.
type typed struct {
	after time.Duration
	keys  string
	err   error             // the terminal fails
	do    func(t *scripted) // something else happens
}

// A scripted is a terminal whose human follows a script on a clock of its own.
type scripted struct {
	*vt
	script  []typed
	ahead   string // typed before the question
	flushed int
	now     time.Time
	next    time.Time // of the head of script
	seen    []string  // screens at each wait for a key
	broken  error     // what Write gives
}

func newScripted(width, height int, script ...typed) *scripted {
	s := &scripted{vt: newVT(width, height), script: script, now: time.Unix(1_800_000_000, 0)}
	s.arm()
	return s
}

func (s *scripted) arm() {
	if len(s.script) > 0 {
		s.next = s.now.Add(s.script[0].after)
	}
}

func (s *scripted) ReadKeys(ctx context.Context, p []byte, deadline time.Time) (int, error) {
	s.seen = append(s.seen, s.text())
	if s.ahead != "" {
		n := copy(p, s.ahead)
		s.ahead = ""
		return n, nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if len(s.script) == 0 && deadline.IsZero() {
			return 0, io.EOF
		}
		if len(s.script) == 0 || !deadline.IsZero() && deadline.Before(s.next) {
			s.now = deadline
			return 0, os.ErrDeadlineExceeded
		}
		e := s.script[0]
		s.script, s.now = s.script[1:], s.next
		s.arm()
		if e.do != nil {
			e.do(s)
			continue
		}
		return copy(p, e.keys), e.err
	}
}

func (s *scripted) Write(p []byte) (int, error) {
	if s.broken != nil {
		return 0, s.broken
	}
	return s.vt.Write(p)
}

func (s *scripted) Flush() error {
	s.flushed++
	s.ahead = ""
	return nil
}

func (s *scripted) Size() (int, int) { return s.width, s.height }
func (s *scripted) Now() time.Time   { return s.now }

// slowly types each key on its own, a second apart.
func slowly(keys string) []typed {
	var script []typed
	for _, r := range keys {
		script = append(script, typed{after: time.Second, keys: string(r)})
	}
	return script
}

func at(after time.Duration, keys string) []typed { return []typed{{after: after, keys: keys}} }

func steps(parts ...[]typed) []typed {
	var all []typed
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

var testCaps = Caps{Width: 80, Height: 24, Unicode: true, Color: true}

func TestAsk(t *testing.T) {
	yes := Answer{Approved: true, By: "terminal"}
	no := Answer{By: "terminal"}
	tests := []struct {
		name    string
		script  []typed
		want    Answer
		confirm string
	}{
		{"Enter", slowly("\r"), no, "vol-1"},
		{"line feed", slowly("\n"), no, "vol-1"},
		{"Esc", slowly("\x1b"), no, "vol-1"},
		{"Esc Esc", at(time.Second, "\x1b\x1b"), no, "vol-1"},
		{"Ctrl-C", slowly("\x03"), Answer{By: "interrupt"}, "vol-1"},
		{"Ctrl-C behind part of the word", slowly("vol-\x03"), Answer{By: "interrupt"}, "vol-1"},
		{"Ctrl-D", slowly("\x04"), Answer{By: "eof"}, "vol-1"},
		{"timeout", nil, Answer{By: "timeout"}, "vol-1"},
		{"timeout behind the word without Enter", slowly("vol-1"), Answer{By: "timeout"}, "vol-1"},
		{"end of file", []typed{{time.Second, "", io.EOF, nil}}, Answer{By: "eof"}, "vol-1"},
		{"lost terminal", []typed{{time.Second, "", errors.New("EIO"), nil}}, Answer{By: "eof"}, "vol-1"},
		{"the word", slowly("vol-1\r"), yes, "vol-1"},
		{"the word in one piece", at(time.Second, "vol-1\r"), yes, "vol-1"},
		{"the word with spaces around", slowly("  vol-1 \r"), yes, "vol-1"},
		{"the word, corrected", slowly("vox\x7fl-12\b\r"), yes, "vol-1"},
		{"the word behind a cleared line", slowly("xm\x15vol-1\r"), yes, "vol-1"},
		{"arrows and function keys in the word", steps(slowly("vol"), at(time.Second, "\x1b[D\x1bOA\x1b[15~\x1b[<0;3;4M"), slowly("-1\r")), yes, "vol-1"},
		{"an arrow in two pieces", steps(at(time.Second, "\x1b"), at(20*time.Millisecond, "[A"), slowly("vol-1\r")), yes, "vol-1"},
		{"Esc and late bytes", steps(at(time.Second, "\x1b"), at(60*time.Millisecond, "[Avol-1\r")), no, "vol-1"},
		{"wrong case", slowly("VOL-1\rVol-1\rvoL-1\r"), no, "vol-1"},
		{"y is not the word", slowly("y\ry\ry\r"), no, "vol-1"},
		{"wrong twice, then right", slowly("x\ryes\rvol-1\r"), yes, "vol-1"},
		{"wrong three times", slowly("x\ry\rz\rvol-1\r"), no, "vol-1"},
		{"y, at once", slowly("y"), yes, ""},
		{"y in a burst is no answer", at(time.Second, "yes"), Answer{By: "timeout"}, ""},
		{"y in the middle of typing", steps(slowly("w"), at(time.Second, "y")), Answer{By: "timeout"}, ""},
		{"y, and more soon behind it", steps(at(time.Second, "y"), at(200*time.Millisecond, "e"), at(time.Second, "s")), Answer{By: "timeout"}, ""},
		{"yes is not y", steps(at(time.Second, "yes\r"), slowly("Y\rok\r")), no, ""},
		{"a word that is a key", slowly("dqrun-once\r"), yes, "d"},
		{"reason", slowly("rthat is production \r"), Answer{By: "terminal", Reason: "that is production"}, "vol-1"},
		{"reason in UTF-8, byte by byte", steps(slowly("r"), at(time.Second, "\xc3"), at(time.Millisecond, "\xbc"), slowly("\r")), Answer{By: "terminal", Reason: "ü"}, "vol-1"},
		{"empty reason", slowly("r\r"), no, "vol-1"},
		{"the word is no approval as a reason", slowly("rvol-1\r"), Answer{By: "terminal", Reason: "vol-1"}, "vol-1"},
		{"Esc in the reason", slowly("rno\x1b"), no, "vol-1"},
		{"Ctrl-C in the reason", slowly("rno\x03"), Answer{By: "interrupt"}, "vol-1"},
		{"details, back, then the word", slowly("dqvol-1\r"), yes, "vol-1"},
		{"details to the end, then deny", slowly("d      \r"), no, "vol-1"},
		{"Esc leaves the details only", slowly("d\x1bvol-1\r"), yes, "vol-1"},
		{"Ctrl-C in the details", slowly("d\x03"), Answer{By: "interrupt"}, "vol-1"},
		{"timeout in the details", slowly("d"), Answer{By: "timeout"}, "vol-1"},
		{"too early", steps(at(0, "vol-1"), at(50*time.Millisecond, "\r"), at(49*time.Millisecond, "y\r")), Answer{By: "timeout"}, "vol-1"},
		{"too early, then in time", steps(at(99*time.Millisecond, "x\r"), at(2*time.Millisecond, "vol-1\r")), yes, "vol-1"},
		{"a bracketed paste", at(time.Second, "\x1b[200~vol-1\r\x1b[201~"), Answer{By: "timeout"}, "vol-1"},
		{"Ctrl-C in a paste", at(time.Second, "\x1b[200~vol-1\r\x03"), Answer{By: "interrupt"}, "vol-1"},
		{"the word behind a paste", steps(at(time.Second, "\x1b[200~rm\x1b[201~"), slowly("vol-1\r")), yes, "vol-1"},
		{"keys of the kitty protocol", at(time.Second, "\x1b[27u"), no, "vol-1"},
		{"Ctrl-C of the kitty protocol", at(time.Second, "\x1b[99;5u"), Answer{By: "interrupt"}, "vol-1"},
		{"bytes that are no text", steps(at(time.Second, "\xff\xfe\x00\x01\xc3(\x1b[999999999999999999999999999999999999999999"), slowly("\x15vol-1\r")), yes, "vol-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, dumb := range []bool{false, true} {
				term := newScripted(80, 24, append([]typed(nil), tt.script...)...)
				r := volumeRequest()
				r.Confirm = tt.confirm
				c := testCaps
				if c.Dumb = dumb; dumb {
					c.Color = false
				}
				got, err := Ask(t.Context(), term, r, c)
				if err != nil || got != tt.want {
					t.Errorf("dumb %v: %+v, %v; want %+v\n%s", dumb, got, err, tt.want, strings.Join(term.seen, "\n---\n"))
				}
				if term.flushed != 1 {
					t.Errorf("flushed %d times", term.flushed)
				}
				if left := term.text(); left != "" && !dumb {
					t.Errorf("left on the screen:\n%s", left)
				}
			}
		})
	}
}

// A scope is a key, behind it the word where one is asked for, and the day where
// one can be set. What is not offered is said, and costs no try.
func TestAskOffers(t *testing.T) {
	session := Answer{Approved: true, Scope: "session", By: "terminal"}
	project := func(day string) Answer { return Answer{Approved: true, Scope: "project", Until: day, By: "terminal"} }
	no := Answer{By: "terminal"}
	for _, tt := range []struct {
		name, confirm, typed string
		offers               []Offer
		want                 Answer
	}{
		{"s", "", "s", testOffers, session},
		{"s and the word", "vol-1", "svol-1\r", testOffers, session},
		{"s and a wrong word", "vol-1", "sy\r\r", testOffers, no},
		{"p, as offered", "", "p\r", testOffers, project("")},
		{"p and a day", "", "p2026-12-31\r", testOffers, project("2026-12-31")},
		{"p, the word and a day", "run it", "prun it\r2026-12-31\r", testOffers, project("2026-12-31")},
		{"the first day", "", "p2026-11-22\r", testOffers, project("2026-11-22")},
		{"the last day", "", "p2027-11-22\r", testOffers, project("2027-11-22")},
		{"a day that is over", "", "p2026-11-21\r\r", testOffers, no},
		{"a day too far away", "", "p2027-11-23\r\r", testOffers, no},
		{"no such day", "", "p2027-02-29\r\r", testOffers, no},
		{"a day in other words", "", "pfriday\r\r", testOffers, no},
		{"a wrong day, then a right one", "", "p2020-01-01\rp2026-12-31\r", testOffers, project("2026-12-31")},
		{"Esc in the day", "", "p\x1b", testOffers, no},
		{"s is not offered", "", "ssssy", nil, Answer{Approved: true, By: "terminal"}},
		{"a word that begins with a key", "prod-db", "prod-db\r", testOffers, Answer{Approved: true, By: "terminal"}},
		{"its key is a capital", "prod-db", "Pprod-db\r\r", testOffers, project("")},
		{"typed as for restrain approve", "run it", "xrun it session\r\x7f\r", testOffers, no},
		{"word and scope on a line", "vol-1", "vol-1 session\r", testOffers, session},
		{"word, scope and day on a line", "vol-1", "vol-1 project until 2026-12-31\r", testOffers, project("2026-12-31")},
		{"a day where none is offered", "vol-1", "vol-1 session until 2026-12-31\r\r", testOffers, no},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := volumeRequest()
			r.Confirm, r.Offers = tt.confirm, tt.offers
			got, err := Ask(t.Context(), newScripted(80, 24, slowly(tt.typed)...), r, testCaps)
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, err, tt.want)
			}
			if !got.Approved {
				return
			}
			if again, err := Confirms(r, TypedFor(r, got)); err != nil || again.Scope != got.Scope || again.Until != got.Until {
				t.Errorf("typed again: %+v, %v; want %+v", again, err, got)
			}
		})
	}
}

// The other keys: what is kept or masked, a safer way, and what is not offered.
func TestAskKeys(t *testing.T) {
	yes, no := Answer{Approved: true, By: "terminal"}, Answer{By: "terminal"}
	for _, tt := range []struct {
		name, typed string
		change      func(*Request)
		want        Answer
		shows       string
	}{
		{"k", "k", func(r *Request) { r.Confirm, r.Keeps = "", true }, yes, "[y] or [k] run it once, kept first"},
		{"m", "m", func(r *Request) { r.Confirm, r.Masks = "", true }, yes, "[y] or [m] run it once, masked"},
		{"k with a word", "k\r", func(r *Request) { r.Keeps = true }, no, "kept first, type the volume:  3d2c42fb"},
		{"k is not offered", "k\r", func(*Request) {}, no, "k is not offered: nothing that it takes away can be kept"},
		{"m is not offered", "m\r", func(*Request) {}, no, "m is not offered: it prints no secret"},
		{"s is not offered", "s\r", func(*Request) {}, no, "s is not offered: critical"},
		{"a", "a", func(r *Request) { r.Safer = "take a backup first" }, Answer{By: "terminal", Reason: "a safer way: take a backup first"}, "[a] deny, and tell the agent: take a backup first"},
		{"a is not offered", "a\r", func(*Request) {}, no, "a is not offered: no safer way is known"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := volumeRequest()
			tt.change(&r)
			term := newScripted(100, 30, slowly(tt.typed)...)
			got, err := Ask(t.Context(), term, r, testCaps)
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, err, tt.want)
			}
			if all := strings.Join(term.seen, "\n"); !strings.Contains(all, tt.shows) {
				t.Errorf("never showed %q:\n%s", tt.shows, all)
			}
		})
	}
}

// A day that cannot be is told from a wrong word, with the days that can.
func TestAskNamesTheDays(t *testing.T) {
	r := volumeRequest()
	r.Confirm, r.Offers = "", testOffers
	term := newScripted(80, 24, slowly("p2020-01-01\r")...)
	if got, err := Ask(t.Context(), term, r, testCaps); err != nil || got.Approved {
		t.Fatalf("%+v, %v", got, err)
	}
	if last := term.seen[len(term.seen)-1]; !strings.Contains(last, "say a day from 2026-11-22 to 2027-11-22") {
		t.Errorf("the human sees\n%s", last)
	}
}

func TestAskFlushesTypeAhead(t *testing.T) {
	term := newScripted(80, 24)
	term.ahead = "3d2c42fb\r"
	if got, err := Ask(t.Context(), term, volumeRequest(), testCaps); err != nil || got.By != "timeout" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAskContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	term := newScripted(80, 24, typed{after: time.Second, do: func(*scripted) { cancel() }})
	if got, err := Ask(ctx, term, volumeRequest(), testCaps); err != nil || got != (Answer{By: "interrupt"}) {
		t.Errorf("cancelled: %+v, %v", got, err)
	}
	ctx, cancel = context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if got, err := Ask(ctx, newScripted(80, 24), volumeRequest(), testCaps); err != nil || got != (Answer{By: "timeout"}) {
		t.Errorf("deadline: %+v, %v", got, err)
	}
}

func TestAskCannotWrite(t *testing.T) {
	term := newScripted(80, 24, slowly("3d2c42fb\r")...)
	term.broken = errors.New("gone")
	got, err := Ask(t.Context(), term, volumeRequest(), testCaps)
	if got.Approved || !errors.Is(err, ErrNoTerminal) || !errors.Is(err, term.broken) {
		t.Errorf("at once: %+v, %v", got, err)
	}
	term = newScripted(80, 24, steps(slowly("3d2c4"), []typed{{0, "", nil, func(s *scripted) { s.broken = errors.New("gone") }}}, slowly("2fb\r"))...)
	if got, err := Ask(t.Context(), term, volumeRequest(), testCaps); err != nil || got != (Answer{By: "eof"}) {
		t.Errorf("later: %+v, %v", got, err)
	}
}

func TestAskShows(t *testing.T) {
	term := newScripted(80, 30, slowly("no\rd q3d2c42fb\r")...)
	r := volumeRequest()
	r.Details = strings.Repeat("line\n", 40)
	if got, _ := Ask(t.Context(), term, r, testCaps); !got.Approved {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{
		"\n> n", "that is not it; 2 more tries, then it is denied\n>", "page 1 of 3 · Enter next · q back",
		"page 2 of 3", "COMMAND   curl", "WHAT      critical: ", "> 3d2c42fb",
	} {
		found := false
		for _, screen := range term.seen {
			found = found || strings.Contains(screen, want)
		}
		if !found {
			t.Errorf("never showed %q:\n%s", want, strings.Join(term.seen, "\n---\n"))
		}
	}
}

// A window of another size while the question stands: it is drawn anew, whole,
// with what was typed so far. So are the details, from their first page.
func TestAskResized(t *testing.T) {
	resize := func(width, height int) []typed {
		return []typed{{after: time.Second, do: func(s *scripted) { s.vt = newVT(width, height) }}, {}}
	}
	for _, size := range [][2]int{{40, 30}, {60, 24}, {100, 24}} {
		term := newScripted(80, 30, steps(slowly("3d2"), resize(size[0], size[1]), slowly("\x15d\r"), resize(80, 30), slowly("q3d2c42fb\r"))...)
		r := volumeRequest()
		r.Details = strings.Repeat("line\n", 60)
		if got, err := Ask(t.Context(), term, r, testCaps); err != nil || !got.Approved {
			t.Fatalf("%+v, %v", got, err)
		}
		c := testCaps
		c.Width, c.Height = size[0], size[1]-1
		drawn := newVT(size[0], size[1])
		if _, err := io.WriteString(drawn, strings.ReplaceAll(Render(r, c), "\n", "\r\n")+"3d2"); err != nil {
			t.Fatal(err)
		}
		at := 0
		for _, want := range []string{drawn.text(), "page 2 of", "page 1 of 3", "> 3d2c42fb"} {
			for at < len(term.seen) && !strings.Contains(term.seen[at], want) {
				at++
			}
			if at == len(term.seen) {
				t.Fatalf("%v: did not go on to show\n%s\nbut\n%s", size, want, strings.Join(term.seen, "\n---\n"))
			}
		}
	}
}

// Whatever is typed, wherever the cursor was: the screen is as before, the
// cursor is back, and only the word approves.
func TestAskLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"\r", "d", "q", "r", " ", "\x1b", "\x1b[A", "\x1b[200~", "\x1b[201~", "\x7f", "\x15", "x", "ü", "漢", "\xff", "\x1b[", "w", "or", "k"})
		var script []typed
		for range rapid.IntRange(0, 30).Draw(t, "keys") {
			script = append(script, typed{after: time.Duration(rapid.IntRange(0, 200).Draw(t, "after")) * time.Millisecond, keys: key.Draw(t, "key")})
		}
		term := newScripted(rapid.IntRange(40, 120).Draw(t, "width"), rapid.IntRange(24, 40).Draw(t, "height"), script...)
		prior := strings.Repeat("earlier output\r\n", rapid.IntRange(0, 50).Draw(t, "rows")) + rapid.StringMatching(`[a-z]{0,30}`).Draw(t, "partial")
		if _, err := io.WriteString(term, prior); err != nil {
			t.Fatal(err)
		}
		before, col, row := term.everything(), term.col, term.row+len(term.scrolled)
		r := volumeRequest()
		r.Confirm = "work it"
		got, err := Ask(context.Background(), term, r, Caps{Width: term.width, Height: term.height, Unicode: true})
		if err != nil || got.Approved {
			t.Fatalf("%+v, %v", got, err)
		}
		if after := term.everything(); after != before {
			t.Fatalf("before:\n%s\n--- after:\n%s", before, after)
		}
		if now := term.row + len(term.scrolled); now != row || term.col != col {
			t.Fatalf("cursor in row %d, column %d, was in %d, %d", now, term.col, row, col)
		}
	})
}

// On a terminal that was made narrower meanwhile, rows are counted as they are now.
func TestEraseAfterResize(t *testing.T) {
	for _, width := range []int{40, 60, 100} {
		s := &screen{term: newScripted(80, 30)}
		rows := []row{plain(strings.Repeat("a", 79)), plain(""), plain("> x")}
		s.draw(rows)
		resized := newScripted(width, 30)
		if _, err := io.WriteString(resized, "before\r\n"); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if _, err := io.WriteString(resized, "\r\n"+r.text); err != nil {
				t.Fatal(err)
			}
		}
		s.term = resized
		s.erase()
		if got := resized.text(); got != "before" || resized.row != 1 || resized.col != 0 {
			t.Errorf("%d columns: row %d, column %d:\n%s", width, resized.row, resized.col, got)
		}
	}
}

func TestCI(t *testing.T) {
	if got, err := (CI{}).Ask(t.Context(), volumeRequest()); err != nil || got != (Answer{By: "ci"}) {
		t.Errorf("%+v, %v", got, err)
	}
}
