package screen

import "strconv"

// append adds what shows the picture, with all that belongs to it, on a terminal
// on the alternate screen that is in the modes shown.
func (s *Screen) append(b []byte) []byte {
	p := s.picture
	// Draw without wrapping, scrolling or a cursor that is seen to jump.
	canvas := s.shown
	canvas.on &^= bit(modeOrigin) | bit(modeWrap) | bit(modeCursor) | bit(modeSides)
	canvas.insert, canvas.margins = false, ""
	b = canvas.append(b, s.shown)
	b = append(b, "\x1b[m\x0f\x1b(B\x1b[2J"...)
	b = p.appendRows(b)
	if p.saved.used && !p.saved.unknown {
		b = p.saved.append(b, p.saved.row, p.saved.origin)
		b = append(b, "\x1b7"...)
		b = style{}.append(b, p.saved.style)
		b = append(b, "\x0f\x1b(B\x1b)B\x1b[?6l"...)
	}
	b = s.modes.append(b, canvas)
	b = p.appendCursor(b)
	b = append(b, s.late...)
	s.shown, s.late = s.modes, nil
	return b
}

// appendRows adds the cells.
func (p *picture) appendRows(b []byte) []byte {
	var now style
	for y, row := range p.rows {
		end := len(row)
		for end > 0 && row[end-1] == (cell{unsure: row[end-1].unsure}) {
			end--
		}
		at := -1 // where the terminal's cursor is
		for x := 0; x < end; x++ {
			c := &row[x]
			if c.half == right || *c == (cell{unsure: c.unsure}) {
				continue
			}
			if at != x {
				b = appendGoTo(b, y, x)
			}
			b = c.style.append(b, now)
			now = c.style
			if c.char == 0 {
				n := 1
				for x+n < end && row[x+n].char == 0 && row[x+n].half == whole && row[x+n].style == c.style {
					n++
				}
				b = append(b, "\x1b["...)
				b = append(strconv.AppendInt(b, int64(n), 10), 'X')
				x += n - 1
				at = -1
				continue
			}
			b = c.append(b)
			at = x + 1
			if c.half == left || c.marks != "" || c.char >= 0x300 {
				at = -1 // the terminal may count otherwise
			}
		}
	}
	return style{}.append(b, now)
}

// append adds the character and its marks.
func (c *cell) append(b []byte) []byte {
	b = append(b, string(c.char)...)
	return append(b, c.marks...)
}

func appendGoTo(b []byte, row, col int) []byte {
	b = append(b, "\x1b["...)
	b = strconv.AppendInt(b, int64(row)+1, 10)
	b = append(b, ';')
	b = strconv.AppendInt(b, int64(col)+1, 10)
	return append(b, 'H')
}

// append adds what brings a cursor, that stands in a row counted from the top or
// with origin from the top margin, to a terminal with plain style.
func (c *cursor) append(b []byte, row int, origin bool) []byte {
	if origin {
		b = append(b, "\x1b[?6h"...)
	}
	b = appendGoTo(b, row, c.col)
	return c.pen.append(b)
}

// append adds the pen to a terminal with plain style.
func (p *pen) append(b []byte) []byte {
	b = p.style.append(b, style{})
	for i, set := range p.sets {
		if set != 'B' {
			b = append(b, 0x1b, "()"[i], set)
		}
	}
	return choose(b, p.shift == 0, "", "\x0e")
}

// appendCursor adds the cursor and the pen. A cursor that waits to wrap gets
// there by drawing the last character of its row again.
func (p *picture) appendCursor(b []byte) []byte {
	c := p.cursor
	row := c.row
	if p.m.has(modeOrigin) {
		row -= p.top
	}
	if !c.wrap {
		b = appendGoTo(b, row, c.col)
		return c.pen.append(b)
	}
	col := c.col
	if p.rows[c.row][col].half == right {
		col--
	}
	last := &p.rows[c.row][col]
	b = appendGoTo(b, row, col)
	b = last.style.append(b, style{})
	b = last.append(b)
	b = style{}.append(b, last.style)
	return c.pen.append(b)
}
