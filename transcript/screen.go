package transcript

import (
	"strings"
	"unicode/utf8"
)

// A screen follows the cursor's line of a terminal, which is all that is
// needed to read a command as it was typed: with corrections, completions and
// wrapping.
type screen struct {
	width   int // columns; 0 is unknown
	newline func(line string) error
	mark    func(kind byte, rest, line string) error

	line    []rune
	column  int
	hidden  bool   // a full-screen program has the other screen
	partial string // an escape sequence that the next write ends
}

// maxRow bounds the line that is followed, and maxEscape an escape sequence.
const (
	maxRow    = 16 << 10
	maxEscape = 4 << 10
)

func (s *screen) write(data string) error {
	data, s.partial = s.partial+data, ""
	for len(data) > 0 {
		if data[0] == 0x1b {
			n, err := s.escape(data)
			if err != nil {
				return err
			}
			if n == 0 {
				if len(data) < maxEscape {
					s.partial = data
				}
				return nil
			}
			data = data[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(data)
		data = data[size:]
		if err := s.put(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *screen) put(r rune) error {
	switch {
	case r == '\n':
		return s.end()
	case r == '\r':
		s.column = s.rowStart()
	case r == '\b':
		s.column = max(0, s.column-1)
	case r == '\t':
		return s.put(' ')
	case r < ' ' || r == 0x7f:
	case s.column < maxRow:
		for len(s.line) <= s.column {
			s.line = append(s.line, ' ')
		}
		s.line[s.column] = r
		s.column++
	}
	return nil
}

// rowStart is the beginning of the terminal's row in a line that has wrapped.
func (s *screen) rowStart() int {
	if s.width <= 0 {
		return 0
	}
	return s.column / s.width * s.width
}

// end leaves the line.
func (s *screen) end() error {
	text := strings.TrimRight(string(s.line), " ")
	s.line, s.column = s.line[:0], 0
	if s.hidden {
		return nil
	}
	return s.newline(text)
}

// escape takes an escape sequence and gives its length, 0 when it is not whole.
func (s *screen) escape(data string) (int, error) {
	if len(data) < 2 {
		return 0, nil
	}
	switch data[1] {
	case '[':
		for i := 2; i < len(data); i++ {
			if data[i] >= 0x40 && data[i] <= 0x7e {
				s.control(data[2:i], data[i])
				return i + 1, nil
			}
		}
		return 0, nil
	case ']', 'P', '_', '^':
		end, size := stringEnd(data)
		if end < 0 {
			return 0, nil
		}
		return end + size, s.command(data[1], data[2:end])
	case '(', ')', '#':
		return min(3, len(data)), nil
	}
	return 2, nil
}

// stringEnd finds the BEL or the ST that ends a control string.
func stringEnd(data string) (at, size int) {
	for i := 2; i < len(data); i++ {
		if data[i] == 0x07 {
			return i, 1
		}
		if data[i] == 0x1b && i+1 < len(data) {
			return i, 2
		}
	}
	return -1, 0
}

// command takes a control string: OSC 133 is a mark.
func (s *screen) command(kind byte, text string) error {
	if rest, found := strings.CutPrefix(text, "133;"); kind == ']' && found && rest != "" && !s.hidden {
		return s.mark(rest[0], rest[1:], string(s.line[:min(s.column, len(s.line))]))
	}
	return nil
}

// control takes a CSI sequence, as far as it moves within the line or changes it.
func (s *screen) control(parameters string, final byte) {
	n, ok := leadingNumber(parameters)
	if !ok || n < 1 {
		n = 1
	}
	switch final {
	case 'C':
		s.column = min(s.column+n, maxRow)
	case 'D':
		s.column = max(0, s.column-n)
	case 'G':
		s.column = n - 1
	case 'K':
		s.erase(parameters)
	case 'P':
		if s.column < len(s.line) {
			s.line = append(s.line[:s.column], s.line[min(s.column+n, len(s.line)):]...)
		}
	case '@':
		s.insert(n)
	case 'J', 'H':
		if final == 'J' && parameters == "2" || final == 'H' {
			s.line, s.column = s.line[:0], 0
		}
	case 'h', 'l':
		if parameters == "?1049" || parameters == "?47" || parameters == "?1047" {
			s.hidden = final == 'h'
		}
	}
}

func (s *screen) erase(parameters string) {
	switch parameters {
	case "", "0":
		s.line = s.line[:min(s.column, len(s.line))]
	case "1":
		for i := range min(s.column+1, len(s.line)) {
			s.line[i] = ' '
		}
	case "2":
		s.line = s.line[:0]
	}
}

func (s *screen) insert(n int) {
	if s.column >= len(s.line) || len(s.line)+n > maxRow {
		return
	}
	blank := []rune(strings.Repeat(" ", n))
	s.line = append(s.line[:s.column], append(blank, s.line[s.column:]...)...)
}
