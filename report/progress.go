package report

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"restrain/prompt"
)

// A Progress tells on stderr how far a long run has come: one line, written
// over itself and taken away again. Without a terminal there, or when it is
// over soon, it says nothing.
type Progress struct {
	out   io.Writer // nil says nothing
	began time.Time
	said  time.Time // zero: no line is there
	ticks int

	name       string
	read, size int64 // bytes of the file; size 0 is unknown
	steps      int
}

// The times of a progress: it waits a moment before it says anything, and does
// not flicker.
const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 200 * time.Millisecond
	progressTicks = 64 // steps between two looks at the clock
)

// NewProgress tells on a terminal; on anything else, and where TERM is dumb, it
// says nothing.
func NewProgress(out io.Writer, kind string) *Progress {
	p := &Progress{began: time.Now()}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) && kind != "dumb" {
		p.out = file
	}
	return p
}

// Watch counts what is read of a file.
func (p *Progress) Watch(name string) func(io.Reader) io.Reader {
	return func(r io.Reader) io.Reader {
		p.name, p.read, p.size = name, 0, 0
		if file, ok := r.(*os.File); ok {
			if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
				p.size = info.Size()
			}
		}
		return &watched{r, p}
	}
}

// A watched reader counts what is read.
type watched struct {
	r io.Reader
	p *Progress
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	w.p.read += int64(n)
	w.p.say()
	return n, err
}

// Step counts a step.
func (p *Progress) Step() {
	p.steps++
	if p.ticks++; p.ticks >= progressTicks {
		p.ticks = 0
		p.say()
	}
}

func (p *Progress) say() {
	if p.out == nil {
		return
	}
	now := time.Now()
	if now.Sub(p.began) < progressAfter || now.Sub(p.said) < progressEvery {
		return
	}
	p.said = now
	read := ""
	if p.size > 0 {
		read = fmt.Sprintf("%d%% read, ", min(100, 100*p.read/p.size))
	}
	const mostName = 30
	name := []rune(prompt.Escape(p.name))
	fmt.Fprintf(p.out, "\r\x1b[K%s: %s%d steps judged", string(name[max(0, len(name)-mostName):]), read, p.steps)
}

// Clear takes the line away, before anything else is written.
func (p *Progress) Clear() {
	if !p.said.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.said = time.Time{}
	}
}
