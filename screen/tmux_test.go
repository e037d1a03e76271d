package screen

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/term"

	"restrain/internal/slowtest"
)

const paneVariable = "SCREEN_TEST_PANE"

// TestMain is also the program that tmux runs: it writes what it is sent to its
// terminal, and answers when the terminal has taken it in.
func TestMain(m *testing.M) {
	if path := os.Getenv(paneVariable); path != "" {
		if err := pane(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	flag.Set("rapid.shrinktime", "5s") // tmux takes its time
	if flag.Lookup("rapid.seed").Value.String() == "0" {
		// The same outputs every time; another seed looks for more.
		flag.Set("rapid.seed", "2026")
	}
	os.Exit(m.Run())
}

func pane(path string) error {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	if _, err := term.MakeRaw(0); err != nil {
		return err
	}
	keys := bufio.NewReader(os.Stdin)
	for {
		var size uint32
		if err := binary.Read(conn, binary.BigEndian, &size); err != nil {
			return nil
		}
		if _, err := io.CopyN(os.Stdout, conn, int64(size)); err != nil {
			return err
		}
		os.Stdout.WriteString("\x1b[5n")
		for reply := ""; reply != "\x1b[0n"; {
			c, err := keys.ReadByte()
			if err != nil {
				return err
			}
			if c == esc {
				reply = ""
			}
			reply += string(c)
		}
		conn.Write([]byte{'k'})
	}
}

// A realTerminal is tmux, or the test is skipped.
type realTerminal struct {
	t      testing.TB
	socket string
	conn   net.Conn
}

func newRealTerminal(t testing.TB, width, height int) *realTerminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux here: it is the terminal that this test compares with")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := dir + "/pane"
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	r := &realTerminal{t: t, socket: dir + "/tmux"}
	r.tmux("-u", "new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height),
		"env", paneVariable+"="+path, exe)
	if r.conn, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	listener.Close()
	t.Cleanup(func() { r.conn.Close() })
	t.Cleanup(func() { r.tmux("kill-server") })
	r.show(nil)
	return r
}

func (r *realTerminal) tmux(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", r.socket, "-f", "/dev/null"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TMUX=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

// state is all that tmux tells about a pane.
const state = "#{cursor_x},#{cursor_y} cursor=#{cursor_flag} region=#{scroll_region_upper}-#{scroll_region_lower} " +
	"wrap=#{wrap_flag} origin=#{origin_flag} insert=#{insert_flag} keys=#{keypad_cursor_flag}#{keypad_flag} " +
	"mouse=#{mouse_any_flag}#{mouse_button_flag}#{mouse_standard_flag}#{mouse_sgr_flag} alternate=#{alternate_on} " +
	"history=#{history_size} title=#{pane_title}"

// show resets the terminal, writes output to it and returns what can be seen.
func (r *realTerminal) show(output []byte) string {
	r.t.Helper()
	r.write([]byte("\x1b[?1049l\x1bc\x1b[H\x1b[2J\x1b]2;pane\x1b\\"))
	r.tmux("clear-history") // tmux keeps what it clears
	r.write(output)
	return visible(r.tmux("capture-pane", "-p", "-e", "-N", "-S", "-")) + r.tmux("display-message", "-p", state)
}

// visible is a capture without what nobody can see: a style that changes where
// nothing is drawn with it. The background at the end of a row is left out too,
// for tmux captures it or not by how it came there.
func visible(capture string) string {
	var out strings.Builder
	now := newPen()
	for line := range strings.Lines(capture) {
		shown, drawn := style{}, 0
		var row strings.Builder
		for rest := []byte(strings.TrimSuffix(line, "\n")); len(rest) > 0; {
			n, _ := utf8.DecodeRune(rest)
			size := utf8.RuneLen(n)
			switch n {
			case esc:
				size, _ = sequence(rest)
				now.obey(rest[:size])
			case shiftOut:
				now.attrs |= graphics
			case shiftIn:
				now.attrs &^= graphics
			default:
				if now.style != shown {
					fmt.Fprintf(&row, "<%x>", now.style)
					shown = now.style
				}
				row.WriteRune(n)
				if n != ' ' || shown.attrs&(reverse|underlines|struck|overline) != 0 {
					drawn = row.Len()
				}
			}
			rest = rest[size:]
		}
		out.WriteString(row.String()[:drawn] + "\n")
	}
	return out.String()
}

// write returns when tmux has taken output in.
func (r *realTerminal) write(output []byte) {
	r.t.Helper()
	if err := binary.Write(r.conn, binary.BigEndian, uint32(len(output))); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.conn.Write(output); err != nil {
		r.t.Fatal(err)
	}
	var ok [1]byte
	if _, err := io.ReadFull(r.conn, ok[:]); err != nil {
		r.t.Fatalf("after %q: %v", output, err)
	}
}

// A cut is a question that comes after from bytes, and is answered when the agent
// has written to bytes.
type cut struct{ from, to int }

// interrupted is what a terminal gets of output with a question in between.
func interrupted(output []byte, width, height int, c cut) (written []byte, exact bool) {
	s := New(width, height)
	n := s.Track(output[:c.from])
	written = append(written, output[:n]...)
	written = append(written, s.Lend()...)
	written = append(written, "\x1b[31mreally?\x1b[5;5H\x1b[7manswer\x1b[m\r\n\n\n> y"...)
	m := n + s.Track(output[n:c.to])
	back, exact := s.GiveBack()
	written = append(written, back...)
	return append(written, output[m:]...), exact
}

// programs are what full-screen programs write, one way each.
var programs = []struct{ name, output string }{
	{"colours", "\x1b[?1049h\x1b[H\x1b[2J\x1b[1;31mred\x1b[0m \x1b[38;5;200mpink\x1b[48;2;1;2;3mdeep\x1b[m\x1b[4;3Hplain\x1b[97;100mbright\x1b[4mline\x1b[24;9mstruck\x1b[m\x1b[10;1H\x1b[44m\x1b[Kblue to the end"},
	{"wide", "\x1b[?1049h\x1b[H\x1b[2J日本語 wide\r\nе\u0301 marks e\u0301\r\n\x1b[5;2H한국\x1b[5;3Hx\x1b[7;1H\U0001f600 face"},
	{"lines", "\x1b[?1049h\x1b[H\x1b[2J\x1b(0lqqqk\x1b(B\r\n\x1b(0x\x1b(B a \x1b(0x\x1b(B\r\n\x1b(0mqqqj\x1b(B\x1b)0\x0exx\x0f"},
	{"scrolling", "\x1b[?1049h\x1b[H\x1b[2Jtop\x1b[3;8r\x1b[3;1Ha\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\x1b[3;1H\x1bM\x1bMnew\x1b[5;1H\x1b[2L\x1b[6;1H\x1b[M\x1b[8;4H"},
	{"editing", "\x1b[?1049h\x1b[H\x1b[2Jabcdefgh\x1b[1;3H\x1b[2@\x1b[2;1Habcdefgh\x1b[2;3H\x1b[2P\x1b[3;1Habcdefgh\x1b[3;3H\x1b[2X\x1b[4;1Hab\x1b[5b\x1b[4h\x1b[4;2Hins\x1b[4l\x1b[6;1Ha\tb\tc\x1b[2Zd"},
	{"modes", "\x1b[?1049h\x1b[H\x1b[2J\x1b[?1h\x1b=\x1b[?25l\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?7l\x1b[4 qmodes\x1b[4h"},
	{"origin", "\x1b[?1049h\x1b[H\x1b[2J\x1b[3;9r\x1b[?6h\x1b[2;2Hinside\x1b[99;1Hlast"},
	{"saved", "\x1b[?1049h\x1b[H\x1b[2J\x1b[4;7H\x1b[1;32m\x1b7\x1b[m\x1b[9;9Hgone\x1b8back\x1b[2;2H\x1b[35m"},
	{"wrapping", "\x1b[?1049h\x1b[H\x1b[2J" + strings.Repeat("0123456789", 13) + "\x1b[8;31Habcdefghij"},
	{"pager", "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\r" + numbered("line", 40) + "\x1b[7m:\x1b[27m\x1b[K"},
	{"left", "before\r\n\x1b[?1049h\x1b[H\x1b[2Jinside\x1b[?1h\x1b[?1l\x1b[?1049lafter\r\n" + numbered("more", 30)},
	{"entered", numbered("before", 30) + "\x1b[3;4H\x1b[?1049h\x1b[H\x1b[2Jinside\x1b[3;3H"},
	{"main", numbered("one", 20) + "\x1b[1;33mbold\x1b[m 日本\r\n" + numbered("two", 30) + "\x1b[?25l\x1b[5;5Hend"},
	{"titles", "\x1b[?1049h\x1b[H\x1b[2J\x1b]2;a title\x07text\x1b]8;;http://example.com/\x1b\\link\x1b]8;;\x1b\\ more"},
}

func numbered(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s %d\r\n", word, i)
	}
	return b.String()
}

// A question anywhere in the output of a program leaves tmux as it would be
// without.
func TestQuestionInTmux(t *testing.T) {
	slowtest.Long(t)
	const width, height = 40, 12
	r := newRealTerminal(t, width, height)
	for _, p := range programs {
		output := []byte(p.output)
		want := r.show(output)
		exacts := 0
		for _, c := range cuts(output) {
			written, exact := interrupted(output, width, height, c)
			if !exact {
				continue
			}
			exacts++
			if got := r.show(written); got != want {
				t.Errorf("%s, a question at %d to %d:\n%q\nwithout:\n%q\nwritten:\n%q", p.name, c.from, c.to, got, want, written)
				break
			}
		}
		if exacts == 0 {
			t.Errorf("%s: the picture is never exact", p.name)
		}
	}
}

// cuts are questions at the end, in the middle, and through the second half.
func cuts(output []byte) []cut {
	n := len(output)
	return []cut{{n, n}, {n / 2, n / 2}, {n / 2, n}, {0, n}, {n * 3 / 4, n}, {n * 9 / 10, n}}
}
