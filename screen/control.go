package screen

import (
	"bytes"

	"restrain/width"
)

// obey follows an escape sequence, and reports whether that was all there is to
// do about it; if not, the terminal must see the sequence too.
func (p *picture) obey(seq []byte) bool {
	if len(seq) < 2 {
		return true
	}
	switch seq[1] {
	case '[':
		private, arguments, between, final := parts(seq)
		if final < 0x40 { // broken off, which terminals take in different ways
			p.doubt()
			return false
		}
		return p.csi(private, arguments, between, final)
	case ']':
		return p.command(seq[2:])
	case 'P': // device control: questions, or images
		if !bytes.HasPrefix(seq[2:], []byte("$q")) && !bytes.HasPrefix(seq[2:], []byte("+q")) {
			p.doubt()
		}
		return false
	case '_', '^', 'X':
		if bytes.HasPrefix(seq, []byte("\x1b_G")) { // images of kitty
			p.doubt()
		}
		return false
	}
	return p.escape(seq)
}

// command is an operating system command, OSC.
func (p *picture) command(s []byte) bool {
	if link, ok := bytes.CutPrefix(s, []byte("8;")); ok {
		p.cursor.setLink(link)
		return true
	}
	if bytes.HasPrefix(s, []byte("1337;")) { // images of iTerm2
		p.doubt()
	}
	return false
}

// csi obeys a control sequence: private is its prefix or 0, between its
// intermediate bytes.
func (p *picture) csi(private byte, arguments, between []byte, final byte) bool {
	if private != 0 || len(between) > 0 {
		return p.otherCSI(private, arguments, between, final)
	}
	var buf [maxParams]param
	ps := params(arguments, buf[:0])
	if final == 'm' {
		p.cursor.sgr(ps)
		return true
	}
	// Every other final takes plain numbers.
	n, second := max(1, ps[0].value), 1
	if len(ps) > 1 {
		second = max(1, ps[1].value)
	}
	switch final {
	case 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'Z', '`', 'a', 'd', 'e', 'f':
		p.move(final, n, second)
	case 'J', 'K', 'X', '@', 'P', 'L', 'M', 'S', 'T':
		if final == 'T' && len(ps) > 1 { // highlight tracking
			return false
		}
		p.change(final, n, ps[0].value)
	case 'b':
		p.repeat(n)
	case 'g':
		p.clearTabs(ps[0].value)
	case 'r':
		p.setMargins(n, second, len(ps) > 1 && ps[1].value > 0)
	case 's':
		p.save()
	case 'u':
		p.restore()
	case 'c', 'h', 'l', 'n', 't': // questions, modes, the window
		return false
	default:
		p.doubt()
		return false
	}
	return true
}

// repeat is REP. Terminals differ in what it does at the end of a row.
func (p *picture) repeat(n int) {
	if p.last == 0 {
		return
	}
	room := (p.width - p.cursor.col) / width.Of(p.last)
	if p.cursor.wrap || n > room {
		p.lose()
	}
	for range min(n, room) {
		p.put(p.last)
	}
}

// otherCSI knows which sequences with a prefix or intermediates leave the
// picture as it is.
func (p *picture) otherCSI(private byte, arguments, between []byte, final byte) bool {
	switch {
	case private == '?' && (final == 'h' || final == 'l'):
		p.modeSet(arguments)
	case string(between) == "!" && final == 'p':
		p.softReset()
		return true
	case string(between) == " " && final == 'q': // the cursor's shape
		return true
	case private != 0 && bytes.IndexByte([]byte("cmnpqstuS"), final) >= 0,
		string(between) == "$" && final == 'p',
		string(between) == "\"" && final == 'p':
		// Questions, and what concerns keys.
	default:
		p.doubt()
	}
	return false
}

// modeSet does to the picture what setting or resetting modes does to it.
func (p *picture) modeSet(list []byte) {
	for mode := range bytes.SplitSeq(list, []byte(";")) {
		switch string(mode) {
		case "6":
			p.goTo(1, 1)
			p.place(true, true)
		case "7":
			p.unwrap()
		case "3", "47", "69", "1047", "1049": // terminals differ
			p.doubt()
		}
	}
}

func (p *picture) save() {
	p.saved = saved{cursor: p.cursor, origin: p.m.has(modeOrigin), used: true, unknown: p.rowUnknown || p.colUnknown}
}

func (p *picture) restore() {
	p.place(true, true)
	p.m.on &^= bit(modeOrigin)
	if !p.saved.used {
		p.cursor = cursor{pen: newPen()}
		p.lose() // it may have been saved in another life of this screen
		return
	}
	p.cursor = p.saved.cursor
	if p.saved.unknown {
		p.rowUnknown, p.colUnknown, p.feeds = true, true, never
	}
	if p.saved.origin {
		p.m.on |= bit(modeOrigin)
	}
}

func (p *picture) softReset() {
	p.cursor.pen, p.cursor.wrap = newPen(), false
	p.saved = saved{}
	p.top, p.bottom = 0, len(p.rows)-1
}

// escape obeys a short sequence, and reports whether that was all.
func (p *picture) escape(seq []byte) bool {
	switch string(seq[1:]) {
	case "7":
		p.save()
	case "8":
		p.restore()
	case "D":
		p.feed()
	case "E":
		p.feed()
		p.returnCarriage()
	case "H":
		p.ownTabs()
		p.tabs[p.cursor.col] = true
	case "M":
		p.feedBack()
	case "=", ">", "\\": // the keypad, a string's end
	case "#8":
		p.align()
	case "Z": // a question
		return false
	default:
		if len(seq) == 3 && (seq[1] == '(' || seq[1] == ')') {
			p.cursor.pen.obey(seq)
			return true
		}
		if !bytes.HasPrefix(seq, []byte("\x1b%")) && !bytes.HasPrefix(seq, []byte("\x1b ")) {
			p.doubt()
		}
		return false
	}
	return true
}

// align is DECALN: a screen full of the letter E.
func (p *picture) align() {
	p.top, p.bottom, p.m.margins = 0, len(p.rows)-1, ""
	for _, row := range p.rows {
		for i := range row {
			row[i] = cell{char: 'E'}
		}
	}
	p.moveTo(0, 0)
	p.place(true, true)
	p.guessed = false
}
