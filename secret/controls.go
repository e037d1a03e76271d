package secret

import (
	"bytes"
	"io"
	"strings"
)

// controls are what stands between the letters on a terminal and shows nothing
// itself: escape sequences, and the line ends that a wrap brings. They are kept
// apart while a text is looked at, and put back in their places.
type controls struct {
	state   escape
	taken   int // letters that came
	given   int // letters that have been passed on
	waiting []control
	plain   []byte // what split gave last
}

// A control stands before a letter.
type control struct {
	before int // the number of the letter
	text   []byte
}

// An escape is how far an escape sequence has come (ECMA-48).
type escape uint8

const (
	noEscape escape = iota
	escapeBegun
	escapeIntermediate // ESC with bytes before its last
	escapeParameters   // CSI
)

// minWrapped is the shortest value that is found with a line end within it: of a
// shorter one the next line may begin as it goes on.
const minWrapped = 12

const escapeByte = 0x1b

// next tells whether a byte is a letter.
func (e *escape) next(b byte) (letter bool) {
	const csi, osc = '[', ']'
	switch {
	case b == escapeByte:
		*e = escapeBegun
	case *e == noEscape:
		return b != '\r' && b != '\n'
	case b < 0x20: // a control within a sequence is carried out as it comes
	case *e == escapeBegun && b == csi:
		*e = escapeParameters
	case *e == escapeParameters && b < 0x40, *e != escapeParameters && b < 0x30:
		if *e == escapeBegun {
			*e = escapeIntermediate
		}
	default: // its last byte; what an operating system command says is text
		*e = noEscape
	}
	return false
}

// split gives the letters of what came; they hold until the next call.
func (c *controls) split(p []byte) []byte {
	c.plain = c.plain[:0]
	for len(p) > 0 {
		n := 0
		if c.state == noEscape {
			if n = bytes.IndexAny(p, "\x1b\r\n"); n < 0 {
				n = len(p)
			}
			c.plain = append(c.plain, p[:n]...)
			c.taken += n
			p = p[n:]
			n = 0
		}
		for n < len(p) && !c.state.next(p[n]) {
			n++
		}
		c.wait(p[:n])
		if n < len(p) { // next was told of a letter, which changes nothing
			c.plain = append(c.plain, p[n])
			c.taken++
			n++
		}
		p = p[n:]
	}
	return c.plain
}

// wait keeps a control until the letters before it have been passed on.
func (c *controls) wait(text []byte) {
	if len(text) == 0 {
		return
	}
	if n := len(c.waiting); n > 0 && c.waiting[n-1].before == c.taken {
		c.waiting[n-1].text = append(c.waiting[n-1].text, text...)
		return
	}
	c.waiting = append(c.waiting, control{c.taken, bytes.Clone(text)})
}

// parts reports that the letters from one to another, counted from those that
// have been passed on, are a short text with a line end within it.
func (c *controls) parts(from, to int) bool {
	if c == nil || to-from >= minWrapped {
		return false
	}
	for _, w := range c.waiting {
		if at := w.before - c.given; at >= to {
			break
		} else if at > from && bytes.ContainsAny(w.text, "\r\n") {
			return true
		}
	}
	return false
}

// around passes letters on with what stands between them and behind.
func (c *controls) around(out, letters []byte) []byte {
	if c == nil {
		return append(out, letters...)
	}
	for {
		out = c.due(out)
		n := len(letters)
		if len(c.waiting) > 0 {
			n = min(n, c.waiting[0].before-c.given)
		}
		if n == 0 {
			return out
		}
		out = append(out, letters[:n]...)
		letters = letters[n:]
		c.given += n
	}
}

// within passes on what stands between letters that are masked.
func (c *controls) within(out []byte, letters int) []byte {
	if c == nil {
		return out
	}
	c.given += letters
	return c.due(out)
}

// due passes on what stands before the next letter.
func (c *controls) due(out []byte) []byte {
	n := 0
	for ; n < len(c.waiting) && c.waiting[n].before <= c.given; n++ {
		out = append(out, c.waiting[n].text...)
	}
	if n > 0 {
		c.waiting = append(c.waiting[:0], c.waiting[n:]...)
	}
	return out
}

// newTerminalMasker masks what goes to a terminal, in the place of another that
// knows less; before may be nil.
func newTerminalMasker(w io.Writer, values []Value, before *Masker) *Masker {
	m := newMasker(w, values, func(patterns []pattern) {
		for i := range patterns {
			patterns[i].text = strings.NewReplacer("\r", "", "\n", "").Replace(patterns[i].text)
		}
	})
	m.controls = new(controls)
	if before != nil {
		m.controls = before.controls
		m.text(bytes.Clone(before.held[before.done:]))
	}
	return m
}
