package screen

const (
	bel      = 0x07
	shiftOut = 0x0e // to the character set G1
	shiftIn  = 0x0f // and back to G0
	can      = 0x18 // cancels an escape sequence
	sub      = 0x1a
	esc      = 0x1b
)

// sequence returns the length of the escape sequence that p starts with (ECMA-48,
// and the strings of xterm), and whether p holds all of it. A sequence broken off
// by another or by a control character ends there.
func sequence(p []byte) (n int, done bool) {
	if len(p) < 2 {
		return len(p), false
	}
	switch c := p[1]; {
	case c == '[':
		return control(p)
	case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
		n, done := stringEnd(p[2:])
		return 2 + n, done
	case c >= 0x20 && c <= 0x2f:
		for n = 2; n < len(p); n++ {
			if p[n] < 0x20 || p[n] > 0x2f {
				return n + 1, true
			}
		}
		return n, false
	case c < 0x20:
		return 1, true
	}
	return 2, true
}

// control measures a CSI sequence.
func control(p []byte) (n int, done bool) {
	for n = 2; n < len(p); n++ {
		switch c := p[n]; {
		case c >= 0x40 && c <= 0x7e:
			return n + 1, true
		case c < 0x20 || c > 0x3f:
			return n, true
		}
	}
	return n, false
}

// stringEnd returns where the rest of an OSC, DCS or APC string ends: after BEL
// or ST, or before an escape or after a control that breaks it off.
func stringEnd(p []byte) (n int, done bool) {
	for n = 0; n < len(p); n++ {
		switch p[n] {
		case bel, can, sub:
			return n + 1, true
		case esc:
			if n+1 == len(p) {
				return n, false
			}
			if p[n+1] == '\\' {
				return n + 2, true
			}
			return n, true
		}
	}
	return n, false
}
