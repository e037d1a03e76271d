package prompt

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"restrain/width"
)

// A vt is the part of a terminal that prompts use: it draws what is written, so
// that tests can see what a human would. It panics on what it does not know.
type vt struct {
	width, height int
	scrolled      [][]rune // rows that left at the top
	cells         [][]rune // 0 is empty, -1 the right half of a wide character
	row, col      int
	savedRow      int
	savedCol      int
	pending       string // an unfinished sequence or character
}

func newVT(width, height int) *vt {
	v := &vt{width: width, height: height}
	for range height {
		v.cells = append(v.cells, make([]rune, width))
	}
	return v
}

func (v *vt) Write(p []byte) (int, error) {
	s := v.pending + string(p)
	v.pending = ""
	for s != "" {
		if !utf8.FullRuneInString(s) {
			v.pending = s
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		if r == 0x1b {
			if size = v.escape(s); size == 0 {
				v.pending = s
				break
			}
		} else {
			v.put(r)
		}
		s = s[size:]
	}
	return len(p), nil
}

func (v *vt) put(r rune) {
	switch r {
	case '\r':
		v.col = 0
	case '\n':
		v.feed()
	case '\b':
		v.col = max(0, v.col-1)
	default:
		if r < ' ' || r == utf8.RuneError {
			panic(fmt.Sprintf("vt: %U", r))
		}
		w := width.Of(r)
		if w == 0 {
			return
		}
		if v.col+w > v.width {
			v.col = 0
			v.feed()
		}
		v.cells[v.row][v.col] = r
		if w == 2 {
			v.cells[v.row][v.col+1] = -1
		}
		v.col += w
	}
}

func (v *vt) feed() {
	if v.row++; v.row == v.height {
		v.row--
		v.scrolled = append(v.scrolled, v.cells[0])
		v.cells = append(v.cells[1:], make([]rune, v.width))
	}
}

// escape obeys the sequence that s begins with and returns its length, 0 when
// it is unfinished.
func (v *vt) escape(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '7':
		v.savedRow, v.savedCol = v.row, v.col
		return 2
	case '8':
		v.row, v.col = v.savedRow, v.savedCol
		return 2
	}
	end := strings.IndexFunc(s[2:], func(r rune) bool { return r >= '@' && r <= '~' })
	if s[1] != '[' {
		panic(fmt.Sprintf("vt: unknown sequence %q", s))
	}
	if end < 0 {
		return 0
	}
	n, _ := strconv.Atoi(s[2 : 2+end])
	switch s[2+end] {
	case 'A':
		v.row = max(0, v.row-max(1, n))
	case 'J':
		clear(v.cells[v.row][min(v.col, v.width):])
		for _, line := range v.cells[v.row+1:] {
			clear(line)
		}
	case 'K':
		clear(v.cells[v.row][min(v.col, v.width):])
	case 'm':
	default:
		panic(fmt.Sprintf("vt: unknown sequence %q", s[:3+end]))
	}
	return 3 + end
}

// text is the screen without what is empty at its edges.
func (v *vt) text() string { return show(v.cells) }

// everything is the text of the screen and of what scrolled off it.
func (v *vt) everything() string {
	return show(append(v.scrolled[:len(v.scrolled):len(v.scrolled)], v.cells...))
}

func show(rows [][]rune) string {
	var b strings.Builder
	for _, line := range rows {
		var l strings.Builder
		for _, r := range line {
			switch r {
			case 0:
				l.WriteByte(' ')
			case -1:
			default:
				l.WriteRune(r)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	return strings.Trim(b.String(), "\n")
}
