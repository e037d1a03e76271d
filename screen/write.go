package screen

import (
	"unicode/utf8"

	"restrain/width"
)

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
	row[c.col] = p.styledCell(r)
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

// styledCell is the cell that the pen makes of a character.
func (p *picture) styledCell(r rune) cell {
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
