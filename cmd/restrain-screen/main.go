// Command restrain-screen draws the screen of restrain watch, which starts it and
// talks with it through descriptor 3: rows come, keys and sizes go.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"restrain/frame"
)

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) > 1 {
		fmt.Fprint(os.Stderr, "usage: restrain-screen\n\nrestrain watch starts it: it is of no use by itself.\n")
		return 2
	}
	conn := os.NewFile(3, "restrain watch")
	s := &screen{out: json.NewEncoder(conn), lent: make(chan struct{})}
	program := tea.NewProgram(s)
	go s.read(program, json.NewDecoder(conn))
	if _, err := program.Run(); err != nil {
		fmt.Fprintf(os.Stderr, "restrain-screen: error: %v; restrain watch --plain does without it\n", err)
		return 1
	}
	return 0
}

// A screen shows the rows that it was given last.
type screen struct {
	out  *json.Encoder
	rows []string
	lent chan struct{} // takes the end of a loan
}

// read hands frames on, until restrain has gone.
func (s *screen) read(program *tea.Program, in *json.Decoder) {
	defer program.Quit()
	for lending := false; ; {
		var f frame.Frame
		if in.Decode(&f) != nil {
			if lending {
				close(s.lent)
			}
			return
		}
		if lending {
			s.lent <- struct{}{}
		}
		lending = f.Lend
		program.Send(f)
	}
}

// Init does nothing: the first frame comes when the size is known.
func (s *screen) Init() tea.Cmd { return nil }

// Update takes in a frame, or says what has happened.
func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case frame.Frame:
		if msg.Lend {
			return s, tea.Exec(loan{s}, nil)
		}
		s.rows = msg.Rows
	case tea.WindowSizeMsg:
		return s, s.say(frame.Input{Width: msg.Width, Height: msg.Height})
	case tea.KeyPressMsg:
		return s, s.say(frame.Input{Key: msg.String()})
	}
	return s, nil
}

// say tells what has happened. When nobody hears it, the screen ends.
func (s *screen) say(in frame.Input) tea.Cmd {
	if s.out.Encode(in) != nil {
		return tea.Quit
	}
	return nil
}

// View draws the screen.
func (s *screen) View() tea.View {
	view := tea.NewView(strings.Join(s.rows, "\n"))
	view.AltScreen = true
	view.WindowTitle = "restrain watch"
	return view
}

// A loan is the time in which the terminal is restrain's own.
type loan struct{ *screen }

// Run ends when the terminal is given back.
func (l loan) Run() error {
	if err := l.out.Encode(frame.Input{Lent: true}); err != nil {
		return err
	}
	<-l.lent
	return nil
}

// SetStdin and the others are of no use here: restrain has the terminal itself.
func (loan) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (loan) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (loan) SetStderr(io.Writer) {}
