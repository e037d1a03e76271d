//go:build unix

package gate

import (
	"context"
	"strings"
	"testing"

	"restrain/prompt"
)

// standing answers no to each question, and what happens while the first stands
// first.
type standing struct {
	meanwhile func()
	asked     int
}

func (s *standing) Ask(context.Context, prompt.Request) (prompt.Answer, error) {
	if s.asked++; s.asked == 1 {
		s.meanwhile()
	}
	return prompt.Answer{By: prompt.ByTerminal}, nil
}

// What could type the answer to a question waits for the human while one stands,
// also as a part of a step that was let run.
func TestTypingWhileAsked(t *testing.T) {
	for line, may := range map[string]bool{
		"tmux send-keys -t 0 y Enter": true,
		"tmux send-keys -t 0 Enter":   true,
		"tmux paste-buffer -t 0":      true,
		"tmux source-file /tmp/x":     true,
		"screen -S a -X stuff y":      true,
		"xdotool key y":               true,
		"kitty @ send-text y":         true,
		"wezterm cli send-text y":     true,
		"echo y > /proc/42/fd/7":      true,
		`python3 -c "import fcntl,termios; fcntl.ioctl(0, termios.TIOCSTI, b'y')"`: true,
		"sh -c 'sleep 1; tmux send-keys y'":                                        true,
		"tmux set-hook -g pane-focus-in 'send -t 0 y'":                             true,
		"tmux send -t 0 y":                                    true,
		"tmux run-shell ./x":                                  true,
		"tmux new-window ./x":                                 true, // the server runs it, and is outside
		"tmux split-window ./x":                               true,
		"tmux":                                                true,
		"tmux -C":                                             true,
		"tmux source ./x":                                     true,
		"tmux list-sessions \\; send -t 0 y":                  true,
		"tmux list-sessions -F '#(./x)'":                      true,
		"tmux \"$verb\" -t 0":                                 true,
		"./renamed send-keys -t 0 y":                          true,
		"screen -S a -X eval 'stuff y'":                       true,
		"screen -x":                                           true,
		"kitten @ send-key enter":                             true,
		"kitty @ launch ./x":                                  true,
		"wezterm cli spawn ./x":                               true,
		"zellij action write 13":                              true,
		"zellij run -- ./x":                                   true,
		"ttyecho -n /dev/pts/1 y":                             true,
		"echo y | dtach -p /tmp/s":                            true,
		"nvim --server /tmp/s --remote-send y":                true,
		"emacsclient -e '(term-send-raw-string \"y\")'":       true,
		"qdbus org.kde.konsole /Sessions/1 sendText y":        true,
		"gdb -p 42 -batch -ex 'call (int)write(7, \"y\", 1)'": true,
		"printf y > /dev/pts/3":                               true,
		"echo y | tee /dev/pts/0":                             true,
		"dd if=f of=/dev/pts/2":                               true,
		"perl -e 'ioctl(STDIN, 0x5412, \"y\")'":               true,
		"cat f > /dev/uinput":                                 true,
		"tmux list-sessions":                                  false,
		"tmux -L a list-panes -a -F '#{pane_id}'":             false,
		"tmux -V":                  false,
		"screen -ls":               false,
		"kitty @ ls":               false,
		"echo hi > /dev/tty":       false,
		"ls -l /dev/pts/0":         false,
		"vim notes.txt":            false,
		"echo x > /proc/self/fd/1": false,
		"ls":                       false,
	} {
		g := testGate(t, nil)
		earlier := judgeLine(t, g, line+" || true")
		s := &standing{}
		s.meanwhile = func() {
			d, err := g.Judge(context.Background(), Request{Door: "exec", Role: Command, Line: line, Dir: "/src", Lineage: Lineage{Of: earlier.Permit, Foreseen: true}})
			if err != nil {
				t.Fatal(err)
			}
			if d.Outcome.Runs() == may || may && (d.Part || !hasClass(&d, tamperClass)) {
				t.Errorf("%s while a question stands: %s (%s)", line, d.Outcome, d.Reason)
			}
		}
		g.Asker = s
		if d := judgeLine(t, g, "rm -rf /"); d.Outcome.Runs() || s.asked == 0 {
			t.Fatalf("the question: %s", d.Outcome)
		}
	}
}

func hasClass(d *Decision, class string) bool {
	for _, c := range Classes(d.Step) {
		if c == class {
			return true
		}
	}
	return false
}

// A human who types the commands is not told to tell the user.
func TestHumanIsToldNoMoreThanWhy(t *testing.T) {
	g := testGate(t, nil)
	if text := judgeMessage(t, g); !strings.Contains(text, "tell the user") {
		t.Errorf("an agent reads %q", text)
	}
	g.Human = true
	if text := judgeMessage(t, g); strings.Contains(text, "tell the user") || !strings.Contains(text, "denied") {
		t.Errorf("a human reads %q", text)
	}
}

func judgeMessage(t *testing.T, g *Gate) string {
	t.Helper()
	d, err := g.Judge(context.Background(), Request{Door: "exec", Line: "rm -rf /", Dir: "/src"})
	if err != nil {
		t.Fatal(err)
	}
	return d.Message()
}
