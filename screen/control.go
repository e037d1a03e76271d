package screen

import (
	"bytes"
	"strconv"

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

// move obeys the sequences that set the cursor.
func (p *picture) move(final byte, n, second int) {
	c := &p.cursor
	switch final {
	case 'A', 'F':
		p.vertical(-n)
	case 'B', 'E':
		p.vertical(n)
	case 'e':
		p.astray()
		p.moveTo(c.row+n, c.col)
	case 'C', 'a':
		p.moveTo(c.row, c.col+n)
	case 'D':
		p.moveTo(c.row, c.col-n)
	case 'G', '`':
		p.moveTo(c.row, n-1)
		p.place(false, true)
	case 'd':
		p.goTo(n, c.col+1)
		p.place(true, false)
	case 'H', 'f':
		p.goTo(n, second)
		p.place(true, true)
	case 'I', 'Z':
		if p.noTabs {
			p.lose()
		}
		step := 1
		if final == 'Z' {
			step = -1
		}
		col := c.col
		for range min(n, p.width) {
			col = p.stop(col, step)
		}
		p.moveTo(c.row, col)
		p.colUnknown = p.colUnknown || final == 'I' // not all know it
	}
	if final == 'E' || final == 'F' {
		p.returnCarriage()
	}
}

// goTo sets the cursor to a row and column counted from 1, the row from the top
// margin in origin mode.
func (p *picture) goTo(row, col int) {
	row--
	if p.m.has(modeOrigin) {
		row = min(row+p.top, p.bottom)
	}
	p.moveTo(row, col-1)
}

// vertical moves the cursor, not over a margin.
func (p *picture) vertical(n int) {
	p.astray()
	row := p.cursor.row
	switch {
	case n < 0 && row >= p.top:
		n = max(n, p.top-row)
	case n > 0 && row <= p.bottom:
		n = min(n, p.bottom-row)
	}
	p.moveTo(row+n, p.cursor.col)
}

// change obeys the sequences that erase, insert and delete. How is the first
// parameter as it was given, n the same but at least 1.
func (p *picture) change(final byte, n, how int) {
	c := &p.cursor
	row := p.rows[c.row]
	p.unwrap()
	if p.rowUnknown && bytes.IndexByte([]byte("LMST"), final) >= 0 {
		p.doubt()
	}
	switch final {
	case 'J':
		p.eraseScreen(how)
	case 'K':
		p.eraseRow(how)
	case 'X':
		p.eraseRange(row, c.col, min(c.col+n, p.width))
	case '@':
		n = min(n, p.width-c.col)
		p.split(row, c.col)
		copy(row[c.col+n:], row[c.col:p.width-n])
		p.erase(row[c.col : c.col+n])
		p.split(row, p.width)
	case 'P':
		n = min(n, p.width-c.col)
		p.split(row, c.col)
		p.split(row, c.col+n)
		copy(row[c.col:], row[c.col+n:])
		p.erase(row[p.width-n:])
	case 'L', 'M':
		if c.row < p.top || c.row > p.bottom {
			p.doubt() // some do nothing then
			break
		}
		if final == 'L' {
			n = -n
		}
		p.scroll(c.row, p.bottom, n)
		p.colUnknown = p.colUnknown || c.col > 0 // some go to the first column
	case 'S':
		p.scroll(p.top, p.bottom, n)
	case 'T':
		p.scroll(p.top, p.bottom, -n)
	}
	if p.colUnknown && (bytes.IndexByte([]byte("X@P"), final) >= 0 || how != 2 && (final == 'J' || final == 'K')) {
		p.doubtRows(c.row, c.row)
	}
}

func (p *picture) eraseScreen(how int) {
	above, below := p.rows[:p.cursor.row], p.rows[p.cursor.row+1:]
	switch how {
	case 0:
		p.eraseRow(0)
	case 1:
		p.eraseRow(1)
		below = nil
	case 2:
		p.eraseRow(2)
		p.guessed = false
	default: // 3 is the scrollback
		return
	}
	if how == 0 {
		above = nil
	}
	for _, row := range above {
		p.erase(row)
	}
	for _, row := range below {
		p.erase(row)
	}
}

func (p *picture) eraseRow(how int) {
	from, to := 0, p.width
	switch how {
	case 0:
		from = p.cursor.col
	case 1:
		to = p.cursor.col + 1
	case 2:
	default:
		return
	}
	p.eraseRange(p.rows[p.cursor.row], from, to)
}

func (p *picture) eraseRange(row []cell, from, to int) {
	p.split(row, from)
	p.split(row, to)
	p.erase(row[from:to])
}

// setMargins is DECSTBM, rows counted from 1.
func (p *picture) setMargins(top, bottom int, given bool) {
	if !given || bottom > len(p.rows) {
		bottom = len(p.rows)
	}
	if top >= bottom {
		p.m.margins = p.margins()
		return
	}
	p.top, p.bottom = top-1, bottom-1
	p.m.margins = p.margins()
	p.goTo(1, 1)
	p.place(true, true)
	if p.m.has(modeOrigin) && p.top > 0 { // some go to the top of the screen
		p.rowUnknown, p.feeds = true, never
	}
}

// readMargins takes the margins over from the modes.
func (p *picture) readMargins() {
	var buf [maxParams]param
	ps := params([]byte(p.m.margins), buf[:0])
	if len(ps) == 2 && ps[0].value < ps[1].value && ps[1].value <= len(p.rows) {
		p.top, p.bottom = max(1, ps[0].value)-1, ps[1].value-1
	}
	p.m.margins = p.margins()
}

// margins are the parameters of DECSTBM, empty for the whole screen.
func (p *picture) margins() string {
	if p.top == 0 && p.bottom == len(p.rows)-1 {
		return ""
	}
	return strconv.Itoa(p.top+1) + ";" + strconv.Itoa(p.bottom+1)
}

func (p *picture) clearTabs(how int) {
	p.ownTabs()
	switch how {
	case 0:
		p.tabs[p.cursor.col] = false
	case 3:
		clear(p.tabs)
	}
}

// ownTabs makes the tab stops ones that can be changed.
func (p *picture) ownTabs() {
	if p.tabs == nil {
		p.tabs = make([]bool, p.width)
		for i := tabWidth; i < p.width; i += tabWidth {
			p.tabs[i] = true
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
