package screen

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
