//go:build unix

package supervise

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

func TestQuestionOnTheMainScreen(t *testing.T) {
	h := sit(t, "sh", "-c", "stty -echo; echo before; cat")
	h.expect("before")
	h.ask("really")
	h.expect("\x1b[?1049h")
	h.expect("really?")
	h.keys("n")
	if got := h.answered(); got != `answer "n"` {
		t.Errorf("%s", got)
	}
	h.expect("\x1b[?1049l")
	h.keys("after\n")
	if got := h.expect("after"); strings.Contains(got, "n") {
		t.Errorf("the answer reached the agent: %q", got)
	}
	h.keys("\x04")
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// What the agent writes while the question stands comes after it, all of it.
func TestQuestionHoldsOutput(t *testing.T) {
	dir := t.TempDir()
	fifo := dir + "/go"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sit(t, "sh", "-c", `echo ready; read x <"$0"; seq 1 300000; echo finished`, fifo)
	h.expect("ready")
	h.ask("hold")
	h.expect("hold?")
	if err := os.WriteFile(fifo, []byte("go\n"), 0); err != nil {
		t.Fatal(err)
	}
	h.keys("y")
	h.answered()
	if got := h.expect("\x1b[?1049l"); strings.Contains(got, "1\r\n") {
		t.Errorf("output came through the question: %q", got)
	}
	if lines := strings.Fields(h.expect("finished")); len(lines) != 300000 {
		t.Errorf("%d lines came", len(lines))
	}
	h.leave()
}

func TestQuestionsQueue(t *testing.T) {
	h := sit(t, "sh", "-c", "echo ready; exec cat")
	h.expect("ready")
	for _, q := range []string{"first", "second", "third"} {
		h.ask(q)
	}
	for _, q := range []string{"first", "second", "third"} {
		h.expect(q + "?")
		h.keys(q[:1])
		if got := h.answered(); got != fmt.Sprintf("answer %q", q[:1]) {
			t.Errorf("%s: %s", q, got)
		}
		h.expect("\x1b[?1049l")
	}
	h.keys("\x04")
	h.leave()
}

func TestQuestionEndsWithTheAgent(t *testing.T) {
	h := sit(t, "sh", "-c", "echo ready; exec cat")
	h.expect("ready")
	h.ask("late")
	h.expect("late?")
	if err := h.cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := h.answered(); got != "error EOF" {
		t.Errorf("%s, want the end", got)
	}
	h.expect("\x1b[?1049l")
	if status := h.leave(); status != 143 {
		t.Errorf("status %d", status)
	}
	if modesOf(t, h.slave).Lflag&unix.ICANON == 0 {
		t.Error("the terminal is left raw")
	}
}

// What an agent draws on the alternate screen is drawn again after a question,
// with what it has drawn meanwhile, and it is not bothered.
func TestQuestionOnTheAlternateScreen(t *testing.T) {
	fifo := t.TempDir() + "/go"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	h := sit(t, "bash", "--norc", "-c", `trap 'echo resized' WINCH; printf '\033[?10'; printf '49h\033[H\033[2J\033[?1002;2004hdrawn'
read x <"$0"; printf '\033[3;3Hmeanwhile \033[?2004l'; seq 1 200000 | tr '\n' '\r'; printf '\033[5;5Hlast'; exec 3>"$0"; while :; do read -t 1 x; done`, fifo)
	h.expect("drawn")
	h.ask("over")
	if before := h.expect("over?"); strings.Contains(before, "\x1b[?1049h") ||
		!strings.Contains(before, "\x1b[?1002l") || !strings.Contains(before, "\x1b[?2004l") {
		t.Errorf("taken with %q", before)
	}
	if err := os.WriteFile(fifo, []byte("go\n"), 0); err != nil {
		t.Fatal(err)
	}
	// The agent opens it again once it has written what it could not have, were
	// it not drained.
	drawn, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	defer drawn.Close()
	h.keys("y")
	h.answered()
	back := h.expect("\x1b[?1002h")
	if !strings.Contains(back, "\x1b[2J\x1b[1;1Hdrawn") || strings.Contains(back, "100000\r") {
		t.Errorf("given back with %q", back)
	}
	if !strings.Contains(back, "last") {
		back += h.expect("last") // it was still under way
	}
	if strings.Contains(back, "\x1b[?2004h") || strings.Contains(back, "resized") {
		t.Errorf("and %q", back)
	}
}

// Where the picture cannot be exact the agent is told to draw itself again.
func TestQuestionOverAnUnknownPicture(t *testing.T) {
	h := sit(t, "role:resized")
	h.expect("drawn")
	h.ask("over")
	h.expect("over?")
	h.keys("y")
	h.answered()
	// Whether it sees that the window was a row smaller depends on how fast it looks.
	if back := h.expect("resized: 24 80"); strings.Contains(back, "\x1b[?1049l") || !strings.Contains(back, "drawn") {
		t.Errorf("given back with %q", back)
	}
}

func TestQuestionWithoutPTYUsesTheTerminal(t *testing.T) {
	cmd := roleSelf(t, "cat")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = r
	h := sitWith(t, cmd)
	h.ask("piped")
	h.expect("piped?")
	h.keys("k")
	if got := h.answered(); got != `answer "k"` {
		t.Errorf("%s", got)
	}
	w.Close()
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestNoTerminalToAskOn(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(fds[0])
	ours, theirs := os.NewFile(uintptr(fds[0]), "control"), os.NewFile(uintptr(fds[1]), "control")
	defer ours.Close()
	cmd := roleSelf(t, "cat")
	cmd.Env = append(cmd.Env, controlVariable+"=3")
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	fmt.Fprintln(ours, "anyone")
	line, err := bufio.NewReader(ours).ReadString('\n')
	if err != nil || !strings.Contains(line, "no terminal") {
		t.Errorf("%q, %v", line, err)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A shell with job control stops the agent with Ctrl-Z, and brings it back.
func TestJobControl(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("bash", "--norc", "--noprofile", "-i")
	shell.Env = append(os.Environ(), "PS1=prompt> ", "TERM=dumb", "HISTFILE=", "INPUTRC=/dev/null", "R="+exe)
	h := sitWith(t, shell)
	h.expect("prompt> ")
	h.keys(roleVariable + `=restrain $R sh -c 'echo up; while read x; do echo got-$x; done'` + "\n")
	h.expect("up\r\n")
	for _, word := range []string{"one", "two", "three"} {
		h.keys(word + "\n")
		h.expect("got-" + word)
		h.keys("\x1a")
		h.expect("Stopped")
		h.expect("prompt> ")
		h.keys("echo shell-is-$((1+1)); stty -a | grep -c ' icanon'\n")
		h.expect("shell-is-2")
		h.expect("1\r\n")
		h.expect("prompt> ")
		h.keys("fg\n")
		h.expect("done'")
	}
	h.keys("four\n")
	h.expect("got-four")
	h.keys("\x04")
	h.expect("prompt> ")
	h.keys("echo ended-$?\n")
	h.expect("ended-0")
	h.keys("exit\n")
	h.leave()
}

// The shell's own suspend stops everything too.
func TestSuspend(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("bash", "--norc", "--noprofile", "-i")
	shell.Env = append(os.Environ(), "PS1=outer> ", "TERM=dumb", "HISTFILE=", "INPUTRC=/dev/null", "R="+exe)
	h := sitWith(t, shell)
	h.expect("outer> ")
	h.keys(roleVariable + `=restrain PS1='inner> ' $R bash --norc --noprofile -i` + "\n")
	h.expect("inner> ")
	h.keys("suspend\n")
	h.expect("Stopped")
	h.expect("outer> ")
	h.keys("fg\n")
	h.expect("inner> ")
	h.keys("echo still-$((1+1))\n")
	h.expect("still-2")
	h.keys("exit 5\n")
	h.expect("outer> ")
	h.keys("echo status-$?; exit\n")
	h.expect("status-5")
	h.leave()
}

// A real terminal shows the same before and after a question.
func TestScreenComesBackInTmux(t *testing.T) {
	tmux, err := exec.LookPath("tmux")
	if err != nil {
		t.Skip("no tmux here: it is the terminal that this test looks at")
	}
	dir := t.TempDir()
	for _, test := range []struct{ name, mark, script string }{
		{"main", "here", `printf '\033[31mred \033[1mbold\033[0m wide: 日本 é\r\nsecond line\r\n\033[5;10Hhere'; exec cat`},
		{"scrolled", "margins", `seq 1 60; printf '\033[3;12r\033[4;4Hmargins'; exec cat`},
		{"hidden", "hidden", `printf '\033[?25l\033[?7lhidden'; exec cat`},
		{"vim", "All", `exec vim -u NONE -i NONE -n +'set ruler'`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := exec.LookPath("vim"); test.name == "vim" && err != nil {
				t.Skip("no vim here: the full-screen program of this test")
			}
			socket := dir + "/" + test.name
			control := socket + ".ask"
			if err := unix.Mkfifo(control, 0o600); err != nil {
				t.Fatal(err)
			}
			run := func(args ...string) string {
				t.Helper()
				cmd := exec.Command(tmux, append([]string{"-S", socket, "-f", "/dev/null"}, args...)...)
				cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TMUX=")
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("tmux %q: %v: %s", args, err, out)
				}
				return string(out)
			}
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			run("-u", "new-session", "-d", "-x", "60", "-y", "20", "env", roleVariable+"=restrain", controlVariable+"=3",
				"sh", "-c", `exec "$0" sh -c "$1" 3<"$2"`, exe, test.script, control)
			t.Cleanup(func() { run("kill-server") })
			asker, err := os.OpenFile(control, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer asker.Close()
			picture := func() string {
				return run("capture-pane", "-p", "-e") + run("display-message", "-p", "#{cursor_x},#{cursor_y},#{cursor_flag},#{scroll_region_upper},#{scroll_region_lower},#{wrap_flag},#{alternate_on}")
			}
			until := func(what string, ok func(string) bool) string {
				t.Helper()
				for end := time.Now().Add(patience); time.Now().Before(end); {
					if p := picture(); ok(p) {
						return p
					}
				}
				t.Fatalf("%s never came: %q", what, picture())
				return ""
			}
			last := ""
			before := until("the agent", func(p string) bool {
				still := p == last // the cursor may go on after the text
				last = p
				return still && strings.Contains(p, test.mark)
			})
			if _, err := asker.WriteString("shall it\n"); err != nil {
				t.Fatal(err)
			}
			until("the question", func(p string) bool { return strings.Contains(p, "shall it?") })
			run("send-keys", "y")
			// An agent that repaints takes a moment for it.
			until("the screen as it was, "+before, func(p string) bool { return p == before })
		})
	}
}

func TestOutputHoldsUnfinishedCharacters(t *testing.T) {
	// 0xC3 alone is half a character: it waits, and comes when nothing follows.
	h := sit(t, "sh", "-c", `stty -echo; printf 'a\303'; cat`)
	h.expect("a\xc3")
	h.keys("\x04")
	h.leave()
}

func TestResizeWhileAsking(t *testing.T) {
	h := sit(t, "bash", "--norc", "-c", `trap 'stty size' WINCH; echo ready; while :; do read -t 1 x; done`)
	h.expect("ready")
	h.ask("size")
	h.expect("size?")
	if err := pty.Setsize(h.tty, &pty.Winsize{Rows: 30, Cols: 90}); err != nil {
		t.Fatal(err)
	}
	h.keys("y")
	h.expect("\x1b[?1049l")
	h.expect("30 90")
}
