package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/session"
)

// A long run says how far it has come and takes that away again; its name is
// the agent's text, and escaped.
func TestProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long\x1b[2J.jsonl")
	if err := os.WriteFile(path, make([]byte, 400), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out bytes.Buffer
	p := &progress{out: &out, began: time.Now().Add(-progressAfter)}
	reader := p.watch(path)(file)
	for range 100 {
		p.step()
	}
	out.Reset()
	p.said = time.Now().Add(-progressEvery)
	if _, err := io.ReadFull(reader, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.HasPrefix(got, "\r\x1b[K") || !strings.HasSuffix(got, ": 25% read, 100 steps judged") ||
		strings.Count(got, "\x1b") != 1 {
		t.Errorf("%q", got)
	}
	out.Reset()
	if p.step(); out.Len() > 0 {
		t.Errorf("it flickers: %q", out.String())
	}
	if p.clear(); out.String() != "\r\x1b[K" {
		t.Errorf("the line is not taken away: %q", out.String())
	}
	out.Reset()
	if p.clear(); out.Len() > 0 {
		t.Errorf("taken away twice: %q", out.String())
	}
}

// A short run, and one without a terminal, say nothing.
func TestNoProgress(t *testing.T) {
	var out bytes.Buffer
	short := &progress{out: &out, began: time.Now().Add(time.Hour)}
	piped := (&host{session.Host{Stderr: &out, Getenv: func(string) string { return "" }}}).progress()
	for _, p := range []*progress{short, piped} {
		reader := p.watch("-")(strings.NewReader("x"))
		if _, err := io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			p.step()
		}
		p.clear()
	}
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
