package screen

import (
	"bytes"
	"unicode/utf8"

	"restrain/width"
)

// A picture is what an agent has drawn on the alternate screen, and where it
// would draw next.
//
// Where it cannot know what a terminal shows, it draws what is likely and marks
// the cells as unsure. They are sure again once the agent draws over them.
type picture struct {
	m      *modes
	rows   [][]cell
	width  int
	top    int // the first and last row that scroll
	bottom int
	tabs   []bool // nil: every eighth column
	noTabs bool   // where the stops are is not known
	cursor cursor
	saved  saved // DECSC
	last   rune  // for REP

	// An agent may switch to the alternate screen and draw from where the cursor
	// was on the main one. That is taken to be the last row, which comes true
	// when it has written as many lines as the screen has; until then, or until
	// it says where to go, its rows are guessed.
	rowUnknown, colUnknown bool
	feeds                  int  // lines since the switch
	guessed                bool // something was drawn meanwhile
}

// A cell is one column of a row.
type cell struct {
	char   rune   // 0 when it was erased
	marks  string // combining characters
	style  style
	half   half
	unsure bool
}

// A half says which part of a wide character a cell is.
type half uint8

const (
	whole half = iota
	left
	right
)

type cursor struct {
	row, col int
	wrap     bool // the next character goes to the next row
	pen
}

// saved is what DECSC has saved.
type saved struct {
	cursor
	origin  bool
	used    bool // there is something saved
	unknown bool // where the cursor was is not known
}

// A pen is what the next character looks like.
type pen struct {
	style
	sets  [2]byte // the character sets G0 and G1, 'B' is ASCII
	shift int     // which of them is in use
}

// obey follows a sequence, as far as it concerns the pen only.
func (p *pen) obey(seq []byte) {
	if len(seq) == 3 && (seq[1] == '(' || seq[1] == ')') {
		p.sets[seq[1]-'('] = seq[2]
		return
	}
	switch string(seq[1:]) {
	case "c", "[!p":
		*p = newPen()
		return
	}
	if link, ok := bytes.CutPrefix(seq, []byte("\x1b]8;")); ok {
		p.setLink(link)
		return
	}
	if private, arguments, between, final := parts(seq); final == 'm' && private == 0 && len(between) == 0 {
		var buf [maxParams]param
		p.sgr(params(arguments, buf[:0]))
	}
}

// setLink follows OSC 8, whose parameters end with BEL or ST. Terminals ignore
// links that are too long.
func (p *pen) setLink(s []byte) {
	s = bytes.TrimSuffix(bytes.TrimSuffix(s, []byte{bel}), []byte("\x1b\\"))
	if bytes.HasSuffix(s, []byte(";")) || len(s) > maxLink {
		s = nil
	}
	p.link = string(s)
}

func newPen() pen { return pen{sets: [2]byte{'B', 'B'}} }

const (
	// maxMarks bounds the combining characters of a cell, in bytes.
	maxMarks = 16
	// maxLink bounds a link, in bytes.
	maxLink  = 2048
	tabWidth = 8
)

func newPicture(width, height int, m *modes, p pen) *picture {
	pic := &picture{m: m, width: width, bottom: height - 1, rowUnknown: true, colUnknown: true}
	pic.rows = blank(width, height)
	pic.cursor = cursor{row: height - 1, pen: p}
	return pic
}

func blank(width, height int) [][]cell {
	rows := make([][]cell, height)
	for i := range rows {
		rows[i] = make([]cell, width)
	}
	return rows
}

// doubt marks everything as unsure.
func (p *picture) doubt() { p.doubtRows(0, len(p.rows)-1) }

func (p *picture) doubtRows(from, to int) {
	for _, row := range p.rows[from : to+1] {
		for i := range row {
			row[i].unsure = true
		}
	}
}

// exact reports whether the terminal shows this picture.
func (p *picture) exact() bool {
	if p.rowUnknown || p.colUnknown || p.saved.unknown || p.m.has(modeSides) {
		return false
	}
	if p.m.has(modeOrigin) && (p.cursor.row < p.top || p.cursor.row > p.bottom) {
		return false // it cannot be brought there
	}
	for _, row := range p.rows {
		for i := range row {
			if row[i].unsure {
				return false
			}
		}
	}
	return true
}

