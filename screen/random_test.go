package screen

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

// piece is one thing that a program writes: text, or a sequence with parameters
// for a small window.
func piece() *rapid.Generator[string] {
	text := rapid.StringOf(rapid.RuneFrom([]rune("abcXYZ 0189-_日本語한é→█")))
	control := rapid.SampledFrom([]string{"\r", "\n", "\r\n", "\t", "\r\n\r\n", "\a", "=" + repeat})
	plain := rapid.SampledFrom([]string{
		"\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bE", "\x1bH", "\x1b(0", "\x1b(B", "\x1b)0", "\x0e", "\x0f", "\x1b=", "\x1b>",
		"\x1b[H", "\x1b[2J", "\x1b[J", "\x1b[1J", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[m", "\x1b[r",
		"\x1b[?25l", "\x1b[?25h", "\x1b[?1h", "\x1b[?1l", "\x1b[?2004h", "\x1b[?1002;1006h", "\x1b[?1002l",
		"\x1b[4h", "\x1b[4l", "\x1b[?6h", "\x1b[?6l", "\x1b[g", "\x1b[4 q", "\x1b]2;title\a", "\x1b]8;;http://example.com\x1b\\", "\x1b]8;;\x1b\\",
	})
	style := rapid.Custom(func(t *rapid.T) string {
		return "\x1b[" + rapid.SampledFrom([]string{"1", "2", "3", "4", "7", "9", "22", "24", "27", "31", "42", "39", "49", "95", "104",
			"38;5;123", "48;5;17", "38;2;9;8;7", "48;2;1;2;3", "4:3", "1;32;44"}).Draw(t, "sgr") + "m"
	})
	counted := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("\x1b[%d%s", rapid.IntRange(0, 6).Draw(t, "n"), rapid.SampledFrom(strings.Split("ABCDEFGdLMPX@STIZ", "")).Draw(t, "final"))
	})
	placed := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("\x1b[%d;%dH", rapid.IntRange(1, 8).Draw(t, "row"), rapid.IntRange(1, 20).Draw(t, "col"))
	})
	margins := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("\x1b[%d;%dr", rapid.IntRange(1, 4).Draw(t, "top"), rapid.IntRange(5, 8).Draw(t, "bottom"))
	})
	return rapid.OneOf(text, text, control, plain, style, counted, placed, placed, margins)
}

const (
	repeat       = "\x1b[4b" // REP
	randomWidth  = 20
	randomHeight = 8
)

// session is the output of a program that starts on one of the screens, and may
// go to the other.
func session() *rapid.Generator[[]byte] {
	const enter, leave = "\x1b[?1049h\x1b[H\x1b[2J\x1b7", "\x0f\x1b(B\x1b)B\x1b[?1049l"
	return rapid.Custom(func(t *rapid.T) []byte {
		turns := rapid.SampledFrom([][2]string{{"", ""}, {"main", enter}, {enter, ""}, {enter, leave}, {"main\r\n" + enter, leave + "\r\n"}}).Draw(t, "turns")
		first := strings.Join(rapid.SliceOfN(piece(), 0, 25).Draw(t, "pieces"), "")
		second := strings.Join(rapid.SliceOfN(piece(), 0, 15).Draw(t, "more"), "")
		return []byte(turns[0] + first + turns[1] + second)
	})
}

func drawCut(t *rapid.T, n int) cut {
	from := rapid.IntRange(0, n).Draw(t, "from")
	return cut{from, rapid.IntRange(from, n).Draw(t, "to")}
}

// settled is what a screen has come to, for comparison.
func settled(output []byte) *Screen {
	s := New(randomWidth, randomHeight)
	s.Track(output)
	s.modes.kitty = false
	if s.modes.margins == fmt.Sprintf("1;%d", randomHeight) {
		s.modes.margins = ""
	}
	if s.picture != nil {
		if !s.picture.saved.used {
			s.picture.saved = saved{}
		}
	}
	return s
}

