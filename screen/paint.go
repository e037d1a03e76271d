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
	b = style{}.append(b, style{link: s.pen.link}) // it may be open from before
	b = append(b, plainText+"\x1b[2J"...)
	b = p.appendRows(b)
	if p.saved.used && !p.saved.unknown {
		b = p.appendSaved(b)
	}
	b = p.appendTabs(b)
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
	b = append(b, string(max(' ', c.char))...)
	return append(b, c.marks...)
}

func appendGoTo(b []byte, row, col int) []byte {
	b = append(b, "\x1b["...)
	b = strconv.AppendInt(b, int64(row)+1, 10)
	b = append(b, ';')
	b = strconv.AppendInt(b, int64(col)+1, 10)
	return append(b, 'H')
}

// appendSaved adds what makes the terminal save the cursor that the agent has
// saved. Its row is counted from the top of the screen, for there are no margins.
func (p *picture) appendSaved(b []byte) []byte {
	c := &p.saved
	b = choose(b, c.origin, "\x1b[?6h", "")
	if c.wrap {
		b = append(b, "\x1b[?7h"...)
		b = p.appendLast(b, c.row, c.row, c.col)
	} else {
		b = appendGoTo(b, c.row, c.col)
	}
	b = append(c.pen.append(b), "\x1b7"...)
	b = choose(b, c.wrap, "\x1b[?7l", "")
	b = style{}.append(b, c.style)
	return append(b, plainText+"\x1b[?6l"...)
}

// appendTabs adds the tab stops, where the agent has set any.
func (p *picture) appendTabs(b []byte) []byte {
	if p.tabs == nil || p.noTabs {
		return b
	}
	b = append(b, "\x1b[3g"...)
	for col, stop := range p.tabs {
		if stop {
			b = append(appendGoTo(b, 0, col), "\x1bH"...)
		}
	}
	return b
}

// append adds the pen to a terminal with plain style.
func (p *pen) append(b []byte) []byte {
	return p.appendSets(p.style.append(b, style{}))
}

// appendSets adds the character sets to a terminal that has ASCII.
func (p *pen) appendSets(b []byte) []byte {
	for i, set := range p.sets {
		if set != 'B' {
			b = append(b, 0x1b, "()"[i], set)
		}
	}
	return choose(b, p.shift == 0, "", "\x0e")
}

// appendCursor adds the cursor and the pen. Where the cursor stands behind the
// last character that was drawn, it gets there by drawing that again: it may
// wait to wrap, and the agent may want the character repeated.
func (p *picture) appendCursor(b []byte) []byte {
	c := p.cursor
	row := c.row
	if p.m.has(modeOrigin) {
		row -= p.top
	}
	if c.wrap {
		b = p.appendLast(b, row, c.row, c.col)
	} else if before := c.col - 1; before >= 0 && p.last != 0 && p.charAt(c.row, before) == p.last {
		b = choose(b, p.m.insert, "\x1b[4l", "")
		b = p.appendLast(b, row, c.row, before)
		b = choose(b, p.m.insert, "\x1b[4h", "")
	} else {
		b = appendGoTo(b, row, c.col)
	}
	return c.pen.append(b)
}

// charAt is the character whose right end is at a cell, 0 when there is none.
func (p *picture) charAt(row, col int) rune {
	switch p.rows[row][col].half {
	case left:
		return 0
	case right:
		col--
	}
	return p.rows[row][col].char
}

// appendLast draws a character again whose right end is at a cell, in plain
// style before and after. The terminal counts the row as at.
func (p *picture) appendLast(b []byte, at, row, col int) []byte {
	if col > 0 && p.rows[row][col].half == right {
		col--
	}
	c := &p.rows[row][col]
	b = appendGoTo(b, at, col)
	b = c.style.append(b, style{})
	b = c.append(b)
	return style{}.append(b, c.style)
}
