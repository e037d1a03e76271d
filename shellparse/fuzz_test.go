package shellparse

import (
	"strconv"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzParse holds what callers rely on, whatever the text: no panic, spans
// inside the source, indices inside the list, Holes that are accounted for.
func FuzzParse(f *testing.F) {
	f.Add("env BASH_FUNC_=0 0")
	for _, tt := range folding {
		f.Add(tt.src)
	}
	for _, tt := range running {
		f.Add(tt.src)
	}
	for _, tt := range plumbing {
		f.Add(tt.src)
	}
	for _, line := range oracle {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, src string) {
		// The fuzzer itself does not notice an input that never ends.
		watchdog := time.AfterFunc(3*time.Second*slowness, func() { panic("still reading " + strconv.Quote(src)) })
		defer watchdog.Stop()
		start := time.Now()
		s := Parse(src, Options{Home: "/home/u", Dir: "/w", ReadFile: readFile})
		if took := time.Since(start); took > time.Second*slowness {
			t.Errorf("took %v", took)
		}
		if s.Source != src {
			t.Error("the source was changed")
		}
		for i, c := range s.Commands {
			checkCommand(t, s, i, c)
		}
		if s.Err != nil && (s.Err.Offset > len(src) || s.Err.Line < 1 || s.Err.Col < 1) {
			t.Errorf("error position %+v", s.Err)
		}
		PlumbingArgs(src, []string{"--", "ls"})
	})
}

func checkCommand(t *testing.T, s *Script, i int, c Command) {
	t.Helper()
	if c.From >= i || c.From < -1 {
		t.Errorf("command %d reads from %d", i, c.From)
	}
	if c.Stage >= c.Stages || c.Stage < 0 {
		t.Errorf("command %d is stage %d of %d", i, c.Stage, c.Stages)
	}
	spans := []Span{c.Span}
	for _, w := range c.Argv {
		spans = append(spans, w.Span)
		if w.Known() && countHoles(w.Text) > 0 && utf8.ValidString(s.Source) && countHoles(s.Source) == 0 {
			t.Errorf("%q is said to be known", w.Text)
		}
	}
	for _, span := range spans {
		if span.Start < 0 || span.End < span.Start || span.End > len(s.Source) {
			t.Errorf("command %d: span %v of %d bytes", i, span, len(s.Source))
		}
	}
}

func countHoles(s string) (n int) {
	for _, r := range s {
		if r == Hole {
			n++
		}
	}
	return n
}
