// Package screen knows what an agent has done to its terminal, so that a question
// can be put over it and taken away again.
//
// It sees every byte that an agent writes and says what to write to the terminal:
// for a question, while one stands, and after it. It must not know of
// descriptors, processes or what is asked.
//
// On the main screen it follows modes only: the terminal itself keeps that screen
// while the question stands on the alternate one, and what the agent writes
// meanwhile is written after it, lines that scroll away included. An agent on the
// alternate screen loses it to the question, so of that screen a picture is kept
// and drawn again.
//
// An emulator of its own, for those there are keep no line drawing, no origin or
// insert mode and no default colours, and loop as often as a parameter says.
package screen

import (
	"bytes"
	"unicode/utf8"
)

// A Screen follows one agent's terminal. Its zero value is of no use.
type Screen struct {
	width, height int
	modes         modes    // as the agent has set them
	pen           pen      // on the main screen
	picture       *picture // of the alternate screen; nil on the main one
	ownTabs       bool     // the agent has set tab stops
	inString      bool     // an overlong OSC, DCS or APC string is under way

	cut bool // that string was broken off for a question

	lent  bool   // a question stands
	shown modes  // what the terminal will have when it has got held
	held  []byte // what the terminal gets after the question
	late  []byte // what it gets after the picture
}

const (
	// maxTail bounds how much of an unfinished escape sequence is held back.
	maxTail = 32 << 10
	// maxCells bounds the pictures; larger windows do without one.
	maxCells = 1 << 18
)

// plainText takes style and character sets back.
const plainText = "\x1b[m\x0f\x1b(B\x1b)B"

// New returns the screen of an agent that has not written anything, in a window
// of that many cells; zero when that is not known.
func New(width, height int) *Screen {
	return &Screen{width: width, height: height, modes: initial(), pen: newPen()}
}

// Resize says that the window has another size.
func (s *Screen) Resize(width, height int) {
	if s.width == width && s.height == height {
		return
	}
	s.width, s.height = width, height
	// Terminals forget the margins then.
	s.modes.margins, s.shown.margins = "", ""
	switch {
	case s.picture != nil && s.drawable():
		s.picture.resize(width, height)
	case s.modes.alternate():
		s.startPicture(false)
	}
}

func (s *Screen) drawable() bool {
	return s.width > 0 && s.height > 0 && s.width <= maxCells/s.height
}

// startPicture begins the picture of the alternate screen.
func (s *Screen) startPicture(cleared bool) {
	p := s.pen
	if s.picture != nil {
		p = s.picture.cursor.pen
	}
	if !s.drawable() {
		s.picture = newPicture(1, 1, &s.modes, p)
		s.picture.feeds = never
		return
	}
	s.picture = newPicture(s.width, s.height, &s.modes, p)
	s.picture.noTabs = s.ownTabs
	s.picture.readMargins()
	if !cleared {
		s.picture.doubt()
	}
}

// Held is how much is kept for after the question, in bytes.
func (s *Screen) Held() int { return len(s.held) + len(s.late) }

// Track takes note of p, which the agent has written, and returns how much of it
// was taken: all but an unfinished escape sequence or character at the end, which
// belongs in front of the next call's p. What was taken goes to the terminal,
// unless a question stands.
func (s *Screen) Track(p []byte) int {
	i := 0
	if s.inString {
		end, done := stringEnd(p)
		s.keep(p[:end])
		if !done {
			return end
		}
		s.inString, s.cut = false, false
		i = end
	}
	for {
		j := bytes.IndexByte(p[i:], esc)
		if j < 0 {
			end := len(p) - partialRune(p[i:])
			s.text(p[i:end])
			return end
		}
		s.text(p[i : i+j])
		i += j
		n, done := sequence(p[i:])
		if !done {
			if len(p)-i <= maxTail {
				return i
			}
			s.inString = true
			s.overlong(p[i:])
			return len(p)
		}
		s.obey(p[i : i+n])
		i += n
	}
}

// text is characters and controls.
func (s *Screen) text(p []byte) {
	switch {
	case s.picture != nil:
		s.picture.text(p)
		if s.lent && bytes.IndexByte(p, bel) >= 0 {
			s.late = append(s.late, bel)
		}
	case s.lent:
		s.held = append(s.held, p...)
	}
}