// resize crops the picture or adds to it. How terminals do that differs.
func (p *picture) resize(width, height int) {
	rows := blank(width, height)
	for i, row := range p.rows[:min(height, len(p.rows))] {
		copy(rows[i], row)
	}
	p.rows, p.width, p.top, p.bottom, p.tabs = rows, width, 0, height-1, nil
	for _, c := range []*cursor{&p.cursor, &p.saved.cursor} {
		c.row, c.col, c.wrap = min(c.row, height-1), min(c.col, width-1), false
	}
	p.lose()
}

// lose says that nothing is known any more, the cursor's place neither.
func (p *picture) lose() {
	p.rowUnknown, p.colUnknown, p.feeds = true, true, never
	p.doubt()
}

// never is a count of lines that keeps the row unknown.
const never = -1 << 40

// text draws characters, and obeys the control characters among them.
func (p *picture) text(b []byte) {
	for len(b) > 0 {
		c := b[0]
		switch {
		case c >= ' ' && c < 0x7f:
			p.put(rune(c))
		case c < ' ':
			p.control(c)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(b)
			p.unicode(r, size)
			b = b[size:]
			continue
		}
		b = b[1:]
	}
}

// unicode draws a character beyond ASCII.
func (p *picture) unicode(r rune, size int) {
	switch {
	case r < 0xa0 || r == utf8.RuneError && size == 1:
		// C1 controls and what is no UTF-8: terminals differ.
		p.doubt()
	case width.Disputed(r):
		p.put(r)
		p.doubtRows(p.cursor.row, p.cursor.row)
	case width.Of(r) == 0:
		p.combine(r)
	default:
		p.put(r)
	}
}

func (p *picture) control(c byte) {
	switch c {
	case '\b':
		p.moveTo(p.cursor.row, p.cursor.col-1)
	case '\t':
		p.tab()
	case '\n', '\v', '\f':
		p.feed()
		if p.m.newline {
			p.returnCarriage()
		}
	case '\r':
		p.returnCarriage()
	case shiftOut, shiftIn:
		p.cursor.shift = int(shiftIn - c)
	}
}

func (p *picture) returnCarriage() {
	p.cursor.col, p.cursor.wrap = 0, false
	p.place(false, true)
}

// unwrap says that the cursor no longer waits to wrap. Terminals do not agree in
// which column it has waited.
func (p *picture) unwrap() {
	if p.cursor.wrap {
		p.cursor.wrap, p.colUnknown = false, true
	}
}

// moveTo sets the cursor, within the screen.
func (p *picture) moveTo(row, col int) {
	p.unwrap()
	p.cursor.row = max(0, min(row, len(p.rows)-1))
	p.cursor.col = max(0, min(col, p.width-1))
}

func (p *picture) tab() {
	if p.cursor.col == p.width-1 {
		return
	}
	if p.noTabs {
		p.lose()
	}
	p.moveTo(p.cursor.row, p.stop(p.cursor.col, 1))
}

// stop is the tab stop after or before a column.
func (p *picture) stop(col, step int) int {
	for col += step; col > 0 && col < p.width-1; col += step {
		if p.tabs == nil && col%tabWidth == 0 || p.tabs != nil && p.tabs[col] {
			break
		}
	}
	return max(0, min(col, p.width-1))
}

// feed goes to the next row, and scrolls at the last.
func (p *picture) feed() {
	p.unwrap()
	switch {
	case p.cursor.row == p.bottom:
		p.scroll(p.top, p.bottom, 1)
	case p.cursor.row < len(p.rows)-1:
		p.cursor.row++
	}
	if p.rowUnknown {
		if p.feeds++; p.feeds >= len(p.rows)-1 {
			p.rowUnknown = false
			p.guessed = p.guessed && p.colUnknown
		}
	}
}

// feedBack goes to the row before, and scrolls at the first.
func (p *picture) feedBack() {
	p.astray()
	p.unwrap()
	switch {
	case p.cursor.row == p.top:
		p.scroll(p.top, p.bottom, -1)
	case p.cursor.row > 0:
		p.cursor.row--
	}
}

