package asked

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A Line is what the human types at an agent's terminal, as a line editor would
// show it. What a terminal says by itself, such as the answer to a program's
// question about it, is left out, and so is what editing it cannot follow.
//
// It is not safe for concurrent use.
type Line struct {
	text    []byte
	at      int    // the cursor
	lost    bool   // what is typed cannot be known until the next line
	escape  []byte // an unfinished sequence
	pasting bool
}

const (
	// maxLine bounds a line, in bytes; more is lost, and with it the line.
	maxLine = 4096
	// maxEscape bounds a sequence. The text of a terminal's own (OSC, DCS) may
	// be long, and nothing of it is kept.
	maxEscape = 64
)

// Typed takes keys, and calls line with each line that ends with Enter.
func (l *Line) Typed(keys []byte, line func(text string)) {
	for _, b := range keys {
		if len(l.escape) > 0 {
			l.sequence(b)
			continue
		}
		switch {
		case b == 0x1b:
			l.escape = append(l.escape[:0], b)
		case l.pasting && (b == '\r' || b == '\n'):
			l.insert('\n')
		case b == '\r' || b == '\n':
			l.enter(line)
		case l.pasting && b >= ' ' && b != 0x7f:
			l.insert(b)
		case l.pasting:
		default:
			l.edit(b)
		}
	}
	if len(l.escape) == 1 { // what the keys of one moment end in is the Escape key
		l.escape = l.escape[:0]
	}
}

func (l *Line) enter(line func(string)) {
	if text := strings.TrimSpace(string(l.text)); !l.lost && l.at > 0 && l.text[l.at-1] == '\\' && l.at == len(l.text) {
		l.text[l.at-1] = '\n' // agents take it for a line break
		return
	} else if !l.lost && text != "" && utf8.Valid(l.text) {
		line(text)
	}
	l.reset()
}

func (l *Line) reset() { l.text, l.at, l.lost = l.text[:0], 0, false }

// edit does what a key does to a line.
func (l *Line) edit(b byte) {
	switch b {
	case 0x7f, '\b':
		l.cut(l.back(), l.at)
	case 'a' & 0x1f:
		l.at = 0
	case 'e' & 0x1f:
		l.at = len(l.text)
	case 'b' & 0x1f:
		l.at = l.back()
	case 'f' & 0x1f:
		l.at = l.forward()
	case 'k' & 0x1f:
		l.cut(l.at, len(l.text))
	case 'u' & 0x1f:
		l.cut(0, l.at)
	case 'w' & 0x1f:
		l.cut(l.wordBack(), l.at)
	case 'c' & 0x1f, 'd' & 0x1f:
		l.reset()
	case '\t', 'p' & 0x1f, 'n' & 0x1f, 'r' & 0x1f, 'y' & 0x1f, 'v' & 0x1f, 'g' & 0x1f, 'z' & 0x1f, 't' & 0x1f:
		l.lost = l.lost || len(l.text) > 0 || b != '\t' // completion, history, yank, an editor
	default:
		if b >= ' ' {
			l.insert(b)
		}
	}
}

func (l *Line) insert(b byte) {
	if len(l.text) >= maxLine {
		l.lost = true
		return
	}
	l.text = append(l.text, 0)
	copy(l.text[l.at+1:], l.text[l.at:])
	l.text[l.at] = b
	l.at++
}

func (l *Line) cut(from, to int) {
	l.text = append(l.text[:from], l.text[to:]...)
	l.at = from
}

// back is where the character in front of the cursor begins.
func (l *Line) back() int {
	at := max(0, l.at-1)
	for at > 0 && !utf8.RuneStart(l.text[at]) {
		at--
	}
	return at
}

func (l *Line) forward() int {
	at := min(len(l.text), l.at+1)
	for at < len(l.text) && !utf8.RuneStart(l.text[at]) {
		at++
	}
	return at
}

func (l *Line) wordBack() int {
	head := bytes.TrimRight(l.text[:l.at], " ")
	return bytes.LastIndexByte(head, ' ') + 1
}

// sequence takes a byte of an escape sequence.
func (l *Line) sequence(b byte) {
	l.escape = append(l.escape, b)
	second := l.escape[min(1, len(l.escape)-1)]
	switch {
	case len(l.escape) == 2 && strings.IndexByte("[O]P_^X", b) >= 0:
		return
	case len(l.escape) == 2:
		l.escape = l.escape[:0]
		l.alt(b)
	case second == 'O':
		l.done(string(l.escape[1:]))
	case second == '[':
		if b >= '@' && b <= '~' {
			l.done(string(l.escape[1:]))
		} else if len(l.escape) >= maxEscape || b < ' ' {
			l.escape, l.lost = l.escape[:0], true
		}
	default: // a terminal's own text, up to its end
		switch before := l.escape[len(l.escape)-2]; {
		case b == 0x07, b == '\\' && before == 0x1b, b == 0x18:
			l.escape = l.escape[:0]
		case len(l.escape) >= maxEscape:
			l.escape = append(l.escape[:2], b)
		}
	}
}

// alt is Alt with a key.
func (l *Line) alt(b byte) {
	switch b {
	case '\r', '\n':
		l.insert('\n')
	case 0x7f, '\b':
		l.cut(l.wordBack(), l.at)
	case 0x1b: // Escape twice clears what agents have of a line
		l.reset()
	default:
		l.lost = l.lost || len(l.text) > 0
	}
}

// done takes a whole control sequence.
func (l *Line) done(seq string) {
	l.escape = l.escape[:0]
	switch seq {
	case "[200~":
		l.pasting = true
	case "[201~":
		l.pasting = false
	case "[D", "OD":
		l.at = l.back()
	case "[C", "OC":
		l.at = l.forward()
	case "[H", "OH", "[1~":
		l.at = 0
	case "[F", "OF", "[4~":
		l.at = len(l.text)
	case "[3~":
		l.cut(l.at, l.forward())
	case "[13;2u", "[27;2;13~": // Shift-Enter
		l.insert('\n')
	case "[127u":
		l.cut(l.back(), l.at)
	case "[A", "[B", "OA", "OB", "[Z":
		l.lost = true // history
	}
}