// keep is a part of the output that does nothing to the picture.
func (s *Screen) keep(p []byte) {
	switch {
	case !s.lent, s.cut:
	case s.picture != nil:
		s.late = append(s.late, p...)
	default:
		s.held = append(s.held, p...)
	}
}

// TrackRest takes note of an unfinished character that nothing has followed.
func (s *Screen) TrackRest(p []byte) { s.text(p) }

// overlong is the beginning of a string that is too long to be looked at, such
// as an image.
func (s *Screen) overlong(p []byte) {
	if s.picture != nil {
		s.picture.doubt()
	}
	s.keep(p)
}

// obey is one escape sequence.
func (s *Screen) obey(seq []byte) {
	next := s.modes
	rest := next.apply(seq)
	if s.picture != nil && !next.alternate() {
		s.leave()
	}
	if s.picture != nil {
		s.modes = next
		if known := s.picture.obey(seq); !known && rest != nil {
			s.keep(rest)
		}
		return
	}
	s.modes, s.shown = next, next
	s.pen.obey(seq)
	s.trackTabs(seq)
	s.keep(seq)
	if next.alternate() {
		s.startPicture(next.has(1049))
	}
}

// trackTabs notes that tab stops are not where they were.
func (s *Screen) trackTabs(seq []byte) {
	switch string(seq[1:]) {
	case "H", "[g", "[0g", "[3g":
		s.ownTabs = true
	case "c":
		s.ownTabs = false
	}
}

// leave goes back to the main screen.
func (s *Screen) leave() {
	if s.lent {
		s.held = s.append(s.held)
	}
	s.ownTabs = s.ownTabs || s.picture.tabs != nil
	if !s.modes.has(1049) { // which brings the pen back too
		s.pen = s.picture.cursor.pen
	}
	s.picture = nil
}

// parts takes a control sequence apart; final is 0 when it is none.
func parts(seq []byte) (private byte, arguments, between []byte, final byte) {
	if len(seq) < 3 || seq[1] != '[' {
		return 0, nil, nil, 0
	}
	arguments, final = seq[2:len(seq)-1], seq[len(seq)-1]
	if len(arguments) > 0 && arguments[0] >= '<' && arguments[0] <= '?' {
		private, arguments = arguments[0], arguments[1:]
	}
	i := len(arguments)
	for i > 0 && arguments[i-1] < '0' {
		i--
	}
	return private, arguments[:i], arguments[i:], final
}

// Lend returns what makes the terminal ready for a question: an empty screen, and
// keys that come plain. From now on the agent's output is kept.
func (s *Screen) Lend() []byte {
	var b []byte
	if s.inString {
		b, s.cut = append(b, can), true
	}
	question := s.modes.forQuestion()
	s.lent, s.shown = true, question
	if s.picture == nil {
		b = append(b, "\x1b[?1049h"...)
		s.held = append(s.modes.append([]byte("\x1b[m"), question), "\x1b[?1049l"...)
		s.held = style{link: s.pen.link}.append(s.held, style{})
		s.held = s.pen.appendSets(s.held) // tmux does not bring them back
		s.shown = s.modes
	}
	b = question.append(b, s.modes)
	b = style{}.append(b, style{link: s.link()})
	return append(b, plainText+"\x1b[2J\x1b[H"...)
}

// link is the one that the next character belongs to.
func (s *Screen) link() string {
	if s.picture != nil {
		return s.picture.cursor.link
	}
	return s.pen.link
}

// GiveBack returns what brings the agent's screen back after a question. Exact
// is false when the picture may not be what the agent has drawn, so that it
// should draw again.
func (s *Screen) GiveBack() (b []byte, exact bool) {
	b, exact = s.held, true
	if s.picture != nil {
		b, exact = s.append(b), s.picture.exact() && s.drawable()
	}
	if s.cut {
		b = append(b, "\x1b]9999;"...) // a string that means nothing takes the rest
	}
	s.held, s.late, s.lent, s.cut = nil, nil, false, false
	return b, exact
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
