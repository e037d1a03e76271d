package screen

import "strconv"

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

// moveTo sets the cursor, within the screen.
func (p *picture) moveTo(row, col int) {
	p.unwrap()
	p.cursor.row = max(0, min(row, len(p.rows)-1))
	p.cursor.col = max(0, min(col, p.width-1))
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
