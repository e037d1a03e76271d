package screen

import (
	"bytes"
	"strconv"
)

// modes are what an agent has set on its terminal besides the picture.
type modes struct {
	on       uint64 // a bit for each of the known modes
	insert   bool   // IRM
	newline  bool   // LNM
	keypad   bool   // DECKPAM
	kitty    bool   // the agent has used the kitty keyboard protocol
	plain    bool   // a level without that protocol is on its stack, of ours
	otherKey string // the value of xterm's modifyOtherKeys; empty is off
	shape    string // the parameter of DECSCUSR; empty is the user's own
	margins  string // the parameters of DECSTBM; empty is the whole screen
}

// known are the DEC private modes that a question needs in a known state, or
// that change the picture (xterm, ctlseqs, "DECSET").
var known = [...]uint16{
	1,                                                             // application cursor keys
	5,                                                             // reverse video
	6,                                                             // origin
	7,                                                             // wrap
	9, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1015, 1016, 1004, // mouse, focus
	25,             // cursor
	47, 1047, 1049, // alternate screen
	66,   // application keypad
	69,   // left and right margins
	2004, // bracketed paste
	2026, // synchronized output
}

const (
	modeOrigin = 6
	modeWrap   = 7
	modeCursor = 25
	modeSides  = 69
)

func bit(mode int) uint64 {
	for i, m := range known {
		if int(m) == mode {
			return 1 << i
		}
	}
	return 0
}

func alternates() uint64 { return bit(47) | bit(1047) | bit(1049) }

// initial are a terminal's modes after a reset.
func initial() modes { return modes{on: bit(modeWrap) | bit(modeCursor)} }

func (m *modes) alternate() bool { return m.on&alternates() != 0 }

func (m *modes) has(mode int) bool { return m.on&bit(mode) != 0 }

// apply takes note of an escape sequence, and returns what of it is not known
// here: nil, all, or some modes of a list.
func (m *modes) apply(seq []byte) (rest []byte) {
	switch string(seq[1:]) {
	case "c":
		*m = modes{on: initial().on, kitty: m.kitty}
		return nil
	case "=", ">":
		m.keypad = seq[1] == '='
		return nil
	}
	private, arguments, between, final := parts(seq)
	switch {
	case private == '?' && len(between) == 0 && (final == 'h' || final == 'l'):
		return m.set(arguments, final)
	case private == 0 && len(between) == 0 && (final == 'h' || final == 'l'):
		return m.setANSI(seq, arguments, final == 'h')
	case private == '>' && final == 'm':
		value, ok := bytes.CutPrefix(arguments, []byte("4"))
		if !ok {
			return seq
		}
		m.otherKey = string(bytes.TrimLeft(value, ";"))
	case private != 0 && private != '?' && final == 'u':
		m.kitty = true
		return seq
	case private == 0 && final == 'r' && len(between) == 0:
		m.margins = string(arguments)
	case final == 'q' && string(between) == " ":
		m.shape = string(arguments)
	case final == 'p' && string(between) == "!":
		m.softReset()
	default:
		return seq
	}
	return nil
}

// set switches DEC private modes, and returns a sequence with those it does not
// know.
func (m *modes) set(list []byte, final byte) (rest []byte) {
	for p := range bytes.SplitSeq(list, []byte(";")) {
		mode, err := strconv.Atoi(string(p))
		b := bit(mode)
		switch {
		case err != nil:
		case b == 0:
			if rest == nil {
				rest = []byte("\x1b[?")
			} else {
				rest = append(rest, ';')
			}
			rest = append(rest, p...)
		case b&alternates() != 0 && final == 'l': // any of them leaves
			m.on &^= alternates()
		case final == 'h':
			m.on |= b
		default:
			m.on &^= b
		}
	}
	if rest != nil {
		rest = append(rest, final)
	}
	return rest
}

// setANSI switches the modes of ECMA-48.
func (m *modes) setANSI(seq, list []byte, on bool) (rest []byte) {
	switch string(list) {
	case "4":
		m.insert = on
	case "20":
		m.newline = on
	default:
		return seq
	}
	return nil
}

// softReset is DECSTR.
func (m *modes) softReset() {
	m.on = m.on&^(bit(1)|bit(modeOrigin)|bit(66)|bit(modeSides)) | bit(modeWrap) | bit(modeCursor)
	m.insert, m.keypad, m.margins = false, false, ""
}

// forQuestion are the modes that a question wants, from m: keys that come plain,
// a cursor that can be seen, the whole screen.
func (m modes) forQuestion() modes {
	q := initial()
	q.on |= m.on & alternates()
	q.kitty, q.plain = m.kitty, m.kitty
	q.shape, q.newline = m.shape, false
	return q
}

// append adds what takes a terminal from one set of modes to m.
func (m modes) append(b []byte, from modes) []byte {
	if m.margins != from.margins {
		b = append(b, "\x1b["+m.margins+"r"...)
	}
	if m.otherKey != from.otherKey {
		value := m.otherKey
		if value == "" {
			value = "0"
		}
		b = append(b, "\x1b[>4;"+value+"m"...)
	}
	if m.plain != from.plain {
		b = choose(b, m.plain, "\x1b[>0u", "\x1b[<u")
	}
	if m.keypad != from.keypad {
		b = choose(b, m.keypad, "\x1b=", "\x1b>")
	}
	if m.insert != from.insert {
		b = choose(b, m.insert, "\x1b[4h", "\x1b[4l")
	}
	if m.newline != from.newline {
		b = choose(b, m.newline, "\x1b[20h", "\x1b[20l")
	}
	if m.shape != from.shape {
		b = append(b, "\x1b["+m.shape+" q"...)
	}
	for i, mode := range known {
		one := uint64(1) << i
		if one&alternates() != 0 || (m.on^from.on)&one == 0 {
			continue
		}
		b = append(b, "\x1b[?"...)
		b = strconv.AppendUint(b, uint64(mode), 10)
		b = choose(b, m.on&one != 0, "h", "l")
	}
	return b
}

func choose(b []byte, first bool, one, other string) []byte {
	if first {
		return append(b, one...)
	}
	return append(b, other...)
}