// astray says that the row cannot be found out by counting lines.
func (p *picture) astray() {
	if p.rowUnknown {
		p.feeds = never
	}
}

// place says that the row or column is where the agent told it to be.
func (p *picture) place(row, col bool) {
	if p.guessed && (row && p.rowUnknown || col && p.colUnknown) {
		p.guessed = false
		p.doubt()
	}
	p.rowUnknown = p.rowUnknown && !row
	p.colUnknown = p.colUnknown && !col
}

// scroll moves the rows from top to bottom up by n, or down when n is negative.
func (p *picture) scroll(top, bottom, n int) {
	if top > bottom {
		return
	}
	height := bottom - top + 1
	gone := min(max(n, -n), height)
	rows := p.rows[top : bottom+1]
	turned := make([][]cell, 0, height)
	if n > 0 {
		turned = append(append(turned, rows[gone:]...), rows[:gone]...)
		copy(rows, turned)
		rows = rows[height-gone:]
	} else {
		turned = append(append(turned, rows[height-gone:]...), rows[:height-gone]...)
		copy(rows, turned)
		rows = rows[:gone]
	}
	for _, row := range rows {
		p.erase(row)
	}
}

// erase blanks cells in the pen's background.
func (p *picture) erase(cells []cell) {
	c := cell{style: p.cursor.erased()}
	c.unsure = c.style.attrs&strange != 0
	for i := range cells {
		cells[i] = c
	}
}

// put draws a character at the cursor.
func (p *picture) put(r rune) {
	c := &p.cursor
	w := width.Of(r)
	wraps := p.m.has(modeWrap)
	if c.wrap && wraps || c.col+w > p.width && wraps {
		if c.col+w > p.width && !c.wrap && p.rows[c.row][c.col].char != 0 {
			p.rows[c.row][c.col].unsure = true // some blank it
		}
		c.col, c.wrap = 0, false
		p.feed()
	}
	if c.col+w > p.width { // a wide one that finds no room
		p.doubtRows(c.row, c.row)
		return
	}
	row := p.rows[c.row]
	if p.m.insert {
		p.split(row, c.col)
		copy(row[c.col+w:], row[c.col:p.width-w])
		p.split(row, p.width)
	}
	p.split(row, c.col)
	p.split(row, c.col+w)
	row[c.col] = p.drawn(r)
	if w == 2 {
		row[c.col].half = left
		row[c.col+1] = cell{style: row[c.col].style, half: right, unsure: row[c.col].unsure}
	}
	p.guessed = p.guessed || p.rowUnknown || p.colUnknown
	p.last = r
	c.col += w
	if c.col == p.width {
		c.col, c.wrap = p.width-1, wraps
	}
}

// drawn is the cell that the pen makes of a character.
func (p *picture) drawn(r rune) cell {
	s := p.cursor.style
	set := p.cursor.sets[p.cursor.shift]
	switch {
	case set == '0' && r < utf8.RuneSelf:
		s.attrs |= graphics
	case set != '0' && set != 'B' && r < utf8.RuneSelf:
		s.attrs |= strange
	}
	return cell{char: r, style: s, unsure: s.attrs&strange != 0}
}

// split blanks what is left of a wide character of which one half goes: the one
// across the left edge of a column. In which colour, terminals differ.
func (p *picture) split(row []cell, col int) {
	if col == 0 || row[col-1].half != left || col < len(row) && row[col].half != right {
		return
	}
	for i := col - 1; i < min(col+1, len(row)); i++ {
		row[i] = cell{style: row[i].style, unsure: row[i].unsure || row[i].style != style{}, char: ' '}
	}
}

// combine adds a mark to the character before the cursor.
func (p *picture) combine(r rune) {
	col := p.cursor.col
	if !p.cursor.wrap {
		col--
	}
	row := p.rows[p.cursor.row]
	if col < 0 || p.colUnknown {
		p.doubtRows(p.cursor.row, p.cursor.row)
		return
	}
	if row[col].half == right {
		col--
	}
	if c := &row[col]; c.char == 0 || len(c.marks)+utf8.RuneLen(r) > maxMarks {
		c.unsure = true
	} else {
		c.marks += string(r)
	}
}
