package screen

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"restrain/internal/slowtest"
)

// record is what a program writes to a terminal to whom keys are typed.
func record(t *testing.T, width, height int, keys, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8", "HOME="+t.TempDir(), "LESS=", "VIMINIT=")
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	var out bytes.Buffer
	typed := false
	buf := make([]byte, 4096)
	for {
		n, err := master.Read(buf)
		out.Write(buf[:n])
		if !typed && n > 0 {
			typed = true
			if _, err := master.WriteString(keys); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			if !errors.Is(err, syscall.EIO) {
				t.Log(err)
			}
			break
		}
	}
	cmd.Wait()
	return out.Bytes()
}

// Real full-screen programs, with a question at many places, look in tmux as they
// would without. Where the picture is not exact they would be told to repaint.
func TestRealProgramsInTmux(t *testing.T) {
	slowtest.Long(t)
	const width, height = 60, 16
	text := t.TempDir() + "/text"
	if err := os.WriteFile(text, []byte(strings.Repeat(numbered("// a line with 日本 wide and é marks e\u0301", 1)+"int x = 0; /* "+strings.Repeat("long ", 14)+"*/\n", 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	terminal := newRealTerminal(t, width, height)
	for _, p := range []struct {
		keys string
		argv []string
		most int // of ten questions, how many may be left to a repaint
	}{
		{"\x06\x06/long\rowords\x1b:split\r\x06dd:set nu\rGzt:qa!\r", []string{"vim", "-u", "NONE", "-i", "NONE", "-n", "+syntax on", text}, 1},
		{"  b/long\rnnG\x0cq", []string{"less", text}, 6},
		{"q", []string{"top", "-n", "2", "-d", "0.1"}, 2},
	} {
		if _, err := exec.LookPath(p.argv[0]); err != nil {
			t.Logf("no %s here: one full-screen program less", p.argv[0])
			continue
		}
		output := record(t, width, height, p.keys, p.argv[0], p.argv[1:]...)
		if repaints := questions(t, terminal, p.argv[0], output, width, height); repaints > p.most {
			t.Errorf("%s: %d of %d pictures were not exact", p.argv[0], repaints, places)
		}
	}
}

// places is how many questions are put into one output.
const places = 10

// questions puts a question at places in what a program wrote, one at a time, and
// compares what tmux shows after it with what it shows without. It returns how
// many pictures were left to a repaint.
func questions(t *testing.T, terminal *realTerminal, name string, output []byte, width, height int) (repaints int) {
	t.Helper()
	if i := bytes.LastIndex(output, []byte("\x1b[?1049l")); i > 0 {
		output = output[:i] // as it was before it left
	}
	for i := range places {
		from := len(output) * (i + 1) / places
		part := output[:min(len(output), from+len(output)/7)]
		written, exact := interrupted(part, width, height, cut{from, len(part)})
		if !exact {
			repaints++
			continue
		}
		if got, want := terminal.show(written), terminal.show(part); got != want {
			t.Errorf("%s, a question at %d of %d:\n%s\nwithout:\n%s\nwritten:\n%q", name, from, len(part), got, want, written)
			break
		}
	}
	return repaints
}

// What full-screen programs and agents wrote when they were recorded
// (testdata/record.py), with a question at many places.
func TestRecordingsInTmux(t *testing.T) {
	slowtest.Long(t)
	const width, height = 80, 24
	terminal := newRealTerminal(t, width, height)
	for _, r := range []struct {
		name string
		most int // of the questions, how many may be left to a repaint
	}{
		{"htop", 0}, {"claude", 0}, {"pi", 0}, {"opencode", 4},
	} {
		if repaints := questions(t, terminal, r.name, recording(t, r.name), width, height); repaints > r.most {
			t.Errorf("%s: %d of %d pictures were not exact", r.name, repaints, places)
		}
	}
}

func recording(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	output, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return output
}
