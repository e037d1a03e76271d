package screen

import "bytes"

// A pen is what the next character looks like.
type pen struct {
	style
	sets  [2]byte // the character sets G0 and G1, 'B' is ASCII
	shift int     // which of them is in use
}

// obey follows a sequence, as far as it concerns the pen only.
func (p *pen) obey(seq []byte) {
	if len(seq) == 3 && (seq[1] == '(' || seq[1] == ')') {
		p.sets[seq[1]-'('] = seq[2]
		return
	}
	switch string(seq[1:]) {
	case "c", "[!p":
		*p = newPen()
		return
	}
	if link, ok := bytes.CutPrefix(seq, []byte("\x1b]8;")); ok {
		p.setLink(link)
		return
	}
	if private, arguments, between, final := parts(seq); final == 'm' && private == 0 && len(between) == 0 {
		var buf [maxParams]param
		p.sgr(params(arguments, buf[:0]))
	}
}

// setLink follows OSC 8, whose parameters end with BEL or ST. Terminals ignore
// links that are too long.
func (p *pen) setLink(s []byte) {
	s = bytes.TrimSuffix(bytes.TrimSuffix(s, []byte{bel}), []byte("\x1b\\"))
	if bytes.HasSuffix(s, []byte(";")) || len(s) > maxLink {
		s = nil
	}
	p.link = string(s)
}

func newPen() pen { return pen{sets: [2]byte{'B', 'B'}} }
