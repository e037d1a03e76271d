package prompt

import (
	"fmt"
	"strings"
)

// A screen draws rows below the cursor and takes them away again, so that the
// terminal is as it was.
type screen struct {
	term Terminal
	dumb bool // no escape sequences: what is drawn stays

	drawn         []row // the last is the input row
	width, height int   // of the terminal when they were drawn
	err           error // the first that writing gave
}

func (s *screen) write(text string) {
	if s.err == nil {
		_, s.err = s.term.Write([]byte(text))
	}
}

// draw shows rows below the cursor and leaves the cursor behind the last. It
// makes room first, by scrolling where it must, and then saves the cursor, so
// that what it saved stays true.
func (s *screen) draw(rows []row) {
	s.width, s.height = s.term.Size()
	s.drawn = append([]row(nil), rows...)
	var b strings.Builder
	if !s.dumb {
		// A line feed alone keeps the column: the terminal is in raw mode.
		fmt.Fprintf(&b, "%s\x1b[%dA\x1b7", strings.Repeat("\n", len(rows)), len(rows))
	}
	for _, r := range rows {
		b.WriteString("\r\n")
		b.WriteString(r.text)
	}
	s.write(b.String())
}

// input replaces the last row.
func (s *screen) input(r row) {
	if len(s.drawn) == 0 {
		return
	}
	last := &s.drawn[len(s.drawn)-1]
	if s.dumb {
		blank := strings.Repeat(" ", max(0, last.width-r.width))
		s.write("\r" + r.text + blank + strings.Repeat("\b", len(blank)))
	} else {
		s.write("\r" + r.text + "\x1b[K")
	}
	*last = r
}

// erase takes away what was drawn and puts the cursor back. When the terminal
// was resized meanwhile, its rows are counted at the new width, and the cursor
// comes back to the start of its row.
func (s *screen) erase() {
	if len(s.drawn) == 0 {
		return
	}
	width, height := s.term.Size()
	switch {
	case s.dumb:
		s.write("\r\n")
	case width == s.width && height == s.height && len(s.drawn) < height:
		s.write("\x1b8\r\n\x1b[J\x1b8")
	default:
		up := -1
		for _, r := range s.drawn {
			up += rowsAt(r.width, width)
		}
		s.write("\r")
		if up > 0 {
			s.write(fmt.Sprintf("\x1b[%dA", up))
		}
		s.write("\x1b[J\x1b[A")
	}
	s.drawn = nil
}

// rowsAt is how many rows of a terminal that many columns take.
func rowsAt(columns, width int) int {
	if width <= 0 || columns == 0 {
		return 1
	}
	return (columns + width - 1) / width
}
