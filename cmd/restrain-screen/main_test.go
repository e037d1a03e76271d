package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"restrain/frame"
)

// What restrain gives is shown; keys and sizes are told.
func TestScreen(t *testing.T) {
	var told bytes.Buffer
	s := &screen{out: json.NewEncoder(&told)}
	if _, cmd := s.Update(frame.Frame{Rows: []string{"one", "two"}}); cmd != nil || s.View().Content != "one\ntwo" || !s.View().AltScreen {
		t.Errorf("shows %q", s.View().Content)
	}
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	s.Update(tea.KeyPressMsg{Code: 'q', Text: "q"})
	if want := `{"width":80,"height":24}` + "\n" + `{"key":"enter"}` + "\n" + `{"key":"q"}` + "\n"; told.String() != want {
		t.Errorf("told %s, not %s", &told, want)
	}
}

// The terminal is lent until the next frame, and when restrain has gone.
func TestLoan(t *testing.T) {
	for _, end := range []string{`{"rows":["x"]}`, ``} {
		told, tell := io.Pipe()
		s := &screen{out: json.NewEncoder(tell), lent: make(chan struct{})}
		program := tea.NewProgram(s, tea.WithInput(strings.NewReader("")), tea.WithOutput(io.Discard), tea.WithoutSignalHandler())
		frames, give := io.Pipe()
		go s.read(program, json.NewDecoder(frames))
		ended := make(chan error, 1)
		go func() {
			_, err := program.Run()
			ended <- err
		}()
		if _, err := io.WriteString(give, `{"lend":true}`); err != nil {
			t.Fatal(err)
		}
		for heard := json.NewDecoder(told); ; {
			var in frame.Input
			if err := heard.Decode(&in); err != nil {
				t.Fatal(err)
			}
			if in.Lent {
				break
			}
		}
		go func() { _, _ = io.Copy(io.Discard, told) }() // sizes
		if _, err := io.WriteString(give, end); err != nil {
			t.Fatal(err)
		}
		give.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
