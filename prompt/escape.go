package prompt

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"restrain/width"
)

// Escape makes hostile text safe to show on one row of a terminal: control
// characters become \e, \t, \x07 and the like, what is invisible or changes the
// order of text (bidirectional, zero-width, odd spaces, private use) becomes
// <U+202E>, bytes that are no UTF-8 become \xff, and a newline becomes ⏎.
// The result is for reading; it cannot be turned back.
func Escape(s string) string { return escape(s, false) }

// EscapeLines is Escape that keeps newlines.
func EscapeLines(s string) string { return escape(s, true) }

func escape(s string, keepLines bool) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for t := (tokens{rest: s}); t.next(); {
		if t.newline && keepLines {
			b.WriteByte('\n')
		} else {
			b.WriteString(t.text)
		}
	}
	return b.String()
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// maxMarks is how many combining marks may stand on one character: enough for
// any language, too few to draw over other rows. None may stand on an escape,
// or on nothing.
const maxMarks = 3

// tokens walks through text and says for each character what to show for it.
type tokens struct {
	rest  string // what is still to be read
	ascii bool   // show nothing but ASCII
	prose bool   // our own words: their arrows and dots have ASCII forms

	text    string // what to show; never empty
	width   int    // its columns
	escaped bool   // text is not the character itself
	newline bool

	marks int // how many combining marks may follow

	// edges are where marked parts begin and end, in turn, as the number of
	// bytes that are then left; inside says that one has begun.
	edges  []int
	inside bool
	edge   bool // text is a mark
}

// next steps to the next character; false means that there is none.
func (t *tokens) next() bool {
	if t.edge = len(t.edges) > 0 && len(t.rest) <= t.edges[0]; t.edge {
		t.mark()
		return true
	}
	if t.rest == "" {
		return false
	}
	r, size := utf8.DecodeRuneInString(t.rest)
	char := t.rest[:size]
	t.rest = t.rest[size:]
	t.newline = r == '\n'
	t.text, t.escaped = char, false
	switch {
	case r >= ' ' && r <= '~':
		t.width, t.marks = 1, maxMarks
		return true
	case t.newline && !t.ascii:
		t.text, t.escaped = "⏎", true
	case r < ' ' || r == 0x7f || r == utf8.RuneError && size == 1:
		t.text, t.escaped = escapeByte(char[0]), true
	case t.ascii:
		t.text, t.escaped = t.toASCII(r), true
	case !visible(r):
		t.text, t.escaped = codePoint(r), true
	}
	if t.escaped {
		t.width, t.marks = len(t.text), 0
		if t.newline && !t.ascii {
			t.width = 1
		}
		return true
	}
	if t.width = width.Of(r); t.width > 0 {
		t.marks = maxMarks
		return true
	}
	if t.marks--; t.marks < 0 {
		t.text, t.escaped = codePoint(r), true
		t.width, t.marks = len(t.text), 0
	}
	return true
}

// mark steps over the edge of a marked part.
func (t *tokens) mark() {
	t.edges, t.inside = t.edges[1:], !t.inside
	t.newline, t.escaped, t.marks = false, false, 0
	switch {
	case t.ascii && t.inside:
		t.text, t.width = ">>", 2
	case t.ascii:
		t.text, t.width = "<<", 2
	case t.inside:
		t.text, t.width = openMark, 1
	default:
		t.text, t.width = closeMark, 1
	}
}

// What stands around a marked part. In an agent's text they are escaped.
const openMark, closeMark = "▸", "◂"

func (t *tokens) toASCII(r rune) string {
	if t.prose {
		switch r {
		case '→':
			return "->"
		case '·':
			return "|"
		case '…':
			return "..."
		case '─', '–', '—':
			return "-"
		}
	}
	return codePoint(r)
}

// visible reports whether a character that is not ASCII is safe and visible.
func visible(r rune) bool {
	switch {
	case !unicode.IsGraphic(r), unicode.Is(unicode.Zs, r), unicode.Is(unicode.Me, r):
		return false
	case r == '\u2800': // braille without dots
		return false
	case r == '▸', r == '◂': // our own marks
		return false
	case r >= 0x1f1e6 && r <= 0x1f1ff: // halves of flags; terminals disagree on their width
		return false
	}
	return !unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

func codePoint(r rune) string {
	hex := strings.ToUpper(strconv.FormatInt(int64(r), 16))
	for len(hex) < 4 {
		hex = "0" + hex
	}
	return "<U+" + hex + ">"
}

func escapeByte(b byte) string {
	switch b {
	case 0x1b:
		return `\e`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	const digits = "0123456789abcdef"
	return string([]byte{'\\', 'x', digits[b>>4], digits[b&15]})
}