// The screen itself is the terminal here: it comes to the same with a question
// in between as without.
func TestQuestionAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		output := session().Draw(t, "output")
		c := drawCut(t, len(output))
		written, exact := interrupted(output, randomWidth, randomHeight, c)
		if !exact {
			return
		}
		want, got := settled(output), settled(written)
		if want.modes != got.modes {
			t.Fatalf("a question at %v of\n%q\nwritten\n%q\nmodes %+v\nwithout %+v", c, output, written, got.modes, want.modes)
		}
		if want.picture == nil || got.picture == nil {
			if want.picture != got.picture {
				t.Fatalf("a question at %v of\n%q\nwritten\n%q\nis on the other screen", c, output, written)
			}
			return
		}
		if g, w := describe(got.picture), describe(want.picture); g != w {
			t.Fatalf("a question at %v of\n%q\nwritten\n%q\n%s\nwithout\n%s", c, output, written, g, w)
		}
	})
}

// describe is what can be seen of a picture, and what would be.
func describe(p *picture) string {
	var b strings.Builder
	for _, row := range p.rows {
		var styles style
		for _, c := range row {
			if c.style != styles {
				fmt.Fprintf(&b, "<%x>", c.style)
				styles = c.style
			}
			fmt.Fprintf(&b, "%c%s", max('.', c.char), c.marks)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d-%d %+v saved %+v", p.top, p.bottom, p.cursor, p.saved)
	return b.String()
}

// The same with tmux as the terminal, which sees the main screen too.
func TestQuestionAnywhereInTmux(t *testing.T) {
	slowtest.Long(t)
	r := newRealTerminal(t, randomWidth, randomHeight)
	exacts := 0
	rapid.Check(t, func(t *rapid.T) {
		output := session().Draw(t, "output")
		c := drawCut(t, len(output))
		written, exact := interrupted(output, randomWidth, randomHeight, c)
		if !exact {
			return
		}
		begun := New(randomWidth, randomHeight)
		n := begun.Track(output[:c.from])
		if begun.picture == nil && (bytes.HasPrefix(output[n:], []byte(repeat)) ||
			strings.Contains(r.show(output[:n]), fmt.Sprintf("\n%d,", randomWidth))) {
			// tmux forgets on the way back what to repeat, and that the next
			// character wraps.
			return
		}
		exacts++
		if want, got := r.show(output), r.show(written); got != want {
			t.Fatalf("a question at %v of\n%q\nwritten\n%q\nshows\n%q\nwithout\n%q", c, output, written, got, want)
		}
	})
	if exacts < 20 {
		t.Errorf("only %d pictures were exact", exacts)
	}
}

// Whatever an agent writes, in whatever pieces: nothing breaks, and what is kept
// stays in proportion.
func FuzzScreen(f *testing.F) {
	for i, p := range programs {
		f.Add([]byte(p.output), uint64(i))
	}
	f.Add([]byte("\x1b[?1049h\x1b[99999999999S\x1b[2147483647b\x1b[65535@\x1b[65535L\x1b[;;;;:::;;m\x1b[38m\x1b[48:2m\x1b[999999d"), uint64(1))
	f.Add([]byte("\x1b[?47h\x1b[3;3r\x1b[?6h\x1bM\x1b[9P\xff\xfe\xc3\x1b[?1047l\x1bc\x1bP\x1b_G\x1b]8;;\x1b]\x1b[!p\x1b#8"), uint64(2))
	f.Fuzz(func(t *testing.T, output []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := New(random.IntN(12), random.IntN(8))
		var tail []byte
		for asking := false; len(output) > 0; asking = !asking {
			n := random.IntN(len(output)) + 1
			tail = append(tail, output[:n]...)
			output = output[n:]
			tail = tail[s.Track(tail):]
			switch {
			case !asking:
				s.Lend()
			case asking:
				s.GiveBack()
			}
			if random.IntN(4) == 0 {
				s.Resize(random.IntN(12), random.IntN(8))
			}
		}
		s.TrackRest(tail)
		s.GiveBack()
		if s.Held() != 0 {
			t.Errorf("%d bytes are still kept", s.Held())
		}
	})
}
