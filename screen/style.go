package screen

import "strconv"

// A style is how a character looks (ECMA-48 SGR, with xterm's colours, the
// underline styles of kitty, and the link of OSC 8).
type style struct {
	fg, bg, line color // line is the underline's colour
	attrs        attrs
	link         string // the parameters of OSC 8: "id=…;URI"; empty is none
}

// A color is zero for the default, or a kind and a value.
type color uint32

const (
	basic   color = 1 << 24 // SGR 30…37 and 90…97: 0…15
	palette color = 2 << 24 // SGR 38;5: 0…255
	direct  color = 3 << 24 // SGR 38;2: 24 bits
	kind    color = 0xff << 24
)

type attrs uint16

const (
	bold attrs = 1 << iota
	dim
	italic
	blink
	fastBlink
	reverse
	hidden
	struck
	overline
	graphics  // DEC special graphics (VT100 line drawing)
	strange   // something the model does not know
	underline // the lowest of three bits for the underline's style, 0…5
)

const underlines = 7 * underline

// erased is what an erased cell looks like: background colour erase.
func (s style) erased() style { return style{bg: s.bg, attrs: s.attrs & strange} }

// maxParams bounds the parameters of one sequence, as xterm does.
const maxParams = 32

// A param is a parameter of a sequence. Sub is set when a colon, not a semicolon,
// stands before it.
type param struct {
	value int // 0 when it is not given
	sub   bool
}

// maxValue bounds a parameter, as xterm does.
const maxValue = 65535

// params reads the parameters of a control sequence into buf.
func params(p []byte, buf []param) []param {
	buf = append(buf[:0], param{})
	for _, c := range p {
		last := &buf[len(buf)-1]
		switch {
		case c >= '0' && c <= '9':
			last.value = min(last.value*10+int(c-'0'), maxValue)
		case len(buf) == maxParams:
			return buf
		case c == ';' || c == ':':
			buf = append(buf, param{sub: c == ':'})
		}
	}
	return buf
}

// sgr changes the style as a sequence CSI … m says.
func (s *style) sgr(ps []param) {
	for len(ps) > 0 {
		n := 1
		for n < len(ps) && ps[n].sub {
			n++
		}
		switch v := ps[0].value; v {
		case 38, 48, 58:
			c, used := readColor(ps, n)
			n = used
			switch {
			case c == 0:
				s.attrs |= strange
			case v == 38:
				s.fg = c
			case v == 48:
				s.bg = c
			default:
				s.line = c
			}
		case 4:
			kind := 1
			if n > 1 {
				kind = ps[1].value
			}
			if kind > 5 {
				s.attrs |= strange
				break
			}
			s.attrs = s.attrs&^underlines | attrs(kind)*underline
		default:
			s.plainSGR(v)
		}
		ps = ps[n:]
	}
}

func (s *style) plainSGR(v int) {
	switch {
	case v == 0:
		*s = style{link: s.link}
	case v >= 30 && v <= 37:
		s.fg = basic | color(v-30)
	case v == 39:
		s.fg = 0
	case v >= 40 && v <= 47:
		s.bg = basic | color(v-40)
	case v == 49:
		s.bg = 0
	case v == 59:
		s.line = 0
	case v >= 90 && v <= 97:
		s.fg = basic | color(v-90+8)
	case v >= 100 && v <= 107:
		s.bg = basic | color(v-100+8)
	case v == 10: // the primary font
	case v == 21:
		s.attrs = s.attrs&^underlines | 2*underline
	default:
		on, off := attribute(v)
		if on|off == 0 {
			on = strange
		}
		s.attrs = s.attrs&^off | on
	}
}

// attribute returns what a parameter of SGR switches.
func attribute(v int) (on, off attrs) {
	switch v {
	case 1:
		return bold, 0
	case 2:
		return dim, 0
	case 3:
		return italic, 0
	case 5:
		return blink, 0
	case 6:
		return fastBlink, 0
	case 7:
		return reverse, 0
	case 8:
		return hidden, 0
	case 9:
		return struck, 0
	case 22:
		return 0, bold | dim
	case 23:
		return 0, italic
	case 24:
		return 0, underlines
	case 25:
		return 0, blink | fastBlink
	case 27:
		return 0, reverse
	case 28:
		return 0, hidden
	case 29:
		return 0, struck
	case 53:
		return overline, 0
	case 55:
		return 0, overline
	}
	return 0, 0
}

// readColor reads the colour that ps starts with, of which the first n belong
// together by colons. Zero is one that it does not know.
func readColor(ps []param, n int) (c color, used int) {
	args := ps[1:n]
	if n == 1 { // by semicolons
		args = ps[1:]
	}
	if len(args) == 0 {
		return 0, n
	}
	need := 0
	switch args[0].value {
	case 2:
		need = 4
		if n > 5 { // 38:2:colour space:r:g:b
			args = append([]param{args[0]}, args[2:]...)
		}
	case 5:
		need = 2
	}
	if need == 0 || len(args) < need {
		return 0, max(n, len(ps))
	}
	if n == 1 {
		n += need
	}
	for _, a := range args[1:need] {
		if a.value > 255 {
			return 0, n
		}
		c = c<<8 | color(a.value)
	}
	if need == 4 {
		return direct | c, n
	}
	return palette | c, n
}

// append adds the sequences that make a terminal with style from draw in style s.
func (s style) append(b []byte, from style) []byte {
	if s.link != from.link {
		b = append(b, "\x1b]8;"...)
		if s.link == "" {
			b = append(b, ';')
		}
		b = append(b, s.link...)
		b = append(b, "\x1b\\"...)
	}
	if s.attrs&graphics != from.attrs&graphics {
		b = append(b, "\x1b("...)
		if s.attrs&graphics != 0 {
			b = append(b, '0')
		} else {
			b = append(b, 'B')
		}
	}
	from.link, from.attrs = s.link, from.attrs&^(graphics|strange)|s.attrs&(graphics|strange)
	if s == from {
		return b
	}
	b = append(b, "\x1b[0"...)
	for v := 1; v <= 9; v++ {
		if on, _ := attribute(v); s.attrs&on != 0 {
			b = append(b, ';', byte('0'+v))
		}
	}
	if s.attrs&overline != 0 {
		b = append(b, ";53"...)
	}
	switch u := s.attrs & underlines / underline; u {
	case 0:
	case 1:
		b = append(b, ";4"...)
	default:
		b = append(b, ";4:"...)
		b = append(b, byte('0'+u))
	}
	b = s.fg.append(b, 30)
	b = s.bg.append(b, 40)
	b = s.line.append(b, 50)
	return append(b, 'm')
}

// append adds the parameters for a colour: base is 30, 40 or 50.
func (c color) append(b []byte, base int) []byte {
	number := func(n int) {
		b = append(b, ';')
		b = strconv.AppendInt(b, int64(n), 10)
	}
	v := int(c &^ kind)
	switch c & kind {
	case basic:
		if v >= 8 {
			base += 60 - 8
		}
		number(base + v)
	case palette:
		number(base + 8)
		number(5)
		number(v)
	case direct:
		number(base + 8)
		number(2)
		number(v >> 16)
		number(v >> 8 & 255)
		number(v & 255)
	}
	return b
}
