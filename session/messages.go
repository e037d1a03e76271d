package session

import (
	"fmt"
	"path/filepath"
	"time"

	"restrain/asked"
	"restrain/gate"
	"restrain/shellparse"
)

// This file hears what the human says to the agent: on its command line, with
// --task, and by the keys typed at its terminal. What the agent prints, reads or
// types itself never comes here.

// maxUnheard bounds the lines that wait to be written down.
const maxUnheard = 16

// hearStart takes what the human said before the agent began. In a pipeline the
// words may be those of whoever opened the pull request, and count for nothing.
func (s *guardedSession) hearStart() error {
	o := s.options
	words := &o.Policy.Rules().Asked
	for _, said := range []gate.Message{
		{Text: words.OfCommandLine(s.judge.argv), By: gate.ByCommandLine},
		{Text: o.Task, By: gate.ByTask},
	} {
		said.Shown = o.CI != nil || o.Apart
		if said.Text == "" {
			continue
		}
		if err := s.store.Hear(said, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// hearKeys gives what takes the keys on their way to the agent, and a function
// that ends it: nil where the keys are a shell's, or may be another agent's.
func (s *guardedSession) hearKeys() (typed func(keys []byte), end func()) {
	if s.options.Apart || shellparse.IsShell(programName(filepath.Base(s.judge.argv[0]))) {
		return nil, func() {}
	}
	lines, done := make(chan string, maxUnheard), make(chan struct{})
	go func() {
		defer close(done)
		for line := range lines {
			said := gate.Message{Text: line, By: gate.ByKeys, Shown: s.options.CI != nil}
			if err := s.store.Hear(said, time.Now()); err != nil {
				s.host.Fail(fmt.Errorf("what was typed: %w", err))
				return
			}
		}
	}()
	line := &asked.Line{}
	typed = func(keys []byte) {
		line.Typed(keys, func(text string) {
			select {
			case lines <- text:
			case <-done:
			default: // more at once than anybody types
			}
		})
	}
	return typed, func() { close(lines); <-done }
}
