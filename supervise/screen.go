package supervise

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// A screen follows what the agent has done to the terminal, as far as a question
// must undo it and bring it back. It sees every byte that is shown, and looks at
// escape sequences only.
//
// It keeps modes, no cells: the main screen is kept by the terminal while the
// question stands on the alternate one, and an agent that is on the alternate
// screen itself is made to repaint.
type screen struct {
	on       uint32 // a bit for each of the modes
	margins  string // the parameters of DECSTBM; empty is the whole screen
	keypad   bool   // DECKPAM
	kitty    bool   // the agent has used the kitty keyboard protocol
	otherKey string // the value of xterm's modifyOtherKeys; empty is off
	inString bool   // an overlong OSC, DCS or APC string is being shown
}

// modes are the DEC private modes that a question needs in a known state
// (xterm, ctlseqs, "DECSET").
var modes = [...]uint16{
	1,                                                 // application cursor keys
	6,                                                 // origin
	7,                                                 // wrap
	9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016, // mouse
	25,             // cursor
	47, 1047, 1049, // alternate screen
	1004, // focus reports
	2004, // bracketed paste
	2026, // synchronized output
}

const (
	modeOrigin = 6
	modeWrap   = 7
	modeCursor = 25
	modeSync   = 2026
)

// maxTail bounds how much of an unfinished escape sequence is held back.
const maxTail = 32 << 10

func newScreen() *screen {
	s := &screen{}
	s.reset()
	return s
}

func (s *screen) reset() {
	*s = screen{on: bit(modeWrap) | bit(modeCursor), kitty: s.kitty}
}

func bit(mode int) uint32 {
	for i, m := range modes {
		if int(m) == mode {
			return 1 << i
		}
	}
	return 0
}

func (s *screen) alternate() bool { return s.on&(bit(47)|bit(1047)|bit(1049)) != 0 }

// track takes note of p, and returns how much of it may be shown: all but an
// unfinished escape sequence or character at the end, which belongs in front of
// the next call's p. A question can come between any two calls.
func (s *screen) track(p []byte) int {
	i := 0
	if s.inString {
		end, done := stringEnd(p)
		if !done {
			return end
		}
		s.inString = false
		i = end
	}
	for {
		j := bytes.IndexByte(p[i:], esc)
		if j < 0 {
			return len(p) - partialRune(p[i:])
		}
		i += j
		n, done := sequence(p[i:])
		if !done {
			if len(p)-i <= maxTail {
				return i
			}
			s.inString = true
			return len(p)
		}
		s.apply(p[i : i+n])
		i += n
	}
}

func (s *screen) apply(seq []byte) {
	switch len(seq) {
	case 1:
		return
	case 2:
		switch seq[1] {
		case 'c':
			s.reset()
		case '=':
			s.keypad = true
		case '>':
			s.keypad = false
		}
		return
	}
	if seq[1] != '[' {
		return
	}
	params, final := seq[2:len(seq)-1], seq[len(seq)-1]
	var private byte
	if len(params) > 0 && params[0] >= '<' && params[0] <= '?' {
		private, params = params[0], params[1:]
	}
	switch {
	case private == '?' && (final == 'h' || final == 'l'):
		s.set(params, final == 'h')
	case private == '>' && final == 'm':
		if value, ok := bytes.CutPrefix(params, []byte("4")); ok {
			s.otherKey = string(bytes.TrimLeft(value, ";"))
		}
	case private != 0 && private != '?' && final == 'u':
		s.kitty = true
	case private == 0 && final == 'r':
		s.margins = string(params)
	case private == 0 && final == 'p' && string(params) == "!": // DECSTR
		keep := s.on &^ (bit(1) | bit(modeOrigin))
		s.reset()
		s.on |= keep
	}
}

func (s *screen) set(params []byte, on bool) {
	for p := range bytes.SplitSeq(params, []byte(";")) {
		mode, err := strconv.Atoi(string(p))
		if err != nil {
			continue
		}
		if on {
			s.on |= bit(mode)
		} else {
			s.on &^= bit(mode)
		}
	}
}

// take returns what makes the terminal ready for a question: an empty screen,
// and keys that come plain.
func (s *screen) take() []byte {
	var b []byte
	if s.inString {
		b = append(b, can)
	}
	if s.alternate() {
		b = append(b, "\x1b7"...)
	} else {
		b = append(b, "\x1b[?1049h"...)
	}
	b = s.switchModes(b, false)
	if s.keypad {
		b = append(b, "\x1b>"...)
	}
	if s.kitty {
		b = append(b, "\x1b[>0u"...)
	}
	if s.otherKey != "" {
		b = append(b, "\x1b[>4;0m"...)
	}
	if s.margins != "" {
		b = append(b, "\x1b[r"...)
	}
	return append(b, "\x1b[m\x0f\x1b(B\x1b[2J\x1b[H"...)
}

// give returns what undoes take. Repaint reports that the picture itself is lost
// and the agent must draw it again.
func (s *screen) give() (b []byte, repaint bool) {
	b = append(b, "\x1b[m"...)
	if s.margins != "" {
		b = append(b, "\x1b["+s.margins+"r"...)
	}
	if s.otherKey != "" {
		b = append(b, "\x1b[>4;"+s.otherKey+"m"...)
	}
	if s.kitty {
		b = append(b, "\x1b[<u"...)
	}
	if s.keypad {
		b = append(b, "\x1b="...)
	}
	b = s.switchModes(b, true)
	if s.alternate() {
		return append(b, "\x1b8"...), true
	}
	return append(b, "\x1b[?1049l"...), false
}

// switchModes sets every mode that differs from what a question wants: to what
// it wants, or back to what the agent had.
func (s *screen) switchModes(b []byte, back bool) []byte {
	wanted := bit(modeWrap) | bit(modeCursor)
	keep := bit(47) | bit(1047) | bit(1049)
	for i, mode := range modes {
		m := uint32(1) << i
		if m&keep != 0 || (s.on^wanted)&m == 0 {
			continue
		}
		final := byte('l')
		if (wanted&m != 0) != back {
			final = 'h'
		}
		b = append(b, "\x1b[?"...)
		b = strconv.AppendUint(b, uint64(mode), 10)
		b = append(b, final)
	}
	return b
}

// partialRune returns the length of an unfinished UTF-8 character at p's end.
func partialRune(p []byte) int {
	for n := 1; n <= min(len(p), utf8.UTFMax-1); n++ {
		c := p[len(p)-n]
		if c < utf8.RuneSelf {
			return 0
		}
		if utf8.RuneStart(c) {
			if utf8.FullRune(p[len(p)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}
