package report

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	p := &Progress{out: &out, began: time.Now().Add(-progressAfter)}
	reader := p.Watch(path)(file)
	for range 100 {
		p.Step()
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
	if p.Step(); out.Len() > 0 {
		t.Errorf("it flickers: %q", out.String())
	}
	if p.Clear(); out.String() != "\r\x1b[K" {
		t.Errorf("the line is not taken away: %q", out.String())
	}
	out.Reset()
	if p.Clear(); out.Len() > 0 {
		t.Errorf("taken away twice: %q", out.String())
	}
}

// A short run, and one without a terminal, say nothing.
func TestNoProgress(t *testing.T) {
	var out bytes.Buffer
	short := &Progress{out: &out, began: time.Now().Add(time.Hour)}
	piped := NewProgress(&out, "")
	for _, p := range []*Progress{short, piped} {
		reader := p.Watch("-")(strings.NewReader("x"))
		if _, err := io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			p.Step()
		}
		p.Clear()
	}
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
