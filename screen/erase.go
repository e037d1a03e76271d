package screen

import "bytes"

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

// erase blanks cells in the pen's background.
func (p *picture) erase(cells []cell) {
	c := cell{style: p.cursor.erased()}
	c.unsure = c.style.attrs&strange != 0
	for i := range cells {
		cells[i] = c
	}
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
